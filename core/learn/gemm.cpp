#include "core/learn/gemm.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/mm.h>
#include <c10/core/InferenceMode.h>
#include <dlfcn.h>
#include <torch/version.h>

#include <algorithm>
#include <ctime>
#include <vector>

namespace flowscope {
namespace {

/// A tensor over memory that is not its own. `data` is only written where it is an output.
template <class Real>
at::Tensor view(const Real* data, long rows, long columns) {
  return at::from_blob(const_cast<Real*>(data), {rows, columns}, c10::CppTypeToScalarType<Real>::value);
}

void product(const at::Tensor& a, const at::Tensor& b, at::Tensor c, bool accumulate) {
  if (accumulate) {
    at::addmm_out(c, c, a, b);
  } else {
    at::mm_out(c, a, b);
  }
}

}  // namespace

template <class Real>
void gemm_nn(long m, long n, long k, const Real* a, const Real* b, Real* c, bool accumulate) {
  const c10::InferenceMode no_gradient;
  product(view(a, m, k), view(b, k, n), view(c, m, n), accumulate);
}

template <class Real>
void gemm_tn(long m, long n, long k, const Real* a, const Real* b, Real* c, bool accumulate) {
  const c10::InferenceMode no_gradient;
  product(view(a, m, k).t(), view(b, m, n), view(c, k, n), accumulate);
}

template <class Real>
void gemm_nt(long m, long n, long k, const Real* a, const Real* b, Real* c, bool accumulate) {
  const c10::InferenceMode no_gradient;
  product(view(a, m, n), view(b, k, n).t(), view(c, m, k), accumulate);
}

#define FLOWSCOPE_INSTANTIATE(Real)                                                           \
  template void gemm_nn<Real>(long, long, long, const Real*, const Real*, Real*, bool);       \
  template void gemm_tn<Real>(long, long, long, const Real*, const Real*, Real*, bool);       \
  template void gemm_nt<Real>(long, long, long, const Real*, const Real*, Real*, bool);
FLOWSCOPE_INSTANTIATE(float)
FLOWSCOPE_INSTANTIATE(double)
#undef FLOWSCOPE_INSTANTIATE

void prepare_trainer_thread() {
  at::set_num_threads(1);  // flowscope's own workers share the work, if any
  at::globalContext().setFlushDenormal(true);
}

double measure_gemm_gflops() {
  constexpr long kSide = 256;
  const std::vector<float> a(kSide * kSide, 0.5f), b(kSide * kSide, 0.25f);
  std::vector<float> c(kSide * kSide);
  // By CPU time: other work on the machine then counts for little.
  const auto now = [] {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
  };
  double best = 0;
  for (const double until = now() + 0.03; now() < until;) {
    const double start = now();
    gemm_nn(kSide, kSide, kSide, a.data(), b.data(), c.data(), false);
    best = std::max(best, 2e-9 * kSide * kSide * kSide / (now() - start));
  }
  return best;
}

std::string blas_file() {
  // sgemm_ as libtorch sees it: when this library is loaded privately, the global scope has none.
  Dl_info torch{}, blas{};
  if (!dladdr(reinterpret_cast<void*>(&at::set_num_threads), &torch)) return "";
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
