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

ChannelId Graph::filled_by(StreamKind kind) const {
  for (std::size_t i = 0; i < channels.size(); ++i) {
    const ActorId from = channels[i].producer;
    if (from == no_id || actors[from].kind != ActorKind::memory_read) continue;
    if (streams[actors[from].stream].kind == kind) return static_cast<ChannelId>(i);
  }
  return no_id;
}

}  // namespace statelane
