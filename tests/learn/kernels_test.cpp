#include "core/learn/kernels.h"

#include <cmath>
#include <cstring>
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

/// The sizes of one product: rows of k numbers by weights [k, n].
struct Sizes {
  int rows, k, n;
  bool add = true;  // of gradients, to what was there
};

template <class Real>
double product_error(const Products<Real>& products, Sizes s) {
  const auto [rows, k, n, add] = s;
  const auto in = random_values<Real>(static_cast<size_t>(rows * k), 1);
  const auto w = random_values<Real>(static_cast<size_t>(k * n), 2);
  const auto b = random_values<Real>(static_cast<size_t>(n), 3);
  std::vector<Real> out(static_cast<size_t>(rows * n), -7), packed(packed_size(k, n));
  if (products.pack) products.pack(w.data(), k, n, packed.data());
  products.dense(in.data(), products.pack ? packed.data() : w.data(), b.data(), k, n, rows, true, out.data());
  double worst = 0;
  for (int r = 0; r < rows; ++r) {
    for (int j = 0; j < n; ++j) {
      double sum = b[static_cast<size_t>(j)];
      for (int i = 0; i < k; ++i) sum += double(in[static_cast<size_t>(r * k + i)]) * double(w[static_cast<size_t>(i * n + j)]);
      worst = std::max(worst, std::abs(std::max(0.0, sum) - double(out[static_cast<size_t>(r * n + j)])));
    }
  }
  return worst;
}

/// Of the reverse of a layer [k, n]: the gradient of its weights, onto what was there, and that of its inputs.
template <class Real>
double reverse_error(const Products<Real>& products, Sizes s) {
  const auto [rows, k, n, add] = s;
  const auto in = random_values<Real>(static_cast<size_t>(rows * k), 1);
  const auto d = random_values<Real>(static_cast<size_t>(rows * n), 2);
  const auto w = random_values<Real>(static_cast<size_t>(k * n), 3);
  const auto start = random_values<Real>(static_cast<size_t>(k * n), 4);
  std::vector<Real> gradient = start, packed(packed_size(k, n)), d_in(static_cast<size_t>(rows * k), -7);
  products.weight_gradient(in.data(), d.data(), k, n, rows, add, gradient.data());
  if (products.pack_backward) products.pack_backward(w.data(), n, k, packed.data());
  products.dense_backward(d.data(), products.pack_backward ? packed.data() : w.data(), in.data(), n, k, rows, d_in.data());
  double worst = 0;
  for (int i = 0; i < k; ++i) {
    for (int j = 0; j < n; ++j) {
      const size_t at = static_cast<size_t>(i * n + j);
      double sum = add ? double(start[at]) : 0;
      for (int r = 0; r < rows; ++r) sum += double(in[static_cast<size_t>(r * k + i)]) * double(d[static_cast<size_t>(r * n + j)]);
      worst = std::max(worst, std::abs(sum - double(gradient[at])));
    }
    for (int r = 0; r < rows; ++r) {
      const size_t at = static_cast<size_t>(r * k + i);
      double sum = 0;
      for (int j = 0; j < n; ++j) sum += double(d[static_cast<size_t>(r * n + j)]) * double(w[static_cast<size_t>(i * n + j)]);
      worst = std::max(worst, std::abs((in[at] > 0 ? sum : 0) - double(d_in[at])));
    }
  }
  return worst;
}

}  // namespace

TEMPLATE_TEST_CASE("a dense layer equals the sum that defines it, for every remainder of rows and columns",
                   "", float, double) {
  const auto check = [&](Sizes s) {
    for (const Kernels<TestType>& loops : all_kernels<TestType>()) {
      INFO(loops.name << ": " << s.rows << " rows, " << s.n << " columns, sums of " << s.k);
      CHECK(product_error(loops.products, s) < (sizeof(TestType) == 4 ? 1e-6 : 1e-15) * s.k);
    }
  };
  for (const int n : {1, 3, 16, 17, 64, 65, 100}) {
    for (const int rows : {1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 53}) check({rows, 29, n});
  }
  check({60, 600, 70});  // sums too long for a packed panel
}

TEMPLATE_TEST_CASE("the gradients of a dense layer equal the sums that define them, for every remainder of rows and columns",
                   "", float, double) {
  for (const int rows : {1, 2, 3, 5, 6, 7, 8, 96, 97, 200}) {
    for (const int n : {1, 3, 16, 17, 64, 65, 100}) {
      for (const Kernels<TestType>& loops : all_kernels<TestType>()) {
        INFO(loops.name << ": " << rows << " rows, " << n << " columns");
        const double most = sizeof(TestType) == 4 ? 3e-5 : 3e-14;
        CHECK(reverse_error(loops.products, {rows, 29, n}) < most);
        CHECK(reverse_error(loops.products, {rows, 29, n, false}) < most);
      }
    }
  }
}

