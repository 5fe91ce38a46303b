#include "app/cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

namespace flowscope {
namespace {

using namespace std::chrono_literals;

constexpr auto kTerminalInterval = 100ms;
constexpr auto kPlainInterval = 5s;
constexpr int kBarWidth = 20;

template <typename... Args>
std::string format(const char* pattern, Args... args) {
  char text[256];
  std::snprintf(text, sizeof text, pattern, args...);
  return text;
}

int terminal_columns() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

std::string grouped(std::int64_t n) {
  std::string text = std::to_string(n);
  const size_t first = text[0] == '-' ? 1 : 0;
  for (size_t i = text.size(); i > first + 3;) text.insert(i -= 3, ",");
  return text;
}

std::string clock_time(double seconds) {
  const auto s = static_cast<long long>(std::clamp(std::ceil(seconds), 0.0, 3.6e9));
  if (s < 3600) return format("%lld:%02lld", s / 60, s % 60);
  return format("%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
}

std::string metrics_line(const Snapshot& snapshot) {
  std::string text;
  if (snapshot.exact) text += format("TV %.3g  ", snapshot.exact->tv);
  if (snapshot.metrics.loss) text += format("loss %.3g  ", *snapshot.metrics.loss);
  text += format("log Z %.3f", snapshot.metrics.log_z);
  if (snapshot.run && snapshot.run->log_z_true) {
    text += format(" (true %.3f)", *snapshot.run->log_z_true);
  }
  return text;
}

std::string progress_line(const Snapshot& snapshot, std::int64_t steps, int columns) {
  if (snapshot.state == RunState::kLoading) return "loading the trainer";
  const Metrics& m = snapshot.metrics;
  const double share =
      steps > 0 ? std::clamp(static_cast<double>(m.step) / static_cast<double>(steps), 0.0, 1.0) : 1;
  const int filled = static_cast<int>(share * kBarWidth);
  std::vector<std::string> parts;  // most important first; those that do not fit are left out
  parts.push_back("[" + std::string(static_cast<size_t>(filled), '#') +
                  std::string(static_cast<size_t>(kBarWidth - filled), '.') + "] " +
                  grouped(m.step) + "/" + grouped(steps));
  if (m.iterations_per_second > 0) {
    const double left = static_cast<double>(steps - m.step) / m.iterations_per_second;
    parts.push_back(grouped(std::llround(m.iterations_per_second)) + " it/s");
    parts.push_back(clock_time(left) + " left");
  }
  if (snapshot.exact) parts.push_back(format("TV %.3g", snapshot.exact->tv));
  if (m.loss) parts.push_back(format("loss %.3g", *m.loss));
  parts.push_back(format("log Z %.3f", m.log_z));
  if (snapshot.run && snapshot.run->log_z_true) {
    parts.push_back(format("(true %.3f)", *snapshot.run->log_z_true));
  }
  std::string text;
  for (const std::string& part : parts) {
    const std::string longer = text.empty() ? part : text + "  " + part;
    if (longer.size() >= static_cast<size_t>(columns)) break;
    text = longer;
  }
  return text;
}

Progress::Progress(std::int64_t steps, bool quiet)
    : steps_(steps), quiet_(quiet), terminal_(isatty(STDERR_FILENO) != 0) {
  due_ = Clock::now() + (terminal_ ? Clock::duration(0ms) : Clock::duration(kPlainInterval));
}

Progress::~Progress() {
  if (drawn_ && terminal_) std::fputs("\r\033[K", stderr);
}

void Progress::show(const Snapshot& snapshot) {
  if (quiet_ || Clock::now() < due_) return;
  drawn_ = true;
  if (terminal_) {
    due_ = Clock::now() + kTerminalInterval;
    std::fprintf(stderr, "\r%s\033[K", progress_line(snapshot, steps_, terminal_columns()).c_str());
  } else {
    due_ = Clock::now() + kPlainInterval;
    const Metrics& m = snapshot.metrics;
    std::fprintf(stderr, "step %s of %s  %s it/s  %s\n", grouped(m.step).c_str(),
                 grouped(steps_).c_str(), grouped(std::llround(m.iterations_per_second)).c_str(),
                 metrics_line(snapshot).c_str());
  }
  std::fflush(stderr);
}

}  // namespace flowscope
