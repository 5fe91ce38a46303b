// Beside a world that a person walks freely in: where the person is, and what the policy would do at the
// nearest pose that it knows.
#include <cmath>
#include <cstdio>

#include "app/draw/plot.h"
#include "app/panels/facts.h"
#include "app/panels/hero_world.h"

namespace flowscope {
namespace {

std::string printed(const char* format, double a, double b = 0, double c = 0) {
  char text[96];
  std::snprintf(text, sizeof text, format, a, b, c);
  return text;
}

/// Degrees to the left of looking to the right, as in the names of states.
double degrees(float angle) {
  const double turned = std::round(-angle * 57.29577951);
  return std::fmod(std::fmod(turned, 360) + 360, 360);
}

/// "0.15 m and 15 degrees a step", or what else the person walks by.
std::string strides(const AnyWorld& world) {
  const auto* rooms = std::get_if<miniworld::World>(&world);
  if (!rooms) return "Minigrid's own rules and reward; what moves by itself does.";
  return printed("Miniworld's own steps of %.2f m and turns of %.0f\u00b0.", rooms->forward_step,
                 rooms->turn_step);
}

/// Draws from top to bottom.
class FreeSide {
 public:
  FreeSide(PanelContext& context, const WorldScene& scene, const Rect& r)
      : context_(context), t_(context.theme), scene_(scene), free_(*scene.walk.free), r_(r), y_(r.y) {}

  void person() {
    heading(t_, r_.x, y_ + t_.px(10), "You, walking freely");
    y_ += t_.px(24);
    if (roomy()) {
      paragraph(t_.color.text, "Mission: " + scene_.env.mission() + ".");
      paragraph(t_.color.muted, strides(scene_.world));
    }
    const Clock clock = clock_of(scene_.world);
    const Stance stance = stance_of(scene_.world);
    const std::string thing = carried_in(scene_.world);
    row("steps", clock.most > 0 ? format_count(clock.step) + " of " + format_count(clock.most)
                                : format_count(clock.step));
    if (!cramped()) row("place", words_of(stance));
    if (!tight()) row("hands", thing.empty() ? "empty" : thing);
    if (!cramped()) row("reward so far", printed("%.3g", free_.reward));
    y_ += t_.px(8);
  }

  void policy() {
    const PoseCache& near = near_pose(context_, scene_);
    const Stance pose = scene_.flow.places.of_pose(near.nearest.pose);
    heading(t_, r_.x, y_ + t_.px(10), narrow() ? "Policy, nearest pose" : "The policy, at the nearest pose");
    y_ += t_.px(24);
    if (!cramped()) row("pose", words_of(pose));
    if (!tight()) {
      row("away from you", printed("%.2f, %.0f\u00b0", near.nearest.away,
                                   std::abs(near.nearest.turned) * 57.29577951));
      row("visits a trajectory", format_number(near.policy.visits, 3));
    }
    y_ += t_.px(4);
    if (near.policy.visits > 0) {
      y_ = draw_choices(context_, {r_.x, y_, r_.w, 0}, near.policy.shares) + t_.px(6);
      if (roomy()) paragraph(t_.color.muted, "The mean over all times, as often as it is there.");
    } else {
      paragraph(t_.color.muted, near.carried.empty() ? "It never comes there with empty hands."
                                                     : "It never comes there with the " + near.carried + ".");
    }
  }

  void hint() {
    const std::string words = !free_.news.empty() ? free_.news + " Backspace begins again."
                              : context_.ui.playing ? "R: back to the policy's poses. Backspace begins again."
                                                    : "Click the world or press P to walk.";
    const float top = r_.y + r_.h - t_.px(34);
    if (top < y_ && free_.news.empty()) return;  // no room: only news may cover what is there
    draw_paragraph(t_.font.small, {r_.x, top}, r_.w,
                   free_.news.empty() ? t_.color.muted : t_.color.warning, words);
  }

 private:
  bool roomy() const { return r_.h >= t_.px(420); }  // for sentences
  bool tight() const { return r_.h < t_.px(320); }   // for the main numbers alone
  bool cramped() const {                             // for the policy's choices alone
    return r_.h < t_.px(140) + t_.px(20) * static_cast<float>(scene_.env.spec().num_actions);
  }
  bool narrow() const { return r_.w < t_.px(240); }

  std::string words_of(const Stance& s) const {
    return printed(narrow() ? "%.1f, %.1f %.0f\u00b0" : "(%.2f, %.2f) %.0f\u00b0", s.at.x, s.at.y,
                   degrees(s.angle));
  }

  void paragraph(ImU32 color, const std::string& words) {
    y_ += draw_paragraph(t_.font.small, {r_.x, y_}, r_.w, color, words) + t_.px(4);
  }

  void row(const char* name, const std::string& value) {
    const float base = baseline(t_, y_ + t_.px(9));
    draw_text(t_.font.small, r_.x, base, t_.color.muted, name);
    draw_text(t_.font.mono, r_.x + r_.w, base, t_.color.text, value, Align::kRight);
    y_ += t_.px(19);
  }

  PanelContext& context_;
  const Theme& t_;
  const WorldScene& scene_;
  const FreeWalk& free_;
  Rect r_;
  float y_;
};

}  // namespace

void draw_free_side(PanelContext& context, const WorldScene& scene, const Rect& rect) {
  FreeSide side(context, scene, rect);
  side.person();
  side.policy();
  side.hint();
}

}  // namespace flowscope
