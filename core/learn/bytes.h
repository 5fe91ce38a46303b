// Checkpoints as raw little-endian bytes: values are appended, and taken off the front again.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

#include "core/run/errors.h"

namespace flowscope {

static_assert(std::endian::native == std::endian::little, "checkpoints are little-endian");

template <class T>
void put(std::vector<std::uint8_t>& bytes, const T* data, std::size_t n) {
  static_assert(std::is_trivially_copyable_v<T>);
  const std::size_t at = bytes.size();
  bytes.resize(at + n * sizeof(T));
  if (n > 0) std::memcpy(bytes.data() + at, data, n * sizeof(T));
}

template <class T>
void put(std::vector<std::uint8_t>& bytes, const T& value) {
  put(bytes, &value, 1);
}

/// Throws DamagedFile where there are too few bytes.
template <class T>
void take(std::span<const std::uint8_t>& bytes, T* data, std::size_t n) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (n > bytes.size() / sizeof(T)) {
    throw DamagedFile("the checkpoint is shorter than its configuration says");
  }
  if (n > 0) std::memcpy(data, bytes.data(), n * sizeof(T));
  bytes = bytes.subspan(n * sizeof(T));
}

template <class T>
T take(std::span<const std::uint8_t>& bytes) {
  T value;
  take(bytes, &value, 1);
  return value;
}

}  // namespace flowscope
