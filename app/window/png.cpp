#include "app/window/png.h"

#include <png.h>
#include <unistd.h>

#include <cerrno>
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <vector>

#include "core/run/errors.h"

namespace flowscope {
namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

[[noreturn]] void cannot(const char* verb, const std::string& path, const std::string& why) {
  throw UsageError(std::string("cannot ") + verb + " the picture '" + path + "': " + why);
}

/// The caller tells what went wrong; libpng would print it as well.
[[noreturn]] void on_error(png_structp png, png_const_charp) { png_longjmp(png, 1); }
void on_warning(png_structp, png_const_charp) {}

/// libpng reports errors by longjmp, which must not cross objects with destructors: everything that
/// has one is made by the caller.
bool encode(png_structp png, png_infop info, std::FILE* file, const Image& image,
            std::vector<png_text>& text, png_bytep* rows) {
  if (setjmp(png_jmpbuf(png))) return false;
  png_init_io(png, file);
  png_set_compression_level(png, 3);
  png_set_IHDR(png, info, static_cast<png_uint_32>(image.width),
               static_cast<png_uint_32>(image.height), 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (!text.empty()) png_set_text(png, info, text.data(), static_cast<int>(text.size()));
  png_write_info(png, info);
  png_set_filler(png, 0, PNG_FILLER_AFTER);
  png_write_image(png, rows);
  png_write_end(png, info);
  return true;
}

bool write_file(std::FILE* file, const Image& image, const PngText& text) {
  std::vector<png_text> chunks;
  for (const auto& [key, value] : text) {
    png_text chunk{};
    chunk.compression = value.size() > 200 ? PNG_TEXT_COMPRESSION_zTXt : PNG_TEXT_COMPRESSION_NONE;
    chunk.key = const_cast<char*>(key.c_str());
    chunk.text = const_cast<char*>(value.c_str());
    chunk.text_length = value.size();
    chunks.push_back(chunk);
  }
  std::vector<png_bytep> rows;
  for (int y = 0; y < image.height; ++y) rows.push_back(const_cast<png_bytep>(image.at(0, y)));
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, on_error, on_warning);
  png_infop info = png ? png_create_info_struct(png) : nullptr;
  const bool good = info && encode(png, info, file, image, chunks, rows.data());
  png_destroy_write_struct(&png, &info);
  return good;
}

bool decode_header(png_structp png, png_infop info, std::FILE* file) {
  if (setjmp(png_jmpbuf(png))) return false;
  png_init_io(png, file);
  png_read_info(png, info);
  png_set_expand(png);
  png_set_strip_16(png);
  png_set_gray_to_rgb(png);
  png_set_add_alpha(png, 255, PNG_FILLER_AFTER);
  png_read_update_info(png, info);
  return true;
}

bool decode_rows(png_structp png, png_infop info, png_bytep* rows) {
  if (setjmp(png_jmpbuf(png))) return false;
  png_read_image(png, rows);
  png_read_end(png, info);
  return true;
}

}  // namespace

void check_png_path(const std::string& path) {
  if (std::filesystem::is_directory(path)) cannot("write", path, "it is a directory");
  const std::string temporary = path + ".part" + std::to_string(getpid());
  const File file(std::fopen(temporary.c_str(), "wb"), &std::fclose);
  if (!file) cannot("write", path, std::strerror(errno));
  std::filesystem::remove(temporary);
}

void write_png(const std::string& path, const Image& image, const PngText& text) {
  const std::string temporary = path + ".part" + std::to_string(getpid());
  {
    const File file(std::fopen(temporary.c_str(), "wb"), &std::fclose);
    if (!file) cannot("write", path, std::strerror(errno));
    const bool good = write_file(file.get(), image, text) && std::fflush(file.get()) == 0;
    if (!good) {
      std::filesystem::remove(temporary);
      cannot("write", path, "the disk refused it");
    }
  }
  std::error_code error;
  std::filesystem::rename(temporary, path, error);
  if (!error) return;
  std::filesystem::remove(temporary);
  cannot("write", path, error.message());
}

Image read_png(const std::string& path, PngText* text) {
  const File file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (!file) cannot("read", path, std::strerror(errno));
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, on_error, on_warning);
  png_infop info = png ? png_create_info_struct(png) : nullptr;
  Image image;
  bool good = info && decode_header(png, info, file.get());
  if (good) {
    image.width = static_cast<int>(png_get_image_width(png, info));
    image.height = static_cast<int>(png_get_image_height(png, info));
    image.rgba.resize(4 * static_cast<size_t>(image.width) * static_cast<size_t>(image.height));
    std::vector<png_bytep> rows;
    for (int y = 0; y < image.height; ++y) rows.push_back(const_cast<png_bytep>(image.at(0, y)));
    good = decode_rows(png, info, rows.data());
  }
  png_textp chunks = nullptr;
  const int count = good && text ? png_get_text(png, info, &chunks, nullptr) : 0;
  for (int i = 0; i < count; ++i) (*text)[chunks[i].key] = chunks[i].text;
  png_destroy_read_struct(&png, &info, nullptr);
  if (!good) cannot("read", path, "not a PNG file");
  return image;
}

}  // namespace flowscope
