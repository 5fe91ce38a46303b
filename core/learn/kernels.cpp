#include "core/learn/kernels.h"

#include "core/learn/isa.h"

namespace flowscope {

// Each is defined by kernels_isa.cpp, compiled for that instruction set (cmake/kernels.cmake).
namespace isa_base {
extern const Kernels<float> kFloat;
extern const Kernels<double> kDouble;
}  // namespace isa_base
#ifdef FLOWSCOPE_X86_KERNELS
namespace isa_v3 {
extern const Kernels<float> kFloat;
extern const Kernels<double> kDouble;
}  // namespace isa_v3
namespace isa_v4 {
extern const Kernels<float> kFloat;
extern const Kernels<double> kDouble;
}  // namespace isa_v4
namespace isa_amx {
extern const MatrixUnit<float> kMatrixUnit;
}  // namespace isa_amx
#endif

template <>
const std::vector<Kernels<float>>& all_kernels() {
  static const std::vector<Kernels<float>> all = [] {
    std::vector<Kernels<float>> found = {isa_base::kFloat};
#ifdef FLOWSCOPE_X86_KERNELS
    if (best_isa() >= Isa::kV3) found.push_back(isa_v3::kFloat);
    if (best_isa() >= Isa::kV4) found.push_back(isa_v4::kFloat);
    if (has_matrix_unit()) {
      found.push_back(isa_v4::kFloat);
      found.back().name = "AVX-512 and AMX";
      found.back().matrix_unit = &isa_amx::kMatrixUnit;
    }
#endif
    return found;
  }();
  return all;
}

template <>
const std::vector<Kernels<double>>& all_kernels() {
  static const std::vector<Kernels<double>> all = [] {
    std::vector<Kernels<double>> found = {isa_base::kDouble};
#ifdef FLOWSCOPE_X86_KERNELS
    if (best_isa() >= Isa::kV3) found.push_back(isa_v3::kDouble);
    if (best_isa() >= Isa::kV4) found.push_back(isa_v4::kDouble);
#endif
    return found;
  }();
  return all;
}

template <class Real>
const Kernels<Real>& kernels() {
  static const Kernels<Real>& best = all_kernels<Real>().back();
  return best;
}

template const Kernels<float>& kernels<float>();
template const Kernels<double>& kernels<double>();

}  // namespace flowscope
