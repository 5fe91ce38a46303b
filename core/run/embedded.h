// Text files that are compiled into the binary (cmake/embed.cmake writes the sources).
#pragma once

#include <span>
#include <string_view>

namespace flowscope {

struct EmbeddedFile {
  std::string_view name;  // "hypergrid-8x8.json"
  std::string_view text;
};

std::span<const EmbeddedFile> preset_files();  // assets/presets
std::span<const EmbeddedFile> shader_files();  // shaders; linked into the program only

}  // namespace flowscope
