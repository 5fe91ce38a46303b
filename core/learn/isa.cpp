#include "core/learn/isa.h"

#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>
#endif

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

bool find_matrix_unit() {
#if defined(FLOWSCOPE_X86_KERNELS) && defined(__linux__)
  __builtin_cpu_init();
  if (best_isa() != Isa::kV4 || !__builtin_cpu_supports("amx-tile") || !__builtin_cpu_supports("amx-bf16")) return false;
  // A program has to ask once for the 8 KB that its tiles add to every thread's state (Linux 5.16).
  constexpr long kRequest = 0x1023, kTileData = 18;  // ARCH_REQ_XCOMP_PERM and the state's number
  return syscall(SYS_arch_prctl, kRequest, kTileData) == 0;
#else
  return false;
#endif
}

}  // namespace

Isa best_isa() {
  static const Isa isa = find_isa();
  return isa;
}

bool has_matrix_unit() {
  static const bool has = find_matrix_unit();
  return has;
}

}  // namespace flowscope
