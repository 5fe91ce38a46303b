// The program: finds the trainer, obeys the command line, and ends every mistake in one line.
#include <cstdio>
#include <exception>
#include <string>

#include "app/cli/command_line.h"
#include "app/cli/trainer_library.h"
#include "core/run/errors.h"

namespace {

int fail(int code, const std::string& message) {
  const std::string line = message.substr(0, message.find('\n'));
  std::fprintf(stderr, "flowscope: %s\n", line.c_str());
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace flowscope;
  try {
    return parse_command_line(argc, argv)(trainer_library(
        {"libflowscope_learn.so", "flowscope_start_session", "flowscope_probe", "flowscope_bench"}));
  } catch (const UsageError& e) {
    return fail(2, e.what());
  } catch (const DamagedFile& e) {
    return fail(4, e.what());
  } catch (const std::exception& e) {
    return fail(1, std::string("internal error: ") + e.what());
  }
}
