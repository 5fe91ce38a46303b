// Densities of continuous policies: gradients, samples, and that they are densities over states.
#include "core/learn/continuous/density.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "core/learn/continuous/density_entropy.h"
#include "core/learn/continuous/position_draws.h"
#include "core/learn/continuous/special.h"
#include "core/run/config.h"
#include "tests/catch.h"

using namespace flowscope;

namespace {

size_t sz(long n) { return static_cast<size_t>(n); }

const Rng kRng(3, Stream::kEvaluation);

const DensitySpec kSpecs[] = {
    {.factor = Factor::kBeta, .coordinates = 2, .components = 4, .low = 0.1, .high = 5.1},
    {.factor = Factor::kBeta, .components = 2, .stops = true, .low = 0.1, .high = 5.1},
    {.factor = Factor::kVonMises, .coordinates = 2, .components = 5, .high = 3},
    {.factor = Factor::kGaussian, .components = 2, .low = 0.1, .high = 3, .mean_unit = 2},
    {.factor = Factor::kGaussian, .coordinates = 3, .low = 1, .high = 1, .mean_unit = 0.1},
    {.factor = Factor::kChoice, .components = 6},
};

std::vector<double> raw_numbers(const DensitySpec& spec, int seed) {
  PositionDraws draws(kRng, 1, seed, 0);
  std::vector<double> raw(sz(spec.size()));
  for (double& x : raw) x = 1.5 * draws.normal();
  return raw;
}

/// The integral of exp(f) over [low, high] by Simpson's rule.
template <class F>
double integral(double low, double high, int n, F f) {
  double sum = 0;
  for (int i = 0; i <= n; ++i) {
    const double weight = i == 0 || i == n ? 1 : i % 2 == 0 ? 2 : 4;
    sum += weight * std::exp(f(low + (high - low) * i / n));
  }
  return sum * (high - low) / n / 3;
}

std::shared_ptr<const ContinuousEnvironment> box(double delta) {
  Config config;
  config.set("environment.name", std::string("box"));
  config.set("environment.delta", delta);
  return config.make_space();
}

}  // namespace

TEST_CASE("entropies are the means of -log p over samples, and those of the textbook") {
  CHECK(digamma(1) == Approx(-std::numbers::egamma).epsilon(1e-14));
  CHECK(digamma(0.5) == Approx(-std::numbers::egamma - 2 * std::numbers::ln2).epsilon(1e-14));
  const DensitySpec flat{.factor = Factor::kBeta, .low = 0.25, .high = 4};
  const double zeros[2] = {0, 0};  // both concentrations 1
  CHECK(*density_entropy(flat, zeros) == Approx(0).margin(1e-13));
  const DensitySpec one{.factor = Factor::kBeta, .components = 1, .low = 0.5, .high = 5};
  const DensitySpec specs[] = {one,
                               {.factor = Factor::kBeta, .components = 3, .stops = true, .low = 0.5, .high = 5.1},
                               {.factor = Factor::kBeta, .coordinates = 2, .low = 0.5, .high = 5.1},
                               {.factor = Factor::kVonMises, .components = 1, .high = 3},
                               {.factor = Factor::kVonMises, .components = 4, .high = 3},
                               {.factor = Factor::kGaussian, .components = 2, .low = 0.1, .high = 3, .mean_unit = 2},
                               {.factor = Factor::kGaussian, .coordinates = 3, .low = 1, .high = 1, .mean_unit = 0.1},
                               {.factor = Factor::kChoice, .components = 6}};
  for (int s = 0; const DensitySpec& spec : specs) {
    const std::vector<double> raw = raw_numbers(spec, 40 + ++s);
    const double moving = spec.stops ? std::log1p(-std::exp(log_stop(raw.data()).log_p)) : 0;
    std::vector<double> u(sz(spec.coordinates));
    constexpr int kSamples = 40'000;
    double sum = 0, squares = 0;
    for (int i = 0; i < kSamples; ++i) {
      PositionDraws draws(kRng, 7, i, s);
      sample_density(spec, raw.data(), {}, draws, u);
      const double surprise = moving - log_density(spec, raw.data(), u, static_cast<double*>(nullptr));
      sum += surprise;
      squares += surprise * surprise;
    }
    const double mean = sum / kSamples, error = std::sqrt((squares / kSamples - mean * mean) / kSamples);
    CAPTURE(s, error);
    const auto entropy = density_entropy(spec, raw.data());
    REQUIRE(entropy);
    CHECK(std::abs(*entropy - mean) < 4 * error + 1e-9);
  }
  // One component weighed twice is that component: quadrature against the closed form.
  for (const Factor factor : {Factor::kBeta, Factor::kVonMises, Factor::kGaussian}) {
    const DensitySpec single{.factor = factor, .low = 0.5, .high = 5}, twice{.factor = factor, .components = 2, .low = 0.5, .high = 5};
    const std::vector<double> raw = raw_numbers(single, 60), both = {0.3, -0.4, raw[0], raw[1], raw[0], raw[1]};
    CHECK(*density_entropy(twice, both.data()) == Approx(*density_entropy(single, raw.data())).margin(1e-4));
  }
  CHECK_FALSE(density_entropy(kSpecs[2], raw_numbers(kSpecs[2], 1).data()));  // a mixture along two coordinates
}

