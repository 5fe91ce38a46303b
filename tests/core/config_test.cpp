#include "core/run/config.h"

#include <algorithm>
#include <functional>

#include "core/run/errors.h"
#include "envs/registry.h"
#include "tests/catch.h"

namespace flowscope {
namespace {

/// The message of the UsageError that `act` must throw.
std::string complaint(const std::function<void()>& act) {
  try {
    act();
  } catch (const UsageError& e) {
    return e.what();
  }
  FAIL("no UsageError");
  return "";
}

/// One line that holds all of these parts.
void check_line(const std::string& line, const std::vector<std::string>& parts) {
  CAPTURE(line);
  CHECK(line.find('\n') == line.npos);
  for (const std::string& part : parts) {
    CAPTURE(part);
    CHECK(line.find(part) != line.npos);
  }
}

}  // namespace

TEST_CASE("a configuration survives being written and read") {
  Config config = Config::from_preset("hypergrid-16x16-easy");
  config.set_text("optimizer.lr", "0.0003141592653589793");
  config.set_text("seed", "9007199254740991");
  config.set_text("policy.backward", "uniform");
  config.set_text("reward.r0", "1e-300");
  const Config again = Config::from_json(config.to_json(), "text");
  CHECK(again == config);
  CHECK(again.preset == "hypergrid-16x16-easy");
  CHECK(again.title == config.title);
  CHECK(again.real("optimizer.lr") == 0.0003141592653589793);
  CHECK(again.real("reward.r0") == 1e-300);
  CHECK(again.real("reward.r1") == 0.5);
  CHECK(Config::from_json(Config().to_json(), "text") == Config());
}

TEST_CASE("the order of --set makes no difference, even where one key brings others along") {
  std::vector<std::string> assignments{"environment.name=hypergrid", "environment.side=16",
                                       "reward.name=hard", "reward.r0=0.01", "batch=32"};
  std::ranges::sort(assignments);
  Config first;
  first.set_all(assignments);
  CHECK(first.real("reward.r0") == 0.01);
  CHECK(first.real("reward.r2") == 3);
  while (std::ranges::next_permutation(assignments).found) {
    Config config;
    config.set_all(assignments);
    CHECK(config == first);
  }
}

TEST_CASE("a world chosen in place of the preset's gives the run its name, unless it has one") {
  Config config = Config::from_preset("hypergrid-8x8");
  const std::string title = config.title;
  config.set("environment.name", std::string("hypergrid"));
  CHECK(config.title == title);
  config.set("environment.name", std::string("miniworld"));
  CHECK(config.title == "Miniworld");
  CHECK(Config::from_json(config.to_json(), "again").title == "Miniworld");
  const char* named = R"({"flowscope": 1, "title": "Mine", "environment": {"name": "minigrid"}})";
  CHECK(Config::from_json(named, "file").title == "Mine");
}

TEST_CASE("choosing another environment drops the keys that it does not have") {
  Config config;
  config.set_all(std::vector<std::string>{"environment.side=16", "batch=32"});
  config.set_text("environment.name", "bits");
  CHECK(config.integer("environment.length") == 8);
  CHECK(config.integer("batch") == 32);
  CHECK(complaint([&] { config.set_text("environment.side", "8"); }).find("unknown key") == 0);
}

TEST_CASE("a choice brings its values along until they are set themselves") {
  Config config;
  config.set_text("reward.name", "easy");
  CHECK(config.real("reward.r0") == 1e-3);
  config.set_text("reward.r0", "0.5");
  CHECK(config.real("reward.r0") == 0.5);
  config.set_text("reward.name", "hard");
  CHECK(config.real("reward.r0") == 1e-4);
  CHECK(config.real("reward.r1") == 1);
  config.unset("reward.name");
  CHECK(config.real("reward.r0") == 0.1);
}

TEST_CASE("mistakes are told in one line that names key, value and what is allowed") {
  Config config;
  const auto setting = [&](const char* key, const char* text) {
    return complaint([&] { config.set_text(key, text); });
  };
  check_line(setting("batch", "0"), {"batch", "'0'", "from 1 to 65536"});
  check_line(setting("batch", "many"), {"batch", "'many'", "an integer"});
  check_line(setting("batch", "1.5"), {"batch", "'1.5'", "an integer"});
  check_line(setting("batch", ""), {"batch", "''"});
  check_line(setting("optimizer.lr", "-1"), {"optimizer.lr", "'-1'", "from 0 to 10"});
  check_line(setting("optimizer.lr", "nan"), {"optimizer.lr", "nan"});
  check_line(setting("optimizer.lr", "inf"), {"optimizer.lr", "inf"});
  check_line(setting("optimizer.lr", "1e-3x"), {"optimizer.lr", "'1e-3x'", "a number"});
  check_line(setting("policy.backward", "tied?"), {"policy.backward", "'tied?'", "learned, uniform"});
  check_line(setting("objective.name", "xyz"), {"objective.name", "'xyz'", "tb"});
  check_line(complaint([&] { config.set_all(std::vector<std::string>{"batch"}); }),
             {"batch", "key=value"});
  CHECK(config == Config());  // nothing took effect
}

TEST_CASE("values that do not go together are a mistake, too") {
  Config config;
  config.set_text("reward.r0", "0");
  check_line(complaint([&] { config.make_environment(); }), {"reward.r0", "positive"});
  Config bits;
  bits.set_all(std::vector<std::string>{"environment.name=bits", "environment.length=2",
                                        "reward.modes=8"});
  check_line(complaint([&] { bits.make_environment(); }), {"reward.modes", "8", "4 strings"});
}

TEST_CASE("a wrong choice of very many gets the nearest few and where all of them are") {
  Config config;
  config.set("environment.name", std::string("minigrid"));
  const std::string line =
      complaint([&] { config.set_text("environment.level", "MiniGrid-DoorKey-7x7-v0"); });
  check_line(line, {"environment.level", "'MiniGrid-DoorKey-7x7-v0'", "MiniGrid-DoorKey-6x6-v0",
                    "flowscope list environment.level"});
  CHECK(line.size() < 250);
  check_line(complaint([&] { config.set_text("environment.level", "lockedroom"); }),
             {"MiniGrid-LockedRoom-v0"});
  check_line(complaint([&] { config.set_text("environment.level", "zzz"); }),
             {"flowscope list environment.level"});
}

TEST_CASE("unknown names come with the nearest known one") {
  Config config;
  check_line(complaint([&] { config.set_text("optimiser.lr", "1"); }),
             {"unknown key 'optimiser.lr'", "did you mean 'optimizer.lr'?"});
  check_line(complaint([&] { config.set_text("r0", "1"); }), {"did you mean 'reward.r0'?"});
  check_line(complaint([] { Config::from_preset("hypergrid-8x9"); }),
             {"unknown preset 'hypergrid-8x9'", "did you mean 'hypergrid-8x8'?"});
  CHECK(complaint([] { Config::from_preset("qqqqqqqqqq"); }).find("did you mean") == std::string::npos);
}

TEST_CASE("a configuration file that is none is refused by name and line") {
  const auto reading = [](const char* text) {
    return complaint([&] { Config::from_json(text, "my.json"); });
  };
  check_line(reading("{\n\"flowscope\": 1,\n!\n}"), {"my.json", "line 3"});
  check_line(reading(""), {"my.json", "line 1"});
  check_line(reading("[1]"), {"my.json", "not a JSON object"});
  check_line(reading("{\"batch\": 3}"), {"my.json", "\"flowscope\": 1 is missing"});
  check_line(reading("{\"flowscope\": 2}"), {"my.json", "2", "knows 1"});
  check_line(reading("{\"flowscope\": 1, \"bach\": 3}"), {"my.json", "'bach'", "'batch'"});
  check_line(reading("{\"flowscope\": 1, \"batch\": [3]}"), {"my.json", "batch"});
  check_line(reading("{\"flowscope\": 1, \"batch\": \"3\"}"), {"my.json", "batch", "'3'"});
}

TEST_CASE("every preset is valid and says what it is") {
  REQUIRE(presets().size() >= 6);
  for (const PresetEntry& preset : presets()) {
    CAPTURE(preset.name);
    const Config config = Config::from_preset(preset.name);
    CHECK((config.make_environment() != nullptr || config.make_space() != nullptr));
    CHECK_FALSE(preset.title.empty());
    CHECK_FALSE(preset.about.empty());
    CHECK(preset.name.starts_with(config.text("environment.name")));
    CHECK(Config::from_json(config.to_json(), "text") == config);
  }
  for (const char* name : {"hypergrid-8x8", "hypergrid-16x16", "hypergrid-64x64", "hypergrid-8^4",
                           "hypergrid-20^4", "hypergrid-128x128-hard", "bits-8"}) {
    CHECK_NOTHROW(Config::from_preset(name));
  }
}

TEST_CASE("every key's default is allowed, and keys are unique") {
  for (const EnvironmentEntry& entry : environments()) {
    Config config;
    config.set("environment.name", entry.name);
    std::vector<std::string> keys;
    for (const ParamSpec* listed : config.schema()) {
      const ParamSpec& spec = *listed;
      CAPTURE(entry.name, spec.key);
      CHECK(parse_value(spec, to_text(spec.default_value)) == spec.default_value);
      CHECK_FALSE(spec.label.empty());
      CHECK(spec.help.ends_with('.'));
      keys.push_back(spec.key);
    }
    std::ranges::sort(keys);
    CHECK(std::ranges::adjacent_find(keys) == keys.end());
  }
}

TEST_CASE("keys that act on one kind of world only are refused on the other, and go when the world goes") {
  Config box = Config::from_preset("box-0.25");
  CHECK_THROWS_WITH(box.set_text("offline.share", "0.5"), Catch::Contains("offline.share") && Catch::Contains("discrete"));
  Config grid = Config::from_preset("hypergrid-8x8");
  CHECK_THROWS_WITH(grid.set_text("exploration.step_noise", "1"), Catch::Contains("real-valued"));
  grid.set_text("offline.share", "0.5");
  grid.set_text("environment.name", "box");
  CHECK_FALSE(grid.is_set("offline.share"));
}

}  // namespace flowscope
