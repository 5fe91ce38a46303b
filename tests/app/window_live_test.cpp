// The real window of the real program in a virtual display, driven by real mouse and key events.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <string>
#include <thread>

#include "app/panels/world_flow.h"
#include "tests/app/fake_session.h"
#include "tests/app/live_window.h"

using namespace flowscope;

namespace {

using nlohmann::operator""_json_pointer;

/// The fewest actions, by name, from the start of a world to where its task is solved.
std::vector<std::string> way_to_solution(const RunInfo& run) {
  const StateGraph& graph = *run.graph;
  std::vector<std::int64_t> edge(static_cast<size_t>(graph.num_states()), -1);  // that led there
  std::vector<int> queue{0};
  for (size_t head = 0; head < queue.size(); ++head) {
    const int state = queue[head];
    if (walked_world(run)->solved(graph.state(state)[0])) {
      std::vector<std::string> way;
      for (int s = state; s != 0; s = graph.parent(edge[static_cast<size_t>(s)])) {
        way.push_back(run.environment->action_name(graph.action(edge[static_cast<size_t>(s)])));
      }
      return {way.rbegin(), way.rend()};
    }
    for (auto e = graph.child_begin(state); e < graph.child_end(state); ++e) {
      auto& known = edge[static_cast<size_t>(graph.child(e))];
      if (known < 0) queue.push_back(graph.child(e));
      if (known < 0) known = e;
    }
  }
  FAIL("no way leads to a solution");
  return {};
}

}  // namespace

TEST_CASE("the window obeys mouse and keyboard while it trains") {
  const LiveWindow window({"--paused", "-p", "hypergrid-8x8", "--size", "1280x800"});
  window.await("the trainer", [](const Json& r) { return in_state(r, "paused"); });

  window.key("space");
  window.await("training", [](const Json& r) {
    return in_state(r, "running") && r["run"]["step"] > 20;
  });
  window.key("space");
  const Json paused = window.await("the pause", [](const Json& r) { return in_state(r, "paused"); });

  window.key("Right");
  window.await("one step", [&](const Json& r) {
    return r["run"]["step"] == paused["run"]["step"].get<int>() + 1;
  });

  window.click("hero/map_learned", 0.2, 0.2);
  window.await("a selected cell", [](const Json& r) { return r["ui"]["selected_state"] >= 0; });

  window.drag("setup/exploration.epsilon", -0.45, 0.2);
  window.await("more exploration", [](const Json& r) {
    return r["run"]["config"].value("/exploration/epsilon"_json_pointer, 0.0) > 0.3;
  });

  window.key("F1");
  window.await("the list of keys", [](const Json& r) { return r["items"].contains("keys"); });
  window.key("Escape");
  window.await("its end", [](const Json& r) { return !r["items"].contains("keys"); });

  window.key("d");
  window.await("the light theme, kept", [&](const Json& r) {
    return r["ui"]["dark"] == false && window.kept_settings().value("theme", "") == "light";
  });

  window.resize(1024, 640);
  const Json small = window.await("the new size", [](const Json& r) {
    return r["window"] == Json{1024, 640} && r["items"]["status"][1] == 612;
  });
  CHECK(small["items"]["hero"][2] < 640);
}

TEST_CASE("a person at the keyboard opens the locked door and reaches the goal") {
  const LiveWindow window({"--paused", "-p", "minigrid-doorkey-5x5", "--size", "1280x800"});
  window.await("the first exact view", [](const Json& r) {
    return in_state(r, "paused") && r["run"].contains("exact");
  });
  window.click("hero/world");
  window.await("the keyboard", [](const Json& r) { return r["ui"]["playing"] == true; });
  int moves = 0;
  for (const char* key : {"Right", "Prior", "Up", "Up", "Right", "space", "Up", "Up", "Right", "Up",
                          "Up"}) {
    window.key(key);
    ++moves;
    window.await(key, [&](const Json& r) {
      return r.contains("walk") && r["walk"]["moves"] == moves;
    });
  }
  window.key("Return");
  const Json end = window.await("the end", [](const Json& r) { return r["walk"]["ended"] == true; });
  CHECK(end["walk"]["solved"] == true);
  CHECK(end["walk"]["log_pf"].get<double>() < 0);
  CHECK(in_state(end, "paused"));  // the walk's keys are not the trainer's
}

