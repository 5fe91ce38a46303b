// Pictures from files, for worlds whose reward is one.
#pragma once

#include "envs/continuous/grey_image.h"

namespace flowscope {

/// Reads a PGM file, plain (P2) or binary (P5), or a PNG file of any kind: colours count by their
/// luminance, what is transparent as black. A PictureReader.
GreyImage read_picture(const std::string& key, const std::string& file);

}  // namespace flowscope
