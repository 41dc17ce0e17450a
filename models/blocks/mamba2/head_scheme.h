// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/design/design.h"
#include "models/numerics/scheme.h"

namespace statelane {

/// The scheme with the head as `design` computes it: where its head is on the fabric, in codes of
/// precision.head_weights bits, quantised like the other linear layers, behind activations like theirs, since
/// the same matrix unit multiplies them. A scheme that quantises the head itself, or has no integer
/// arithmetic, is left as it is. Throws InputError where there are no such codes (more than 8 bits).
[[nodiscard]] Scheme scheme_with_head(Scheme scheme, const Design& design);

}  // namespace statelane
