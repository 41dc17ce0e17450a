// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "models/base/units.h"
#include "models/blocks/network.h"
#include "models/blocks/phase.h"
#include "models/design/design.h"

namespace statelane {

/// Off-chip bytes of a whole run by what they hold, with the scales that belong to them.
struct OffChipBytes {
  Bytes projections{0};  ///< W_in and W_out
  Bytes head{0};         ///< LM head on the fabric
  Bytes conv_weights{0};
  Bytes conv_in{0};    ///< convolution history read ...
  Bytes conv_out{0};   ///< ... and written
  Bytes state_in{0};   ///< h read ...
  Bytes state_out{0};  ///< ... and written

  [[nodiscard]] Bytes read() const { return projections + head + conv_weights + conv_in + state_in; }
  [[nodiscard]] Bytes written() const { return conv_out + state_out; }
};

/// Bytes the workload needs from off-chip memory by the design's placement and loop order: every weight once
/// a pass through its layer, h and the convolution's history in and out wherever they do not stay on chip. It
/// is derived from the tensors' shapes alone, so a simulation must move just this plus the padding of its
/// transfers to whole bursts (less than 64 bytes for each tensor of a transfer): the conservation check of
/// every run.
///
/// A prompt in one block starts from h = 0 without reading it. `bytes` is left at zero and the reason
/// returned where the design cannot cut the workload; otherwise the text is empty.
[[nodiscard]] std::string off_chip_bytes(const Design& design, const Mamba2Shape& shape, const Phase& phase,
                                         OffChipBytes& bytes);

}  // namespace statelane
