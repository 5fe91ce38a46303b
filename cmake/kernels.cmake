# The files *_isa.cpp, once for each instruction set that is worth it on this architecture.
function(add_kernels target)
  function(one isa name vector)
    set(files kernels_isa.cpp continuous/beta_kernel_isa.cpp)
    if(isa STREQUAL "amx")  # beside v4's
      set(files matrix_unit_isa.cpp)
    endif()
    list(TRANSFORM files PREPEND ${CMAKE_SOURCE_DIR}/core/learn/)
    add_library(kernels_${isa} OBJECT ${files})
    target_compile_definitions(kernels_${isa} PRIVATE FLOWSCOPE_ISA=isa_${isa}
      FLOWSCOPE_ISA_NAME="${name}" FLOWSCOPE_VECTOR=${vector})
    # -O3 for the vectoriser; a vector type wider than the registers changes no call made here.
    target_compile_options(kernels_${isa} PRIVATE -O3 -fno-math-errno -fno-trapping-math -Wno-psabi ${ARGN})
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:kernels_${isa}>)
  endfunction()
  one(base "baseline" 16)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    one(v3 "AVX2" 32 -march=x86-64-v3)
    one(v4 "AVX-512" 64 -march=x86-64-v4 -mprefer-vector-width=512)
    one(amx "AMX" 64 -march=x86-64-v4 -mprefer-vector-width=512 -mamx-tile -mamx-bf16)
    target_compile_definitions(${target} PRIVATE FLOWSCOPE_X86_KERNELS)
  endif()
endfunction()
