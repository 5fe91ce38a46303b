// The real program in a virtual display, its report, and a hand at mouse and keyboard.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/app/process.h"
#include "tests/catch.h"

namespace flowscope {

using Json = nlohmann::json;

/// An environment variable, as it was again afterwards.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    setenv(name, value.c_str(), 1);
  }
  ~Variable() {
    if (old_.empty()) {
      unsetenv(name_);
    } else {
      setenv(name_, old_.c_str(), 1);
    }
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::string old_;
};

/// A display without a screen. Xvfb chooses its number and writes it into a pipe.
class VirtualDisplay {
 public:
  VirtualDisplay() {
    int ends[2];
    if (pipe(ends) != 0) throw std::runtime_error("no pipe");
    pid_ = fork();
    if (pid_ == 0) {
      close(ends[0]);
      const int quiet = open("/dev/null", O_WRONLY);
      dup2(quiet, STDERR_FILENO);
      const std::string fd = std::to_string(ends[1]);
      execlp("Xvfb", "Xvfb", "-displayfd", fd.c_str(), "-screen", "0", "1700x1100x24", "-nolisten",
             "tcp", static_cast<char*>(nullptr));
      _exit(127);
    }
    close(ends[1]);
    char c = 0;
    while (read(ends[0], &c, 1) == 1 && c != '\n') name += c;
    close(ends[0]);
    if (name.empty()) throw std::runtime_error("Xvfb did not start");
    name = ":" + name;
  }
  ~VirtualDisplay() {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
  }
  VirtualDisplay(const VirtualDisplay&) = delete;
  VirtualDisplay& operator=(const VirtualDisplay&) = delete;

  std::string name;

 private:
  pid_t pid_ = -1;
};

/// The program in the display, its report, and a hand at mouse and keyboard.
class LiveWindow {
 public:
  explicit LiveWindow(std::vector<std::string> arguments)
      : environment_("DISPLAY", display_.name),
        settings_("XDG_CONFIG_HOME", folder_ / "config"),
        process_(with_report(std::move(arguments))) {
    await("the first report", [](const Json& r) { return r["frames"] > 0; });
    xdotool("search --sync --onlyvisible --name '^flowscope' > " + (folder_ / "id"));
    std::ifstream(folder_ / "id") >> id_;
    REQUIRE(!id_.empty());
    xdotool("mousemove --window " + id_ + " 5 5");
  }

  Json report() const {
    std::ifstream in(folder_ / "report.json");
    return in ? Json::parse(in) : Json{{"frames", 0}};
  }

  Json kept_settings() const {
    std::ifstream in(folder_ / "config/flowscope/settings.json");
    return in ? Json::parse(in) : Json::object();
  }

  /// Waits until the report says so, for 30 seconds at most.
  Json await(const std::string& what, const std::function<bool(const Json&)>& holds) const {
    Json seen;
    for (int i = 0; i < 600; ++i) {
      seen = report();
      if (holds(seen)) return seen;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    FAIL("waited in vain for " << what << "; the last report: " << seen.dump(1));
    return seen;
  }

  void key(const std::string& name) const { xdotool("key " + name); }

  /// The middle of an item, moved by a share of its size.
  void move_to(const std::string& item, double dx = 0, double dy = 0) const {
    const Json r = await(item, [&](const Json& j) {
                     return j.contains("items") && j["items"].contains(item);
                   })["items"][item];
    const double x = r[0].get<double>() + r[2].get<double>() * (0.5 + dx);
    const double y = r[1].get<double>() + r[3].get<double>() * (0.5 + dy);
    xdotool("mousemove --window " + id_ + " " + std::to_string(std::lround(x)) + " " +
            std::to_string(std::lround(y)));
    std::this_thread::sleep_for(std::chrono::milliseconds(120));  // a frame sees it hovered
  }

  void click(const std::string& item, double dx = 0, double dy = 0) const {
    move_to(item, dx, dy);
    xdotool("mousedown 1 sleep 0.1 mouseup 1");
  }

  void drag(const std::string& item, double from, double to) const {
    move_to(item, from);
    xdotool("mousedown 1 sleep 0.1");
    move_to(item, to);
    xdotool("mouseup 1");
  }

  void resize(int width, int height) const {
    xdotool("windowsize " + id_ + " " + std::to_string(width) + " " + std::to_string(height));
  }

  static void xdotool(const std::string& words) {
    INFO(words);
    REQUIRE(std::system(("xdotool " + words).c_str()) == 0);
  }

 private:
  std::vector<std::string> with_report(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--report", folder_ / "report.json"});
    return arguments;
  }

  TemporaryFolder folder_;
  VirtualDisplay display_;
  Variable environment_, settings_;
  Process process_;
  std::string id_;
};

inline bool in_state(const Json& report, const char* state) {
  return report.contains("run") && report["run"]["state"] == state;
}

}  // namespace flowscope
