// PNG files that say what they show.
#pragma once

#include <map>
#include <string>

#include "app/window/framebuffer.h"

namespace flowscope {

/// Text chunks by keyword.
using PngText = std::map<std::string, std::string>;

/// Writes the colours of the image without alpha; the file appears whole or not at all. Throws
/// UsageError when the path cannot be written.
void write_png(const std::string& path, const Image& image, const PngText& text = {});

/// Throws UsageError when write_png would: before a long run, not after it.
void check_png_path(const std::string& path);

/// Reads an 8-bit image, and its text chunks if asked. Throws UsageError when it is none.
Image read_png(const std::string& path, PngText* text = nullptr);

}  // namespace flowscope
