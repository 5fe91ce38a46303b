// A Minigrid world in the window: its pictures, and a person who walks in it.
#include <GLFW/glfw3.h>

#include <cmath>

#include "app/panels/walk.h"
#include "app/scene/first_person.h"
#include "app/window/picture.h"
#include "envs/minigrid/levels.h"
#include "tests/app/draw_fixture.h"
#include "tests/app/panel_frame.h"

using namespace flowscope;

namespace {

constexpr const char* kPreset = "minigrid-doorkey-5x5";

std::shared_ptr<Snapshot> fake() {
  return make_fake_snapshot(Config::from_preset(kPreset), 0.9, 500);
}

/// From the start to the green square: fetch the key, open the door, walk through.
constexpr int kSolution[] = {GLFW_KEY_RIGHT, GLFW_KEY_TAB,   GLFW_KEY_UP, GLFW_KEY_UP,
                             GLFW_KEY_RIGHT, GLFW_KEY_SPACE, GLFW_KEY_UP, GLFW_KEY_UP,
                             GLFW_KEY_RIGHT, GLFW_KEY_UP,    GLFW_KEY_UP, GLFW_KEY_ENTER};

void tap(PanelStage& stage, int key) {
  ImGui::GetIO().KeysDown[key] = true;
  stage.frames(1);
  ImGui::GetIO().KeysDown[key] = false;
  stage.frames(1);
}

/// The share of an image's pixels that are more green than anything else.
double greenness(const Image& image) {
  int green = 0;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const std::uint8_t* p = image.at(x, y);
      green += p[1] > 1.4 * p[0] && p[1] > 1.4 * p[2];
    }
  }
  return green / static_cast<double>(image.width * image.height);
}

}  // namespace

TEST_CASE("the world looks as it should, from above and from within") {
  const auto snapshot = fake();
  const PictureSpec plan{.width = 960, .height = 600, .panel = "hero", .walk = 4};
  check_golden("world-plan", draw_picture(*snapshot, plan));
  PictureSpec room = plan;
  room.view = "first-person";
  room.theme = "light";
  check_golden("world-room", draw_picture(*snapshot, room));
}

TEST_CASE("Minigrid opens on its world, and every picture can be asked for") {
  const auto snapshot = fake();
  PanelStage stage(snapshot);
  stage.frames(2);
  CHECK(stage.items.contains("hero/world"));
  stage.ui.hero = HeroTab::kMap;
  stage.frames(2);
  CHECK(stage.items.contains("hero/map_learned"));
}

TEST_CASE("a person who walks to the goal is told what the policy would have done") {
  const auto snapshot = fake();
  PanelStage stage(snapshot);
  stage.frames(1);
  stage.click(stage.middle("hero/world"));
  REQUIRE(stage.ui.playing);
  double log_pf = 0;
  for (const int key : kSolution) {
    const size_t before = stage.ui.walk->actions.size();
    const std::vector<Choice> choices = choices_at(*snapshot, stage.ui.walk->state());
    tap(stage, key);
    REQUIRE(stage.ui.walk->actions.size() == before + 1);
    const int taken = stage.ui.walk->actions.back();
    log_pf += std::log(std::ranges::find(choices, taken, &Choice::action)->probability);
  }
  const Walk& walk = *stage.ui.walk;
  CHECK(walk.ended());
  const TimedEnvironment& env = *walked_world(*snapshot->run);
  CHECK(env.solved(snapshot->run->graph->state(walk.state())[0]));
  const PathWorth worth = worth_of(walk, *snapshot);
  CHECK(worth.log_pf == Approx(log_pf));
  CHECK(worth.moves == 11);
  CHECK(*worth.log_reward == Approx(std::log(1.01)));
  CHECK(stage.sent.empty());  // Space and Right were the world's, not the trainer's
}

