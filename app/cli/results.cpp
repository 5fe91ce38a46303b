#include "app/cli/results.h"

#include "core/run/measures.h"

namespace flowscope {

double mean_rate(const Metrics& metrics) {
  return metrics.seconds > 0 ? static_cast<double>(metrics.step) / metrics.seconds : 0;
}

nlohmann::ordered_json results(const Config& config, const Snapshot& s) {
  using Json = nlohmann::ordered_json;
  const auto or_null = [](const auto& value) { return value ? Json(*value) : Json(); };
  const double log_z = s.metrics.log_z;
  Json log_z_true;  // null where unknown
  if (s.run && s.run->log_z_true) log_z_true = *s.run->log_z_true;
  Json json = {{"preset", config.preset},
               {"env", config.text("environment.name")},
               {"objective", config.text("objective.name")},
               {"seed", config.integer("seed")},
               {"steps", s.metrics.step},
               {"trajectories", s.metrics.trajectories},
               {"states_visited", s.metrics.states_visited},
               {"seconds", s.metrics.seconds},
               {"iterations_per_second", mean_rate(s.metrics)},
               {"loss", or_null(s.metrics.loss)},
               {"log_z", log_z},
               {"log_z_true", log_z_true}};
  for (const Measure& measure : measures()) json[measure.name] = or_null(measure.of(s));
  json["mode_mass"] = s.exact && measures_are_exact(s) ? Json(s.exact->mode_mass) : Json();
  json["modes_found"] = s.metrics.modes_found;
  json["modes_total"] = s.metrics.modes_total;
  json["exact"] = measures_are_exact(s);
  return json;
}

}  // namespace flowscope
