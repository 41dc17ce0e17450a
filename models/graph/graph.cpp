// SPDX-License-Identifier: Apache-2.0
#include "models/graph/graph.h"

namespace statelane {

void Graph::clear() {
  actors.clear();
  channels.clear();
  firings.clear();
  rates.clear();
  works.clear();
  code.clear();
  streams.clear();
  layers = blocks = passes = tokens = 1;
}

}  // namespace statelane
