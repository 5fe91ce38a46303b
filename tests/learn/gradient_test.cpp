// The written-out backward pass against torch's autograd and against finite differences.
#include <cmath>

#include "core/graph/state_graph.h"
#include "tests/catch.h"
#include "tests/learn/oracle.h"

using namespace flowscope;

namespace {

struct Case {
  const char* preset;
  std::vector<std::string> settings;
};

const std::vector<Case> kCases = {
    {"hypergrid-8x8", {}},
    {"hypergrid-8x8", {"policy.backward=uniform"}},
    {"hypergrid-8x8", {"policy.hidden=37", "policy.layers=3"}},  // widths that fill no register
    {"hypergrid-8x8", {"policy.layers=0"}},
    {"hypergrid-8x8", {"policy.hidden=5", "policy.layers=1"}},
    {"hypergrid-8x8", {"environment.dims=3", "exploration.epsilon=0.3"}},
    {"hypergrid-8x8", {"environment.dims=16", "environment.side=3", "policy.hidden=64"}},
    {"hypergrid-8x8", {"environment.side=32", "batch=64"}},  // more rows than a block has
    {"set-medium", {"batch=2"}},  // inputs of 80 ones, 81 outputs
    {"set-medium", {"batch=1", "environment.size=20", "policy.hidden=40"}},
    {"bits-8", {}},
    {"bits-8", {"policy.activation=elu", "policy.hidden=30"}},
    {"hypergrid-8x8", {"policy.activation=tanh", "policy.layer_norm=true", "policy.hidden=30"}},
    {"hypergrid-8x8", {"policy.activation=leaky_relu", "policy.layers=3", "policy.hidden=30"}},
    {"hypergrid-8x8", {"policy.backward=tied"}},
    {"bits-8", {"policy.torso=shared", "policy.hidden=64"}},
    {"hypergrid-8x8", {"exploration.thompson=3", "policy.hidden=30"}},  // with a prior of weight 1
    {"bits-8", {"exploration.thompson=4", "exploration.thompson_prior=0", "policy.torso=shared"}},
};

template <class Real>
Trainer<Real> make_trainer(const Case& c) {
  Config config = Config::from_preset(c.preset);
  config.set_all(c.settings);
  config.set("seed", std::int64_t{3});
  config.set("log_z.start", std::string("value"));
  config.set("log_z.initial", 1.5);
  return Trainer<Real>(config, config.make_environment());
}

/// P_F's logits of each row by its head, or by the mean of all, from those of all heads [n, heads * A].
torch::Tensor of_heads(torch::Tensor logits, const Rows& rows, int heads) {
  logits = logits.view({logits.size(0), heads, -1});
  std::vector<torch::Tensor> chosen;
  for (int r = 0; r < rows.size(); ++r) {
    chosen.push_back(rows.head(r) > 0 ? logits[r][rows.head(r) - 1] : logits[r].mean(0));
  }
  return torch::stack(chosen);
}

/// The trajectory-balance loss of the trainer's batch by torch, and its gradient by autograd.
template <class Real>
std::pair<double, std::vector<double>> autograd(Trainer<Real>& trainer) {
  const RowBatch& batch = trainer.batch();
  const EnvironmentSpec& spec = trainer.policy().spec();
  const PolicyShape& shape = trainer.policy().shape();
  const int n = batch.rows.size();
  const auto real = torch::kFloat64;
  torch::Tensor x = torch::zeros({n, spec.num_features}, real);
  torch::Tensor legal_f = torch::zeros({n, spec.num_actions}, torch::kBool);
  torch::Tensor legal_b = torch::zeros({n, spec.num_backward_actions}, torch::kBool);
  for (int r = 0; r < n; ++r) {
    for (const int i : batch.rows.features(r)) x[r][i] = 1;
    for (int a = 0; a < spec.num_actions; ++a) legal_f[r][a] = batch.rows.forward_legal(r)[a] != 0;
    for (int a = 0; a < spec.num_backward_actions; ++a) {
      legal_b[r][a] = batch.rows.backward_legal(r)[a] != 0;
    }
  }
  std::vector<double> values(trainer.policy().parameters().begin(), trainer.policy().parameters().end());
  torch::Tensor flat = torch::tensor(values, real).requires_grad_(true);
  const bool one_network = shape.backward == BackwardKind::kTied || shape.shared_torso;
  const bool learned = shape.backward != BackwardKind::kUniform;
  const int logits = spec.num_actions * std::max(1, shape.heads);
  MlpShape forward{spec.num_features, spec.num_active, shape.width, shape.layers, logits,
                   shape.activation, shape.layer_norm};
  const MlpShape prior = forward;
  if (one_network) forward.outputs += spec.num_backward_actions;
  MlpShape backward = forward;
  backward.outputs = spec.num_backward_actions;
  const long split = static_cast<long>(Mlp<Real>(forward).num_parameters());
  const torch::Tensor out = oracle::mlp(forward, flat.slice(0, 0, split), x);
  torch::Tensor forward_logits = out.slice(1, 0, logits);
  if (shape.heads > 0) {
    if (shape.prior > 0) {
      const long begin = flat.size(0) - static_cast<long>(Mlp<Real>(prior).num_parameters());
      forward_logits = forward_logits + shape.prior * oracle::mlp(prior, flat.slice(0, begin).detach(), x);
    }
    forward_logits = of_heads(forward_logits, batch.rows, shape.heads);
  }
  const torch::Tensor log_pf = oracle::log_policy(forward_logits, legal_f);
  torch::Tensor log_pb = (legal_b.to(real) / legal_b.to(real).sum(1, true).clamp_min(1)).log();
  if (learned) {
    const torch::Tensor backward_logits = one_network ? out.slice(1, logits)
                                                      : oracle::mlp(backward, flat.slice(0, split), x);
    log_pb = oracle::log_policy(backward_logits, legal_b);
  }

  torch::Tensor loss = torch::zeros({}, real);
  for (int i = 0; i < batch.size(); ++i) {
    torch::Tensor residual = torch::full({}, trainer.log_z() - batch.log_reward[static_cast<size_t>(i)], real);
    for (int k = batch.begin[static_cast<size_t>(i)]; k < batch.begin[static_cast<size_t>(i) + 1]; ++k) {
      const Transition& t = batch.transitions[static_cast<size_t>(k)];
      residual = residual + log_pf[t.row][t.action];
      if (t.next < 0) continue;
      residual = residual - log_pb[t.next][t.backward_action];
    }
    loss = loss + residual * residual / batch.size();
  }
  loss.backward();
  const torch::Tensor g = flat.grad().defined() ? flat.grad() : torch::zeros_like(flat);
  return {loss.item<double>(), std::vector<double>(g.data_ptr<double>(), g.data_ptr<double>() + g.numel())};
}

template <class Real>
double worst_gradient_error(const Case& c) {
  Trainer<Real> trainer = make_trainer<Real>(c);
  trainer.sample();
  const double loss = trainer.evaluate();
  trainer.backward();
  const auto [expected_loss, expected] = autograd(trainer);
  CHECK(loss == Approx(expected_loss).epsilon(std::is_same_v<Real, double> ? 1e-12 : 1e-5));
  double largest = 0, worst = 0;
  for (const double g : expected) largest = std::max(largest, std::abs(g));
  for (size_t i = 0; i < expected.size(); ++i) {
    worst = std::max(worst, std::abs(static_cast<double>(trainer.policy().gradient()[i]) - expected[i]));
  }
  REQUIRE(largest > 0);
  return worst / largest;
}

}  // namespace

