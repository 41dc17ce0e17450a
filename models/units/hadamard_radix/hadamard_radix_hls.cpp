// SPDX-License-Identifier: Apache-2.0
#include "models/units/hadamard_radix/hadamard_radix.h"
#include "models/units/hls_view.h"

namespace statelane {

HlsView HadamardRadix::hls_view(const Arithmetic& /*arithmetic*/) const {
  HlsView v;
  v.ii = ii;
  v.lanes = v.banks = radix * groups;
  v.transform = HlsTransform::passes;
  v.radix = radix;
  if (radix > 4)
    v.refused = "radix = " + std::to_string(radix) + ": butterflies of 2 and of 4 inputs are generated";
  return v;
}

}  // namespace statelane
