// flowscope doctor: what this machine offers, what is wrong with it, and the mend. One line a
// finding; it always ends well, for it has only looked.
#include <epoxy/gl.h>
#include <fontconfig/fontconfig.h>
#include <imgui.h>
#include <sys/sysinfo.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <thread>

#include "app/cli/commands.h"
#include "app/window/offscreen.h"

namespace flowscope {
namespace {

constexpr double kGoodGflops = 15;     // the reference BLAS makes about 6, OpenBLAS 80 and more
constexpr double kGoodMemoryGiB = 1;   // the trainer and the window take 250 MB, a big graph more
constexpr const char* kBlasMend = "apt install libopenblas0-serial";

struct Finding {
  bool good = true;
  std::string text, mend;  // mend is empty when all is well
};

template <typename... Args>
std::string format(const char* pattern, Args... args) {
  char text[512];
  std::snprintf(text, sizeof text, pattern, args...);
  return text;
}

void print(const char* subject, const Finding& finding) {
  std::printf("%-4s  %-9s  %s\n", finding.good ? "OK" : "WARN", subject, finding.text.c_str());
  if (!finding.mend.empty()) std::printf("%-17s%s\n", "", ("mend: " + finding.mend).c_str());
  std::fflush(stdout);
}

Finding blas(const TrainerLibraryInfo& info) {
  const std::string speed = format("%.0f GFLOP/s on one core", info.gflops);
  const std::string file = info.blas_file.empty() ? "unknown library" : info.blas_file;
  if (info.gflops >= kGoodGflops) return {true, speed + ", " + file, ""};
  if (file.find("openblas") != file.npos || file.find("blis") != file.npos) {
    return {false, speed + ", " + file + ": slow for this library",
            "see whether other programs keep the cores busy"};
  }
  return {false, speed + ", " + file + ": training will be about 16 times slower than it could be",
          kBlasMend};
}

void check_trainer(const TrainerLibrary& library) {
  try {
    const TrainerLibraryInfo info = library.probe();
    print("trainer", {true, format("LibTorch %s, loaded in %.1f s", info.torch_version.c_str(),
                                   info.load_seconds), ""});
    print("kernels", {true, info.kernels, ""});
    print("BLAS", blas(info));
  } catch (const std::exception& e) {
    print("trainer", {false, e.what(), "build it again with ./scripts/run, which installs what "
                                       "is missing"});
  }
}

/// The file that fontconfig has for a family, or "" if it would put another family in its place.
std::string font_file(const char* family) {
  FcPattern* pattern = FcPatternBuild(nullptr, FC_FAMILY, FcTypeString, family, nullptr);
  FcConfigSubstitute(nullptr, pattern, FcMatchPattern);
  FcDefaultSubstitute(pattern);
  FcResult result = FcResultNoMatch;
  FcPattern* match = FcFontMatch(nullptr, pattern, &result);
  std::string file;
  FcChar8 *found = nullptr, *path = nullptr;
  if (match && FcPatternGetString(match, FC_FAMILY, 0, &found) == FcResultMatch &&
      FcPatternGetString(match, FC_FILE, 0, &path) == FcResultMatch &&
      FcStrCmpIgnoreCase(found, reinterpret_cast<const FcChar8*>(family)) == 0) {
    file = reinterpret_cast<const char*>(path);
  }
  if (match) FcPatternDestroy(match);
  FcPatternDestroy(pattern);
  return file;
}

Finding font(const char* family, const char* package) {
  const std::string file = font_file(family);
  if (!file.empty()) return {true, std::string(family) + ", " + file, ""};
  return {false, std::string(family) + " is missing: another typeface takes its place",
          std::string("apt install ") + package};
}

Finding memory() {
  struct sysinfo info {};
  if (sysinfo(&info) != 0) return {false, "unknown", ""};
  const double unit = info.mem_unit / double(1 << 30);
  const double total = static_cast<double>(info.totalram) * unit;
  // What is free plus the page cache's share that the kernel counts as buffers: a lower bound.
  const double unused = static_cast<double>(info.freeram + info.bufferram) * unit;
  const std::string text = format("%.1f GiB, of which at least %.1f GiB unused", total, unused);
  if (total >= kGoodMemoryGiB) return {true, text, ""};
  return {false, text, "keep to small state graphs: --set exact.states=100000"};
}

Finding opengl() {
  try {
    const OffscreenContext context;
    const auto text = [](GLenum name) {
      const auto* found = reinterpret_cast<const char*>(glGetString(name));
      return std::string(found ? found : "unknown");
    };
    return {true, text(GL_VERSION) + ", " + text(GL_RENDERER), ""};
  } catch (const std::exception& e) {
    return {false, e.what(), "apt install libgl1 libegl1 libgl1-mesa-dri"};
  }
}

Finding display() {
  for (const char* name : {"WAYLAND_DISPLAY", "DISPLAY"}) {
    const char* value = std::getenv(name);
    if (value && *value) return {true, std::string(name) + "=" + value, ""};
  }
  return {false, "none: the window cannot open here",
          "flowscope train and flowscope shot need no display"};
}

}  // namespace

int doctor(const TrainerLibrary& library) {
  print("flowscope", {true, FLOWSCOPE_VERSION, ""});
  print("cores", {true, std::to_string(std::thread::hardware_concurrency()), ""});
  print("memory", memory());
  check_trainer(library);
  print("ImGui", {true, ImGui::GetVersion(), ""});
  print("OpenGL", opengl());
  print("display", display());
  print("fonts", font("Inter", "fonts-inter"));
  print("fonts", font("JetBrains Mono", "fonts-jetbrains-mono"));
  print("fonts", font("DejaVu Sans", "fonts-dejavu-core"));
  return 0;
}

}  // namespace flowscope
