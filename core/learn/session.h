#pragma once

#include <memory>

#include "core/run/session.h"

namespace flowscope {

/// Starts a run on a thread of its own, paused; loading happens there. See SessionFactory.
std::unique_ptr<Session> start_session(const Config& config,
                                       std::shared_ptr<const Checkpoint> from);

}  // namespace flowscope
