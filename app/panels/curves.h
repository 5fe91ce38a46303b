// What charts can show of a run over its steps: one table for the charts, their menu and the dashboard.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "app/panels/panel.h"

namespace flowscope {

/// A line of a chart: its name in History, and what stands at its end where a chart has several.
struct CurveLine {
  const char* series = nullptr;
  const char* label = "";
};

/// Where a curve's numbers come from.
enum class CurveSource {
  kStep,     // every training step
  kView,     // every view of the policy: exact where the states are enumerated, otherwise estimated
  kSamples,  // every view, from samples
  kBatches,  // now and then, from micro-batches
};

struct Curve {
  const char* id;       // as in settings
  const char* section;  // heading in the menu
  const char* title;
  const char* unit;  // "" without one
  const char* about;
  CurveSource source;
  std::array<CurveLine, 2> lines;
  bool log_y = false;
  std::optional<double> (*truth)(const Snapshot&) = nullptr;  // a dashed line
  const char* truth_name = "";                                // and what it is called
  /// Why this run cannot have the curve, in a few words; "" where it can.
  std::string (*refusal)(const Snapshot&) = nullptr;
};

std::span<const Curve> curves();
const Curve* find_curve(std::string_view id);  // nullptr if there is none

/// Why there is nothing to draw: a refusal, or what has to happen first. "" where there is a curve.
std::string why_empty(const Curve& curve, const Snapshot& snapshot);

/// "exact", "estimated", "every step".
std::string source_words(const Curve& curve, const Snapshot& snapshot);

/// The newest values in words: "0.0031", "TV 0.0031  JSD 1.2e-05", "3.105 ± 0.004".
std::string readout_of(const Curve& curve, const Snapshot& snapshot);

/// Why this run cannot have the curve, "" where it can.
std::string refusal_of(const Curve& curve, const Snapshot& snapshot);

/// The series of a line of a curve, and its standard errors (nullptr without).
const Series& series_of(const CurveLine& line, const Snapshot& snapshot);
const Series* errors_of(const Curve& curve, const CurveLine& line, const Snapshot& snapshot);

/// Draws a curve of the run, or of every run that is compared, with room below and beside it; returns the
/// step under the mouse, if it is here.
std::optional<double> draw_chart(PanelContext& context, const Curve& curve, const Rect& cell, float title_room = 0);

}  // namespace flowscope
