#include "core/graph/divergence.h"

#include <array>
#include <cmath>

#include "tests/catch.h"

namespace flowscope {

TEST_CASE("a distribution is at distance 0 from itself") {
  const std::array p{0.25, 0.5, 0.25, 0.0};
  const Divergence d = divergence(p, p);
  CHECK(d.tv == 0);
  CHECK(d.l1 == 0);
  CHECK(d.jsd == 0);
  CHECK(d.kl == 0);
  CHECK(d.kl_reverse == 0);
}

TEST_CASE("divergences agree with a case worked out by hand") {
  // p = (1/2, 1/2), q = (1/4, 3/4), m = (3/8, 5/8).
  const Divergence d = divergence(std::array{0.5, 0.5}, std::array{0.25, 0.75});
  CHECK(d.l1 == Approx(0.5).epsilon(1e-15));
  CHECK(d.tv == Approx(0.25).epsilon(1e-15));
  CHECK(d.kl == Approx(0.25 * std::log(0.5) + 0.75 * std::log(1.5)).epsilon(1e-14));
  CHECK(d.kl_reverse == Approx(0.5 * std::log(2.0) + 0.5 * std::log(2.0 / 3)).epsilon(1e-14));
  const double jsd = 0.5 * (0.5 * std::log(4.0 / 3) + 0.5 * std::log(4.0 / 5)) +
                     0.5 * (0.25 * std::log(2.0 / 3) + 0.75 * std::log(6.0 / 5));
  CHECK(d.jsd == Approx(jsd).epsilon(1e-14));
}

TEST_CASE("distributions without a common object are as far apart as can be") {
  const Divergence d = divergence(std::array{1.0, 0.0}, std::array{0.0, 1.0});
  CHECK(d.tv == 1);
  CHECK(d.l1 == 2);
  CHECK(d.jsd == Approx(std::log(2.0)).epsilon(1e-15));
  CHECK(std::isinf(d.kl));
  CHECK(std::isinf(d.kl_reverse));
}

TEST_CASE("missing a mode makes KL infinite; sampling beyond the target does not") {
  const Divergence missed = divergence(std::array{1.0, 0.0}, std::array{0.5, 0.5});
  CHECK(std::isinf(missed.kl));
  CHECK(missed.kl_reverse == Approx(std::log(2.0)));
  const Divergence spilled = divergence(std::array{0.5, 0.5}, std::array{1.0, 0.0});
  CHECK(spilled.kl == Approx(std::log(2.0)));
  CHECK(std::isinf(spilled.kl_reverse));
}

TEST_CASE("frequencies are compared with all of the target, seen or not") {
  // Objects a, b, c, d with target 1/2, 1/4, 1/8, 1/8; seen a three times and c once.
  const Divergence sampled = sampled_divergence(std::array<std::int64_t, 2>{3, 1}, std::array{0.5, 0.125});
  const Divergence whole =
      divergence(std::array{0.75, 0.0, 0.25, 0.0}, std::array{0.5, 0.25, 0.125, 0.125});
  CHECK(sampled.l1 == Approx(0.75).epsilon(1e-15));
  CHECK(sampled.tv == Approx(whole.tv).epsilon(1e-15));
  CHECK(sampled.jsd == Approx(whole.jsd).epsilon(1e-14));
  CHECK(std::isinf(sampled.kl));
  CHECK(sampled.kl_reverse == Approx(whole.kl_reverse).epsilon(1e-14));
}

}  // namespace flowscope
