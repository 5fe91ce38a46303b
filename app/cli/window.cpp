// flowscope without a command: the window.
#include "app/window/window_app.h"

namespace flowscope {

int window(const WindowOptions& options, const TrainerLibrary& library) {
  WindowApp app(options, make_config(options.run, "hypergrid-16x16"), library);
  return app.run();
}

}  // namespace flowscope
