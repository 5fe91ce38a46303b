#include "app/scene/first_person.h"

#include <epoxy/gl.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <stdexcept>

#include "app/draw/shader.h"

namespace flowscope {
namespace {

constexpr float kNear = 0.04f, kFar = 100;
constexpr int kSamples = 4;  // of each pixel

using Matrix = std::array<float, 16>;  // columns

/// From the room to the screen.
Matrix projection_of(const Camera& camera, float aspect) {
  const float ct = std::cos(camera.turn), st = std::sin(camera.turn);
  const float cp = std::cos(camera.pitch), sp = std::sin(camera.pitch);
  const Vec3 ahead{ct * cp, sp, st * cp}, right{-st, 0, ct}, up = cross(right, ahead);
  const float focal = 1 / std::tan(camera.field_of_view / 2);
  const float a = (kFar + kNear) / (kNear - kFar), b = 2 * kFar * kNear / (kNear - kFar);
  const auto row = [&](Vec3 v, float k) {
    return std::array{k * v.x, k * v.y, k * v.z, -k * dot(v, camera.eye)};
  };
  const auto x = row(right, focal / aspect), y = row(up, focal), w = row(ahead, 1);
  Matrix m;
  for (size_t c = 0; c < 4; ++c) {
    m[4 * c] = x[c];
    m[4 * c + 1] = y[c];
    m[4 * c + 2] = -a * w[c] + (c == 3 ? b : 0);
    m[4 * c + 3] = w[c];
  }
  return m;
}

/// Colour with several samples a pixel and depth; its picture is resolved into another target.
class DeepTarget {
 public:
  DeepTarget(int width, int height) : width_(width), height_(height) {
    GLint most = 1;
    glGetIntegerv(GL_MAX_SAMPLES, &most);
    const GLsizei samples = std::min<GLint>(kSamples, most);
    glGenRenderbuffers(2, buffers_);
    glGenFramebuffers(1, &id_);
    glBindFramebuffer(GL_FRAMEBUFFER, id_);
    attach(buffers_[0], GL_COLOR_ATTACHMENT0, samples, GL_RGBA8);
    attach(buffers_[1], GL_DEPTH_ATTACHMENT, samples, GL_DEPTH_COMPONENT24);
    if (glCheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE) {
      throw std::runtime_error("OpenGL refused a framebuffer with depth");
    }
  }
  ~DeepTarget() {
    glDeleteFramebuffers(1, &id_);
    glDeleteRenderbuffers(2, buffers_);
  }
  DeepTarget(const DeepTarget&) = delete;
  DeepTarget& operator=(const DeepTarget&) = delete;

  void bind() const {
    glBindFramebuffer(GL_FRAMEBUFFER, id_);
    glViewport(0, 0, width_, height_);
  }
  void resolve_to(const Framebuffer& target) const {
    target.bind();
    glBindFramebuffer(GL_READ_FRAMEBUFFER, id_);
    glBlitFramebuffer(0, 0, width_, height_, 0, 0, width_, height_, GL_COLOR_BUFFER_BIT,
                      GL_NEAREST);
  }

 private:
  void attach(GLuint buffer, GLenum where, GLsizei samples, GLenum format) const {
    glBindRenderbuffer(GL_RENDERBUFFER, buffer);
    glRenderbufferStorageMultisample(GL_RENDERBUFFER, samples, format, width_, height_);
    glFramebufferRenderbuffer(GL_FRAMEBUFFER, where, GL_RENDERBUFFER, buffer);
  }

  int width_, height_;
  GLuint id_ = 0, buffers_[2] = {};
};

/// A place to draw rooms of one size.
struct Canvas {
  DeepTarget deep;
  Framebuffer flat;

