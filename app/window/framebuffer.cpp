#include "app/window/framebuffer.h"

#include <epoxy/gl.h>

#include <algorithm>
#include <stdexcept>

namespace flowscope {

Image Image::cropped(int x, int y, int w, int h) const {
  const int x0 = std::clamp(x, 0, width), y0 = std::clamp(y, 0, height);
  const int x1 = std::clamp(x + w, x0, width), y1 = std::clamp(y + h, y0, height);
  Image part{x1 - x0, y1 - y0, {}};
  for (int row = y0; row < y1; ++row) {
    part.rgba.insert(part.rgba.end(), at(x0, row), at(x0, row) + 4 * (x1 - x0));
  }
  return part;
}

Framebuffer::Framebuffer(int width, int height) : width_(width), height_(height) {
  GLint largest = 0;
  glGetIntegerv(GL_MAX_TEXTURE_SIZE, &largest);
  if (width > largest || height > largest) {
    throw std::runtime_error("a picture of " + std::to_string(width) + "x" +
                             std::to_string(height) + " is larger than OpenGL's " +
                             std::to_string(largest) + " pixels a side");
  }
  glGenTextures(1, &texture_);
  glBindTexture(GL_TEXTURE_2D, texture_);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE, nullptr);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
  glGenFramebuffers(1, &id_);
  glBindFramebuffer(GL_FRAMEBUFFER, id_);
  glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture_, 0);
  if (glCheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE) {
    throw std::runtime_error("OpenGL refused a framebuffer");
  }
}

Framebuffer::~Framebuffer() {
  glDeleteFramebuffers(1, &id_);
  glDeleteTextures(1, &texture_);
}

void Framebuffer::bind() const {
  glBindFramebuffer(GL_FRAMEBUFFER, id_);
  glViewport(0, 0, width_, height_);
}

void Framebuffer::show() const {
  glBindFramebuffer(GL_READ_FRAMEBUFFER, id_);
  glBindFramebuffer(GL_DRAW_FRAMEBUFFER, 0);
  glBlitFramebuffer(0, 0, width_, height_, 0, 0, width_, height_, GL_COLOR_BUFFER_BIT, GL_NEAREST);
}

Image Framebuffer::read() const {
  Image image{width_, height_, {}};
  const auto row = 4 * static_cast<std::size_t>(width_);
  image.rgba.resize(row * static_cast<std::size_t>(height_));
  glBindFramebuffer(GL_READ_FRAMEBUFFER, id_);
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glReadPixels(0, 0, width_, height_, GL_RGBA, GL_UNSIGNED_BYTE, image.rgba.data());
  for (int y = 0; y < height_ / 2; ++y) {  // OpenGL's first row is the lowest
    const auto low = image.rgba.begin() + static_cast<std::ptrdiff_t>(row) * y;
    const auto high = image.rgba.end() - static_cast<std::ptrdiff_t>(row) * (y + 1);
    std::swap_ranges(low, low + static_cast<std::ptrdiff_t>(row), high);
  }
  return image;
}

}  // namespace flowscope
