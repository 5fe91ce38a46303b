#include "core/graph/visits.h"

#include <algorithm>
#include <limits>

namespace flowscope {

std::vector<double> expected_visits(std::span<const ChainStep> steps, std::span<const double> leak,
                                    std::span<const double> start) {
  const size_t n = leak.size();
  std::vector<double> k(n * n, 0);  // what is left of the chain; its diagonal is never read
  for (const ChainStep& s : steps) {
    k[static_cast<size_t>(s.from) * n + static_cast<size_t>(s.to)] += s.probability;
  }
  std::vector<double> ends(leak.begin(), leak.end()), begins(start.begin(), start.end());
  std::vector<double> leaving(n);  // chance of going elsewhere, from a state that is cut out
  std::vector<size_t> out;
  for (size_t c = n; c-- > 0;) {
    const double* from = k.data() + c * n;
    out.clear();
    leaving[c] = ends[c];
    for (size_t j = 0; j < c; ++j) {
      if (from[j] == 0) continue;
      out.push_back(j);
      leaving[c] += from[j];
    }
    leaving[c] = std::max(leaving[c], std::numeric_limits<double>::min());
    for (const size_t j : out) begins[j] += begins[c] * (from[j] / leaving[c]);
    for (size_t i = 0; i < c; ++i) {
      const double share = k[i * n + c] / leaving[c];
      if (share == 0) continue;
      for (const size_t j : out) k[i * n + j] += share * from[j];
      ends[i] += share * ends[c];
    }
  }
  std::vector<double> visits(n);  // put back, lowest first: all who come from below are known
  for (size_t c = 0; c < n; ++c) {
    double arrivals = begins[c];
    for (size_t i = 0; i < c; ++i) arrivals += visits[i] * k[i * n + c];
    visits[c] = arrivals / leaving[c];
  }
  return visits;
}

}  // namespace flowscope
