# LibTorch as a system library, and a BLAS worth having.
find_package(Torch REQUIRED)
add_library(torch_system INTERFACE)
target_link_libraries(torch_system INTERFACE torch)
get_target_property(dirs torch INTERFACE_INCLUDE_DIRECTORIES)
if(dirs)
  target_include_directories(torch_system SYSTEM INTERFACE ${dirs})
endif()

# Debian's libtorch takes sgemm_ from libblas.so.3, an alternative that may be the reference BLAS,
# 16 times slower. A DT_RPATH (not RUNPATH: only DT_RPATH is inherited by libraries of libraries)
# finds OpenBLAS first, the serial flavour before those with threads of their own, and still starts
# without any of them.
function(use_good_blas target)
  set(L /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE})
  set(R ${L}/openblas-serial ${L}/openblas-openmp ${L}/openblas-pthread ${L}/blis-serial ${L}/blis-openmp)
  set_target_properties(${target} PROPERTIES BUILD_RPATH "${R}" INSTALL_RPATH "${R}")
  target_link_options(${target} PRIVATE -Wl,--disable-new-dtags)
endfunction()
