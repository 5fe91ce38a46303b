#include "app/cli/bench_worlds.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "envs/minigrid/batch.h"

namespace flowscope {
namespace {

constexpr int kWorlds = 64, kRounds = 50;

/// CPU seconds of this thread.
double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

}  // namespace

std::vector<WorldCase> world_cases(const std::string& filter) {
  std::vector<WorldCase> cases;
  for (const auto& [level, rate] : {std::pair{"MiniGrid-Empty-8x8-v0", 10'000.0},
                                    {"MiniGrid-DoorKey-8x8-v0", 8'500.0},
                                    {"MiniGrid-FourRooms-v0", 7'600.0}}) {
    WorldCase c{std::string("minigrid ") + level, level, rate};
    if (c.name.find(filter) != std::string::npos) cases.push_back(std::move(c));
  }
  return cases;
}

double world_steps_per_second(const WorldCase& which, double seconds) {
  minigrid::Batch batch = make_batch(*minigrid::find_level(which.level), kWorlds, 0);
  play_at_random(batch, kRounds, 0);  // warm-up: worlds of all seeds have grown to their size
  std::array<double, 9> rates;
  std::uint64_t seed = 1;
  for (double& rate : rates) {
    const double start = cpu_seconds();
    double spent = 0, steps = 0;
    while (spent < seconds / static_cast<double>(rates.size())) {
      play_at_random(batch, kRounds, seed++);
      steps += kRounds * kWorlds;
      spent = cpu_seconds() - start;
    }
    rate = steps / spent;
  }
  std::ranges::sort(rates);
  return rates[rates.size() / 2];
}

}  // namespace flowscope
