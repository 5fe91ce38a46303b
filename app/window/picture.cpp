#include "app/window/picture.h"

#include <algorithm>
#include <cmath>

#include "app/panels/run_names.h"
#include "app/panels/walk.h"
#include "app/scene/first_person.h"
#include "app/window/gui.h"
#include "app/window/gui_host.h"
#include "app/window/offscreen.h"
#include "core/run/errors.h"
#include "core/run/nearest.h"

namespace flowscope {
namespace {

constexpr float kPresentType = 1.4f;  // larger type for the back row of a lecture room

/// Sets what a named layout sets; returns the factor by which it enlarges type and controls.
float apply_layout(const std::string& name, UiState& ui) {
  if (name == "debug") {
    ui.lower_height = 400;
    ui.show_more_settings = true;
    ui.show_trajectories = ui.show_flow = true;
  } else if (name == "compare") {
    ui.hero = HeroTab::kCompare;
    ui.show_rail = false;
  } else if (name == "present") {
    ui.show_rail = ui.show_lower = false;  // all the room for the picture
    ui.lower_height = 120;  // the room is the hero's
    ui.show_particles = true;
    return kPresentType;
  }
  return 1;
}

struct View {
  std::string_view name;
  HeroTab tab;
};
constexpr View kViews[] = {{"map", HeroTab::kMap},     {"flow", HeroTab::kFlow},
                           {"dag", HeroTab::kDag},     {"objects", HeroTab::kObjects},
                           {"world", HeroTab::kWorld}, {"first-person", HeroTab::kWorld},
                           {"policy", HeroTab::kWorld}, {"corner", HeroTab::kCorner},
                           {"compare", HeroTab::kCompare}, {"charts", HeroTab::kBest}};

/// Chooses the hero's picture; "" leaves what suits the world.
void apply_view(const std::string& name, UiState& ui) {
  for (const auto& view : kViews) {
    if (name == view.name) ui.hero = view.tab;
  }
  ui.first_person = name == "first-person";
  ui.world_policy = name == "policy";
  if (name == "charts") ui.maximised = name;
}

/// Puts the coordinates of these names first in the corner plot. Throws UsageError.
void choose_coordinates(const std::vector<Axis>& axes, const std::vector<std::string>& names, UiState& ui) {
  std::vector<std::string> known;
  for (const Axis& axis : axes) known.push_back(axis.name);
  for (size_t i = 0; i < names.size(); ++i) {
    const auto found = std::ranges::find(known, names[i]);
    if (found == known.end() || i >= ui.corner_axes.size()) {
      throw UsageError("--coordinates: '" + names[i] + "' is not allowed; it must be up to " +
                       std::to_string(ui.corner_axes.size()) + " of " + joined(known));
    }
    ui.corner_axes[i] = static_cast<int>(found - known.begin());
  }
}

/// What the pictures of a continuous space show: a moment, a point, coordinates.
void look_at(const RunInfo& run, const PictureSpec& spec, UiState& ui) {
  ui.moment = spec.moment;
  choose_coordinates(run.space->axes(), spec.coordinates, ui);
  if (!spec.point || run.density.mass.empty()) return;
  const MapRegion region = run.space->map();
  const auto cell = [](double at, double low, double high, int cells) {
    return std::clamp(static_cast<int>((at - low) / (high - low) * cells), 0, cells - 1);
  };
  ui.pinned_cell = cell(spec.point->second, region.y0, region.y1, run.density.height) * run.density.width +
                cell(spec.point->first, region.x0, region.x1, run.density.width);
}

std::string panel_names(const UiState& ui) {
  std::string names;
  for (const auto& [name, rect] : layout(ui, 1600, 1000)) {
    names += (names.empty() ? "" : ", ") + name;
  }
  return names;
}

bool is_small(const PictureSpec& spec) {
  return spec.width < kLeastWidth || spec.height < kLeastHeight;
}

/// No window, but the picture that the agent itself has of its world.
bool shows_eye_alone(const PictureSpec& spec) {
  return is_small(spec) && spec.view == "first-person" && spec.panel.empty();
}

/// Where a walk of so many of the policy's likeliest steps ends.
Walk walked(const Snapshot& snapshot, int steps) {
  if (steps > 0 && snapshot.exact) return likeliest_walk(snapshot, 0, steps);
  return {.run = snapshot.run};
}

Image draw_eye(const Snapshot& snapshot, const PictureSpec& spec) {
  const TimedEnvironment* environment =
      snapshot.run && snapshot.run->graph ? walked_world(*snapshot.run) : nullptr;
  if (!environment) {
    throw UsageError("--size: a picture as small as that shows what an agent sees, and there is "
                     "none in this world; minigrid and miniworld have one");
  }
  const int state = walked(snapshot, spec.walk).state();
  const AnyWorld world = world_in(*environment, snapshot.run->graph->state(state));
  const auto width = static_cast<int>(std::lround(spec.width * spec.scale));
  const auto height = static_cast<int>(std::lround(spec.height * spec.scale));
  const OffscreenContext opengl;
  const Image image =
      std::visit([&](const auto& w) { return observe_first_person(w, width, height); }, world);
  release_first_person();
  return image;
}

/// Runs as a window would show them.
std::vector<RunView> views_of(const Snapshots& runs, const Timelines& past) {
  std::vector<Config> configs;
  for (const auto& run : runs) configs.push_back(run->run ? run->run->config : Config());
  const std::vector<std::string> names = run_names(configs);
  std::vector<RunView> views;
  for (const auto& run : runs) {
    const size_t i = views.size();
    views.push_back({.live = run, .shown = run, .timeline = i < past.size() ? past[i] : nullptr, .place = static_cast<int>(i), .name = names[i]});
  }
  return views;
}

}  // namespace

void check_picture(const PictureSpec& spec) {
  if (spec.theme != "dark" && spec.theme != "light") {
    throw UsageError("--theme: '" + spec.theme + "' is not allowed; it must be dark or light");
  }
  constexpr std::string_view kLayouts[] = {"learn", "debug", "compare", "present"};
  if (std::ranges::find(kLayouts, spec.layout) == std::end(kLayouts)) {
    throw UsageError("--layout: '" + spec.layout +
                     "' is not allowed; it must be learn, debug, compare or present");
  }
  if (!spec.view.empty() && std::ranges::find(kViews, spec.view, &View::name) == std::end(kViews)) {
    throw UsageError("--view: '" + spec.view +
                     "' is not allowed; it must be map, flow, dag, objects, world, first-person, "
                     "policy, corner, compare or charts");
  }
  if (spec.walk < 0) throw UsageError("--walk: it must be a number of steps, 0 or more");
  if (!(spec.scale >= 0.5 && spec.scale <= 8)) {
    throw UsageError("--scale: it must be a number from 0.5 to 8");
  }
  if (is_small(spec) && !shows_eye_alone(spec)) {
    throw UsageError(
        "--size: the window is legible from 960x600 on; a single panel is cut out of "
        "it by --panel, and smaller pictures of --view first-person are what the agent sees");
  }
  if (std::max(spec.width, spec.height) * spec.scale > 16384) {
    throw UsageError("--size: with --scale the picture would be wider or higher than 16384 pixels");
  }
  UiState ui;
  apply_layout(spec.layout, ui);
  apply_view(spec.view, ui);
  if (!spec.panel.empty() && !layout(ui, 1600, 1000).contains(spec.panel)) {
    throw UsageError("--panel: '" + spec.panel + "' is not allowed; it must be one of " +
                     panel_names(ui));
  }
}

Image draw_picture(const Snapshot& snapshot, const PictureSpec& spec) {
  // Not owned: it lives as long as the call.
  return draw_picture(Snapshots{{std::shared_ptr<void>(), &snapshot}}, spec);
}

Image draw_picture(const Snapshots& runs, const PictureSpec& spec, const Timelines& past) {
  check_picture(spec);
  const Snapshot& snapshot = *runs.front();
  if (shows_eye_alone(spec)) return draw_eye(snapshot, spec);
  UiState ui;
  ui.dark = spec.theme == "dark";
  ui.scale = static_cast<float>(spec.scale) * apply_layout(spec.layout, ui);
  apply_view(spec.view, ui);
  if (spec.walk > 0 && snapshot.exact && walked_world(*snapshot.run)) {
    ui.walk = std::make_shared<Walk>(walked(snapshot, spec.walk));
  }
  if (snapshot.run && snapshot.run->space) look_at(*snapshot.run, spec, ui);
  const auto pixels = [&](int logical) {
    return static_cast<int>(std::lround(logical * spec.scale));
  };
  const std::vector<RunView> views = views_of(runs, past);

  const OffscreenContext opengl;
  GuiHost host;
  const Framebuffer target(pixels(spec.width), pixels(spec.height));
  std::map<std::string, Rect> items;
  PanelContext context{snapshot, host.theme(ui.dark, ui.scale), ui, [](Command) {}};
  context.interactive = false;
  context.items = &items;
  context.runs = views;
  // ImGui measures in one frame what it places in the next; slow frames bring easing to its end.
  constexpr int kFrames = 4;
  constexpr double kSeconds = 0.25;
  for (int i = 0; i < kFrames; ++i) {
    context.now = i * kSeconds;
    host.frame(target, kSeconds, [&] {
      build_gui(context, static_cast<float>(target.width()), static_cast<float>(target.height()));
    });
  }
  const Image image = target.read();
  if (spec.panel.empty()) return image;
  const Rect r = items.at(spec.panel);
  return image.cropped(static_cast<int>(r.x), static_cast<int>(r.y), static_cast<int>(r.w),
                       static_cast<int>(r.h));
}

PngText picture_text(const Snapshots& runs) {
  PngText text = picture_text(*runs.front());
  for (size_t i = 1; i < runs.size(); ++i) {
    if (runs[i]->run) text["config " + run_letter(static_cast<int>(i))] = runs[i]->run->config.to_json();
  }
  return text;
}

PngText picture_text(const Snapshot& snapshot) {
  PngText text = {{"Software", "flowscope " FLOWSCOPE_VERSION},
                  {"step", std::to_string(snapshot.metrics.step)}};
  if (snapshot.run) {
    text["config"] = snapshot.run->config.to_json();
    text["preset"] = snapshot.run->config.preset;
    text["seed"] = std::to_string(snapshot.run->config.integer("seed"));
  }
  return text;
}

}  // namespace flowscope
