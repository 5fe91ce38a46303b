#include "core/run/measures.h"

#include <limits>
#include <set>
#include <string>

#include "tests/catch.h"

namespace flowscope {
namespace {

std::optional<double> value_of(const char* name, const Snapshot& snapshot) {
  for (const Measure& measure : measures()) {
    if (measure.name == std::string(name)) return measure.of(snapshot);
  }
  FAIL("no measure " << name);
  return std::nullopt;
}

Snapshot with_exact(std::int64_t step) {
  auto view = std::make_shared<ExactView>();
  view->step = step;
  view->tv = 0.25;
  view->elbo = 1.5;
  view->kl = std::numeric_limits<double>::infinity();
  Snapshot snapshot;
  snapshot.exact = view;
  return snapshot;
}

Snapshot with_estimate(std::int64_t step) {
  auto view = std::make_shared<EstimateView>();
  view->step = step;
  view->elbo = Estimate{1.25, 0.125};
  view->objects = 2048;
  Snapshot snapshot;
  snapshot.estimate = view;
  return snapshot;
}

}  // namespace

TEST_CASE("an exact view gives exact measures, infinite ones as unknown") {
  Snapshot s = with_exact(7);
  s.metrics.step = 7;
  CHECK(measures_are_exact(s));
  CHECK(value_of("tv", s) == 0.25);
  CHECK(value_of("elbo", s) == 1.5);
  CHECK_FALSE(value_of("elbo_error", s));
  CHECK_FALSE(value_of("kl", s));
  CHECK_FALSE(value_of("samples", s));
}

TEST_CASE("without a graph there are estimates with their standard errors") {
  Snapshot s = with_estimate(7);
  s.metrics.step = 7;
  CHECK_FALSE(measures_are_exact(s));
  CHECK(value_of("elbo", s) == 1.25);
  CHECK(value_of("elbo_error", s) == 0.125);
  CHECK(value_of("samples", s) == 2048);
  CHECK_FALSE(value_of("tv", s));
  CHECK_FALSE(value_of("kl", s));
}

TEST_CASE("measures of another step than the snapshot's are unknown") {
  for (Snapshot s : {with_exact(7), with_estimate(7)}) {
    s.metrics.step = 8;
    CHECK_FALSE(measures_are_exact(s));
    for (const Measure& measure : measures()) CHECK_FALSE(measure.of(s));
  }
}

TEST_CASE("modes are judged together and by the one that is missed most") {
  Snapshot s = with_exact(7);
  s.metrics.step = 7;
  auto view = std::make_shared<ExactView>(*s.exact);
  view->mode_mass = {0.25, 0.125, 0.5};
  auto run = std::make_shared<RunInfo>();
  run->mode_target = {0.25, 0.5, 0};  // the last one is no part of the target
  s.exact = view;
  s.run = run;
  CHECK(value_of("mode_share", s) == 0.875);
  CHECK(value_of("mode_least", s) == 0.25);
}

TEST_CASE("the error of log Z has a sign, and gradients are known once they were measured") {
  Snapshot s;
  CHECK_FALSE(value_of("gradient_norm", s));
  CHECK_FALSE(value_of("gradient_cosine", s));
  auto run = std::make_shared<RunInfo>();
  run->log_z_true = 3;
  s.run = run;
  s.metrics.log_z = 2.5;
  s.metrics.loss = 1;
  s.metrics.gradient_norm = 4;
  s.metrics.gradients = GradientStatistics{.norm = 4, .variance = 2, .cosine = 0.5, .signal_to_noise = 8};
  CHECK(value_of("log_z_error", s) == -0.5);
  CHECK(value_of("gradient_norm", s) == 4);
  CHECK(value_of("gradient_variance", s) == 2);
  CHECK(value_of("gradient_cosine", s) == 0.5);
  CHECK(value_of("gradient_signal", s) == 8);
}

TEST_CASE("every measure has a name of its own") {
  std::set<std::string> names;
  for (const Measure& measure : measures()) CHECK(names.insert(measure.name).second);
}

}  // namespace flowscope
