#include "envs/hypergrid.h"

#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <sstream>

#include "core/graph/exact_flow.h"
#include "core/graph/state_graph.h"
#include "tests/catch.h"
#include "tests/core/golden.h"

namespace flowscope {
namespace {

/// E |Bin(n, p) / n - p|, by De Moivre's formula.
double mean_absolute_deviation(double n, double p) {
  const double k = std::floor(n * p) + 1;
  return 2 / n *
         std::exp(std::log(k) + std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) +
                  k * std::log(p) + (n - k + 1) * std::log1p(-p));
}

struct Figures {
  double log_z, mean_reward, sampling_tv;
};

Figures figures_of(const Target& target) {
  Figures figures{target.log_z, 0, 0};
  std::map<double, double> deviation;  // few distinct probabilities
  for (size_t s = 0; s < target.probability.size(); ++s) {
    const double p = target.probability[s];
    figures.mean_reward += p * std::exp(target.log_reward[s]);
    auto [entry, fresh] = deviation.try_emplace(p, 0);
    if (fresh) entry->second = mean_absolute_deviation(200'000, p);
    figures.sampling_tv += entry->second / 2;
  }
  return figures;
}

struct OracleRow {
  int side, dims;
  std::array<Figures, 4> figures;
};

std::vector<OracleRow> read_oracles() {
  std::vector<OracleRow> rows;
  auto in = open_golden("hypergrid_oracles.txt");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream text(line);
    OracleRow row;
    text >> row.side >> row.dims;
    for (Figures& f : row.figures) text >> f.log_z >> f.mean_reward >> f.sampling_tv;
    if (!text) throw std::runtime_error("hypergrid_oracles.txt: " + line);
    rows.push_back(row);
  }
  return rows;
}

constexpr std::array<std::array<double, 3>, 4> kRewards{
    {{0.1, 0.5, 2}, {0.01, 0.5, 2}, {0.001, 0.5, 2}, {1e-4, 1, 3}}};

int band_cells(const Hypergrid& grid, int side) {
  int cells = 0;
  for (int x = 0; x < side; ++x) cells += grid.band(x);
  return cells;
}

}  // namespace

TEST_CASE("the exact target has the oracle's log Z, mean reward and sampling floor, to all digits") {
  const auto rows = read_oracles();
  REQUIRE(rows.size() == 15);
  for (const OracleRow& row : rows) {
    const Hypergrid shape(row.dims, row.side, 1, 1, 1);
    const auto graph = StateGraph::enumerate(shape);
    REQUIRE(graph);
    for (size_t r = 0; r < kRewards.size(); ++r) {
      CAPTURE(row.side, row.dims, r);
      const Hypergrid grid(row.dims, row.side, kRewards[r][0], kRewards[r][1], kRewards[r][2]);
      const Figures exact = figures_of(exact_target(*graph, grid));
      CHECK(std::abs(exact.log_z - row.figures[r].log_z) < 0.5001e-5);
      CHECK(std::abs(exact.mean_reward - row.figures[r].mean_reward) < 0.5001e-4);
      CHECK(std::abs(exact.sampling_tv - row.figures[r].sampling_tv) < 0.5001e-4);
      REQUIRE(grid.log_partition());
      CHECK(std::abs(*grid.log_partition() - exact.log_z) < 1e-11 * std::abs(exact.log_z));
    }
  }
}

TEST_CASE("the closed form of log Z stands in where a grid is too big to enumerate") {
  const Hypergrid grid(10, 20, 1e-3, 0.5, 2);  // 10^13 states
  CHECK_FALSE(StateGraph::enumerate(grid, 10'000));
  // Counted by hand: 20^10 cells, 10^10 outer, 4^10 in the bands.
  CHECK(*grid.log_partition() ==
        Approx(std::log(1e-3 * std::pow(20.0, 10) + 0.5 * std::pow(10.0, 10) +
                        2 * std::pow(4.0, 10))).epsilon(1e-14));
}

TEST_CASE("the band is decided in integers: symmetric, and of the size that fractions give") {
  for (int side = 4; side <= 64; ++side) {
    CAPTURE(side);
    const Hypergrid grid(2, side, 0.1, 0.5, 2);
    const int last = side - 1;
    int expected = 0;
    for (int x = 0; x < side; ++x) {
      CHECK(grid.band(x) == grid.band(last - x));
      CHECK(grid.outer(x) == grid.outer(last - x));
      // 3/10 < |x / last - 1/2| < 4/10, times 10 last.
      const int scaled = std::abs(10 * x - 5 * last);
      expected += 3 * last < scaled && scaled < 4 * last;
    }
    CHECK(band_cells(grid, side) == expected);
  }
  // Sides at which rounding in single or double precision would count otherwise.
  CHECK(band_cells(Hypergrid(2, 11, 0.1, 0.5, 2), 11) == 0);
  CHECK(band_cells(Hypergrid(2, 16, 0.1, 0.5, 2), 16) == 2);
  CHECK(band_cells(Hypergrid(2, 21, 0.1, 0.5, 2), 21) == 2);
}

TEST_CASE("the target is symmetric under swapping and mirroring axes") {
  for (int side = 4; side <= 64; ++side) {
    const Hypergrid grid(2, side, 0.1, 0.5, 2);
    bool symmetric = true;
    for (int x = 0; x < side; ++x) {
      for (int y = 0; y < side; ++y) {
        const auto r = [&](int a, int b) {
          return grid.log_reward(std::array<std::int32_t, 2>{a, b});
        };
        symmetric = symmetric && r(x, y) == r(y, x) && r(x, y) == r(side - 1 - x, y);
      }
    }
    CAPTURE(side);
    CHECK(symmetric);
  }
}

TEST_CASE("log Z and the number of mode cells agree with torchgfn where it does not round") {
  int compared = 0;
  const auto golden = read_golden("torchgfn_hypergrid.json");
  for (const auto& entry : golden.at("hypergrid_float32")) {
    const int side = entry.at("side"), dims = entry.at("dims");
    if (side % 10 == 1) continue;  // its single precision misplaces the band there
    CAPTURE(side, dims);
    const Hypergrid grid(dims, side, entry.at("r0"), entry.at("r1"), entry.at("r2"));
    CHECK(*grid.log_partition() == Approx(entry.at("log_z").get<double>()).epsilon(1e-7));
    CHECK(std::pow(band_cells(grid, side), dims) == entry.at("mode_states").get<int>());
    ++compared;
  }
  CHECK(compared == 8);
}

TEST_CASE("every mode of a hypergrid is one corner's band") {
  const Hypergrid grid(3, 8, 0.1, 0.5, 2);
  CHECK(grid.num_modes() == 8);
  CHECK(grid.mode_of(std::array<std::int32_t, 3>{1, 1, 1}) == 0);
  CHECK(grid.mode_of(std::array<std::int32_t, 3>{6, 1, 1}) == 1);
  CHECK(grid.mode_of(std::array<std::int32_t, 3>{6, 6, 6}) == 7);
  CHECK(grid.mode_of(std::array<std::int32_t, 3>{6, 6, 5}) == -1);
  CHECK(Hypergrid(2, 5, 0.1, 0.5, 2).num_modes() == 0);  // side 5 has no cell in the band
}

TEST_CASE("a hypergrid without a reward floor is refused, for its log R would be infinite") {
  CHECK_THROWS_AS(Hypergrid(2, 8, 0, 0.5, 2), std::invalid_argument);
}

}  // namespace flowscope
