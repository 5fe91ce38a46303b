#pragma once

#include "core/learn/kernels.h"
#include "core/learn/rng.h"
#include "envs/draws.h"

namespace flowscope {

/// The numbers that belong to one place of a run: step, trajectory and time; whatever else is drawn
/// elsewhere, they are the same.
class PositionDraws final : public Draws {
 public:
  PositionDraws(const Rng& rng, std::int64_t step, int trajectory, int time)
      : rng_(rng),
        step_(static_cast<std::uint64_t>(step)),
        place_(static_cast<std::uint64_t>(trajectory) << 32 | static_cast<std::uint32_t>(time)) {}

  double uniform() override { return rng_.uniform(step_ | count_++ << kCount, place_); }

  void normals(std::span<double> out) override {
    if (has_spare() || out.size() < kFew) return Draws::normals(out);
    const std::size_t pairs = out.size() / 2;
    kernels<float>().normals(rng_.key(), step_ | count_ << kCount, std::uint64_t{1} << kCount, place_, pairs, out.data());
    count_ += 2 * pairs;
    if (out.size() % 2 == 1) out.back() = normal();
  }

 private:
  static constexpr std::size_t kFew = 6;  // so many are faster one by one
  static constexpr int kCount = 44;  // bits of a step's number below that of a draw

  const Rng& rng_;
  std::uint64_t step_, place_, count_ = 0;
};

}  // namespace flowscope
