#include "core/learn/isa.h"

namespace flowscope {
namespace {

Isa find_isa() {
#ifdef FLOWSCOPE_X86_KERNELS
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
    return Isa::kV4;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return Isa::kV3;
#endif
  return Isa::kBase;
}

}  // namespace

Isa best_isa() {
  static const Isa isa = find_isa();
  return isa;
}

}  // namespace flowscope
