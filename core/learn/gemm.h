// Matrix products of row-major matrices, the arithmetic in which training spends its time.
#pragma once

#include <string>

namespace flowscope {

/// c[m, n] = a[m, k] b[k, n] (+ c if accumulate).
template <class Real>
void gemm_nn(long m, long n, long k, const Real* a, const Real* b, Real* c, bool accumulate);

/// c[k, n] = a[m, k]^T b[m, n] (+ c if accumulate).
template <class Real>
void gemm_tn(long m, long n, long k, const Real* a, const Real* b, Real* c, bool accumulate);

/// c[m, k] = a[m, n] b[k, n]^T (+ c if accumulate).
template <class Real>
void gemm_nt(long m, long n, long k, const Real* a, const Real* b, Real* c, bool accumulate);

/// Makes BLAS use one thread where the calling thread asks, and rounds its denormal numbers to 0:
/// moments of parameters at rest decay into those, and they cost a hundredfold. Call it at the top
/// of every thread that trains; both settings are a thread's own.
void prepare_trainer_thread();

/// Best single-precision rate of a 256x256x256 product on this thread, in GFLOP/s (about 20 ms).
double measure_gemm_gflops();

/// The shared object that provides sgemm_, and what OpenBLAS says of itself ("" if it is not it).
std::string blas_file();
std::string blas_config();
std::string torch_version();

}  // namespace flowscope
