// A person who walks by a world's own steps and rules, and what the policy is asked meanwhile.
#include <GLFW/glfw3.h>

#include <cmath>
#include <numbers>

#include "app/panels/caches.h"
#include "app/panels/walk.h"
#include "tests/app/draw_fixture.h"
#include "tests/app/panel_frame.h"

using namespace flowscope;

namespace {

constexpr float kPi = std::numbers::pi_v<float>;

std::shared_ptr<Snapshot> fake(const char* preset = "miniworld-oneroom",
                               const Params& changes = {}) {
  Config config = Config::from_preset(preset);
  for (const auto& [key, value] : changes) config.set(key, value);
  return make_fake_snapshot(config, 0.9, 500);
}

FreeWalk begin(const Snapshot& snapshot) {
  return begin_free_walk(*walked_world(*snapshot.run), snapshot.run->graph->state(0));
}

void play(FreeWalk& walk, const Snapshot& snapshot, std::initializer_list<const char*> actions) {
  for (const char* action : actions) step_freely(walk, *walked_world(*snapshot.run), action);
}

const miniworld::World& rooms(const FreeWalk& walk) {
  return std::get<miniworld::World>(walk.world);
}

void hold(PanelStage& stage, int key, int frames) {
  ImGui::GetIO().KeysDown[key] = true;
  stage.frames(frames);
  ImGui::GetIO().KeysDown[key] = false;
  stage.frames(1);
}

std::vector<minigrid::Point> balls(const minigrid::World& world) {
  std::vector<minigrid::Point> found;
  for (int y = 0; y < world.height; ++y) {
    for (int x = 0; x < world.width; ++x) {
      if (world.at({x, y}).kind == minigrid::Kind::kBall) found.push_back({x, y});
    }
  }
  return found;
}

}  // namespace

TEST_CASE("a free walk goes by Miniworld's own steps, whatever the lattice's are") {
  const auto snapshot = fake();
  FreeWalk walk = begin(*snapshot);
  const Stance before = stance_of(walk.world);
  play(walk, *snapshot, {"left"});
  CHECK(stance_of(walk.world).angle == Approx(before.angle - kPi / 12));
  play(walk, *snapshot, {"right", "forward", "forward"});
  const Stance after = stance_of(walk.world);
  CHECK(after.angle == Approx(before.angle));
  CHECK(std::hypot(after.at.x - before.at.x, after.at.y - before.at.y) == Approx(0.3));
  play(walk, *snapshot, {"back"});  // no action of the level's, but of Miniworld's keyboard
  CHECK(stance_of(walk.world).at.x ==
        Approx(before.at.x + 0.15f * std::cos(before.angle)).margin(1e-5));
  CHECK(walk.steps == 5);
  CHECK(walk.trace.size() == 4);  // turns leave no trace
}

TEST_CASE("walls stop a free walk, and the box ends it with the level's own reward") {
  const auto snapshot = fake();
  FreeWalk walk = begin(*snapshot);
  const miniworld::Point box = rooms(walk).entities[0].position.on_floor();
  for (int i = 0; i < 60 && !walk.over; ++i) play(walk, *snapshot, {"back"});
  CHECK_FALSE(walk.over);
  for (const auto& wall : rooms(walk).walls) {
    CHECK_FALSE(overlaps(wall, rooms(walk).body().position.on_floor(), miniworld::kAgentRadius));
  }
  const size_t stopped = walk.trace.size();
  play(walk, *snapshot, {"back"});
  CHECK(walk.trace.size() == stopped);
  while (!walk.over) {  // turn towards the box, then walk
    const Stance s = stance_of(walk.world);
    const float wanted = std::atan2(static_cast<float>(box.z) - s.at.y,
                                    static_cast<float>(box.x) - s.at.x);
    const float off = std::remainder(wanted - s.angle, 2 * kPi);
    const char* action = off > kPi / 20 ? "right" : off < -kPi / 20 ? "left" : "forward";
    play(walk, *snapshot, {action});
    REQUIRE(walk.steps < 180);
  }
  CHECK(walk.reward == Approx(1 - 0.2 * walk.steps / 180));
  CHECK(walk.news.find("Solved") == 0);
  const int steps = walk.steps;
  play(walk, *snapshot, {"forward"});
  CHECK(walk.steps == steps);
}

TEST_CASE("the length of a free step is drawn where strides are randomised, the same each time") {
  const auto snapshot = fake("miniworld-oneroom", {{"environment.randomize", true}});
  FreeWalk a = begin(*snapshot), b = begin(*snapshot);
  std::vector<double> lengths;
  for (int i = 0; i < 6; ++i) {
    play(a, *snapshot, {"forward", "left"});
    play(b, *snapshot, {"forward", "left"});
    lengths.push_back(rooms(a).forward_step);
    CHECK(rooms(a).forward_step >= 0.12);
    CHECK(rooms(a).forward_step <= 0.17);
    CHECK(std::abs(rooms(a).drift) <= 0.05);
    CHECK(rooms(a).turn_step >= 10);
    CHECK(rooms(a).turn_step <= 20);
  }
  CHECK(lengths[0] != lengths[1]);
  CHECK(stance_of(a.world).at.x == stance_of(b.world).at.x);
}

