#include <stdexcept>
#include <string>

#include "core/learn/objectives/objective.h"

namespace flowscope {

Objective find_objective_function(std::string_view name) {
  static constexpr struct {
    std::string_view name;
    Objective function;
  } kTable[] = {
      {"tb", trajectory_balance},
  };
  for (const auto& entry : kTable) {
    if (entry.name == name) return entry.function;
  }
  throw std::logic_error("no objective function named " + std::string(name));
}

}  // namespace flowscope
