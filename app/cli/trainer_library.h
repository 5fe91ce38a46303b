// The trainer as a shared library, loaded when a session first needs it and never before: libtorch
// takes half a second and 150 MB to load, and a window must not wait for that.
#pragma once

#include <string>

#include "core/run/session.h"

namespace flowscope {

/// Where the trainer is: a file, and the names of its C functions
///   Session* start(const Config&, std::shared_ptr<const Checkpoint>)
///   void probe(TrainerLibraryInfo&)
///   void bench(const Config&, double seconds, BenchResult&)
struct TrainerFile {
  std::string file;  // beside the executable or in ../lib/flowscope; or an absolute path
  std::string start, probe, bench;
};

/// A library whose sessions come at once and load the file on a thread of their own. Until it is
/// there they report RunState::kLoading and keep the commands; RunState::kFailed and one line that
/// names the file if it cannot be loaded. `probe` and `bench` load in the calling thread and throw
/// std::runtime_error with that line. The file is never unloaded.
TrainerLibrary trainer_library(const TrainerFile& trainer);

}  // namespace flowscope