TEST_CASE("a person at the keyboard walks to the red box, by either hand's keys") {
  const char* preset = "miniworld-oneroom";
  const std::vector<std::string> way = way_to_solution(*make_fake_run(Config::from_preset(preset)));
  const LiveWindow window({"--paused", "-p", preset, "--size", "1280x800"});
  window.await("the first exact view", [](const Json& r) {
    return in_state(r, "paused") && r["run"].contains("exact");
  });
  window.key("v");
  window.click("hero/world");
  window.await("the keyboard", [](const Json& r) {
    return r["ui"]["playing"] == true && r["ui"]["first_person"] == true;
  });
  int moves = 0;
  for (const std::string& action : way) {
    const bool right_hand = moves++ % 2 == 0;
    window.key(action == "forward" ? (right_hand ? "Up" : "w")
               : action == "left"  ? (right_hand ? "Left" : "a")
                                   : (right_hand ? "Right" : "d"));
    window.await(action, [&](const Json& r) {
      return r.contains("walk") && r["walk"]["moves"] == moves;
    });
  }
  window.key("Return");
  const Json end = window.await("the end", [](const Json& r) { return r["walk"]["ended"] == true; });
  CHECK(end["walk"]["solved"] == true);
  CHECK(end["walk"]["log_pf"].get<double>() < 0);
  CHECK(end["ui"]["dark"] == true);  // D walked and did nothing else
}

TEST_CASE("a person leaves the policy's poses, walks on by Miniworld's own steps, and comes back") {
  const LiveWindow window({"--paused", "-p", "miniworld-oneroom", "--size", "1280x800"});
  window.await("the first exact view", [](const Json& r) {
    return in_state(r, "paused") && r["run"].contains("exact");
  });
  window.key("r");
  const Json begun = window.await("the free walk", [](const Json& r) {
    return r["ui"]["playing"] == true && r.contains("walk") && r["walk"]["free"].is_object();
  })["walk"]["free"];
  window.key("Left");
  const Json turned = window.await("a turn", [](const Json& r) {
    return r["walk"]["free"]["steps"] == 1;
  })["walk"]["free"];
  CHECK(turned["angle"].get<double>() - begun["angle"].get<double>() == Approx(-0.2618).margin(1e-3));
  LiveWindow::xdotool("keydown w sleep 0.6 keyup w");
  const Json walked = window.await("steps of a held key", [](const Json& r) {
    return r["walk"]["free"]["steps"] >= 3;
  })["walk"]["free"];
  const double x = walked["x"].get<double>() - begun["x"].get<double>();
  const double z = walked["z"].get<double>() - begun["z"].get<double>();
  const double steps = std::hypot(x, z) / 0.15;
  CHECK(steps == Approx(std::round(steps)).margin(1e-3));
  window.key("r");
  const Json back = window.await("the lattice", [](const Json& r) {
    return r["walk"]["free"].is_null();
  });
  CHECK(back["walk"]["moves"] == 0);
  CHECK(in_state(back, "paused"));
}

TEST_CASE("the same configuration and seed give the same numbers in the window and without one") {
  const std::vector<std::string> what = {"-p", "hypergrid-8x8", "--steps", "300", "--seed", "11",
                                         "--set", "exploration.epsilon=0.1"};
  std::vector<std::string> train = {"train", "--json", "--quiet"};
  train.insert(train.end(), what.begin(), what.end());
  const Outcome headless = flowscope_run(train);
  REQUIRE(headless.code == 0);
  const Json expected = Json::parse(headless.out);

  const LiveWindow window(what);
  const Json run = window.await("the end of the run", [](const Json& r) {
    return in_state(r, "finished") && r["run"].contains("exact") && r["run"]["exact"]["step"] == 300;
  })["run"];
  CHECK(run["step"] == expected["steps"]);
  for (const char* key : {"loss", "log_z"}) CHECK(run[key] == expected[key]);
  for (const char* key : {"tv", "l1", "jsd", "kl"}) CHECK(run["exact"][key] == expected[key]);
}

TEST_CASE("a window that stands still draws next to nothing") {
  const LiveWindow window({"--paused", "-p", "hypergrid-8x8", "--size", "1280x800"});
  window.await("the trainer", [](const Json& r) {
    return in_state(r, "paused") && r["run"].contains("exact");
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(700));  // the frames after the last change
  const int before = window.report()["frames"];
  std::this_thread::sleep_for(std::chrono::milliseconds(1200));
  CHECK(window.report()["frames"].get<int>() - before <= 2);
}

TEST_CASE("without a display one line names the command that needs none") {
  const Variable none("DISPLAY", "");
  const Outcome outcome = flowscope_run({});
  CHECK(outcome.code == 2);
  CHECK(outcome.err.find("flowscope shot") != std::string::npos);
  CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1);
}

TEST_CASE("the window ends with 0 and options of one time are not kept") {
  const VirtualDisplay display;
  const Variable where("DISPLAY", display.name);
  const TemporaryFolder folder;
  const Variable settings("XDG_CONFIG_HOME", folder / "config");
  const Outcome outcome = flowscope_run(
      {"--exit-after-frames", "3", "--theme", "light", "--size", "960x600"});
  CHECK(outcome.code == 0);
  CHECK(outcome.err == "");
  CHECK_FALSE(std::filesystem::exists(folder / "config/flowscope"));
}
