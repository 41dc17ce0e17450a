// SPDX-License-Identifier: Apache-2.0
#include "models/units/hadamard_fht/hadamard_fht.h"
#include "models/units/hls_view.h"

namespace statelane {

HlsView HadamardFht::hls_view(const Arithmetic& /*arithmetic*/) const {
  HlsView v;
  v.ii = ii;
  v.lanes = v.banks = lanes;
  v.transform = HlsTransform::stages;
  return v;
}

}  // namespace statelane