TEST_CASE("the nearest pose of a pose is itself, and of a step aside the same") {
  const auto snapshot = fake();
  WorldFlow flow;
  update_world_flow(*snapshot, flow);
  for (const int pose : flow.places.poses) {
    const NearestPose same = nearest_pose(flow.places, flow.places.of_pose(pose));
    CHECK(same.pose == pose);
    CHECK(same.away == 0);
  }
  const int pose = flow.places.of[0];
  Stance aside = flow.places.of_pose(pose);
  aside.at.x += 0.15f;
  aside.angle += kPi / 12;
  const NearestPose nearest = nearest_pose(flow.places, aside);
  CHECK(nearest.pose == pose);
  CHECK(nearest.away == Approx(0.15f));
  CHECK(std::abs(nearest.turned) == Approx(kPi / 12));
}

TEST_CASE("the policy at a pose is the mean over all visits with the same thing in hand") {
  for (const char* preset : {"miniworld-oneroom", "minigrid-doorkey-5x5"}) {
    const auto snapshot = fake(preset);
    WorldFlow flow;
    update_world_flow(*snapshot, flow);
    std::vector<std::string> hands{""};
    const TimedEnvironment& env = *walked_world(*snapshot->run);
    for (size_t s = 0; s < flow.places.of.size(); ++s) {
      const std::string thing = env.carried(static_cast<int>(s));
      if (std::ranges::count(hands, thing) == 0) hands.push_back(thing);
    }
    CHECK(hands.size() == (std::string(preset) == "miniworld-oneroom" ? 1 : 2));
    for (size_t i = 0; i < flow.places.poses.size(); i += 7) {
      const int pose = flow.places.poses[i];
      double visits = 0;
      for (const std::string& thing : hands) {
        const PosePolicy policy = policy_at(*snapshot, flow.places, pose, thing);
        visits += policy.visits;
        double sum = 0;
        for (const double share : policy.shares) sum += share;
        CHECK(sum == Approx(policy.visits > 0 ? 1 : 0).margin(1e-9));
      }
      CHECK(visits == Approx(flow.visits[static_cast<size_t>(pose)]).epsilon(1e-4).margin(1e-7));
    }
  }
}

TEST_CASE("obstacles rest on the lattice and move in a free walk") {
  const auto snapshot =
      fake("minigrid-empty-5x5", {{"environment.level", "MiniGrid-Dynamic-Obstacles-6x6-v0"},
                                  {"environment.horizon", std::int64_t{8}}});
  const auto& env = dynamic_cast<const MinigridEnv&>(*snapshot->run->environment);
  const auto at_rest = balls(env.graph().start);
  REQUIRE(at_rest.size() == 3);
  for (int id = 0; id < env.graph().size(); ++id) CHECK(balls(env.graph().world(id)) == at_rest);
  FreeWalk walk = begin(*snapshot);
  play(walk, *snapshot, {"left"});
  CHECK(balls(std::get<minigrid::World>(walk.world)) != at_rest);
  CHECK(walk.changes > 0);
}

TEST_CASE("R leaves the lattice and comes back to the same place; held keys walk on") {
  PanelStage stage(fake());
  stage.ui.first_person = true;
  stage.frames(1);
  stage.click(stage.middle("hero/world"));
  hold(stage, GLFW_KEY_A, 1);  // a turn on the lattice
  REQUIRE(stage.ui.walk->actions.size() == 1);
  const int left_at = stage.ui.walk->state();
  hold(stage, GLFW_KEY_R, 1);
  REQUIRE(stage.ui.walk->free);
  CHECK(stage.ui.playing);
  const Stance before = stance_of(stage.ui.walk->free->world);
  const auto room = stage.ui.caches->room.shell;
  hold(stage, GLFW_KEY_DOWN, 32);  // strides of 0.085 s: at 0, 0.085 ... 0.51
  CHECK(stage.ui.walk->free->steps == 7);
  const Stance after = stance_of(stage.ui.walk->free->world);
  CHECK(std::hypot(after.at.x - before.at.x, after.at.y - before.at.y) == Approx(7 * 0.15));
  CHECK(stage.ui.walk->actions.size() == 1);  // no step of the lattice
  CHECK(stage.ui.caches->room.shell == room);  // the room was not built again
  hold(stage, GLFW_KEY_BACKSPACE, 1);
  CHECK(stage.ui.walk->free->steps == 0);
  hold(stage, GLFW_KEY_R, 1);
  CHECK_FALSE(stage.ui.walk->free);
  CHECK(stage.ui.walk->state() == left_at);
}

TEST_CASE("a free walk looks as it should, from above and from within") {
  for (const bool within : {false, true}) {
    PanelStage stage(fake("miniworld-ymaze"), within ? 1280 : 960, within ? 800 : 600);
    stage.ui.first_person = within;
    stage.frames(1);
    hold(stage, GLFW_KEY_R, 1);
    for (int i = 0; i < 9; ++i) hold(stage, i % 3 == 2 ? GLFW_KEY_RIGHT : GLFW_KEY_UP, 12);
    stage.frames(30);
    check_golden(within ? "free-room" : "free-plan", stage.picture("hero"));
  }
}
