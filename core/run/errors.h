#pragma once

#include <stdexcept>
#include <string>

namespace flowscope {

/// A mistake of the user's, told in one line: what, where, what is allowed. Exit code 2.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A file whose content cannot be trusted. Exit code 4.
struct DamagedFile : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace flowscope