TEST_CASE("a Beta's log-density is that of the textbook, from very flat to very narrow") {
  const DensitySpec spec{.factor = Factor::kBeta, .low = 0.01, .high = 1000};
  for (int seed = 0; seed < 200; ++seed) {
    const std::vector<double> raw = raw_numbers(spec, seed);
    PositionDraws draws(kRng, 4, seed, 0);
    const double u = draws.uniform();
    const Component c = component_of<double>(spec, raw.data(), 0, 0);
    const double a = c.first, b = c.second;
    const double expected = (a - 1) * std::log(u) + (b - 1) * std::log1p(-u) + std::lgamma(a + b) -
                            std::lgamma(a) - std::lgamma(b);
    CAPTURE(a, b, u);
    CHECK(log_density<double>(spec, raw.data(), {&u, 1}, nullptr) ==
          Approx(expected).epsilon(1e-12).margin(1e-9));
  }
}

TEST_CASE("many densities in one call are the same as one by one") {
  for (const DensitySpec& spec : kSpecs) {
    constexpr int kCount = 150;  // more than two blocks
    std::vector<std::vector<double>> raw, u, gradient(kCount);
    std::vector<double> log_p(kCount);
    std::vector<DensityPlace<double>> places;
    for (int i = 0; i < kCount; ++i) {
      raw.push_back(raw_numbers(spec, i));
      u.emplace_back(sz(spec.coordinates));
      PositionDraws draws(kRng, 5, i, 0);
      sample_density<double>(spec, raw.back().data(), {}, draws, u.back());
      gradient[sz(i)].resize(raw.back().size());
    }
    for (size_t i = 0; i < kCount; ++i) {
      places.push_back({raw[i].data(), u[i].data(), 0.25, &log_p[i], gradient[i].data()});
    }
    log_densities<double>(spec, places);
    for (size_t i = 0; i < kCount; ++i) {
      std::vector<double> alone(raw[i].size());
      CAPTURE(static_cast<int>(spec.factor), i);
      CHECK(log_p[i] + 0.25 ==
            Approx(log_density<double>(spec, raw[i].data(), u[i], alone.data())).margin(1e-12));
      for (size_t j = 0; j < alone.size(); ++j) CHECK(gradient[i][j] == Approx(alone[j]).margin(1e-12));
    }
  }
}

TEST_CASE("Bessel functions agree with known values") {
  for (const double x : {0.0, 0.5, 5.0, 19.9999, 20.0001, 100.0, 600.0}) {
    CAPTURE(x);
    CHECK(log_bessel_i0(x).value == Approx(std::log(std::cyl_bessel_i(0, x))).margin(1e-12));
    if (x > 0) {
      CHECK(log_bessel_i0(x).slope ==
            Approx(std::cyl_bessel_i(1, x) / std::cyl_bessel_i(0, x)).epsilon(1e-10));
    }
  }
}

TEST_CASE("the gradient of a log-density by its raw numbers is that of finite differences") {
  for (const DensitySpec& spec : kSpecs) {
    for (int seed = 0; seed < 20; ++seed) {
      std::vector<double> raw = raw_numbers(spec, seed), gradient(raw.size());
      std::vector<double> u(sz(spec.coordinates));
      PositionDraws draws(kRng, 2, seed, 0);
      sample_density<double>(spec, raw.data(), {}, draws, u);
      log_density<double>(spec, raw.data(), u, gradient.data());
      for (size_t i = 0; i < raw.size(); ++i) {
        constexpr double kStep = 1e-5;
        const double x = raw[i];
        raw[i] = x + kStep;
        const double above = log_density<double>(spec, raw.data(), u, nullptr);
        raw[i] = x - kStep;
        const double below = log_density<double>(spec, raw.data(), u, nullptr);
        raw[i] = x;
        CAPTURE(static_cast<int>(spec.factor), seed, i);
        CHECK(gradient[i] == Approx((above - below) / (2 * kStep)).epsilon(1e-5).margin(1e-7));
      }
    }
  }
}

TEST_CASE("densities hold numbers only, however far out the raw numbers are") {
  for (const DensitySpec& spec : kSpecs) {
    for (const float far : {-200.f, -30.f, 30.f, 200.f}) {
      std::vector<float> raw(sz(spec.size()), far), gradient(raw.size());
      std::vector<double> u(sz(spec.coordinates));
      PositionDraws draws(kRng, 3, 0, 0);
      for (int i = 0; i < 50; ++i) {
        sample_density<float>(spec, raw.data(), {}, draws, u);
        const double log_p = log_density<float>(spec, raw.data(), u, gradient.data());
        CAPTURE(static_cast<int>(spec.factor), far, u[0]);
        CHECK(std::isfinite(log_p));
        for (const float g : gradient) CHECK(std::isfinite(g));
      }
    }
  }
}

