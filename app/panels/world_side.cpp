// Beside the world: what the policy would do where the person stands, and the two walks compared.
#include <algorithm>
#include <array>
#include <cmath>

#include "app/draw/plot.h"
#include "app/panels/facts.h"
#include "app/panels/hero_world.h"

namespace flowscope {
namespace {

size_t at(std::int64_t i) { return static_cast<size_t>(i); }

std::string fixed(double value, const char* format) {
  char text[24];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

/// Draws from top to bottom.
class Side {
 public:
  Side(PanelContext& context, const WorldScene& scene, const Rect& r)
      : context_(context), t_(context.theme), scene_(scene), r_(r), y_(r.y) {}

  void place() {
    heading(t_, r_.x, y_ + t_.px(10), "You and the policy");
    y_ += t_.px(24);
    if (tight()) return;
    const std::string task = "Mission: " + scene_.env.mission() + ".";
    y_ += draw_paragraph(t_.font.small, {r_.x, y_}, r_.w, t_.color.text, task) + t_.px(2);
    const std::string thing = scene_.env.carried(scene_.situation);
    const std::string words = "Step " + std::to_string(scene_.walk.states.size() - 1) + ", " +
                              (thing.empty() ? "empty-handed" : "carrying the " + thing);
    draw_text(t_.font.small, r_.x, baseline(t_, y_ + t_.px(8)), t_.color.muted, words);
    y_ += t_.px(24);
  }

  void choices() {
    const Snapshot& s = context_.snapshot;
    std::vector<double> shares(at(scene_.env.spec().num_actions), -1);
    if (!scene_.walk.ended()) {
      for (const Choice& c : choices_at(s, scene_.walk.state())) shares[at(c.action)] = c.probability;
    }
    y_ = draw_choices(context_, {r_.x, y_, r_.w, 0}, shares) + t_.px(8);
  }

  /// The person's path beside the one that the policy likes best.
  void walks() {
    if (tight()) return;
    const Snapshot& s = context_.snapshot;
    const PathWorth you = worth_of(scene_.walk, s), policy = worth_of(likeliest_walk(s, 0), s);
    const float second = r_.x + r_.w, first = second - t_.px(84);
    row({"", "You", "Policy"}, first, second, t_.font.bold);
    const auto reward = [](const PathWorth& w) {
      return w.log_reward ? fixed(std::exp(*w.log_reward), "%.3g") : std::string("-");
    };
    row({"moves", std::to_string(you.moves), std::to_string(policy.moves)}, first, second);
    row({"log P_F", fixed(you.log_pf, "%.2f"), fixed(policy.log_pf, "%.2f")}, first, second);
    row({"share of flow", format_number(std::exp(you.log_pf), 2),
         format_number(std::exp(policy.log_pf), 2)},
        first, second);
    row({"R where it ends", reward(you), reward(policy)}, first, second);
    y_ += t_.px(6);
  }

  /// The last steps: what the person did and what the policy would have done.
  void log() {
    const Walk& walk = scene_.walk;
    const Snapshot& s = context_.snapshot;
    const float row_height = t_.px(18), bottom = r_.y + r_.h - t_.px(38);
    const int room = std::max(0, static_cast<int>((bottom - y_) / row_height));
    const int count = static_cast<int>(walk.actions.size());
    for (int i = std::max(0, count - room); i < count; ++i, y_ += row_height) {
      const int state = walk.states[at(i)];
      const std::vector<Choice> choices = choices_at(s, state);
      const Choice you = *std::ranges::find(choices, walk.actions[at(i)], &Choice::action);
      const Choice best = favourite_at(s, state);
      const float base = baseline(t_, y_ + row_height / 2);
      const Environment& env = *s.run->environment;
      draw_text(t_.font.small, r_.x, base, t_.color.faint, std::to_string(i + 1));
      const std::string taken = env.action_name(you.action) + " " + fixed(you.probability, "%.2f");
      const float half = std::max(r_.x + r_.w * 0.52f,
                                  r_.x + t_.px(32) + text_width(t_.font.small, taken));
      draw_text(t_.font.small, r_.x + t_.px(24), base, t_.color.text, taken);
      draw_text(t_.font.small, half, base,
                you.action == best.action ? t_.color.muted : t_.color.warning,
                shortened(t_.font.small,
                          you.action == best.action ? "as the policy"
                                                    : "policy: " + env.action_name(best.action) +
                                                          " " + fixed(best.probability, "%.2f"),
                          r_.x + r_.w - half));
    }
  }

  void hint() {
    const Walk& walk = scene_.walk;
    const bool solved = scene_.env.solved(scene_.situation);
    std::string words = walk.note;
    ImU32 color = t_.color.warning;
    if (words.empty()) {
      color = solved ? t_.color.good : t_.color.muted;
      words = solved && walk.ended() ? "Solved. Backspace begins another walk."
              : solved               ? "Solved: Enter ends the walk."
              : walk.ended()         ? "The walk is over. Backspace begins another."
              : context_.ui.playing  ? "Backspace begins again, Esc gives the keys back."
                                     : "Click the world or press P to walk.";
    }
    const float top = r_.y + r_.h - t_.px(34);
    if (top < y_ && walk.note.empty()) return;  // no room: only news may cover what is there
    draw_paragraph(t_.font.small, {r_.x, top}, r_.w, color, words);
  }

 private:
  /// There is room for the choices alone.
  bool tight() const { return r_.h < t_.px(330); }

  void row(const std::array<std::string, 3>& cells, float first, float second,
           ImFont* head = nullptr) {
    const float base = baseline(t_, y_ + t_.px(9));
    draw_text(t_.font.small, r_.x, base, t_.color.muted, cells[0]);
    draw_text(head ? head : t_.font.mono, first, base, t_.color.text, cells[1], Align::kRight);
    draw_text(head ? head : t_.font.mono, second, base, t_.color.text, cells[2], Align::kRight);
    y_ += t_.px(19);
  }

  PanelContext& context_;
  const Theme& t_;
  const WorldScene& scene_;
  Rect r_;
  float y_;
};

}  // namespace

float draw_choices(PanelContext& context, const Rect& r, const std::vector<double>& shares) {
  const Theme& t = context.theme;
  const Environment& env = *context.snapshot.run->environment;
  const float key = t.px(50), name = key + t.px(64), number = t.px(48), row = t.px(20);
  const double most = std::ranges::max(shares);
  float y = r.y;
  for (int a = 0; a < env.spec().num_actions; ++a, y += row) {
    const double share = shares[at(a)];
    const bool on = share >= 0, best = on && share == most;
    const float middle = y + row / 2, base = baseline(t, middle);
    draw_text(t.font.small, r.x, base, on ? t.color.muted : t.color.faint,
              key_of_action(env.action_name(a)));
    draw_text(best ? t.font.bold : t.font.body, r.x + key, base,
              on ? t.color.text : t.color.faint, env.action_name(a));
    if (!on) continue;
    share_bar(t, {r.x + name, middle - t.px(4), r.w - name - number, t.px(8)}, share,
              best ? t.color.accent : with_alpha(t.color.accent, 0.6f));
    draw_text(t.font.mono, r.x + r.w, base, t.color.text, fixed(share, "%.3f"), Align::kRight);
  }
  return y;
}

void draw_world_side(PanelContext& context, const WorldScene& scene, const Rect& rect) {
  Side side(context, scene, rect);
  side.place();
  side.choices();
  side.walks();
  side.log();
  side.hint();
}

}  // namespace flowscope
