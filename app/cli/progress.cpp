#include "app/cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <cstdio>
#include <vector>

namespace flowscope {
namespace {

using namespace std::chrono_literals;

constexpr auto kTerminalInterval = 100ms;
constexpr auto kPlainInterval = 5s;
constexpr size_t kBarWidth = 20;

template <typename... Args>
std::string format(const char* pattern, Args... args) {
  char text[256];
  std::snprintf(text, sizeof text, pattern, args...);
  return text;
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

/// Of the newest exact view, of a graph or of a density.
static std::optional<double> shown_tv(const Snapshot& snapshot) {
  if (snapshot.exact) return snapshot.exact->tv;
  if (snapshot.density && snapshot.density->exact) return snapshot.density->tv;
  return std::nullopt;
}

std::string metrics_line(const Snapshot& snapshot) {
  std::string text;
  if (const auto tv = shown_tv(snapshot)) text += format("TV %.3g  ", *tv);
  if (snapshot.estimate && snapshot.estimate->tv) {
    text += format("TV %.3g (of %lld samples)  ", *snapshot.estimate->tv,
                   static_cast<long long>(snapshot.estimate->objects));
  }
  if (snapshot.metrics.loss) text += format("loss %.3g  ", *snapshot.metrics.loss);
  if (std::isnan(snapshot.metrics.log_z)) return text;  // a sampler that does not learn it
  text += format("log Z %.3f", snapshot.metrics.log_z);
  if (snapshot.run && snapshot.run->log_z_true) {
    text += format(" (true %.3f)", *snapshot.run->log_z_true);
  }
  return text;
}

std::string progress_bar(double share) {
  const auto filled = static_cast<size_t>(share * kBarWidth);
  return "[" + std::string(filled, '#') + std::string(kBarWidth - filled, '.') + "]";
}

std::string progress_line(const Snapshot& snapshot, std::int64_t steps, int columns) {
  if (snapshot.state == RunState::kLoading) return "loading the trainer";
  const Metrics& m = snapshot.metrics;
  const double share =
      steps > 0 ? std::clamp(static_cast<double>(m.step) / static_cast<double>(steps), 0.0, 1.0) : 1;
  std::vector<std::string> parts;  // most important first; those that do not fit are left out
  parts.push_back(progress_bar(share) + " " + grouped(m.step) + "/" + grouped(steps));
  if (m.iterations_per_second > 0) {
    const double left = static_cast<double>(steps - m.step) / m.iterations_per_second;
    parts.push_back(grouped(std::llround(m.iterations_per_second)) + " it/s");
    parts.push_back(clock_time(left) + " left");
  }
  if (const auto tv = shown_tv(snapshot)) parts.push_back(format("TV %.3g", *tv));
  if (m.loss) parts.push_back(format("loss %.3g", *m.loss));
  if (!std::isnan(m.log_z)) parts.push_back(format("log Z %.3f", m.log_z));
  if (snapshot.run && snapshot.run->log_z_true && !std::isnan(m.log_z)) {
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

StatusLine::StatusLine(bool quiet) : quiet_(quiet), terminal_(isatty(STDERR_FILENO) != 0) {
  due_ = Clock::now() + (terminal_ ? Clock::duration(0ms) : Clock::duration(kPlainInterval));
}

StatusLine::~StatusLine() {
  if (drawn_ && terminal_) std::fputs("\r\033[K", stderr);
}

bool StatusLine::due() const { return !quiet_ && Clock::now() >= due_; }

int StatusLine::columns() const {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void StatusLine::show(const std::string& text) {
  drawn_ = true;
  due_ = Clock::now() + (terminal_ ? Clock::duration(kTerminalInterval) : Clock::duration(kPlainInterval));
  std::fprintf(stderr, terminal_ ? "\r%s\033[K" : "%s\n", text.c_str());
  std::fflush(stderr);
}

void Progress::show(const Snapshot& snapshot) {
  if (!line_.due()) return;
  const Metrics& m = snapshot.metrics;
  line_.show(line_.terminal() ? progress_line(snapshot, steps_, line_.columns())
                              : "step " + grouped(m.step) + " of " + grouped(steps_) + "  " +
                                    grouped(std::llround(m.iterations_per_second)) + " it/s  " +
                                    metrics_line(snapshot));
}

}  // namespace flowscope
