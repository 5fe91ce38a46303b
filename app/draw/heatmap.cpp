// Heat maps by a shader, inside ImGui's draw list: ImGui calls back when the map's turn has come, so
// that whatever is drawn later lies above it. OpenGL is touched in the callback only.
#include "app/draw/heatmap.h"

#include <epoxy/gl.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "app/draw/colors.h"
#include "app/draw/shader.h"

namespace flowscope {
namespace {

constexpr float kNothing = -2e38f;  // the shader draws nothing at or below -1e38

/// One map's values, and their texture once they have been drawn.
struct Slot {
  int width = 0, height = 0;
  std::vector<float> cells;
  std::uint64_t version = 0;
  bool uploaded = false;
  GLuint texture = 0;
};

/// What a callback needs; lives until the next frame.
struct DrawJob {
  Slot* slot = nullptr;
  ColorScale scale;
  Rect rect;
  MapWindow window;
};

struct HeatMaps {
  std::map<std::string, Slot, std::less<>> slots;
  std::deque<DrawJob> jobs;
  int frame = -1;  // to which the jobs belong
  GLuint program = 0, vertices = 0;
  std::map<std::pair<ColorMap, bool>, GLuint> tables;
};

HeatMaps& heat_maps() {
  static HeatMaps maps;
  return maps;
}

GLuint make_texture(int width, int height, GLint internal, GLenum format, GLenum type,
                    const void* data) {
  GLuint texture = 0;
  glGenTextures(1, &texture);
  glBindTexture(GL_TEXTURE_2D, texture);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  glTexImage2D(GL_TEXTURE_2D, 0, internal, width, height, 0, format, type, data);
  return texture;
}

GLuint table_texture(HeatMaps& maps, const ColorScale& scale) {
  GLuint& texture = maps.tables[{scale.map, scale.dark}];
  if (!texture) {
    texture = make_texture(256, 1, GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE,
                           color_table(scale.map, scale.dark).data());
  }
  return texture;
}

void upload(Slot& slot) {
  if (slot.uploaded) return;
  glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
  glDeleteTextures(1, &slot.texture);
  slot.texture =
      make_texture(slot.width, slot.height, GL_R32F, GL_RED, GL_FLOAT, slot.cells.data());
  slot.uploaded = true;
}

/// Pixels between cells: none while cells are small.
float gap_pixels(float cell_pixels) { return cell_pixels < 10 ? 0 : cell_pixels < 40 ? 1 : 2; }

void set_uniforms(GLuint program, const DrawJob& job) {
  const ImDrawData& data = *ImGui::GetDrawData();
  const auto ndc_x = [&](float x) { return 2 * (x - data.DisplayPos.x) / data.DisplaySize.x - 1; };
  const auto ndc_y = [&](float y) { return 1 - 2 * (y - data.DisplayPos.y) / data.DisplaySize.y; };
  const Rect& r = job.rect;
  const MapWindow& w = job.window;
  const ColorLimits limits = color_limits(job.scale);
  const auto at = [program](const char* name) { return glGetUniformLocation(program, name); };
  glUniform4f(at("rect"), ndc_x(r.x), ndc_y(r.y + r.h), ndc_x(r.x + r.w), ndc_y(r.y));
  glUniform4f(at("window"), static_cast<float>(w.x), static_cast<float>(w.y),
              static_cast<float>(w.w), static_cast<float>(w.h));
  glUniform2f(at("limits"), limits.low, limits.high);
  glUniform1i(at("logarithmic"), job.scale.logarithmic);
  const float cell_w = r.w / static_cast<float>(w.w), cell_h = r.h / static_cast<float>(w.h);
  const float gap = gap_pixels(std::min(cell_w, cell_h));
  glUniform2f(at("gap"), gap / cell_w, gap / cell_h);
  glUniform1i(at("values"), 0);
  glUniform1i(at("table"), 1);
}

void render(const ImDrawList*, const ImDrawCmd* command) {
  const auto& job = *static_cast<const DrawJob*>(command->UserCallbackData);
  HeatMaps& maps = heat_maps();
  if (!maps.program) {
    maps.program = make_program("heatmap");
    glGenVertexArrays(1, &maps.vertices);
  }
  glActiveTexture(GL_TEXTURE1);
  glBindTexture(GL_TEXTURE_2D, table_texture(maps, job.scale));
  glActiveTexture(GL_TEXTURE0);
  upload(*job.slot);
  glBindTexture(GL_TEXTURE_2D, job.slot->texture);
  set_scissor(*command);
  glDisable(GL_BLEND);  // a cell is opaque or not there at all
  glUseProgram(maps.program);
  set_uniforms(maps.program, job);
  glBindVertexArray(maps.vertices);
  glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
}

Slot& updated_slot(HeatMaps& maps, std::string_view id, const HeatMap& map) {
  auto found = maps.slots.find(id);
  if (found == maps.slots.end()) found = maps.slots.emplace(std::string(id), Slot()).first;
  Slot& slot = found->second;
  const bool same = slot.version == map.version && slot.width == map.width &&
                    slot.height == map.height && !slot.cells.empty();
  if (!same) {
    slot.width = map.width;
    slot.height = map.height;
    slot.version = map.version;
    slot.cells.assign(map.cells.begin(), map.cells.end());
    for (float& v : slot.cells) v = std::isnan(v) ? kNothing : std::clamp(v, -1e37f, 1e37f);
    slot.uploaded = false;
  }
  return slot;
}

/// Nested maps: a line where the outer coordinate changes.
void draw_separators(const HeatMap& map, const Rect& rect, const MapWindow& window) {
  const auto cell_w = static_cast<double>(rect.w) / window.w;
  const auto cell_h = static_cast<double>(rect.h) / window.h;
  if (map.block <= 0 || map.block * std::min(cell_w, cell_h) < 4) return;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImU32 color = ImGui::GetColorU32(ImGuiCol_WindowBg);
  const auto lines = [&](double begin, double length, int size, const auto& draw) {
    for (double k = std::ceil(std::max(begin, 0.5) / map.block) * map.block;
         k < std::min<double>(begin + length, size); k += map.block) {
      if (k > begin) draw((k - begin) / length);
    }
  };
  const auto thick = static_cast<float>(std::clamp(std::min(cell_w, cell_h) * 0.25, 1.0, 3.0));
  lines(window.x, window.w, map.width, [&](double t) {
    const float x = std::round(rect.x + static_cast<float>(t) * rect.w - thick / 2);
    list->AddRectFilled({x, rect.y}, {x + thick, rect.y + rect.h}, color);
  });
  lines(window.y, window.h, map.height, [&](double t) {
    const float y = std::round(rect.y + rect.h - static_cast<float>(t) * rect.h - thick / 2);
    list->AddRectFilled({rect.x, y}, {rect.x + rect.w, y + thick}, color);
  });
}

}  // namespace

void draw_heat_map(std::string_view id, const HeatMap& map, const Rect& rect,
                   const MapWindow& window) {
  if (map.width <= 0 || map.height <= 0 || window.w <= 0 || window.h <= 0 ||
      map.cells.size() != static_cast<size_t>(map.width) * static_cast<size_t>(map.height)) {
    return;
  }
  HeatMaps& maps = heat_maps();
  if (maps.frame != ImGui::GetFrameCount()) {
    maps.frame = ImGui::GetFrameCount();
    maps.jobs.clear();
  }
  maps.jobs.push_back({&updated_slot(maps, id, map), map.scale, rect, window});
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->PushClipRect(rect.min(), rect.max(), true);
  list->AddCallback(render, &maps.jobs.back());
  list->AddCallback(ImDrawCallback_ResetRenderState, nullptr);
  draw_separators(map, rect, window);
  list->PopClipRect();
}

void release_heat_maps() {
  HeatMaps& maps = heat_maps();
  for (auto& [id, slot] : maps.slots) glDeleteTextures(1, &slot.texture);
  for (auto& [key, texture] : maps.tables) glDeleteTextures(1, &texture);
  if (maps.program) glDeleteProgram(maps.program);
  if (maps.vertices) glDeleteVertexArrays(1, &maps.vertices);
  maps = HeatMaps();
}

}  // namespace flowscope
