// SPDX-License-Identifier: Apache-2.0
#include "models/blocks/mamba2/head_scheme.h"

#include <string>

#include "models/base/diagnostics.h"

namespace statelane {

Scheme scheme_with_head(Scheme scheme, const Design& design) {
  constexpr std::int64_t kMostBits = 8;  // of a code of the integer-exact model's linear layers
  const bool fabric = design.schedule.lm_head == HeadPlace::fabric;
  if (!fabric || scheme.integer == IntegerArithmetic::kNone || scheme.integer_head()) return scheme;
  const std::int64_t bits = design.precision.head_weights.count();
  if (bits > kMostBits) {
    throw InputError("the design has its LM head on the fabric with " + std::to_string(bits) +
                     "-bit weights: scheme \"" + scheme.name + "\" computes it in codes of at most " +
                     std::to_string(kMostBits) + " bits (precision/head_weights)");
  }
  scheme.head_weights = scheme.weights;
  scheme.head_weights.bits = static_cast<int>(bits);
  scheme.head_activations = scheme.activations;
  return scheme;
}

}  // namespace statelane
