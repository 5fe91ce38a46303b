#include "app/window/fonts.h"

#include <fontconfig/fontconfig.h>
#include <imgui_freetype.h>

#include <cmath>
#include <memory>
#include <string>

namespace flowscope {
namespace {

// Latin, punctuation, Greek, super- and subscripts, arrows, mathematical operators, shapes.
constexpr ImWchar kText[] = {0x0020, 0x017F, 0x2010, 0x2027, 0x2030, 0x203A, 0};
constexpr ImWchar kSymbols[] = {0x00B0, 0x00BE, 0x0370, 0x03FF, 0x2010, 0x2027, 0x2070, 0x209C,
                                0x2190, 0x21FF, 0x2200, 0x22FF, 0x25A0, 0x25FF, 0};

/// Finds a font file. fontconfig never fails: it returns something near, so the family that came
/// back is compared with the one asked for.
class FontFinder {
 public:
  FontFinder() : config_(FcInitLoadConfigAndFonts()) {}
  ~FontFinder() {
    if (config_) FcConfigDestroy(config_);
  }
  FontFinder(const FontFinder&) = delete;
  FontFinder& operator=(const FontFinder&) = delete;

  std::string file(const char* family, int weight) const {
    if (!config_) return "";
    using Pattern = std::unique_ptr<FcPattern, decltype(&FcPatternDestroy)>;
    const Pattern wanted(FcPatternCreate(), &FcPatternDestroy);
    FcPatternAddString(wanted.get(), FC_FAMILY, reinterpret_cast<const FcChar8*>(family));
    FcPatternAddInteger(wanted.get(), FC_WEIGHT, weight);
    FcPatternAddInteger(wanted.get(), FC_SLANT, FC_SLANT_ROMAN);
    FcConfigSubstitute(config_, wanted.get(), FcMatchPattern);
    FcDefaultSubstitute(wanted.get());
    FcResult result = FcResultNoMatch;
    const Pattern found(FcFontMatch(config_, wanted.get(), &result), &FcPatternDestroy);
    FcChar8 *name = nullptr, *path = nullptr;
    if (!found || FcPatternGetString(found.get(), FC_FILE, 0, &path) != FcResultMatch) return "";
    for (int i = 0; FcPatternGetString(found.get(), FC_FAMILY, i, &name) == FcResultMatch; ++i) {
      if (FcStrCmpIgnoreCase(name, reinterpret_cast<const FcChar8*>(family)) == 0) {
        return reinterpret_cast<const char*>(path);
      }
    }
    return "";
  }

 private:
  FcConfig* config_;
};

/// The files of the window's type; "" where a family is not installed.
struct FontFiles {
  std::string regular, semibold, mono, symbols;
  std::string note;
};

const FontFiles& font_files() {
  static const FontFiles files = [] {
    const FontFinder finder;
    FontFiles f;
    f.regular = finder.file("Inter", FC_WEIGHT_REGULAR);
    f.semibold = finder.file("Inter", FC_WEIGHT_DEMIBOLD);
    f.mono = finder.file("JetBrains Mono", FC_WEIGHT_REGULAR);
    f.symbols = finder.file("DejaVu Sans", FC_WEIGHT_REGULAR);
    std::string missing;
    if (f.regular.empty() || f.semibold.empty()) missing = "fonts-inter";
    if (f.mono.empty()) missing += (missing.empty() ? "" : ", ") + std::string("fonts-jetbrains-mono");
    if (f.symbols.empty()) missing += (missing.empty() ? "" : ", ") + std::string("fonts-dejavu-core");
    if (!missing.empty()) f.note = "substitute fonts in use; install " + missing;
    if (f.regular.empty()) f.regular = f.symbols;
    if (f.semibold.empty()) f.semibold = finder.file("DejaVu Sans", FC_WEIGHT_BOLD);
    if (f.mono.empty()) f.mono = finder.file("DejaVu Sans Mono", FC_WEIGHT_REGULAR);
    return f;
  }();
  return files;
}

ImFont* add_font(const std::string& file, float pixels) {
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  ImFontConfig config;
  config.PixelSnapH = true;
  config.OversampleH = config.OversampleV = 1;
  if (file.empty()) {
    config.SizePixels = pixels;
    return atlas.AddFontDefault(&config);
  }
  ImFont* font = atlas.AddFontFromFileTTF(file.c_str(), pixels, &config, kText);
  const std::string& symbols = font_files().symbols;
  if (font && !symbols.empty()) {
    config.MergeMode = true;  // keeps the glyphs that the first font has
    for (const std::string& source : {file, symbols}) {
      atlas.AddFontFromFileTTF(source.c_str(), pixels, &config, kSymbols);
    }
  }
  return font ? font : atlas.AddFontDefault();
}

}  // namespace

Fonts load_fonts(float scale) {
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  atlas.Clear();
  atlas.FontBuilderIO = ImGuiFreeType::GetBuilderForFreeType();
  atlas.FontBuilderFlags = ImGuiFreeTypeBuilderFlags_LightHinting;
  const FontFiles& files = font_files();
  const auto pixels = [scale](float logical) { return std::round(logical * scale); };
  Fonts fonts;
  fonts.body = add_font(files.regular, pixels(17));
  fonts.bold = add_font(files.semibold, pixels(17));
  fonts.small = add_font(files.regular, pixels(15));
  fonts.mono = add_font(files.mono, pixels(17));
  fonts.readout = add_font(files.mono, pixels(28));
  fonts.note = files.note;
  atlas.Build();
  return fonts;
}

}  // namespace flowscope
