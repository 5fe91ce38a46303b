// The network's written-out gradient against central differences, for every shape it can take.
#include "core/learn/mlp.h"

#include <cmath>

#include "tests/catch.h"

using namespace flowscope;

namespace {

constexpr int kRows = 5;

/// A weighted sum of the outputs of `rows` fixed inputs: a loss whose d_out are the weights.
struct Probe {
  Probe(const MlpShape& s, bool weighted) : shape(s), net(s) {
    const Rng rng(3, Stream::kEvaluation);
    auto next = [&, i = 0]() mutable { return 2 * rng.uniform(9, static_cast<std::uint64_t>(i++)) - 1; };
    parameters.resize(net.num_parameters());
    net.initialise(parameters, Rng(5, Stream::kWeights), 0);
    for (double& p : parameters) p += 0.1 * next();  // layer norm's gains and shifts too
    for (int i = 0; i < kRows * s.active; ++i) active.push_back((i * 7 + i / s.active) % s.features);
    for (size_t i = 0; weighted && i < active.size(); ++i) values.push_back(next());
    for (int i = 0; s.active == 0 && i < kRows * s.features; ++i) inputs.push_back(next());
    for (int i = 0; i < kRows * s.outputs; ++i) d_out.push_back(next());
  }

  void forward(MlpPass<double>& pass) {
    if (shape.active > 0) {
      net.forward(parameters, std::span<const std::int32_t>(active), std::span<const double>(values), kRows, pass, workers);
    } else {
      net.forward(parameters, std::span<const double>(inputs), kRows, pass, workers);
    }
  }

  double loss() {
    MlpPass<double> pass;
    forward(pass);
    double sum = 0;
    for (size_t i = 0; i < d_out.size(); ++i) sum += d_out[i] * pass.out[i];
    return sum;
  }

  MlpShape shape;
  Mlp<double> net;
  Workers workers;
  std::vector<double> parameters, inputs, values, d_out;
  std::vector<std::int32_t> active;
};

double worst_error(const MlpShape& shape, bool weighted = false) {
  Probe probe(shape, weighted);
  MlpPass<double> pass;
  probe.forward(pass);
  std::vector<double> gradient(probe.parameters.size(), 0);
  probe.net.backward(probe.parameters, pass, probe.d_out, gradient);
  double worst = 0, largest = 0;
  for (size_t i = 0; i < gradient.size(); ++i) {
    const double p = probe.parameters[i], h = 1e-5;
    probe.parameters[i] = p + h;
    const double up = probe.loss();
    probe.parameters[i] = p - h;
    const double down = probe.loss();
    probe.parameters[i] = p;
    worst = std::max(worst, std::abs((up - down) / (2 * h) - gradient[i]));
    largest = std::max(largest, std::abs(gradient[i]));
  }
  REQUIRE(largest > 0.1);
  return worst / largest;
}

}  // namespace

TEST_CASE("a network's gradient equals central differences for every activation, norm and input") {
  for (const Activation activation :
       {Activation::kRelu, Activation::kLeakyRelu, Activation::kElu, Activation::kTanh}) {
    for (const bool layer_norm : {false, true}) {
      for (const int active : {0, 2}) {
        for (const int layers : {0, 1, 3}) {
          for (const int outputs : {3, 40}) {
            INFO("activation " << static_cast<int>(activation) << ", norm " << layer_norm << ", active "
                               << active << ", layers " << layers << ", outputs " << outputs);
            CHECK(worst_error({.features = 9, .active = active, .width = 19, .layers = layers,
                               .outputs = outputs, .activation = activation,
                               .layer_norm = layer_norm}) < 1e-6);
          }
        }
      }
    }
  }
}

TEST_CASE("entries of a sparse input count as much as their values") {
  for (const int layers : {0, 2}) {
    for (const int width : {5, 19}) {
      const MlpShape sparse{.features = 9, .active = 3, .width = width, .layers = layers, .outputs = 4};
      CHECK(worst_error(sparse, true) < 1e-6);
      Probe probe(sparse, true);
      MlpPass<double> pass, dense_pass;
      probe.forward(pass);
      MlpShape dense = sparse;
      dense.active = 0;
      std::vector<double> inputs(kRows * 9, 0.0);
      for (size_t i = 0; i < probe.active.size(); ++i) {
        inputs[i / 3 * 9 + static_cast<size_t>(probe.active[i])] += probe.values[i];
      }
      Mlp<double>(dense).forward(probe.parameters, std::span<const double>(inputs), kRows, dense_pass, probe.workers);
      for (size_t i = 0; i < kRows * 4; ++i) CHECK(pass.out[i] == Approx(dense_pass.out[i]));
    }
  }
}

