// SPDX-License-Identifier: Apache-2.0
#include "explore/workers/child_process.h"

#include <sys/prctl.h>

#include <csignal>

namespace statelane {

void behave_as_child() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGTERM, SIG_IGN);
}

}  // namespace statelane
