// The policy on the floor of a world that one walks in, seen from above.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "app/draw/plot.h"
#include "app/panels/hero_world.h"
#include "app/panels/icons.h"

namespace flowscope {
namespace {

constexpr float kSmallest = 14, kDetailed = 90;  // logical px of a step: for any arrows, for all
constexpr float kUnlikely = 0.04f;               // less is not drawn
constexpr float kSeldom = 1e-3f;  // of the most visits: a pose with fewer has faint arrows
constexpr ImU32 kRim = IM_COL32(0, 0, 0, 190);

/// One pose's signs, drawn around a point between the place's middle and its edge.
class Signs {
 public:
  Signs(ImDrawList* list, ImVec2 middle, float angle, float unit, float seen, float scale)
      : list_(list), dx_(std::cos(angle)), dy_(std::sin(angle)), unit_(unit), scale_(scale),
        ink_(with_alpha(IM_COL32_WHITE, seen)), rim_(with_alpha(kRim, seen)),
        from_(middle.x + 0.25f * unit * dx_, middle.y + 0.25f * unit * dy_) {}

  /// One of several: as long as it is likely.
  void draw(int deed, float probability) const {
    switch (deed) {
      case kDeedLeft: return arrow(dy_, -dx_, 0, 0.22f * probability);
      case kDeedRight: return arrow(-dy_, dx_, 0, 0.22f * probability);
      case kDeedAhead: return arrow(dx_, dy_, 0, 0.25f * probability);
      case kDeedStop: return dot(0.09f * std::sqrt(probability));
      default: return square(0.08f * std::sqrt(probability));
    }
  }

  /// The only one: as large as there is room for.
  void draw(int deed) const {
    switch (deed) {
      case kDeedLeft: return arrow(dy_, -dx_, 0.13f, 0.16f);
      case kDeedRight: return arrow(-dy_, dx_, 0.13f, 0.16f);
      case kDeedAhead: return arrow(dx_, dy_, 0.10f, 0.20f);
      case kDeedStop: return dot(0.10f);
      default: return square(0.09f);
    }
  }

 private:
  /// From `back` behind the point to `length` before it, in steps.
  void arrow(float x, float y, float back, float length) const {
    const float size = std::clamp(length / 0.15f, 0.4f, 1.0f);
    const float width = std::max(scale_, 0.036f * unit_ * size), head = width + 0.085f * unit_ * size;
    const float reach = std::max(length * unit_, head);
    const ImVec2 from(from_.x - back * unit_ * x, from_.y - back * unit_ * y);
    const ImVec2 to(from_.x + reach * x, from_.y + reach * y);
    draw_arrow(list_, from, to, width + 1.6f * scale_, head + 2 * scale_, rim_);
    draw_arrow(list_, from, to, width, head, ink_);
  }
  void dot(float share) const {
    const float r = std::max(1.5f * scale_, share * unit_);
    list_->AddCircleFilled(from_, r + scale_, rim_, 16);
    list_->AddCircleFilled(from_, r, ink_, 16);
  }
  void square(float share) const {
    const float r = std::max(1.5f * scale_, share * unit_), rim = r + scale_;
    list_->AddRectFilled({from_.x - rim, from_.y - rim}, {from_.x + rim, from_.y + rim}, rim_);
    list_->AddRectFilled({from_.x - r, from_.y - r}, {from_.x + r, from_.y + r}, ink_);
  }

  ImDrawList* list_;
  float dx_, dy_, unit_, scale_;
  ImU32 ink_, rim_;
  ImVec2 from_;
};

}  // namespace

void draw_policy(const PanelContext& context, const WorldScene& s, const Plan& plan) {
  const Theme& t = context.theme;
  const WorldPlaces& places = s.flow.places;
  const float unit = plan.tile * places.step;
  if (unit < t.px(kSmallest)) return;
  const float seldom = kSeldom * s.flow.most_visits;
  size_t pose = 0;
  for (const ImVec2 place : places.at) {
    for (const float angle : places.angles) {
      const size_t index = pose++;
      const auto& deeds = s.flow.deeds[index];
      const float visits = std::accumulate(deeds.begin(), deeds.end(), 0.0f);
      if (!(visits > 0)) continue;
      const Signs signs(ImGui::GetWindowDrawList(), plan.point(place.x, place.y), angle, unit,
                        visits < seldom ? 0.45f : 1, t.scale);
      const auto likeliest = std::ranges::max_element(deeds) - deeds.begin();
      if (unit < t.px(kDetailed)) {
        signs.draw(static_cast<int>(likeliest));
        continue;
      }
      for (int d = 0; d < kNumDeeds; ++d) {
        const float probability = deeds[static_cast<size_t>(d)] / visits;
        if (probability >= kUnlikely) signs.draw(d, probability);
      }
    }
  }
}

}  // namespace flowscope
