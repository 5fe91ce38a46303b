#include "core/graph/divergence.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace flowscope {
namespace {

/// a log(a / b), with 0 log 0 = 0.
double relative(double a, double b) { return a > 0 ? a * std::log(a / b) : 0; }

}  // namespace

Divergence divergence(std::span<const double> p, std::span<const double> q) {
  Divergence d;
  for (size_t i = 0; i < p.size(); ++i) {
    const double middle = (p[i] + q[i]) / 2;
    d.l1 += std::abs(p[i] - q[i]);
    d.jsd += (relative(p[i], middle) + relative(q[i], middle)) / 2;
    d.kl += relative(q[i], p[i]);
    d.kl_reverse += relative(p[i], q[i]);
  }
  d.tv = d.l1 / 2;
  d.jsd = std::max(d.jsd, 0.0);
  return d;
}

Divergence sampled_divergence(std::span<const std::int64_t> counts, std::span<const double> q) {
  double samples = 0, unseen = 1;
  for (const std::int64_t count : counts) samples += static_cast<double>(count);
  std::vector<double> p, target(q.begin(), q.end());
  for (size_t i = 0; i < counts.size(); ++i) {
    p.push_back(static_cast<double>(counts[i]) / samples);
    unseen -= q[i];
  }
  p.push_back(0);  // all that was never seen, as one object: L1 and JSD are the same
  target.push_back(std::max(unseen, 0.0));
  return divergence(p, target);
}

}  // namespace flowscope
