#include "core/learn/session.h"

#include <chrono>
#include <cmath>
#include <thread>

#include "core/learn/live_run.h"
#include "core/learn/trainer.h"
#include "core/run/timeline.h"
#include "tests/catch.h"

using namespace flowscope;

namespace {

Config config_of(const char* preset, std::vector<std::string> settings = {}) {
  Config config = Config::from_preset(preset);
  config.set_all(settings);
  return config;
}

template <class Done>
std::shared_ptr<const Snapshot> wait_for(Session& session, Done done) {
  for (int i = 0; i < 60'000; ++i) {
    const auto snapshot = session.latest();
    if (done(*snapshot)) return snapshot;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  FAIL("the session did not get there within a minute");
  return nullptr;
}

std::shared_ptr<const Snapshot> run_until(Session& session, std::int64_t step) {
  session.send(RunUntil{step});
  return wait_for(session, [&](const Snapshot& s) {
    return s.state == RunState::kFailed || s.state == RunState::kDiverged ||
           (s.state == RunState::kFinished && s.metrics.step >= step);
  });
}

void check_same(const Metrics& a, const Metrics& b) {
  CHECK(a.step == b.step);
  CHECK(a.loss == b.loss);
  CHECK(a.log_z == b.log_z);
  CHECK(a.trajectories == b.trajectories);
  CHECK(a.states_visited == b.states_visited);
  CHECK(a.mean_length == b.mean_length);
  CHECK(a.modes_found == b.modes_found);
}

}  // namespace

TEST_CASE("the same configuration and seed give the same numbers, however it is watched") {
  const Config config = config_of("hypergrid-8x8", {"seed=4", "steps=150"});
  const auto plain = start_session(config, nullptr);
  const auto a = run_until(*plain, 150);

  // The same in small pieces, paused, stepped and speed-limited, as a person would.
  const auto watched = start_session(config, nullptr);
  watched->send(StepBy{7});
  wait_for(*watched, [](const Snapshot& s) { return s.state == RunState::kPaused && s.metrics.step == 7; });
  watched->send(SetSpeed{2000});
  watched->send(Play{});
  watched->send(Pause{});
  watched->send(Play{});
  const auto b = wait_for(*watched, [](const Snapshot& s) { return s.state == RunState::kFinished; });
  check_same(a->metrics, b->metrics);
  REQUIRE(a->exact);
  REQUIRE(exact_is_current(*b));
  CHECK(a->exact->l1 == b->exact->l1);
  CHECK(a->exact->jsd == b->exact->jsd);
}

TEST_CASE("a run that is compared gives the numbers that it gives alone") {
  const auto preset = GENERATE("hypergrid-8x8", "box-0.25");
  const Config fast = config_of(preset, {"seed=4", "steps=60", "policy.hidden=16"});
  const Config slow = config_of(preset, {"seed=4", "steps=60", "policy.hidden=64", "batch=64"});
  const auto alone = start_session(fast, nullptr);
  const auto a = run_until(*alone, 60);

  const auto clock = std::make_shared<RunClock>();
  const auto first = start_session(fast, nullptr), second = start_session(slow, nullptr);
  for (Session* session : {first.get(), second.get()}) {
    session->send(JoinClock{clock});
    session->send(KeepTimeline{1 << 26});
    session->send(Play{});
  }
  const auto b = run_until(*first, 60);
  run_until(*second, 60);
  check_same(a->metrics, b->metrics);
  if (a->exact) CHECK(a->exact->l1 == b->exact->l1);
  if (a->density) CHECK(a->density->l1 == b->density->l1);
}

TEST_CASE("runs on one clock pause at one step") {
  const auto clock = std::make_shared<RunClock>();
  const auto a = start_session(config_of("hypergrid-8x8", {"policy.hidden=16"}), nullptr);
  const auto b = start_session(config_of("hypergrid-8x8", {"policy.hidden=64", "batch=64"}), nullptr);
  for (Session* session : {a.get(), b.get()}) {
    session->send(JoinClock{clock});
    session->send(Play{});
  }
  wait_for(*b, [](const Snapshot& s) { return s.metrics.step > 40; });
  clock->hold();
  a->send(Pause{});
  b->send(Pause{});
  const auto paused = [](const Snapshot& s) { return s.state == RunState::kPaused && s.metrics.step > 40; };
  CHECK(wait_for(*a, paused)->metrics.step == wait_for(*b, paused)->metrics.step);
}

TEST_CASE("a branch from a kept moment goes on as the run itself did") {
  const Config config = config_of("hypergrid-8x8", {"steps=90", "policy.hidden=16"});
  const auto whole = start_session(config, nullptr);
  CHECK_FALSE(whole->timeline());
  whole->send(KeepTimeline{1 << 26});
  const auto a = run_until(*whole, 90);
  const auto timeline = whole->timeline();
  REQUIRE(timeline);
  REQUIRE(timeline->at(35));
  const Moment& moment = *timeline->at(35);
  CHECK(moment.step() == 30);
  REQUIRE(moment.snapshot->exact);
  // A machine that is busy elsewhere may find a view of every moment too slow to make.
  CHECK((moment.snapshot->exact->step == 30 || moment.snapshot->exact->sweep_seconds > 0.02));
  const auto branch = start_session(Config::from_json(moment.checkpoint->config_json, "checkpoint"), moment.checkpoint);
  const auto b = run_until(*branch, 90);
  check_same(a->metrics, b->metrics);
  CHECK(a->exact->l1 == b->exact->l1);
  whole->send(Reset{});
  wait_for(*whole, [](const Snapshot& s) { return s.metrics.step == 0; });
  CHECK(whole->timeline()->bytes() < timeline->bytes());
}

TEST_CASE("a reset reproduces the run from its first step") {
  const auto session = start_session(config_of("hypergrid-8x8", {"steps=60"}), nullptr);
  const auto a = run_until(*session, 60);
  session->send(Reset{});
  wait_for(*session, [](const Snapshot& s) { return s.metrics.step == 0; });
  const auto b = run_until(*session, 60);
  check_same(a->metrics, b->metrics);
}

TEST_CASE("a checkpoint goes on as if there had been no interruption") {
  const Config config = config_of("bits-8", {"steps=80"});
  const auto whole = start_session(config, nullptr);
  const auto a = run_until(*whole, 80);

  const auto first = start_session(config, nullptr);
  run_until(*first, 33);
  const auto saved = first->checkpoint();
  REQUIRE(saved);
  CHECK(saved->step == 33);
  const auto second = start_session(config, saved);
  const auto b = run_until(*second, 80);
  check_same(a->metrics, b->metrics);
  CHECK(a->exact->l1 == b->exact->l1);
}

TEST_CASE("rates fall where the exact distance no longer does, by steps and never by the clock") {
  const Config config = config_of("hypergrid-8x8", {"steps=200", "optimizer.schedule=plateau", "optimizer.watch=jsd",
                                                    "optimizer.watch_every=20", "optimizer.patience=25",
                                                    "optimizer.threshold=0.9", "exact.share=0"});
  const auto whole = start_session(config, nullptr);
  const auto a = run_until(*whole, 200);
  CHECK(a->metrics.learning_rate < config.real("optimizer.lr"));

  Config shown = config;
  shown.set_text("exact.share", "0.5");
  const auto first = start_session(shown, nullptr);
  run_until(*first, 113);
  const auto second = start_session(config, first->checkpoint());
  const auto b = run_until(*second, 200);
  check_same(a->metrics, b->metrics);
  CHECK(a->metrics.learning_rate == b->metrics.learning_rate);

  CHECK_THROWS_WITH(make_live_run(config_of("hypergrid-8^4", {"optimizer.schedule=plateau", "optimizer.watch=tv",
                                                              "exact.states=1000"}), nullptr),
                    Catch::Contains("optimizer.watch: 'tv' needs a world of at most 1000 states"));
}

TEST_CASE("a damaged checkpoint is refused in words") {
  const Config config = config_of("hypergrid-8x8");
  auto damaged = std::make_shared<Checkpoint>();
  damaged->state.assign(100, 1);
  const auto session = start_session(config, damaged);
  const auto snapshot = wait_for(*session, [](const Snapshot& s) { return s.state != RunState::kLoading; });
  CHECK(snapshot->state == RunState::kFailed);
  CHECK(snapshot->message.find("checkpoint") != std::string::npos);
}

TEST_CASE("a live parameter changes while it trains, stamped with its step") {
  const auto session = start_session(config_of("hypergrid-16x16"), nullptr);
  session->send(Play{});
  wait_for(*session, [](const Snapshot& s) { return s.metrics.step > 5; });
  session->send(SetParam{"optimizer.lr", 0.25e-3});
  session->send(SetParam{"exploration.epsilon", 0.2});
  const auto s = wait_for(*session, [](const Snapshot& n) { return n.metrics.epsilon == 0.2; });
  CHECK(s->state == RunState::kRunning);
  CHECK(s->metrics.learning_rate == Approx(0.25e-3));
  REQUIRE(s->events.size() == 2);
  CHECK(s->events[0].text == "optimizer.lr = 0.00025");
  CHECK(s->events[0].step > 5);
}

TEST_CASE("a change of the reward changes the target and the truth, not the run") {
  const auto session = start_session(config_of("hypergrid-8x8"), nullptr);
  run_until(*session, 30);
  const auto before = session->latest();
  session->send(SetParam{"reward.r2", 0.0});
  const auto after = wait_for(*session, [&](const Snapshot& s) {
    return s.run != before->run && s.exact && s.exact != before->exact;
  });
  CHECK(after->metrics.step == 30);
  CHECK(*after->run->log_z_true == Approx(std::log(0.1 * 64 + 0.5 * 16)));
  CHECK(after->exact->tv != before->exact->tv);
}

TEST_CASE("a parameter of the networks restarts the run and says so") {
  const auto session = start_session(config_of("hypergrid-8x8"), nullptr);
  run_until(*session, 20);
  session->send(SetParam{"policy.hidden", std::int64_t{32}});
  const auto s = wait_for(*session, [](const Snapshot& n) { return n.metrics.step == 0; });
  REQUIRE(s->events.size() == 1);
  CHECK(s->events[0].text == "restarted with policy.hidden = 32");
}

TEST_CASE("exploration never moves the learned distribution, only what is sampled") {
  // One policy, looked at exactly, then sampled with and without epsilon.
  const auto session = start_session(config_of("hypergrid-8x8", {"optimizer.lr=0", "optimizer.lr_log_z=0"}), nullptr);
  const auto a = run_until(*session, 5);
  session->send(SetParam{"exploration.epsilon", 1.0});
  const auto b = run_until(*session, 10);
  CHECK(a->exact->forward.terminating == b->exact->forward.terminating);
}

TEST_CASE("divergence stops training, names the step and the last change, and keeps the last good state") {
  // Deep and far too fast: activations overflow within a few steps.
  const auto session = start_session(config_of("hypergrid-8x8", {"policy.layers=8", "policy.hidden=64"}), nullptr);
  const auto before = run_until(*session, 10);
  session->send(SetParam{"optimizer.lr", 1000.0});
  const auto s = run_until(*session, 1000);
  REQUIRE(s->state == RunState::kDiverged);
  CHECK(s->message.find("became") != std::string::npos);
  CHECK(s->message.find("(last change: optimizer.lr = 1000 at step 10)") != std::string::npos);
  CHECK(s->metrics.step < 1000);
  CHECK(std::isfinite(s->metrics.log_z));
  const auto saved = session->checkpoint();
  REQUIRE(saved);
  CHECK(saved->step == s->metrics.step);
}

TEST_CASE("a world too large to enumerate trains without truth, and says its log Z where it is known") {
  const auto session = start_session(config_of("hypergrid-8x8", {"environment.dims=4", "environment.side=32",
                                                                 "exact.states=1000"}), nullptr);
  const auto s = run_until(*session, 3);
  CHECK(s->state == RunState::kFinished);
  CHECK(s->run->graph == nullptr);
  CHECK(s->exact == nullptr);
  CHECK(*s->run->log_z_true == Approx(11.85095).margin(5e-6));
}

TEST_CASE("an impossible reward is refused in one line and leaves the run as it was") {
  const auto session = start_session(config_of("hypergrid-8x8"), nullptr);
  run_until(*session, 5);
  session->send(SetParam{"reward.r0", 0.0});
  const auto s = wait_for(*session, [](const Snapshot& n) { return !n.message.empty(); });
  CHECK(s->metrics.step == 5);
  CHECK(s->message.find("reward.r0") != std::string::npos);
  CHECK(s->run->config.real("reward.r0") == 0.1);
}

TEST_CASE("250 steps of batch 128 come within 0.02 of the 8x8 target and 0.07 of 16x16, in L1") {
  for (const int seed : {1, 2}) {
    const std::string s = "seed=" + std::to_string(seed);
    const auto small = start_session(config_of("hypergrid-8x8", {"batch=128", "steps=250", s}), nullptr);
    CHECK(run_until(*small, 250)->exact->l1 <= 0.02);
    const auto large = start_session(config_of("hypergrid-16x16", {"batch=128", "steps=250", s}), nullptr);
    CHECK(run_until(*large, 250)->exact->l1 <= 0.07);
  }
}

TEST_CASE("the numbers do not depend on the number of threads, to the last bit") {
  for (const char* objective : {"tb", "subtb"}) {
    const std::vector<std::string> base = {"batch=300", "steps=12", std::string("objective.name=") + objective};
    const auto with_threads = [&](const char* threads) {
      auto settings = base;
      settings.push_back(threads);
      const auto session = start_session(config_of("hypergrid-16x16", settings), nullptr);
      return run_until(*session, 12);
    };
    const auto one = with_threads("threads=1"), three = with_threads("threads=3");
    CHECK(one->threads == 1);
    CHECK(three->threads == 3);
    check_same(one->metrics, three->metrics);
    CHECK(one->exact->forward.terminating == three->exact->forward.terminating);
  }
}

TEST_CASE("threads = 0 chooses by measurement and says what it chose") {
  const auto session = start_session(config_of("hypergrid-8x8", {"threads=0"}), nullptr);
  const auto s = run_until(*session, 2);
  CHECK(s->threads >= 1);
}

TEST_CASE("a run resumed at its end shows its truth without a step of training") {
  const Config config = config_of("hypergrid-8x8", {"steps=10"});
  const auto first = start_session(config, nullptr);
  const auto a = run_until(*first, 10);
  const auto second = start_session(config, first->checkpoint());
  const auto b = run_until(*second, 10);
  check_same(a->metrics, b->metrics);
  REQUIRE(b->exact);
  CHECK(a->exact->l1 == b->exact->l1);
  REQUIRE(b->behaviour);
  CHECK(b->behaviour->recent.empty());
}