  Canvas(int width, int height) : deep(width, height), flat(width, height) {}
};

/// What a callback needs; lives until the next frame.
struct DrawJob {
  std::shared_ptr<const RoomScene> scene;
  Camera camera;
  Rect rect;
};

/// Vertices on the graphics card.
struct VertexStore {
  GLuint array = 0, buffer = 0;
};

struct Renderer {
  GLuint program = 0;
  VertexStore fixed, moving;  // the shell, and the rest of the scene
  Shell uploaded_shell;
  std::shared_ptr<const RoomScene> uploaded;
  std::unique_ptr<Canvas> canvas;
  std::deque<DrawJob> jobs;
  int frame = -1;  // to which the jobs belong
};

Renderer& renderer() {
  static Renderer r;
  return r;
}

VertexStore make_store() {
  VertexStore store;
  glGenVertexArrays(1, &store.array);
  glGenBuffers(1, &store.buffer);
  glBindVertexArray(store.array);
  glBindBuffer(GL_ARRAY_BUFFER, store.buffer);
  constexpr int kSizes[] = {3, 3, 4, 1};  // at, normal, paint, surface
  size_t offset = 0;
  for (GLuint i = 0; i < std::size(kSizes); ++i) {
    glEnableVertexAttribArray(i);
    glVertexAttribPointer(i, kSizes[i], GL_FLOAT, GL_FALSE, sizeof(SceneVertex),
                          reinterpret_cast<const void*>(offset));
    offset += sizeof(float) * static_cast<size_t>(kSizes[i]);
  }
  static_assert(sizeof(SceneVertex) == 11 * sizeof(float));
  return store;
}

void start(Renderer& r) {
  if (r.program) return;
  r.program = make_program("room");
  r.fixed = make_store();
  r.moving = make_store();
}

GLsizeiptr bytes(const Mesh* mesh) {
  return static_cast<GLsizeiptr>(mesh->size() * sizeof(SceneVertex));
}

/// Sends what has changed; the meshes that move one after the other in the same buffer.
void upload(Renderer& r, const std::shared_ptr<const RoomScene>& scene) {
  if (r.uploaded == scene) return;
  if (r.uploaded_shell != scene->shell) {
    glBindBuffer(GL_ARRAY_BUFFER, r.fixed.buffer);
    glBufferData(GL_ARRAY_BUFFER, bytes(scene->shell.get()), scene->shell->data(), GL_STATIC_DRAW);
    r.uploaded_shell = scene->shell;
  }
  const std::array meshes{&scene->solid, &scene->held, &scene->veils};
  glBindBuffer(GL_ARRAY_BUFFER, r.moving.buffer);
  GLsizeiptr size = 0, offset = 0;
  for (const Mesh* mesh : meshes) size += bytes(mesh);
  glBufferData(GL_ARRAY_BUFFER, size, nullptr, GL_DYNAMIC_DRAW);
  for (const Mesh* mesh : meshes) {
    glBufferSubData(GL_ARRAY_BUFFER, offset, bytes(mesh), mesh->data());
    offset += bytes(mesh);
  }
  r.uploaded = scene;
}

void draw_meshes(const Renderer& r, const RoomScene& scene, const Camera& camera, float aspect) {
  const auto look = [&](const Camera& from) {
    const Matrix matrix = projection_of(from, aspect);
    glUniformMatrix4fv(glGetUniformLocation(r.program, "projection"), 1, GL_FALSE, matrix.data());
  };
  const auto color = [&](const char* name, Paint p) {
    glUniform3f(glGetUniformLocation(r.program, name), p.r, p.g, p.b);
  };
  const Vec3 to_light = normalized(scene.lighting.to_light);
  color("to_light", {to_light.x, to_light.y, to_light.z});
  color("light", scene.lighting.light);
  color("ambient", scene.lighting.ambient);
  const auto solid = static_cast<GLsizei>(scene.solid.size());
  const auto held = static_cast<GLsizei>(scene.held.size());
  glDisable(GL_BLEND);
  look(camera);
  glBindVertexArray(r.fixed.array);
  glDrawArrays(GL_TRIANGLES, 0, static_cast<GLsizei>(scene.shell->size()));
  glBindVertexArray(r.moving.array);
  glDrawArrays(GL_TRIANGLES, 0, solid);
  look({{}, 0, camera.pitch, camera.field_of_view});
  glDrawArrays(GL_TRIANGLES, solid, held);
  glEnable(GL_BLEND);
  glBlendEquation(GL_FUNC_ADD);
  glBlendFuncSeparate(GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA, GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
  glDepthMask(GL_FALSE);
  look(camera);
  glDrawArrays(GL_TRIANGLES, solid + held, static_cast<GLsizei>(scene.veils.size()));
  glDepthMask(GL_TRUE);
}

/// Draws the scene into the canvas, and its smooth picture into canvas.flat.
void render(Renderer& r, const Canvas& canvas, const std::shared_ptr<const RoomScene>& scene,
            const Camera& camera) {
  start(r);
  canvas.deep.bind();
  glDisable(GL_SCISSOR_TEST);
  glDisable(GL_CULL_FACE);
  glEnable(GL_DEPTH_TEST);
  glDepthFunc(GL_LEQUAL);
  glDepthMask(GL_TRUE);
  const Paint sky = scene->lighting.sky;
  glClearColor(sky.r, sky.g, sky.b, 1);
  glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
  glUseProgram(r.program);
  upload(r, scene);
  const float aspect =
      static_cast<float>(canvas.flat.width()) / static_cast<float>(canvas.flat.height());
  draw_meshes(r, *scene, camera, aspect);
  glDisable(GL_DEPTH_TEST);
  canvas.deep.resolve_to(canvas.flat);
}

/// ImGui calls back when the turn of the view has come.
void on_turn(const ImDrawList*, const ImDrawCmd* command) {
  const auto& job = *static_cast<const DrawJob*>(command->UserCallbackData);
  Renderer& r = renderer();
  const auto w = static_cast<int>(job.rect.w), h = static_cast<int>(job.rect.h);
  GLint screen = 0;
  glGetIntegerv(GL_DRAW_FRAMEBUFFER_BINDING, &screen);
  if (!r.canvas || r.canvas->flat.width() != w || r.canvas->flat.height() != h) {
    r.canvas = std::make_unique<Canvas>(w, h);
  }
  render(r, *r.canvas, job.scene, job.camera);
  r.canvas->flat.bind();
  glBindFramebuffer(GL_DRAW_FRAMEBUFFER, static_cast<GLuint>(screen));
  glEnable(GL_SCISSOR_TEST);
  set_scissor(*command);
  const auto x = static_cast<int>(job.rect.x);
  const auto y = static_cast<int>(ImGui::GetDrawData()->DisplaySize.y - job.rect.y) - h;
  glBlitFramebuffer(0, 0, w, h, x, y, x + w, y + h, GL_COLOR_BUFFER_BIT, GL_NEAREST);
  glBindFramebuffer(GL_FRAMEBUFFER, static_cast<GLuint>(screen));
}

template <class World>
Image observe(const World& world, int width, int height) {
  const Canvas canvas(width, height);
  const auto scene = std::make_shared<RoomScene>(furnish(build_shell(world), world));
  render(renderer(), canvas, scene, camera_of(world));
  return canvas.flat.read();
}

}  // namespace

void draw_first_person(std::shared_ptr<const RoomScene> scene, const Camera& camera,
                       const Rect& rect) {
  const Rect whole{std::round(rect.x), std::round(rect.y), std::floor(rect.w), std::floor(rect.h)};
  if (whole.w < 1 || whole.h < 1) return;
  Renderer& r = renderer();
  if (r.frame != ImGui::GetFrameCount()) {
    r.frame = ImGui::GetFrameCount();
    r.jobs.clear();
  }
  r.jobs.push_back({std::move(scene), camera, whole});
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->PushClipRect(whole.min(), whole.max(), true);
  list->AddCallback(on_turn, &r.jobs.back());
  list->AddCallback(ImDrawCallback_ResetRenderState, nullptr);
  list->PopClipRect();
}

Image observe_first_person(const minigrid::World& world, int width, int height) {
  return observe(world, width, height);
}

Image observe_first_person(const miniworld::World& world, int width, int height) {
  return observe(world, width, height);
}

void release_first_person() {
  Renderer& r = renderer();
  if (r.program) glDeleteProgram(r.program);
  for (const VertexStore& store : {r.fixed, r.moving}) {
    if (store.array) glDeleteVertexArrays(1, &store.array);
    if (store.buffer) glDeleteBuffers(1, &store.buffer);
  }
  r = Renderer();
}

}  // namespace flowscope
