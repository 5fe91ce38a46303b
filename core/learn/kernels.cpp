#include "core/learn/kernels.h"

namespace flowscope {

// Each is defined by kernels_isa.cpp, compiled for that instruction set (cmake/kernels.cmake).
namespace isa_base { extern const Kernels<float> kFloat; extern const Kernels<double> kDouble; }
#ifdef FLOWSCOPE_X86_KERNELS
namespace isa_v3 { extern const Kernels<float> kFloat; extern const Kernels<double> kDouble; }
namespace isa_v4 { extern const Kernels<float> kFloat; extern const Kernels<double> kDouble; }
#endif

namespace {

enum class Isa { kBase, kV3, kV4 };

Isa best_isa() {
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

template <>
const Kernels<float>& kernels<float>() {
  [[maybe_unused]] static const Isa isa = best_isa();
#ifdef FLOWSCOPE_X86_KERNELS
  if (isa == Isa::kV4) return isa_v4::kFloat;
  if (isa == Isa::kV3) return isa_v3::kFloat;
#endif
  return isa_base::kFloat;
}

template <>
const Kernels<double>& kernels<double>() {
  [[maybe_unused]] static const Isa isa = best_isa();
#ifdef FLOWSCOPE_X86_KERNELS
  if (isa == Isa::kV4) return isa_v4::kDouble;
  if (isa == Isa::kV3) return isa_v3::kDouble;
#endif
  return isa_base::kDouble;
}

}  // namespace flowscope
