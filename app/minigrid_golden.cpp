// minigrid_golden FILE.jsonl: plays recorded episodes of Farama Minigrid and Miniworld over with
// flowscope's own worlds and stops at the first difference.
// Exit codes: 0 all lines pass; 1 a difference; 2 bad usage or bad input; 4 a damaged line.
#include <cstdio>
#include <fstream>

#include "app/golden/golden.h"

namespace {

int fail(int code, const std::string& message) {
  std::fprintf(stderr, "minigrid_golden: %s\n", message.c_str());
  return code;
}

/// "FILE line 3 (MiniGrid-Empty-5x5-v0, seed 0): "
std::string place_of(const char* file, int number, const nlohmann::json& line) {
  std::string place = std::string(file) + " line " + std::to_string(number);
  if (line.is_object() && line.contains("id") && line.contains("seed")) {
    place += " (" + line["id"].dump() + ", seed " + line["seed"].dump() + ")";
  }
  return place + ": ";
}

}  // namespace

int main(int argc, char** argv) {
  using namespace flowscope::golden;
  if (argc != 2) return fail(2, "one file is wanted: minigrid_golden FILE.jsonl");
  const char* file = argv[1];
  std::ifstream in(file);
  if (!in) return fail(2, std::string("'") + file + "' cannot be read");
  int count = 0;
  for (std::string text; std::getline(in, text);) {
    ++count;
    nlohmann::json line;
    try {
      line = nlohmann::json::parse(text);
      replay(line);
    } catch (const Difference& e) {
      return fail(1, place_of(file, count, line) + e.what());
    } catch (const nlohmann::json::exception& e) {
      return fail(4, place_of(file, count, line) + "damaged line: " + e.what());
    } catch (const std::exception& e) {
      return fail(2, place_of(file, count, line) + e.what());
    }
  }
  if (count == 0) return fail(4, std::string("'") + file + "' holds no lines");
  std::printf("%d lines pass\n", count);
  return 0;
}
