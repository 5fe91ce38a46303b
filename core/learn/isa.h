// Which of the instruction sets that inner loops are compiled for this processor has.
#pragma once

namespace flowscope {

enum class Isa { kBase, kV3, kV4 };  // x86-64-v3 has AVX2, v4 AVX-512

Isa best_isa();

}  // namespace flowscope