TEST_CASE("products on the matrix unit are no further from the truth than those in single precision") {
  const Kernels<float>& loops = kernels<float>();
  if (!loops.matrix_unit) return;  // this processor has none
  const auto check = [&](const Products<float>& products, Sizes s) {
    INFO(s.rows << " rows, " << s.n << " columns, sums of " << s.k);
    CHECK(product_error(products, s) < 1.2 * product_error(loops.products, s));
    CHECK(reverse_error(products, s) < 1.2 * reverse_error(loops.products, s));
  };
  for (const Sizes s : {Sizes{12, 32, 32}, {16, 64, 32, false}, {17, 256, 256}, {32, 128, 64}, {33, 160, 224, false},
                        {44, 256, 256}, {128, 96, 160}, {21, 33, 47}, {50, 101, 256, false}, {50, 256, 101}, {64, 17, 5}}) {
    check(loops.matrix_unit->block, s);
    check(loops.matrix_unit->packed, s);
  }
  check(loops.matrix_unit->packed, {129, 32, 544});
  check(loops.matrix_unit->packed, {300, 288, 96, false});
  check(loops.matrix_unit->packed, {140, 270, 301, false});
}

TEST_CASE("what a row gives on the matrix unit does not depend on the rows beside it") {
  const auto* unit = kernels<float>().matrix_unit;
  if (!unit) return;
  constexpr int kRows = 77, kWidth = 160;
  const auto in = random_values<float>(kRows * kWidth, 1), w = random_values<float>(kWidth * kWidth, 2);
  std::vector<float> packed(packed_size(kWidth, kWidth)), out(kRows * kWidth), alone(kRows * kWidth), block(kRows * kWidth);
  unit->packed.pack(w.data(), kWidth, kWidth, packed.data());
  unit->packed.dense(in.data(), packed.data(), w.data(), kWidth, kWidth, kRows, false, out.data());
  unit->block.dense(in.data(), w.data(), w.data(), kWidth, kWidth, kRows, false, block.data());
  for (int r = 0; r < kRows; ++r) {
    unit->packed.dense(in.data() + r * kWidth, packed.data(), w.data(), kWidth, kWidth, 1, false, alone.data() + r * kWidth);
  }
  CHECK(out == alone);
  CHECK(out == block);
}

TEMPLATE_TEST_CASE("a masked softmax is one over the legal actions", "", float, double) {
  for (const Kernels<TestType>& loops : all_kernels<TestType>()) {
    for (const int n : {1, 3, 16, 37, 101}) {
      std::vector<TestType> logits = random_values<TestType>(static_cast<size_t>(n), 1), log_p(logits.size()), p(logits.size());
      std::vector<std::uint8_t> legal(logits.size());
      for (size_t a = 0; a < legal.size(); ++a) legal[a] = a % 3 != 1;
      for (TestType& x : logits) x *= 60;
      if (n > 1) logits[1] = 1e30f;  // not legal, so without a say
      loops.masked_softmax(logits.data(), legal.data(), n, log_p.data(), p.data());
      double sum = 0, top = -1e30;
      for (size_t a = 0; a < legal.size(); ++a) top = legal[a] ? std::max(top, double(logits[a])) : top;
      for (size_t a = 0; a < legal.size(); ++a) sum += legal[a] ? std::exp(double(logits[a]) - top) : 0;
      for (size_t a = 0; a < legal.size(); ++a) {
        INFO(loops.name << ", " << n << " actions, " << a);
        const double expected = double(logits[a]) - top - std::log(sum);
        CHECK((legal[a] ? log_p[a] == Approx(expected).epsilon(1e-5).margin(1e-5) : log_p[a] == -INFINITY));
        CHECK((legal[a] ? p[a] == Approx(std::exp(expected)).epsilon(1e-5).margin(1e-30) : p[a] == 0));
      }
    }
  }
}

TEST_CASE("numbers next to nothing disturb no others on the matrix unit") {
  const auto* unit = kernels<float>().matrix_unit;
  if (!unit) return;
  constexpr int kRows = 32, kWidth = 64;
  auto in = random_values<float>(kRows * kWidth, 1);
  const auto w = random_values<float>(kWidth * kWidth, 2);
  std::vector<float> bias(kWidth, 0), out(kRows * kWidth), without(kRows * kWidth);
  for (size_t i = 0; i < in.size(); i += 2) in[i] = 0;
  unit->block.dense(in.data(), w.data(), bias.data(), kWidth, kWidth, kRows, false, without.data());
  for (size_t i = 0; i < in.size(); i += 2) {
    const std::uint32_t bits = static_cast<std::uint32_t>(i * 2654435761U) & 0x80FFFFFFU;  // denormal or just above
    std::memcpy(&in[i], &bits, sizeof bits);
  }
  unit->block.dense(in.data(), w.data(), bias.data(), kWidth, kWidth, kRows, false, out.data());
  CHECK(out == without);
}

