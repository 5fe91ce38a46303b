#include "app/cli/results.h"

namespace flowscope {

double mean_rate(const Metrics& metrics) {
  return metrics.seconds > 0 ? static_cast<double>(metrics.step) / metrics.seconds : 0;
}

nlohmann::ordered_json results(const Config& config, const Snapshot& s) {
  const auto or_null = [](const auto& value) {
    return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
  };
  const ExactView* exact = exact_is_current(s) ? s.exact.get() : nullptr;
  const auto of_exact = [&](double ExactView::* member) {
    return exact ? nlohmann::ordered_json(exact->*member) : nlohmann::ordered_json();
  };
  return {{"preset", config.preset},
          {"env", config.text("environment.name")},
          {"objective", config.text("objective.name")},
          {"seed", config.integer("seed")},
          {"steps", s.metrics.step},
          {"trajectories", s.metrics.trajectories},
          {"states_visited", s.metrics.states_visited},
          {"seconds", s.metrics.seconds},
          {"iterations_per_second", mean_rate(s.metrics)},
          {"loss", or_null(s.metrics.loss)},
          {"log_z", s.metrics.log_z},
          {"log_z_true", s.run ? or_null(s.run->log_z_true) : nlohmann::ordered_json()},
          {"tv", of_exact(&ExactView::tv)},
          {"l1", of_exact(&ExactView::l1)},
          {"jsd", of_exact(&ExactView::jsd)},
          {"kl", of_exact(&ExactView::kl)},
          {"modes_found", s.metrics.modes_found},
          {"modes_total", s.metrics.modes_total},
          {"exact", exact != nullptr}};
}

}  // namespace flowscope
