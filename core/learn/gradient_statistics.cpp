#include "core/learn/gradient_statistics.h"

#include <cmath>

namespace flowscope {

template <class Real>
GradientStatistics statistics_of(std::span<const std::vector<Real>> gradients) {
  const size_t parts = gradients.size();
  std::vector<double> dot(parts * parts, 0);  // Gram matrix: all the statistics follow from it
  for (size_t a = 0; a < parts; ++a) {
    for (size_t b = a; b < parts; ++b) {
      double sum = 0;
      for (size_t i = 0; i < gradients[a].size(); ++i) {
        sum += static_cast<double>(gradients[a][i]) * static_cast<double>(gradients[b][i]);
      }
      dot[a * parts + b] = dot[b * parts + a] = sum;
    }
  }
  const auto n = static_cast<double>(parts);
  double all = 0, own = 0, cosine = 0;
  for (size_t a = 0; a < parts; ++a) {
    own += dot[a * parts + a];
    for (size_t b = 0; b < parts; ++b) {
      all += dot[a * parts + b];
      const double norms = std::sqrt(dot[a * parts + a] * dot[b * parts + b]);
      if (a < b && norms > 0) cosine += dot[a * parts + b] / norms;
    }
  }
  const double mean_square = all / (n * n);
  const double variance = parts > 1 ? (own - n * mean_square) / (n - 1) : 0;
  return {.norm = std::sqrt(mean_square),
          .variance = variance,
          .cosine = parts > 1 ? cosine / (n * (n - 1) / 2) : 1,
          .signal_to_noise = variance > 0 ? mean_square / (variance / n) : 0};
}

template GradientStatistics statistics_of<float>(std::span<const std::vector<float>>);
template GradientStatistics statistics_of<double>(std::span<const std::vector<double>>);

}  // namespace flowscope
