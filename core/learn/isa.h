// Which of the instruction sets that inner loops are compiled for this processor has.
#pragma once

namespace flowscope {

enum class Isa { kBase, kV3, kV4 };  // x86-64-v3 has AVX2, v4 AVX-512

Isa best_isa();

/// Whether there is a unit for products of matrices in bfloat16 (AMX) that the system lets this program use.
bool has_matrix_unit();

}  // namespace flowscope
