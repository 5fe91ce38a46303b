#include "core/learn/policy_input.h"

#include <algorithm>
#include <cmath>

namespace flowscope {

template <class Real>
PolicyInput<Real>::PolicyInput(const EnvironmentSpec& spec, const PolicyShape& shape, int num_states)
    : spec_(spec), shape_(shape), num_states_(num_states) {}

template <class Real>
MlpShape PolicyInput<Real>::shape_of(MlpShape net, bool energy) const {
  if (!shape_.tabular) {
    net.features = spec_.num_features + conditions() + energy;
    net.active = spec_.num_active + conditions() + energy;
    return net;
  }
  net = {.features = num_states_, .active = 1, .layers = 0, .zero = true};
  for (int i = 0; i < conditions(); ++i) {  // a table at every knot, of which two are neighbours
    net.features *= shape_.knots;
    net.active *= 2;
  }
  return net;
}

template <class Real>
void PolicyInput<Real>::append(const Rows& rows, int row, std::int32_t id, const Environment* energies,
                               std::vector<std::int32_t>& active, std::vector<Real>& values) const {
  if (shape_.tabular) return append_corners(rows.condition(row), id, active, values);
  const auto features = rows.features(row);
  active.insert(active.end(), features.begin(), features.end());
  if (conditions() == 0 && !energies) return;  // ones, all of them
  values.insert(values.end(), features.size(), Real(1));
  std::int32_t next = spec_.num_features;
  const auto add = [&](double value) {
    active.push_back(next++);
    values.push_back(static_cast<Real>(value));
  };
  const Condition& c = rows.condition(row);
  if (shape_.beta.varies()) add(shape_.beta.seen(c.beta));
  if (shape_.weight.varies()) add(shape_.weight.seen(c.weight));
  if (energies) add(rows.energy(*energies, row));
}

/// The entries of a state at the knots around a condition, each with its share in the linear
/// interpolation between them, bilinear where two things vary.
template <class Real>
void PolicyInput<Real>::append_corners(const Condition& condition, std::int32_t id,
                                       std::vector<std::int32_t>& active, std::vector<Real>& values) const {
  const size_t first = active.size(), first_value = values.size();
  active.push_back(id);
  if (conditions() == 0) return;
  values.push_back(1);
  std::int32_t stride = num_states_;
  const auto split = [&](const ConditionRange& range, double value) {
    if (!range.varies()) return;
    const double at = (range.seen(value) + 1) / 2 * (shape_.knots - 1);  // in units of knots
    const int knot = std::clamp(static_cast<int>(at), 0, shape_.knots - 2);
    const auto share = static_cast<Real>(at - knot);
    for (size_t i = first, end = active.size(); i < end; ++i) {
      Real& own = values[first_value + i - first];
      const Real beyond = own * share;
      own -= beyond;
      active[i] += knot * stride;
      active.push_back(active[i] + stride);
      values.push_back(beyond);
    }
    stride *= shape_.knots;
  };
  split(shape_.beta, condition.beta);
  split(shape_.weight, condition.weight);
}

template class PolicyInput<float>;
template class PolicyInput<double>;

}  // namespace flowscope