TEST_CASE("keys that change nothing say so; Backspace begins again; Escape gives the keys back") {
  PanelStage stage(fake());
  stage.frames(1);
  tap(stage, GLFW_KEY_P);
  REQUIRE(stage.ui.playing);
  tap(stage, GLFW_KEY_SPACE);  // there is no door before the agent
  CHECK(stage.ui.walk->actions.empty());
  CHECK(stage.ui.walk->note.find("toggle") != std::string::npos);
  tap(stage, GLFW_KEY_LEFT);
  CHECK(stage.ui.walk->actions.size() == 1);
  CHECK(stage.ui.walk->note == "");
  tap(stage, GLFW_KEY_BACKSPACE);
  CHECK(stage.ui.walk->actions.empty());
  tap(stage, GLFW_KEY_V);
  CHECK(stage.ui.first_person);
  tap(stage, GLFW_KEY_ESCAPE);
  CHECK_FALSE(stage.ui.playing);
  tap(stage, GLFW_KEY_SPACE);
  CHECK(stage.commands<Play>().size() == 1);
}

TEST_CASE("the flow through the world adds up to the mean length of a trajectory") {
  const auto snapshot = fake();
  WorldFlow flow;
  update_world_flow(*snapshot, flow);
  double visits = 0;
  for (const float v : flow.visits) visits += v;
  CHECK(visits == Approx(snapshot->exact->expected_length).epsilon(1e-5));
  double ends = 0;
  for (const float v : flow.ends) ends += v;
  CHECK(ends == Approx(1));
  for (size_t pose = 0; pose < flow.visits.size(); ++pose) {  // something is done at every visit
    double deeds = 0;
    for (const float d : flow.deeds[pose]) deeds += d;
    CHECK(deeds == Approx(flow.visits[pose]).epsilon(1e-4).margin(1e-6));
    CHECK(flow.deeds[pose][kDeedAhead] == Approx(flow.moves[pose]).epsilon(1e-4).margin(1e-6));
  }
}

TEST_CASE("O and its chip put the policy on the floor") {
  PanelStage stage(fake());
  stage.frames(1);
  tap(stage, GLFW_KEY_O);
  CHECK(stage.ui.world_policy);
  stage.click(stage.middle("hero_footer/world_policy"));
  CHECK_FALSE(stage.ui.world_policy);
}

TEST_CASE("what the agent sees can be read back: the goal when it looks there, not when it turns") {
  const OffscreenGui gui(64, 64);  // an OpenGL context
  minigrid::World world = minigrid::make_world(*minigrid::find_level("MiniGrid-Empty-8x8-v0"), 0);
  world.agent = {3, 6};
  world.direction = 0;
  const Image ahead = observe_first_person(world);
  CHECK(ahead.width == 80);
  CHECK(ahead.height == 60);
  CHECK(greenness(ahead) > 0.01);
  CHECK(observe_first_person(world).rgba == ahead.rgba);
  world.direction = 2;
  CHECK(greenness(observe_first_person(world)) == 0);
}

TEST_CASE("a closed door hides the room behind it, an open one does not") {
  const OffscreenGui gui(64, 64);
  minigrid::World world = minigrid::make_world(*minigrid::find_level("MiniGrid-DoorKey-8x8-v0"), 0);
  const minigrid::Cell goal = minigrid::kGoalCell;
  for (int y = 0; y < world.height; ++y) {
    for (int x = 0; x < world.width; ++x) {
      minigrid::Cell& cell = world.at({x, y});
      if (cell.kind != minigrid::Kind::kDoor) continue;
      world.agent = {x - 2, y};
      world.direction = 0;
      world.at({x + 1, y}) = goal;
      cell.state = minigrid::kLocked;
      CHECK(greenness(observe_first_person(world)) == 0);
      cell.state = minigrid::kOpen;
      CHECK(greenness(observe_first_person(world)) > 0.005);
      return;
    }
  }
  FAIL("the level has no door");
}
