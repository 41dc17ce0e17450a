// SPDX-License-Identifier: Apache-2.0
#include "explore/space/source_versions.h"

#include "model_sources.h"
#include "simulator_sources.h"

namespace statelane {

std::string_view simulator_version() {
  return simulator_sources;
}

std::string_view model_version() {
  return model_sources;
}

}  // namespace statelane
