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

SimulationRecord record_of(const IsolatedResult& result) {
  SimulationRecord record;
  if (result.value) record.run = run_of(*result.value);
  if (!record.run) record.error = result.value ? "a result that cannot be read" : result.error;
  return record;
}

}  // namespace statelane
