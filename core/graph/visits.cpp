#include "core/graph/visits.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

namespace flowscope {
namespace {

size_t at(int i) { return static_cast<size_t>(i); }

struct Entry {
  int state;
  double weight;
};
using Row = std::vector<Entry>;  // by increasing state

/// What is left of a chain while its states are cut out, one by one: the state first through which
/// the fewest pairs of neighbours must be joined (Markowitz 1957), so that little fills up. Ways from a
/// state to itself are not kept: all that counts is where one goes on to.
class Chain {
 public:
  Chain(std::span<const ChainStep> steps, std::span<const double> leak, std::span<const double> start)
      : out_(leak.size()), in_(leak.size()), ends_(leak.begin(), leak.end()),
        begins_(start.begin(), start.end()), leaving_(leak.size()) {
    for (const ChainStep& s : steps) {
      if (s.from != s.to) out_[at(s.from)].push_back({s.to, s.probability});
    }
    for (int i = 0; i < size(); ++i) {
      add_up(out_[at(i)]);
      for (const Entry& e : out_[at(i)]) in_[at(e.state)].push_back(i);
    }
    for (int i = 0; i < size(); ++i) enqueue(i);
  }

  std::vector<double> visits() {
    std::vector<int> order;
    std::vector<Row> arrivals(at(size()));  // of a state when it was cut out, from those left
    while (!queue_.empty()) {
      const int c = queue_.begin()->second;
      queue_.erase(queue_.begin());
      order.push_back(c);
      arrivals[at(c)] = cut_out(c);
    }
    std::vector<double> v = begins_;  // put back, last first: all who arrive from there are known
    for (auto c = order.rbegin(); c != order.rend(); ++c) {
      for (const Entry& e : arrivals[at(*c)]) v[at(*c)] += v[at(e.state)] * e.weight;
      v[at(*c)] /= leaving_[at(*c)];
    }
    return v;
  }

 private:
  int size() const { return static_cast<int>(out_.size()); }
  std::size_t cost(int i) const { return in_[at(i)].size() * out_[at(i)].size(); }

  /// Sorts a row and makes several ways to one state into one.
  static void add_up(Row& row) {
    std::ranges::sort(row, {}, &Entry::state);
    size_t kept = 0;
    for (const Entry& e : row) {
      if (kept > 0 && row[kept - 1].state == e.state) {
        row[kept - 1].weight += e.weight;
      } else {
        row[kept++] = e;
      }
    }
    row.resize(kept);
  }

  void enqueue(int i) { queue_.emplace(cost(i), i); }
  void dequeue(int i) { queue_.erase({cost(i), i}); }

  /// Passes the visitors of c on to where they go next. Returns who came.
  Row cut_out(int c) {
    const Row from = std::move(out_[at(c)]);
    std::vector<int> around = std::move(in_[at(c)]);
    const size_t arriving = around.size();
    for (const Entry& e : from) around.push_back(e.state);
    for (const int i : around) dequeue(i);
    double& leaving = leaving_[at(c)];  // chance of going elsewhere
    leaving = ends_[at(c)];
    for (const Entry& e : from) leaving += e.weight;
    leaving = std::max(leaving, std::numeric_limits<double>::min());
    for (const Entry& e : from) {
      begins_[at(e.state)] += begins_[at(c)] * (e.weight / leaving);
      std::erase(in_[at(e.state)], c);
    }
    Row came;
    for (size_t k = 0; k < arriving; ++k) {
      const int i = around[k];
      Row& row = out_[at(i)];
      const auto way = std::ranges::lower_bound(row, c, {}, &Entry::state);
      const double weight = way->weight, share = weight / leaving;
      came.push_back({i, weight});
      row.erase(way);
      join(i, from, share);
      ends_[at(i)] += share * ends_[at(c)];
    }
    for (const int i : around) enqueue(i);
    return came;
  }

  /// Adds share * from to i's row, merging the two; where there was no way, i is a newcomer.
  void join(int i, const Row& from, double share) {
    Row& row = out_[at(i)];
    merged_.clear();
    auto old = row.begin();
    for (const Entry& e : from) {
      if (e.state == i) continue;
      while (old != row.end() && old->state < e.state) merged_.push_back(*old++);
      const bool known = old != row.end() && old->state == e.state;
      merged_.push_back({e.state, share * e.weight + (known ? old++->weight : 0)});
      if (!known) in_[at(e.state)].push_back(i);
    }
    merged_.insert(merged_.end(), old, row.end());
    row.assign(merged_.begin(), merged_.end());
  }

  std::vector<Row> out_;
  std::vector<std::vector<int>> in_;
  std::vector<double> ends_, begins_, leaving_;
  std::set<std::pair<std::size_t, int>> queue_;
  Row merged_;
};

}  // namespace

std::vector<double> expected_visits(std::span<const ChainStep> steps, std::span<const double> leak,
                                    std::span<const double> start) {
  return Chain(steps, leak, start).visits();
}

}  // namespace flowscope
