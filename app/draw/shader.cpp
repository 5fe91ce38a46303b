#include "app/draw/shader.h"

#include <epoxy/gl.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "core/run/embedded.h"

namespace flowscope {
namespace {

std::string_view source_of(const std::string& file) {
  for (const EmbeddedFile& f : shader_files()) {
    if (f.name == file) return f.text;
  }
  throw std::runtime_error("no shader " + file);
}

GLuint compile(GLenum stage, const std::string& file) {
  const std::string_view text = source_of(file);
  const char* source = text.data();
  const auto length = static_cast<GLint>(text.size());
  const GLuint shader = glCreateShader(stage);
  glShaderSource(shader, 1, &source, &length);
  glCompileShader(shader);
  GLint good = 0;
  glGetShaderiv(shader, GL_COMPILE_STATUS, &good);
  if (!good) {
    char log[1024] = "";
    glGetShaderInfoLog(shader, sizeof log, nullptr, log);
    throw std::runtime_error(file + ": " + log);
  }
  return shader;
}

}  // namespace

unsigned make_program(std::string_view name) {
  const std::string base(name);
  const GLuint vertex = compile(GL_VERTEX_SHADER, base + ".vert");
  const GLuint fragment = compile(GL_FRAGMENT_SHADER, base + ".frag");
  const GLuint program = glCreateProgram();
  glAttachShader(program, vertex);
  glAttachShader(program, fragment);
  glLinkProgram(program);
  glDeleteShader(vertex);
  glDeleteShader(fragment);
  GLint good = 0;
  glGetProgramiv(program, GL_LINK_STATUS, &good);
  if (!good) {
    char log[1024] = "";
    glGetProgramInfoLog(program, sizeof log, nullptr, log);
    throw std::runtime_error(base + ": " + log);
  }
  return program;
}

void set_scissor(const ImDrawCmd& command) {
  const ImDrawData& data = *ImGui::GetDrawData();
  const ImVec2 scale = data.FramebufferScale;
  const float height = data.DisplaySize.y * scale.y;
  const float x0 = (command.ClipRect.x - data.DisplayPos.x) * scale.x;
  const float y0 = (command.ClipRect.y - data.DisplayPos.y) * scale.y;
  const float x1 = (command.ClipRect.z - data.DisplayPos.x) * scale.x;
  const float y1 = (command.ClipRect.w - data.DisplayPos.y) * scale.y;
  glScissor(static_cast<int>(x0), static_cast<int>(height - y1),
            std::max(0, static_cast<int>(x1 - x0)), std::max(0, static_cast<int>(y1 - y0)));
}

}  // namespace flowscope
