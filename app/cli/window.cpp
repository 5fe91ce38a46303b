// flowscope without a command: the window.
#include "app/window/window_app.h"

namespace flowscope {

int window(const WindowOptions& options, const TrainerLibrary& library) {
  const Config config = make_config(options.run, "hypergrid-16x16");
  WindowApp app(options, make_compared(config, options.compare), library);
  return app.run();
}

}  // namespace flowscope
