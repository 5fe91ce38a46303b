// Random numbers as samplers take them: one after another, from wherever they come.
#pragma once

#include <cmath>
#include <numbers>
#include <span>

namespace flowscope {

/// A sequence of uniform numbers in [0, 1), and what is made of them.
class Draws {
 public:
  virtual ~Draws() = default;
  virtual double uniform() = 0;

  /// Standard normal numbers come in pairs (Box and Muller 1958).
  double normal() {
    if (spare_full_) {
      spare_full_ = false;
      return spare_;
    }
    const double radius = std::sqrt(-2 * std::log1p(-uniform()));
    const double angle = 2 * std::numbers::pi * uniform();
    spare_ = radius * std::sin(angle);
    spare_full_ = true;
    return radius * std::cos(angle);
  }

  /// As many calls of normal().
  virtual void normals(std::span<double> out) {
    for (double& x : out) x = normal();
  }

 protected:
  bool has_spare() const { return spare_full_; }  // of a pair

 private:
  double spare_ = 0;
  bool spare_full_ = false;
};

}  // namespace flowscope