TEST_CASE("samples have the cumulative distribution that the density says") {
  // The largest gap between the empirical and the integrated distribution function (Kolmogorov and
  // Smirnov): 1.95 / sqrt(n) is passed by one run in a thousand.
  constexpr int kSamples = 20000, kCells = 20000;
  for (const DensitySpec& spec : kSpecs) {
    if (spec.factor == Factor::kChoice || spec.coordinates > 1 || spec.stops) continue;
    const std::vector<double> raw = raw_numbers(spec, 7);
    const double low = -30, high = 30;
    std::vector<double> samples(kSamples);
    PositionDraws draws(kRng, 4, 0, 0);
    for (double& u : samples) sample_density<double>(spec, raw.data(), {}, draws, {&u, 1});
    std::ranges::sort(samples);
    double cumulated = 0, gap = 0;
    size_t seen = 0;
    for (int i = 0; i < kCells; ++i) {
      const double u = low + (high - low) * (i + 0.5) / kCells, end = u + (high - low) / kCells / 2;
      cumulated += std::exp(log_density<double>(spec, raw.data(), {&u, 1}, nullptr)) * (high - low) / kCells;
      while (seen < samples.size() && samples[seen] < end) ++seen;
      gap = std::max(gap, std::abs(cumulated - static_cast<double>(seen) / kSamples));
    }
    CHECK(gap < 1.95 / std::sqrt(kSamples));
  }
}

TEST_CASE("a box's kernels are densities over states: forward with the stop and backward, they integrate to 1") {
  for (const double delta : {0.25, 0.1}) {
    const auto space = box(delta);
    const double r = delta;
    std::vector<std::array<double, 2>> states = {
        {0.5, 0.5}, {r * 1.001, 0.001}, {0.001, r * 1.2}, {1 - r / 2, 0.3}, {0.2, 1 - 1e-6},
        {1 - 0.999 * r, 1 - 0.9 * r}, {1 - 1e-9, 0.5}, {0.7, 1e-9}, {r, r}};
    PositionDraws draws(kRng, 5, 0, 0);
    for (int i = 0; i < 20; ++i) states.push_back({draws.uniform(), draws.uniform()});
    for (size_t i = 0; i < states.size(); ++i) {
      CAPTURE(delta, states[i][0], states[i][1]);
      // Concentrations above 1, so that Simpson's rule has no singular ends to face.
      const auto smooth = [&](const DensitySpec& spec, int seed) {
        std::vector<double> raw = raw_numbers(spec, seed);
        for (size_t k = sz(spec.stops + spec.logits()); k < raw.size(); ++k) raw[k] = 2 + std::abs(raw[k]);
        return raw;
      };
      // Over the arc of states a step ahead, by angle; arc length is delta times the angle.
      const auto total = [&](const DensitySpec& spec, bool forward) {
        const std::vector<double> raw = smooth(spec, static_cast<int>(i));
        const double room_x = forward ? 1 - states[i][0] : states[i][0];
        const double room_y = forward ? 1 - states[i][1] : states[i][1];
        const double low = std::acos(std::min(1.0, room_x / r)), high = std::asin(std::min(1.0, room_y / r));
        return integral(low, high, 4000, [&](double angle) {
          const double sign = forward ? 1 : -1;
          const double there[2] = {states[i][0] + sign * r * std::cos(angle),
                                   states[i][1] + sign * r * std::sin(angle)};
          double u = 0;
          const double stretch = forward ? space->forward_coordinates(states[i], there, {&u, 1})
                                         : space->backward_coordinates(states[i], there, {&u, 1});
          return log_density<double>(spec, raw.data(), {&u, 1}, nullptr) - stretch + std::log(r);
        });
      };
      if (!space->must_stop(states[i])) {
        const DensitySpec& spec = space->spec().forward;
        const double stop = std::exp(log_stop(smooth(spec, static_cast<int>(i)).data()).log_p);
        CHECK(total(spec, true) + stop == Approx(1).margin(1e-4));
      }
      if (!space->one_parent(states[i])) {
        CHECK(total(space->spec().backward, false) == Approx(1).margin(1e-4));
      }
    }
  }
}

TEST_CASE("the first step of a box is a density over its quarter disk") {
  const auto space = box(0.25);
  const DensitySpec& spec = *space->spec().first;
  std::vector<double> raw = raw_numbers(spec, 1);
  for (size_t k = sz(spec.logits()); k < raw.size(); ++k) raw[k] = 1 + std::abs(raw[k]);
  constexpr int kCells = 1500;
  double sum = 0, u[2];
  const double s0[2] = {0, 0}, h = 0.25 / kCells;
  for (int i = 0; i < kCells; ++i) {
    for (int j = 0; j < kCells; ++j) {
      const double s[2] = {(i + 0.5) * h, (j + 0.5) * h};
      if (std::hypot(s[0], s[1]) > 0.25) continue;
      const double stretch = space->forward_coordinates(s0, s, u);
      sum += h * h * std::exp(log_density<double>(spec, raw.data(), u, nullptr) - stretch);
    }
  }
  CHECK(sum == Approx(1).margin(1e-4));
}
