// SPDX-License-Identifier: Apache-2.0
// What all parts of the lowering share, and what a design cannot do however it is mapped.
#include <algorithm>

#include "models/evaluate/lowering_context.h"

namespace statelane::lowering {

Context::Context(const Mapping& m, const Design& d, const Geometry& geometry, Graph& graph)
    : map(m),
      block(m.block()),
      design(d),
      g(geometry),
      build(graph),
      per_column_state(!geometry.sequence),
      load_state(!geometry.sequence || geometry.blocks > 1) {}

bool Context::off_chip(StreamKind kind) const {
  switch (kind) {
    case StreamKind::weights:
      return true;
    case StreamKind::history:
      return design.schedule.conv_state == StatePlace::off_chip;
    case StreamKind::state:
      break;
  }
  return design.schedule.state == StatePlace::off_chip;
}

std::string check_transforms(const Block& block, const Unit& unit, const Geometry& g) {
  std::string why;
  unit.operators().common(block.in(Domain::column)).for_each([&](Operator op) {
    if (!why.empty()) return;
    const std::int64_t rows = g.dims[block[op].rows];
    if (const std::string refused = unit.model().refuses({op, rows, 1, 1, 1}); !refused.empty())
      why = std::string(block[op].name) + ": " + refused + " (" + std::to_string(rows) + ")";
  });
  return why;
}

std::string check_transforms(const Block& block, const Design& design, const Geometry& g) {
  for (const Unit& unit : design.units) {
    if (std::string why = check_transforms(block, unit, g); !why.empty()) return why;
  }
  return {};
}

std::string check_schedule(const Context& c) {
  const Schedule& s = c.design.schedule;
  // The on-chip state goes round once through all layers a pass; a prompt's next block, or the next prompt,
  // would meet another layer's, or the last prompt's.
  if (s.state == StatePlace::on_chip && c.g.sequence && c.g.columns * c.g.blocks * c.g.passes > 1) {
    return "an on-chip state cannot serve a block of tokens: use prefill token_outer or state off_chip";
  }
  if (s.barrier && c.g.sequence && c.g.columns > 1 && !c.map.carries_within()) {
    return "a barrier cannot hold for a block of tokens: decay of a token needs the state the token before "
           "left";
  }
  for (int kind = 0; kind < stream_kind_count; ++kind) {
    const Placement& place = c.design.memory.placement(static_cast<StreamKind>(kind));
    const std::vector<MemoryPort>& ports = c.design.memory.ports;
    const bool known = std::any_of(ports.begin(), ports.end(),
                                   [&](const MemoryPort& port) { return port.name == place.port; });
    if (!known) return "no memory port is called " + place.port;
  }
  return {};
}

}  // namespace statelane::lowering
