// Vectors whose numbers begin with a line of the cache, so that no register's load crosses one (5 % of an iteration
// at 8x8), and lie in huge pages once there are many: a training step passes through some megabytes of them several
// times, and with pages of 4 KB it waits for addresses to be looked up (2 to 4 %).
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>
#include <vector>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace flowscope {

template <class T>
struct HugePages {
  using value_type = T;
  static constexpr std::size_t kPage = std::size_t{1} << 21, kFrom = std::size_t{1} << 18;  // bytes
  static constexpr std::align_val_t kLine{64};  // of the cache, and a vector register at most

  HugePages() = default;
  template <class U>
  HugePages(const HugePages<U>&) {}

  T* allocate(std::size_t n) {
    const std::size_t bytes = n * sizeof(T);
    if (bytes < kFrom) return static_cast<T*>(::operator new(bytes, kLine));
    const std::size_t whole = (bytes + kPage - 1) / kPage * kPage;
    void* p = std::aligned_alloc(kPage, whole);
    if (!p) throw std::bad_alloc();
#ifdef __linux__
    madvise(p, whole, MADV_HUGEPAGE);  // a wish; without it pages are small
#endif
    return static_cast<T*>(p);
  }
  void deallocate(T* p, std::size_t n) {
    if (n * sizeof(T) < kFrom) {
      ::operator delete(p, kLine);
    } else {
      std::free(p);
    }
  }
  bool operator==(const HugePages&) const { return true; }
};

template <class T>
using LargeVector = std::vector<T, HugePages<T>>;

}  // namespace flowscope
