// The symbols by which the program reaches this library.
#include <chrono>

#include "core/learn/bench.h"
#include "core/learn/gemm.h"
#include "core/learn/kernels.h"
#include "core/learn/session.h"

extern "C" {

/// Starts a session; the caller owns it.
flowscope::Session* flowscope_start_session(
    const flowscope::Config& config, std::shared_ptr<const flowscope::Checkpoint> from) {
  return flowscope::start_session(config, std::move(from)).release();
}

/// Fills in what this library knows of itself, its rate measured on the calling thread.
void flowscope_probe(flowscope::TrainerLibraryInfo& info) {
  flowscope::prepare_trainer_thread();
  info.torch_version = flowscope::torch_version();
  info.blas_file = flowscope::blas_file();
  info.blas_config = flowscope::blas_config();
  info.kernels = flowscope::kernels<float>().name;
  info.gflops = flowscope::measure_gemm_gflops();
}

/// Trains `config` for about so many seconds and measures. Throws UsageError.
void flowscope_bench(const flowscope::Config& config, double seconds,
                     flowscope::BenchResult& result) {
  result = flowscope::bench(config, seconds);
}

}  // extern "C"
