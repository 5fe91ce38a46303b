#include "core/learn/continuous/beta_kernel.h"

#include "core/learn/isa.h"

namespace flowscope {

// Each is defined by beta_kernel_isa.cpp, compiled for that instruction set (cmake/kernels.cmake).
namespace isa_base { void evaluate_betas(BetaBlock& block); }
#ifdef FLOWSCOPE_X86_KERNELS
namespace isa_v3 { void evaluate_betas(BetaBlock& block); }
namespace isa_v4 { void evaluate_betas(BetaBlock& block); }
#endif

void evaluate_betas(BetaBlock& block) {
#ifdef FLOWSCOPE_X86_KERNELS
  if (best_isa() == Isa::kV4) return isa_v4::evaluate_betas(block);
  if (best_isa() == Isa::kV3) return isa_v3::evaluate_betas(block);
#endif
  isa_base::evaluate_betas(block);
}

}  // namespace flowscope