TEST_CASE("many rows in single precision, in one go or a few at a time, give what double precision gives") {
  constexpr int kMany = 300;
  Workers workers;
  const auto check = [&](MlpShape shape, std::initializer_list<int> chunks) {
    const Mlp<float> net(shape);
    const Mlp<double> exact(shape);
    const Rng rng(4, Stream::kEvaluation);
    const auto random = [&](std::uint64_t which, std::uint64_t i) { return 2 * rng.uniform(which, i) - 1; };
    std::vector<float> p(net.num_parameters()), d_out(kMany * static_cast<size_t>(shape.outputs)), gradient(p.size(), 7);
    net.initialise(p, Rng(5, Stream::kWeights), 0);
    for (size_t i = 0; i < d_out.size(); ++i) d_out[i] = static_cast<float>(random(1, i));
    std::vector<std::int32_t> active;
    for (int r = 0; r < kMany; ++r) {
      for (int a = 0; a < shape.active; ++a) {  // one of the features of every item
        const double u = rng.uniform(2, static_cast<std::uint64_t>(r * shape.active + a));
        active.push_back(a * (shape.features / shape.active) + static_cast<int>(u * (shape.features / shape.active)));
      }
    }
    std::vector<float> inputs(shape.active > 0 ? 0 : kMany * static_cast<size_t>(shape.features));
    for (size_t i = 0; i < inputs.size(); ++i) inputs[i] = static_cast<float>(random(3, i));
    const std::vector<double> p_exact(p.begin(), p.end()), d_exact(d_out.begin(), d_out.end()), inputs_exact(inputs.begin(), inputs.end());
    MlpPass<float> pass;
    MlpPass<double> pass_exact;
    int from = 0;
    for (const int n : chunks) {
      const auto part = [&](const auto& all, int width) {
        return std::span(all).subspan(static_cast<size_t>(from * width), static_cast<size_t>(n * width));
      };
      if (shape.active == 0) {
        net.forward(p, part(inputs, shape.features), n, pass, workers);
        exact.forward(p_exact, part(inputs_exact, shape.features), n, pass_exact, workers);
      } else {
        net.forward(p, std::span<const std::int32_t>(part(active, shape.active)), std::span<const float>(), n, pass, workers);
        exact.forward(p_exact, std::span<const std::int32_t>(part(active, shape.active)), std::span<const double>(), n, pass_exact, workers);
      }
      from += n;
    }
    REQUIRE(from == kMany);
    net.backward(p, pass, d_out, gradient);
    std::vector<double> gradient_exact(p.size());
    exact.backward(p_exact, pass_exact, d_exact, gradient_exact);
    const auto error = [](const auto& got, const auto& wanted, size_t n) {
      double worst = 0, largest = 0;
      for (size_t i = 0; i < n; ++i) {
        worst = std::max(worst, std::abs(static_cast<double>(got[i]) - wanted[i]));
        largest = std::max(largest, std::abs(wanted[i]));
      }
      return worst / largest;
    };
    INFO("active " << shape.active << ", width " << shape.width << ", layers " << shape.layers << ", outputs " << shape.outputs);
    CHECK(error(pass.out, pass_exact.out, d_out.size()) < 3e-6);
    CHECK(error(gradient, gradient_exact, gradient.size()) < 3e-6);
  };
  for (const int outputs : {3, 40, 101}) {
    check({.features = 27, .width = 64, .layers = 2, .outputs = outputs}, {1, 3, 20, 90, 150, 36});
    check({.features = 300, .width = 45, .layers = 1, .outputs = outputs}, {100, 200});
    check({.features = 3, .width = 64, .layers = 2, .outputs = outputs}, {300});
    for (const int active : {2, 20}) {
      check({.features = 3 * active, .active = active, .width = 96, .layers = 2, .outputs = outputs}, {1, 3, 20, 90, 150, 36});
      check({.features = 5 * active, .active = active, .width = 45, .layers = 3, .outputs = outputs}, {300});
      check({.features = 200, .active = active, .width = 288, .layers = 1, .outputs = outputs}, {130, 7, 163});
      check({.features = 64, .active = active, .width = 64, .layers = 2, .outputs = outputs, .activation = Activation::kElu,
             .layer_norm = true}, {100, 200});
    }
  }
}

TEST_CASE("activations in single precision are those of the standard library") {
  std::vector<float> x, elu, tanh;
  for (float v = -20; v < 20; v += 0.0137f) x.push_back(v);
  elu = tanh = x;
  kernels<float>().activate(Activation::kElu, x.size(), elu.data());
  kernels<float>().activate(Activation::kTanh, x.size(), tanh.data());
  double worst = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    worst = std::max({worst, std::abs(elu[i] - (x[i] > 0 ? double(x[i]) : std::expm1(double(x[i])))),
                      std::abs(tanh[i] - std::tanh(double(x[i])))});
  }
  CHECK(worst < 3e-7);
}

TEST_CASE("a network that starts as a table is zero everywhere") {
  const Mlp<float> net({.features = 4, .active = 1, .layers = 0, .outputs = 3, .zero = true});
  std::vector<float> p(net.num_parameters(), 7);
  net.initialise(p, Rng(0, Stream::kWeights), 0);
  CHECK(std::ranges::all_of(p, [](float v) { return v == 0; }));
}
