// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/traffic.h"

#include "models/evaluate/geometry.h"

namespace statelane {

std::string off_chip_bytes(const Design& design, const Mamba2Shape& shape, const Phase& phase,
                           OffChipBytes& bytes) {
  bytes = OffChipBytes{};
  Geometry g;
  if (std::string why = make_geometry(design, shape, phase, g); !why.empty()) return why;
  const Precision& p = design.precision;
  const Schedule& s = design.schedule;
  const std::int64_t visits = g.passes * g.layers * g.blocks;  // a layer is walked through this often
  const std::int64_t sequences = g.sequence ? 1 : g.columns;   // side by side, each with a state of its own

  bytes.projections =
      (p.weight_bytes(shape.in_proj_width(), g.d_model) + p.weight_bytes(g.d_model, g.d_inner)) * visits;
  if (s.lm_head == HeadPlace::fabric) {
    bytes.head = bytes_of(p.head_weights * (g.vocab * g.d_model)) * (g.head_every_pass ? g.passes : 1);
  }
  if (s.conv_state == StatePlace::off_chip) {
    bytes.conv_weights = p.conv_weight_bytes(g.conv_channels, g.taps) * visits;
    bytes.conv_in = bytes.conv_out = p.conv_state_bytes(g.conv_channels * sequences, g.taps - 1) * visits;
  }
  if (s.state == StatePlace::off_chip) {
    // Groups that share a scale do not cross heads.
    bytes.state_out = p.state_bytes(g.headdim * g.d_state * sequences) * (g.heads * visits);
    if (!g.sequence || g.blocks > 1) bytes.state_in = bytes.state_out;
  }
  return {};
}

}  // namespace statelane
