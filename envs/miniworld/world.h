// Miniworld's worlds as plain data and the functions that move them: rooms, things that stand in
// them, and an agent that turns and walks by small steps. Equal to Miniworld 2.1.0 without its
// domain randomisation: the same seed gives the same world and the same actions lead to the same place.
//
// Angles in radians: 0 looks along x, a quarter turn to the left along -z.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "envs/minigrid/rng.h"
#include "envs/miniworld/looks.h"
#include "envs/miniworld/rooms.h"

namespace flowscope::miniworld {

using minigrid::Rng;

enum class Kind {
  kAgent,
  kBox,
  kBall,
  kKey,
  kBigKey,
  kMedkit,
  kDuckie,
  kCone,
  kBuilding,
  kPicture,
  kSign
};

enum class Color { kBlue, kGreen, kGrey, kPurple, kRed, kYellow };  // in the order of drawing

struct Position {
  double x = 0, y = 0, z = 0;

  Point on_floor() const { return {x, z}; }
};

/// Something that stands in the world; a circle on the floor as far as others may come near.
struct Entity {
  Kind kind = Kind::kBox;
  Color color = Color::kRed;
  double radius = 0, height = 0;  // boxes are cubes of that height
  Position position;
  double direction = 0;

  Point ahead() const;
};

/// Those of Kind::kBox and so on have the proportions of their kind.
Entity make_entity(Kind kind, double height, Color color = Color::kRed);

/// "red box".
std::string look_of(const Entity& entity);

/// Whether the agent cannot pick it up.
bool is_fixed(Kind kind);

inline constexpr double kAgentRadius = 0.4, kAgentHeight = 1.6;
inline constexpr double kCameraHeight = 1.5;

/// Everything that changes while a world is played, and the generator it came from.
struct World {
  std::vector<Room> rooms;
  std::vector<Segment> walls;
  std::vector<Entity> entities;  // in the order of placing, the agent among them
  std::size_t agent = 0;         // its index
  std::optional<std::size_t> carried;

  double forward_step = 0.15, max_forward_step = 0.17;  // metres
  double turn_step = 15;                                // degrees
  double drift = 0;                                     // metres to the right of a step
  int step_count = 0, max_steps = 0;                    // 0: no limit
  int health = 0;                                       // where it runs out, 0 ends the episode
  Looks looks;
  Rng rng;

  const Entity& body() const { return entities[agent]; }
  Entity& body() { return entities[agent]; }
};

// --- building -----------------------------------------------------------------------------------

/// An empty world, all that an earlier one left behind cleared but the generator.
void clear(World& world);

/// To be called when all rooms are there.
void raise_walls(World& world);

/// Where to place something at random: in a room, drawn by area if not given, within bounds that
/// replace the room's one by one; and how it is turned, drawn if not given.
struct Where {
  std::optional<std::size_t> room;
  std::optional<double> min_x, max_x, min_z, max_z;
  std::optional<double> direction;
};

/// Draws until the entity stands free in the room; its index.
std::size_t place(World& world, Entity entity, const Where& where = {});

/// Puts an entity there, turned at random if no direction is given.
std::size_t put(World& world, Entity entity, Position position,
                std::optional<double> direction = {});

void place_agent(World& world, const Where& where = {}, double radius = kAgentRadius);

/// Takes an entity out of the world.
Entity remove(World& world, std::size_t index);

// --- playing ------------------------------------------------------------------------------------

enum Action { kTurnLeft, kTurnRight, kForward, kBack, kPickup, kDrop, kToggle, kDone };
inline constexpr int kNumActions = 8;

struct Outcome {
  double reward = 0;
  bool terminated = false;
  bool truncated = false;  // step_count reached max_steps; both may be
};

/// One step by the rules that all levels share; toggle and done only pass time. Throws
/// std::invalid_argument for an action that does not exist.
Outcome step_base(World& world, int action);

/// Draws the lengths of the next step and turn as far about those of `usual` as Miniworld's domain
/// randomisation does, and how far the step drifts aside.
void vary_steps(World& world, const World& usual);

/// 1 - 0.2 step_count / max_steps.
double success_reward(const World& world);

/// Whether two entities are as good as touching.
bool are_near(const World& world, const Entity& a, const Entity& b);

}  // namespace flowscope::miniworld
