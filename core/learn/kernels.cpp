#include "core/learn/kernels.h"

#include "core/learn/isa.h"

namespace flowscope {

// Each is defined by kernels_isa.cpp, compiled for that instruction set (cmake/kernels.cmake).
namespace isa_base { extern const Kernels<float> kFloat; extern const Kernels<double> kDouble; }
#ifdef FLOWSCOPE_X86_KERNELS
namespace isa_v3 { extern const Kernels<float> kFloat; extern const Kernels<double> kDouble; }
namespace isa_v4 { extern const Kernels<float> kFloat; extern const Kernels<double> kDouble; }
namespace isa_amx { extern const MatrixUnit<float> kMatrixUnit; }  // matrix_unit_isa.cpp
#endif

namespace {

#ifdef FLOWSCOPE_X86_KERNELS
Kernels<float> with_matrix_unit() {
  Kernels<float> kernels = isa_v4::kFloat;
  if (has_matrix_unit()) {
    kernels.name = "AVX-512 and AMX";
    kernels.matrix_unit = &isa_amx::kMatrixUnit;
  }
  return kernels;
}
#endif

}  // namespace

template <>
const Kernels<float>& kernels<float>() {
#ifdef FLOWSCOPE_X86_KERNELS
  static const Kernels<float> v4 = with_matrix_unit();
  if (best_isa() == Isa::kV4) return v4;
  if (best_isa() == Isa::kV3) return isa_v3::kFloat;
#endif
  return isa_base::kFloat;
}

template <>
const Kernels<double>& kernels<double>() {
#ifdef FLOWSCOPE_X86_KERNELS
  if (best_isa() == Isa::kV4) return isa_v4::kDouble;
  if (best_isa() == Isa::kV3) return isa_v3::kDouble;
#endif
  return isa_base::kDouble;
}

}  // namespace flowscope
