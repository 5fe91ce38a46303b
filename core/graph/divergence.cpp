#include "core/graph/divergence.h"

#include <algorithm>
#include <cmath>

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

}  // namespace flowscope