TEST_CASE("in double, gradients equal autograd's to 1e-10 for every policy shape") {
  for (const Case& c : kCases) {
    INFO(c.preset << " " << (c.settings.empty() ? "" : c.settings[0]));
    CHECK(worst_gradient_error<double>(c) < 1e-10);
  }
}

TEST_CASE("in float, gradients equal autograd's in double to 1e-5") {
  for (const Case& c : kCases) {
    INFO(c.preset << " " << (c.settings.empty() ? "" : c.settings[0]));
    CHECK(worst_gradient_error<float>(c) < 1e-5);
  }
}

TEST_CASE("gradients equal finite differences of the loss on a fixed batch") {
  Trainer<double> trainer = make_trainer<double>({"hypergrid-8x8", {"policy.hidden=11"}});
  trainer.sample();
  trainer.evaluate();
  const double d_log_z = trainer.evaluation().d_log_z;
  trainer.backward();
  const std::vector<double> gradient(trainer.policy().gradient().begin(), trainer.policy().gradient().end());
  double residual_sum = 0;
  for (const double r : trainer.residuals().per_trajectory) residual_sum += r;
  CHECK(d_log_z == Approx(2 * residual_sum / trainer.batch().size()).epsilon(1e-12));

  // The loss as a function of the parameters alone: the same trajectories, evaluated anew.
  const auto loss_at = [&](size_t i, double shift) {
    trainer.policy().parameters()[i] += shift;
    const auto [loss, unused] = autograd(trainer);
    trainer.policy().parameters()[i] -= shift;
    return loss;
  };
  for (size_t i = 0; i < gradient.size(); i += 61) {
    const double h = 1e-6;
    CHECK(gradient[i] == Approx((loss_at(i, h) - loss_at(i, -h)) / (2 * h)).margin(1e-5));
  }
}
