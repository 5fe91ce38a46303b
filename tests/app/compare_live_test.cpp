// Runs compared in the real window, with real keys and the real trainer.
#include "tests/app/live_window.h"

using namespace flowscope;

namespace {

/// All runs stand still, at one step.
bool aligned(const Json& report, size_t runs) {
  if (!report.contains("runs") || report["runs"].size() != runs) return false;
  for (const Json& run : report["runs"]) {
    if (run["state"] != "paused" || run["step"] != report["runs"][0]["step"]) return false;
  }
  return true;
}

/// Shift is held for longer than the key, as by a hand.
void press_with_shift(const std::string& key) {
  LiveWindow::xdotool("keydown shift sleep 0.3 key " + key + " sleep 0.3 keyup shift");
}

/// Trains a hundred steps at a time until there are so many; returns how many there are then.
std::int64_t train(const LiveWindow& window, std::int64_t steps) {
  Json report = window.await("the trainer", [](const Json& r) { return in_state(r, "paused"); });
  while (report["run"]["step"] < steps) {
    const auto before = report["run"]["step"].get<std::int64_t>();
    press_with_shift("Right");
    report = window.await("a hundred steps", [&](const Json& r) {
      return in_state(r, "paused") && r["run"]["step"] >= before + 100;
    });
  }
  std::this_thread::sleep_for(
      std::chrono::milliseconds(300));  // a slow hand may have repeated the key
  return window.await("the pause",
                      [](const Json& r) { return in_state(r, "paused"); })["run"]["step"];
}

}  // namespace

TEST_CASE("a person compares two objectives on one clock, and ends one of the runs") {
  const LiveWindow window({"--paused", "-p", "hypergrid-8x8", "--size", "1280x800"});
  const std::int64_t steps = train(window, 200);
  const Json alone = window.report()["run"];

  window.key("c");
  window.await("a second run at the same step",
               [&](const Json& r) { return aligned(r, 2) && r["runs"][1]["step"] == steps; });
  const Json copies = window.report()["runs"];
  CHECK(copies[1]["loss"] == copies[0]["loss"]);  // it is a copy, to the last bit
  CHECK(copies[0]["loss"] == alone["loss"]);
  CHECK(window.report()["ui"]["run"] == 1);

  press_with_shift("BackSpace");  // the chosen run, with the next seed
  const Json other = window.await("another seed", [&](const Json& r) {
    return aligned(r, 2) && r["runs"][1]["name"] == "seed = 1" && r["runs"][1]["step"] == steps;
  })["runs"];
  CHECK(other[0]["name"] == "seed = 0");
  CHECK(other[0]["loss"] == alone["loss"]);
  CHECK(other[1]["loss"] != alone["loss"]);

  window.key("space");
  window.await("both training", [&](const Json& r) {
    return r["runs"][0]["state"] == "running" && r["runs"][1]["state"] == "running" &&
           r["runs"][1]["step"] > steps + 30;
  });
  window.key("space");
  window.await("both paused at one step", [](const Json& r) { return aligned(r, 2); });
  window.key("Left");
  window.await("both at one step of their past", [](const Json& r) {
    const Json& runs = r["runs"];
    return r["ui"]["past"].is_number() && runs[0]["shown_step"] == r["ui"]["past"] &&
           runs[1]["shown_step"] == r["ui"]["past"] && runs[0]["step"] > r["ui"]["past"];
  });

  press_with_shift("c");
  const Json left =
      window.await("one run", [](const Json& r) { return r["runs"].size() == 1; })["runs"];
  CHECK(left[0]["name"] == "the only run");
  CHECK(left[0]["letter"] == "A");
}

TEST_CASE("a person looks back, branches off, and both go on from there on one clock") {
  const LiveWindow window({"--paused", "-p", "hypergrid-8x8", "--size", "1280x800"});
  const std::int64_t steps = train(window, 300);
  press_with_shift("Left");
  const Json past = window.await("the past", [&](const Json& r) {
    return r["ui"]["past"].is_number() && r["ui"]["past"] < steps - 80 &&
           r["run"]["step"] == r["ui"]["past"];
  });
  CHECK(past["runs"][0]["step"] == steps);
  CHECK(past["items"].contains("hero/branch"));

  window.key("Return");
  const Json branched = window.await("the branch at the same step", [&](const Json& r) {
    return aligned(r, 2) && r["runs"][1]["step"] == steps;
  });
  CHECK(branched["runs"][1]["began"] == past["ui"]["past"]);
  CHECK(branched["runs"][1]["name"].get<std::string>().find("began = ") != std::string::npos);
  CHECK(branched["ui"]["past"].is_null());
  CHECK(branched["runs"][1]["loss"] == branched["runs"][0]["loss"]);  // nothing was changed

  window.key("Home");
  window.await("the first step", [](const Json& r) {
    return r["ui"]["past"] == 0 || r["ui"]["past"] == r["runs"][1]["began"];
  });
  window.key("End");
  window.await("live", [](const Json& r) { return r["ui"]["past"].is_null(); });
}
