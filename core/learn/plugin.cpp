// The two symbols by which the program reaches this library.
#include <chrono>

#include "core/learn/gemm.h"
#include "core/learn/session.h"

extern "C" {

/// Starts a session; the caller owns it.
flowscope::Session* flowscope_start_session(
    const flowscope::Config& config, std::shared_ptr<const flowscope::Checkpoint> from) {
  return flowscope::start_session(config, std::move(from)).release();
}

/// Fills in what this library knows of itself, its rate measured on the calling thread.
void flowscope_probe(flowscope::TrainerLibraryInfo& info) {
  flowscope::set_gemm_threads(1);
  info.torch_version = flowscope::torch_version();
  info.blas_file = flowscope::blas_file();
  info.blas_config = flowscope::blas_config();
  info.gflops = flowscope::measure_gemm_gflops();
}

}  // extern "C"