TEMPLATE_TEST_CASE("a step of Adam is the published one to rounding, wherever parameters are divided between threads", "",
                   float, double) {
  constexpr size_t kCount = 77;
  constexpr double kRate = 0.01, kBeta1 = 0.9, kBeta2 = 0.999, kCorrection = 1.25, kEpsilon = 1e-8;
  const auto start = random_values<TestType>(kCount, 1), slope = random_values<TestType>(kCount, 2);
  const auto mean = random_values<TestType>(kCount, 3), root = random_values<TestType>(kCount, 4);
  std::vector<TestType> square(kCount);
  for (size_t i = 0; i < kCount; ++i) {
    const double scale = std::pow(10.0, static_cast<double>(i % 20) - 14);  // of gradients, tiny to large
    square[i] = static_cast<TestType>(i == 5 ? 0 : root[i] * root[i] * scale);
  }
  struct State {
    std::vector<TestType> p, g, m, v;
  };
  const auto step = [&](const Kernels<TestType>& loops, std::vector<size_t> cuts) {
    State s{start, slope, mean, square};
    s.g[5] = s.m[5] = 0;  // a parameter that nothing has touched yet
    cuts.push_back(kCount);
    for (size_t from = 0; const size_t to : cuts) {
      loops.adam_step(to - from, &s.p[from], &s.g[from], &s.m[from], &s.v[from], kRate, kBeta1, kBeta2, kCorrection, kEpsilon);
      from = to;
    }
    return s;
  };
  for (const Kernels<TestType>& loops : all_kernels<TestType>()) {
    INFO(loops.name);
    const State whole = step(loops, {});
    double worst = 0;
    for (size_t i = 0; i < kCount; ++i) {
      // With the constants as they are rounded: 1 - 0.999 is off by 2e-5 in single precision.
      const TestType beta1 = kBeta1, beta2 = kBeta2;
      const double g = i == 5 ? 0 : double(slope[i]), old = i == 5 ? 0 : double(mean[i]);
      const double m = double(beta1) * old + double(1 - beta1) * g;
      const double v = double(beta2) * double(square[i]) + double(1 - beta2) * g * g;
      const double change = double(TestType(kRate)) * m / (std::sqrt(v * kCorrection) + kEpsilon);
      const double scale = std::max({std::abs(double(start[i])), std::abs(change), 1e-3});
      worst = std::max(worst, std::abs(double(whole.p[i]) - (double(start[i]) - change)) / scale);
    }
    CHECK(worst < (sizeof(TestType) == 4 ? 1e-6 : 1e-14));
    CHECK(whole.p[5] == start[5]);
    for (const State& divided : {step(loops, {16}), step(loops, {1, 40}), step(loops, {76})}) {
      CHECK(divided.p == whole.p);
      CHECK(divided.m == whole.m);
      CHECK(divided.v == whole.v);
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

TEST_CASE("many random numbers at once are those of the stream") {
  const Rng rng(0x123456789ABCDEF, Stream::kForward);
  constexpr std::uint64_t kStep = 0xFEDCBA9876543210;
  std::vector<std::int32_t> first;
  for (int i = 0; i < 21; ++i) first.push_back(i * i * 1234567 % 999983);
  for (const Kernels<float>& loops : all_kernels<float>()) {
    std::vector<double> u(first.size());
    loops.uniforms(rng.key(), kStep, first.data(), 77, first.size(), u.data());
    for (size_t i = 0; i < u.size(); ++i) {
      CHECK(u[i] == rng.uniform(kStep, static_cast<std::uint64_t>(first[i]) << 32 | 77));
    }
  }
}

TEST_CASE("normal numbers by vectors are those of Box and Muller, one by one") {
  const Rng rng(0xFEDCBA987654321, Stream::kForward);
  constexpr std::uint64_t kStep = 12345, kStride = std::uint64_t{1} << 44, kPlace = std::uint64_t{77} << 32 | 5;
  for (const Kernels<float>& loops : all_kernels<float>()) {
    for (const size_t pairs : {1U, 8U, 1003U}) {
      std::vector<double> x(2 * pairs);
      loops.normals(rng.key(), kStep, kStride, kPlace, pairs, x.data());
      for (size_t j = 0; j < pairs; ++j) {
        const double radius = std::sqrt(-2 * std::log1p(-rng.uniform(kStep + 2 * j * kStride, kPlace)));
        const double angle = 2 * 3.14159265358979323846 * rng.uniform(kStep + (2 * j + 1) * kStride, kPlace);
        INFO(loops.name << ", pair " << j << " of " << pairs);
        CHECK(std::abs(x[2 * j] - radius * std::cos(angle)) < 4e-15);
        CHECK(std::abs(x[2 * j + 1] - radius * std::sin(angle)) < 4e-15);
      }
    }
  }
}
