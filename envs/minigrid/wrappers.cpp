#include "envs/minigrid/wrappers.h"

#include <algorithm>
#include <cctype>

#include "envs/minigrid/view.h"

namespace flowscope::minigrid {
namespace {

constexpr int kOneHotBits = 20, kColorBit = 11, kStateBit = 17;
constexpr std::size_t kLetters = 96, kLetterBits = 28;

// Minigrid's vocabulary, in its order: the numbers are part of the observation.
constexpr std::array<std::string_view, 51> kWords{
    "red",   "green", "blue",  "yellow", "purple", "grey",  "unseen",  "empty", "wall",
    "floor", "box",   "key",   "ball",   "door",   "goal",  "agent",   "lava",  "pick",
    "avoid", "get",   "find",  "put",    "use",    "open",  "go",      "fetch", "reach",
    "unlock", "traverse", "up", "the",   "a",      "at",    ",",       "square", "and",
    "then",  "to",    "of",    "rooms",  "near",   "opening", "must",  "you",   "matching",
    "end",   "hallway", "object", "from", "room",  "maze"};

void push(std::vector<std::uint8_t>& bytes, Cell cell) {
  bytes.push_back(static_cast<std::uint8_t>(cell.kind));
  bytes.push_back(static_cast<std::uint8_t>(cell.color));
  bytes.push_back(cell.state);
}

/// Calls visit(point) column by column, as upstream's arrays are laid out.
template <class Visit>
void by_columns(const World& world, Visit visit) {
  for (int x = 0; x < world.width; ++x) {
    for (int y = 0; y < world.height; ++y) visit(Point{x, y});
  }
}

std::size_t letter_bit(char letter) {
  const auto lower = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  if (lower >= 'a' && lower <= 'z') return static_cast<std::size_t>(lower - 'a');
  if (lower == ' ') return 26;
  if (lower == ',') return 27;
  throw std::invalid_argument(std::string("mission: the letter '") + letter +
                              "' is not allowed; a to z, space and comma are");
}

int word_number(std::string_view word) {
  const auto found = std::ranges::find(kWords, word);
  if (found == kWords.end()) {
    throw std::invalid_argument("mission: '" + std::string(word) + "' is not in the vocabulary");
  }
  return static_cast<int>(found - kWords.begin()) + 1;
}

}  // namespace

std::vector<std::uint8_t> full_observation(const World& world) {
  std::vector<std::uint8_t> bytes;
  by_columns(world, [&](Point p) {
    const Cell agent{Kind::kAgent, Color::kRed, static_cast<std::uint8_t>(world.direction)};
    push(bytes, p == world.agent ? agent : world.at(p));
  });
  return bytes;
}

std::vector<int> symbolic_observation(const World& world) {
  std::vector<int> values;
  by_columns(world, [&](Point p) {
    const Kind kind = p == world.agent ? Kind::kAgent : world.at(p).kind;
    values.insert(values.end(), {p.x, p.y, kind == Kind::kEmpty ? -1 : static_cast<int>(kind)});
  });
  return values;
}

std::vector<std::uint8_t> view_observation(const World& world, int size) {
  const View view = look(world, size);
  std::vector<std::uint8_t> bytes;
  for (int i = 0; i < size; ++i) {
    for (int j = 0; j < size; ++j) push(bytes, view.sees(i, j) ? view.at(i, j) : kUnseenCell);
  }
  return bytes;
}

std::vector<std::uint8_t> one_hot_observation(const World& world) {
  Image image;
  observe(world, image);
  std::vector<std::uint8_t> bits(image.size() / 3 * kOneHotBits, 0);
  for (std::size_t cell = 0; cell < image.size() / 3; ++cell) {
    const auto set = [&](int bit) { bits[cell * kOneHotBits + static_cast<std::size_t>(bit)] = 1; };
    set(image[3 * cell]);
    set(kColorBit + image[3 * cell + 1]);
    set(kStateBit + image[3 * cell + 2]);
  }
  return bits;
}

std::vector<std::uint8_t> flat_observation(const World& world) {
  if (world.mission.size() > kLetters) {
    throw std::invalid_argument("mission: " + std::to_string(world.mission.size()) +
                                " letters are too many; 96 are allowed");
  }
  Image image;
  observe(world, image);
  std::vector<std::uint8_t> bytes(image.begin(), image.end());
  bytes.resize(image.size() + kLetters * kLetterBits, 0);
  for (std::size_t i = 0; i < world.mission.size(); ++i) {
    bytes[image.size() + i * kLetterBits + letter_bit(world.mission[i])] = 1;
  }
  return bytes;
}

std::vector<int> mission_words(std::string_view mission) {
  std::vector<int> numbers;
  std::string word;
  const auto finish = [&] {
    if (!word.empty()) numbers.push_back(word_number(word));
    word.clear();
  };
  for (const char letter : mission) {
    if (letter == ' ' || letter == ',') finish();
    if (letter == ',') numbers.push_back(word_number(","));
    if (letter != ' ' && letter != ',') word += letter;
  }
  finish();
  return numbers;
}

}  // namespace flowscope::minigrid
