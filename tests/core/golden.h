// Data that other programs produced, in tests/golden.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace flowscope {

inline std::ifstream open_golden(const std::string& name) {
  std::ifstream in(std::string(FLOWSCOPE_SOURCE_DIR) + "/tests/golden/" + name);
  if (!in) throw std::runtime_error("no golden file " + name);
  return in;
}

inline nlohmann::json read_golden(const std::string& name) {
  auto in = open_golden(name);
  return nlohmann::json::parse(in);
}

}  // namespace flowscope
