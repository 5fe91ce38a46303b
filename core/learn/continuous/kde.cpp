#include "core/learn/continuous/kde.h"

#include <cmath>
#include <vector>

#include "core/graph/divergence.h"

namespace flowscope {
namespace {

constexpr int kSide = 100;
constexpr float kBandwidth = 0.1f;  // of the exponential kernel exp(-distance / bandwidth)

/// The estimate at the grid's points, from 0.001 to 1 along each axis, normalised to sum 1.
std::vector<double> estimate(const PointCloud& points) {
  const auto along = [](int i) { return 0.001f + 0.999f * static_cast<float>(i) / (kSide - 1); };
  std::vector<double> out;
  double total = 0;
  for (int j = 0; j < kSide; ++j) {
    for (int i = 0; i < kSide; ++i) {
      const float x = along(i), y = along(j);
      double sum = 0;
      for (size_t k = 0; k < points.x.size(); ++k) {
        const float dx = x - points.x[k], dy = y - points.y[k];
        sum += std::exp(std::sqrt(dx * dx + dy * dy) / -kBandwidth);
      }
      out.push_back(sum);
      total += sum;
    }
  }
  for (double& value : out) value /= total;
  return out;
}

}  // namespace

double kde_divergence(const PointCloud& learned, const PointCloud& target) {
  return divergence(estimate(learned), estimate(target)).jsd;
}

}  // namespace flowscope
