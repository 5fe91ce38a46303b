// Every number that says how a policy stands to its target, by name: what `train --json` prints, the
// run store records and tables of studies compare.
#pragma once

#include <optional>
#include <span>

#include "core/run/snapshot.h"

namespace flowscope {

struct Measure {
  const char* name;  // as in JSON and SQL
  /// Of the policy at the snapshot's own step: exact where there is a graph, otherwise estimated.
  /// Nothing where it is unknown or not finite.
  std::optional<double> (*of)(const Snapshot& snapshot);
  bool every_step = false;  // known at any step, without a view of the policy
};
std::span<const Measure> measures();

/// The measures are exact; otherwise they are estimates or unknown.
bool measures_are_exact(const Snapshot& snapshot);

}  // namespace flowscope
