#include "app/cli/trainer_library.h"

#include <dlfcn.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace flowscope {
namespace {

namespace fs = std::filesystem;

using StartFunction = Session*(const Config&, std::shared_ptr<const Checkpoint>);
using ProbeFunction = void(TrainerLibraryInfo&);
using BenchFunction = void(const Config&, double, BenchResult&);

/// The file as it lies beside a freshly built executable or in an installed tree.
fs::path locate(const std::string& file) {
  if (fs::path(file).is_absolute()) return file;
  const fs::path here = fs::read_symlink("/proc/self/exe").parent_path();
  const fs::path installed = here.parent_path() / "lib" / "flowscope" / file;
  for (const fs::path& path : {here / file, installed}) {
    if (fs::exists(path)) return path;
  }
  throw std::runtime_error("the trainer " + file + " is missing; looked for " +
                           (here / file).string() + " and " + installed.string());
}

/// Loads the file, or finds it loaded, and looks up a function. Throws std::runtime_error.
template <typename Function>
Function* find_function(const std::string& file, const std::string& name) {
  const fs::path path = locate(file);
  // RTLD_LOCAL keeps the symbols of libtorch's 288 libraries away from the window's.
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) throw std::runtime_error("cannot load the trainer: " + std::string(dlerror()));
  void* function = dlsym(library, name.c_str());
  if (!function) {
    throw std::runtime_error("the trainer " + path.string() + " does not fit this program: " +
                             name + " is not in it");
  }
  return reinterpret_cast<Function*>(function);
}

/// A session that is there before the trainer is.
class LoadingSession final : public Session {
 public:
  LoadingSession(TrainerFile trainer, Config config, std::shared_ptr<const Checkpoint> from)
      : waiting_(std::make_shared<Snapshot>()),
        loader_([this, trainer = std::move(trainer), config = std::move(config),
                 from = std::move(from)]() mutable { load(trainer, config, std::move(from)); }) {}

  ~LoadingSession() override { loader_.join(); }

  void send(Command command) override {
    const std::lock_guard lock(mutex_);
    if (session_) {
      session_->send(std::move(command));
    } else {
      queue_.push_back(std::move(command));
    }
  }

  std::shared_ptr<const Snapshot> latest() const override {
    if (const Session* session = ready_.load(std::memory_order_acquire)) return session->latest();
    const std::lock_guard lock(mutex_);
    return waiting_;
  }

  std::shared_ptr<const Checkpoint> checkpoint() override {
    Session* session = ready_.load(std::memory_order_acquire);
    return session ? session->checkpoint() : nullptr;
  }

  std::shared_ptr<const Timeline> timeline() const override {
    const Session* session = ready_.load(std::memory_order_acquire);
    return session ? session->timeline() : nullptr;
  }

 private:
  void load(const TrainerFile& trainer, const Config& config,
            std::shared_ptr<const Checkpoint> from) {
    try {
      auto* start = find_function<StartFunction>(trainer.file, trainer.start);
      std::unique_ptr<Session> session(start(config, std::move(from)));
      const std::lock_guard lock(mutex_);
      session_ = std::move(session);
      for (Command& command : queue_) session_->send(std::move(command));
      queue_.clear();
      ready_.store(session_.get(), std::memory_order_release);
    } catch (const std::exception& e) {
      auto failed = std::make_shared<Snapshot>();
      failed->state = RunState::kFailed;
      failed->message = e.what();
      const std::lock_guard lock(mutex_);
      waiting_ = std::move(failed);
    }
  }

  mutable std::mutex mutex_;                  // guards everything but ready_
  std::shared_ptr<const Snapshot> waiting_;   // shown until the trainer is there
  std::vector<Command> queue_;                // sent before the trainer was there
  std::unique_ptr<Session> session_;
  std::atomic<Session*> ready_ = nullptr;     // session_ once the queue has been handed over
  std::thread loader_;                        // last: it uses the others
};

}  // namespace

TrainerLibrary trainer_library(const TrainerFile& trainer) {
  TrainerLibrary library;
  library.start = [trainer](const Config& config, std::shared_ptr<const Checkpoint> from) {
    return std::make_unique<LoadingSession>(trainer, config, std::move(from));
  };
  library.probe = [trainer] {
    TrainerLibraryInfo info;
    const auto start = std::chrono::steady_clock::now();
    auto* probe = find_function<ProbeFunction>(trainer.file, trainer.probe);
    info.load_seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    probe(info);
    return info;
  };
  library.bench = [trainer](const Config& config, double seconds) {
    BenchResult result;
    find_function<BenchFunction>(trainer.file, trainer.bench)(config, seconds, result);
    return result;
  };
  return library;
}

}  // namespace flowscope
