#include "envs/minigrid/batch.h"

namespace flowscope::minigrid {

Batch make_batch(const Level& level, int count, std::uint64_t seed) {
  Batch batch{&level, {}, std::vector<Image>(static_cast<std::size_t>(count)),
              std::vector<Outcome>(static_cast<std::size_t>(count))};
  for (std::size_t i = 0; i < batch.images.size(); ++i) {
    batch.worlds.push_back(make_world(level, seed + i, &batch.images[i]));
  }
  return batch;
}

void step(Batch& batch, std::span<const std::uint8_t> actions) {
  for (std::size_t i = 0; i < batch.worlds.size(); ++i) {
    World& world = batch.worlds[i];
    const Outcome outcome = step(*batch.level, world, actions[i]);
    batch.outcomes[i] = outcome;
    if (outcome.terminated || outcome.truncated) {
      reset(*batch.level, world, &batch.images[i]);
    } else {
      observe(world, batch.images[i]);
    }
  }
}

std::int64_t play_at_random(Batch& batch, int rounds, std::uint64_t seed) {
  std::vector<std::uint8_t> actions(batch.worlds.size());
  std::uint64_t state = seed;
  std::int64_t ended = 0;
  for (int round = 0; round < rounds; ++round) {
    for (std::uint8_t& action : actions) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      action = static_cast<std::uint8_t>((state >> 33) * kNumActions >> 31);
    }
    step(batch, actions);
    for (const Outcome& outcome : batch.outcomes) ended += outcome.terminated || outcome.truncated;
  }
  return ended;
}

}  // namespace flowscope::minigrid
