// The last objects of a sampler that has no policy: all there is to judge it by.
#pragma once

#include <cstdint>
#include <vector>

#include "core/learn/bytes.h"
#include "envs/environment.h"

namespace flowscope {

class ObjectWindow {
 public:
  static constexpr std::size_t kObjects = 16384;

  void add(StateView object) {
    if (objects_.size() < kObjects) {
      objects_.emplace_back(object.begin(), object.end());
    } else {
      objects_[next_].assign(object.begin(), object.end());
      next_ = (next_ + 1) % kObjects;
    }
  }

  const std::vector<std::vector<std::int32_t>>& objects() const { return objects_; }

  /// Raw little-endian bytes; restore() throws DamagedFile.
  void save(std::vector<std::uint8_t>& bytes) const {
    put(bytes, static_cast<std::int64_t>(objects_.size()));
    put(bytes, static_cast<std::int64_t>(next_));
    for (const auto& object : objects_) put(bytes, object.data(), object.size());
  }
  void restore(std::span<const std::uint8_t>& bytes, std::size_t state_length) {
    const auto size = static_cast<std::size_t>(take<std::int64_t>(bytes));
    next_ = static_cast<std::size_t>(take<std::int64_t>(bytes));
    if (size > kObjects || next_ >= kObjects) {
      throw DamagedFile("the checkpoint's window of objects is larger than any");
    }
    objects_.assign(size, std::vector<std::int32_t>(state_length));
    for (auto& object : objects_) take(bytes, object.data(), object.size());
  }

 private:
  std::vector<std::vector<std::int32_t>> objects_;  // a ring once it is full
  std::size_t next_ = 0;
};

}  // namespace flowscope
