// flowscope's Minigrid against what Farama Minigrid 3.1.0 did: episodes of every level, what the
// observation wrappers made of some, and frames. And that a difference does not go unnoticed.
#include <cstdio>
#include <fstream>
#include <string>

#include "app/golden/golden.h"
#include "tests/catch.h"

namespace flowscope {
namespace {

using nlohmann::json;

std::vector<json> golden_lines(const std::string& name) {
  std::ifstream in(FLOWSCOPE_SOURCE_DIR "/tests/golden/" + name);
  std::vector<json> lines;
  for (std::string text; std::getline(in, text);) lines.push_back(json::parse(text));
  return lines;
}

/// What is wrong with a line; nothing if it plays as recorded.
std::string complaint(const json& line) {
  try {
    golden::replay(line);
  } catch (const std::exception& e) {
    return e.what();
  }
  return "";
}

void check_all(const std::string& name, std::size_t count) {
  const std::vector<json> lines = golden_lines(name);
  CHECK(lines.size() == count);
  for (const json& line : lines) {
    CAPTURE(line.at("id"), line.at("seed"));
    CHECK(complaint(line) == "");
  }
}

struct Outcome {
  int code;
  std::string text;  // both streams
};

Outcome run_program(const std::string& arguments) {
  const std::string command = FLOWSCOPE_BINARY_DIR "/minigrid_golden " + arguments + " 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe);
  std::string text;
  for (int c; (c = std::fgetc(pipe)) != EOF;) text += static_cast<char>(c);
  return {WEXITSTATUS(pclose(pipe)), text};
}

/// The outcome for a file that holds this text.
Outcome run_on(const std::string& text) {
  const std::string file = FLOWSCOPE_BINARY_DIR "/tests/minigrid_golden_test.jsonl";
  std::ofstream(file) << text;
  const Outcome outcome = run_program(file);
  std::remove(file.c_str());
  return outcome;
}

}  // namespace

TEST_CASE("every MiniGrid level plays as recorded, step for step") {
  check_all("minigrid_traces.jsonl", 152);
}

TEST_CASE("every wrapper's observation is as recorded") {
  check_all("minigrid_wrappers.jsonl", 88);
}

TEST_CASE("every frame is as recorded, pixel for pixel") {
  check_all("minigrid_renders.jsonl", 24);
}

TEST_CASE("a difference in any field is found and named") {
  json line = golden_lines("minigrid_traces.jsonl").at(0);
  REQUIRE(complaint(line) == "");
  const std::vector<std::pair<std::string, json>> changes{
      {"w", 12},          {"h", 5},           {"max", 575},
      {"stw", 1},         {"agent", {1, 1, 0}}, {"mission", "pick up the box"},
      {"carry", {5, 0}},  {"gridh", "0"},     {"box", {{1, 1, 5, 0}}},
      {"rng", "0"},       {"obs0", "0"},      {"pos", {{1, 2, 2}}},
      {"car", {{1, 5, 1}}}, {"rew", {{1, "0.5"}}}, {"end", {200, 1, 0}},
      {"gridN", "0"},     {"rngN", "0"},      {"again", json::array()}};
  for (const auto& [field, value] : changes) {
    json changed = line;
    changed[field] = value;
    CAPTURE(field);
    CHECK(complaint(changed).find(": " + field + " is ") != std::string::npos);
  }
  for (const char* field : {"dirs", "oh"}) {
    json changed = line;
    std::string text = line[field];
    text.back() = text.back() == '1' ? '2' : '1';  // of 200 steps, the last
    if (text.size() > 200) text = std::string(8, '0') + text.substr(1);  // oh: of the first
    changed[field] = text;
    CAPTURE(field);
    CHECK(complaint(changed).find(std::string(": ") + field + " is ") != std::string::npos);
  }
}

TEST_CASE("a difference in a later step is found at that step") {
  json line = golden_lines("minigrid_traces.jsonl").at(0);
  std::string text = line["dirs"];
  text[41] = text[41] == '0' ? '1' : '0';
  line["dirs"] = text;
  CHECK(complaint(line).starts_with("step 42: dirs is "));
}

TEST_CASE("minigrid_golden says in one line what is wrong and where") {
  const std::string good = golden_lines("minigrid_traces.jsonl").at(0).dump() + "\n";
  json changed = json::parse(good);
  changed["end"] = {7, 0, 0};
  json unknown = json::parse(good);
  unknown["id"] = "MiniGrid-Nowhere-v0";
  json negative = json::parse(good);
  negative["seed"] = -1;
  json lacking = json::parse(good);
  lacking.erase("dirs");

  CHECK(run_on(good).code == 0);
  CHECK(run_on(good).text == "1 lines pass\n");
  const auto expect = [&](const Outcome& outcome, int code, std::vector<std::string> words) {
    CHECK(outcome.code == code);
    CHECK(std::count(outcome.text.begin(), outcome.text.end(), '\n') == 1);
    for (const std::string& word : words) {
      CAPTURE(outcome.text);
      CHECK(outcome.text.find(word) != std::string::npos);
    }
  };
  expect(run_on(good + changed.dump()), 1,
         {"line 2", "seed 0", "end is [200,0,0]", "recorded [7,0,0]"});
  expect(run_on(good + unknown.dump()), 2, {"line 2", "'MiniGrid-Nowhere-v0'"});
  expect(run_on(negative.dump()), 2, {"line 1", "seed: -1 is not allowed"});
  expect(run_on(lacking.dump()), 4, {"line 1", "damaged", "dirs"});
  expect(run_on(good + good.substr(0, 300)), 4, {"line 2", "damaged"});
  expect(run_on(""), 4, {"no lines"});
  expect(run_program(""), 2, {"one file"});
  expect(run_program("no-such-file.jsonl"), 2, {"'no-such-file.jsonl'"});
}

}  // namespace flowscope
