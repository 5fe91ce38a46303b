// Everything is drawn into a framebuffer of our own: its pixels are the same on screen, off screen
// and in a picture.
#pragma once

#include <cstdint>
#include <vector>

namespace flowscope {

/// Pixels [height, width] as RGBA bytes, top row first.
struct Image {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgba;

  const std::uint8_t* at(int x, int y) const {
    return rgba.data() + 4 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                              static_cast<std::size_t>(x));
  }
  /// The part of the image that the rectangle covers, cut to its bounds.
  Image cropped(int x, int y, int w, int h) const;
};

/// A colour target of a given size in the current OpenGL context, which must outlive it.
class Framebuffer {
 public:
  Framebuffer(int width, int height);
  ~Framebuffer();
  Framebuffer(const Framebuffer&) = delete;
  Framebuffer& operator=(const Framebuffer&) = delete;

  int width() const { return width_; }
  int height() const { return height_; }

  /// Makes it the target of drawing and of the viewport.
  void bind() const;
  /// Copies it to the window's own buffer of the same size.
  void show() const;
  Image read() const;

 private:
  int width_, height_;
  unsigned texture_ = 0, id_ = 0;
};

}  // namespace flowscope
