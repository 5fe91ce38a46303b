// What is read off several runs: who is nearer to the target, and by how much. No drawing but the marks
// that tell runs apart.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/draw/plot.h"
#include "app/panels/panel.h"

namespace flowscope {

/// The runs of the window, or the one that is shown where nobody compares.
std::vector<RunView> runs_of(const PanelContext& context);

/// The measures of one run that stand below its picture; nothing where a quantity does not exist.
struct RunMeasures {
  std::optional<double> tv, jsd, log_z_error;
  bool sampled = false;  // tv and jsd, of samples
  std::int64_t step = 0;
  double rate = 0;       // iterations a second
};
RunMeasures measures_of(const Snapshot& snapshot);

/// Which of the values is the smallest in size; -1 where fewer than two are known or all are the same.
int best_of(const std::vector<std::optional<double>>& values);

/// Why the numbers of the runs cannot be held against each other: another world, another step. "" where
/// they can.
std::string why_not_judged(const std::vector<RunView>& runs);

/// Who is closest to the target, in a sentence: "A (tb) is 2.1x closer to the target than B (db): TV
/// 0.012 against 0.026"; or why nobody is judged.
std::string verdict(const std::vector<RunView>& runs);

/// Why the pictures of a run cannot be laid beside those of another, "" where they can.
std::string why_apart(const Snapshot& one, const Snapshot& other);

/// A line of the run's colour and dash with its letter after it; returns where that ends.
float draw_run_mark(const Theme& theme, int place, float x, float centre_y);
LineStyle style_of_run(int place);

/// Another run becomes the one that most panels show and set.
void choose_run(PanelContext& context, int run);

}  // namespace flowscope
