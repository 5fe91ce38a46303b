#include "core/learn/kernels.h"

#include <cmath>
#include <vector>

#include "core/learn/gemm.h"
#include "core/learn/rng.h"
#include "tests/catch.h"

using namespace flowscope;

namespace {

template <class Real>
std::vector<Real> random_values(size_t n, std::uint64_t which) {
  const Rng rng(7, Stream::kEvaluation);
  std::vector<Real> v(n);
  for (size_t i = 0; i < n; ++i) v[i] = static_cast<Real>(2 * rng.uniform(which, i) - 1);
  return v;
}

}  // namespace

TEMPLATE_TEST_CASE("a dense layer equals the sum that defines it, for every remainder of rows and columns",
                   "", float, double) {
  const Kernels<TestType>& loops = kernels<TestType>();
  for (const int rows : {1, 2, 3, 4, 5, 6, 7, 11, 12, 13}) {
    for (const int n : {1, 3, 16, 17, 64, 65, 100}) {
      const int k = 29;
      const auto in = random_values<TestType>(static_cast<size_t>(rows * k), 1);
      const auto w = random_values<TestType>(static_cast<size_t>(k * n), 2);
      const auto b = random_values<TestType>(static_cast<size_t>(n), 3);
      std::vector<TestType> out(static_cast<size_t>(rows * n), -7);
      loops.dense(in.data(), w.data(), b.data(), k, n, rows, true, out.data());
      double worst = 0;
      for (int r = 0; r < rows; ++r) {
        for (int j = 0; j < n; ++j) {
          double sum = b[static_cast<size_t>(j)];
          for (int i = 0; i < k; ++i) sum += double(in[static_cast<size_t>(r * k + i)]) * double(w[static_cast<size_t>(i * n + j)]);
          worst = std::max(worst, std::abs(std::max(0.0, sum) - double(out[static_cast<size_t>(r * n + j)])));
        }
      }
      INFO(rows << " rows, " << n << " columns");
      CHECK(worst < (sizeof(TestType) == 4 ? 1e-5 : 1e-13));
    }
  }
}

TEST_CASE("the three products agree with the sums that define them") {
  const long m = 5, n = 7, k = 3;
  const auto a = random_values<double>(static_cast<size_t>(m * k), 1);
  const auto b = random_values<double>(static_cast<size_t>(k * n), 2);
  const auto c = random_values<double>(static_cast<size_t>(m * n), 3);
  const auto at = [](const std::vector<double>& v, long columns, long i, long j) { return v[static_cast<size_t>(i * columns + j)]; };
  std::vector<double> nn(static_cast<size_t>(m * n), 1), tn(static_cast<size_t>(k * n), 1), nt(static_cast<size_t>(m * k));
  gemm_nn<double>(m, n, k, a.data(), b.data(), nn.data(), true);
  gemm_tn<double>(m, n, k, a.data(), c.data(), tn.data(), true);
  gemm_nt<double>(m, n, k, c.data(), b.data(), nt.data(), false);
  for (long i = 0; i < m; ++i) {
    for (long j = 0; j < n; ++j) {
      double sum = 1;
      for (long l = 0; l < k; ++l) sum += at(a, k, i, l) * at(b, n, l, j);
      CHECK(at(nn, n, i, j) == Approx(sum).epsilon(1e-13));
    }
  }
  for (long i = 0; i < k; ++i) {
    for (long j = 0; j < n; ++j) {
      double sum = 1;
      for (long l = 0; l < m; ++l) sum += at(a, k, l, i) * at(c, n, l, j);
      CHECK(at(tn, n, i, j) == Approx(sum).epsilon(1e-13));
    }
  }
  for (long i = 0; i < m; ++i) {
    for (long j = 0; j < k; ++j) {
      double sum = 0;
      for (long l = 0; l < n; ++l) sum += at(c, n, i, l) * at(b, n, j, l);
      CHECK(at(nt, k, i, j) == Approx(sum).epsilon(1e-13));
    }
  }
}

TEST_CASE("random numbers match the published vectors of Philox4x32-10") {
  // Known answers of Salmon et al. 2011's reference implementation. The key is (seed, stream << 24).
  using Words = std::array<std::uint32_t, 4>;
  const auto with_key = [](std::uint32_t k0, std::uint32_t k1, const Words& counter) {
    const std::uint64_t stream = static_cast<std::uint64_t>(Stream::kWeights) << 24;
    return Rng(k0 | static_cast<std::uint64_t>(k1 ^ stream) << 32, Stream::kWeights).block(counter);
  };
  CHECK(with_key(0, 0, {0, 0, 0, 0}) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(with_key(0xa4093822, 0x299f31d0, {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}) ==
        Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}
