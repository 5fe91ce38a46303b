#include "core/learn/gemm.h"

#include <ATen/Parallel.h>
#include <ATen/native/CPUBlas.h>
#include <dlfcn.h>
#include <torch/version.h>

#include <algorithm>
#include <chrono>
#include <vector>

namespace flowscope {
namespace {

using at::native::TransposeType;
using at::native::cpublas::gemm;

constexpr TransposeType kPlain = TransposeType::NoTranspose;
constexpr TransposeType kTransposed = TransposeType::Transpose;

}  // namespace

// BLAS counts columns first: a row-major c = a b is a column-major c^T = b^T a^T.

template <class Real>
void gemm_nn(long m, long n, long k, const Real* a, const Real* b, Real* c, bool accumulate) {
  gemm(kPlain, kPlain, n, m, k, Real(1), b, n, a, k, Real(accumulate), c, n);
}

template <class Real>
void gemm_tn(long m, long n, long k, const Real* a, const Real* b, Real* c, bool accumulate) {
  gemm(kPlain, kTransposed, n, k, m, Real(1), b, n, a, k, Real(accumulate), c, n);
}

template <class Real>
void gemm_nt(long m, long n, long k, const Real* a, const Real* b, Real* c, bool accumulate) {
  gemm(kTransposed, kPlain, k, m, n, Real(1), b, n, a, n, Real(accumulate), c, k);
}

#define FLOWSCOPE_INSTANTIATE(Real)                                                           \
  template void gemm_nn<Real>(long, long, long, const Real*, const Real*, Real*, bool);       \
  template void gemm_tn<Real>(long, long, long, const Real*, const Real*, Real*, bool);       \
  template void gemm_nt<Real>(long, long, long, const Real*, const Real*, Real*, bool);
FLOWSCOPE_INSTANTIATE(float)
FLOWSCOPE_INSTANTIATE(double)
#undef FLOWSCOPE_INSTANTIATE

void set_gemm_threads(int threads) { at::set_num_threads(threads); }

double measure_gemm_gflops() {
  constexpr long kSide = 256;
  const std::vector<float> a(kSide * kSide, 0.5f), b(kSide * kSide, 0.25f);
  std::vector<float> c(kSide * kSide);
  using Clock = std::chrono::steady_clock;
  double best = 0;
  const auto until = Clock::now() + std::chrono::milliseconds(20);
  do {
    const auto start = Clock::now();
    gemm_nn(kSide, kSide, kSide, a.data(), b.data(), c.data(), false);
    const std::chrono::duration<double> took = Clock::now() - start;
    best = std::max(best, 2e-9 * kSide * kSide * kSide / took.count());
  } while (Clock::now() < until);
  return best;
}

namespace {

/// A symbol as libtorch sees it: this library is loaded privately, so the global scope has none.
void* symbol(const char* name) { return dlsym(RTLD_DEFAULT, name); }

}  // namespace

std::string blas_file() {
  // The call that every product ends in; found from a function that lives in libtorch's scope.
  Dl_info torch{}, blas{};
  if (void* here = symbol("sgemm_"); here && dladdr(here, &blas)) return blas.dli_fname;
  using Gemm = void (*)(TransposeType, TransposeType, int64_t, int64_t, int64_t, float,
                        const float*, int64_t, const float*, int64_t, float, float*, int64_t);
  const auto gemm_in_torch = static_cast<Gemm>(&gemm);
  if (!dladdr(reinterpret_cast<void*>(gemm_in_torch), &torch)) return "";
  void* library = dlopen(torch.dli_fname, RTLD_NOW | RTLD_NOLOAD);
  void* sgemm = library ? dlsym(library, "sgemm_") : nullptr;
  const bool known = sgemm && dladdr(sgemm, &blas);
  if (library) dlclose(library);
  return known ? blas.dli_fname : "";
}

std::string blas_config() {
  void* library = dlopen(blas_file().c_str(), RTLD_NOW | RTLD_NOLOAD);
  if (!library) return "";
  const auto config = reinterpret_cast<char* (*)()>(dlsym(library, "openblas_get_config"));
  const std::string text = config ? config() : "";
  dlclose(library);
  return text;
}

std::string torch_version() { return TORCH_VERSION; }

}  // namespace flowscope
