// SPDX-License-Identifier: Apache-2.0
#include "models/units/hls_view.h"
#include "models/units/vector_unit/vector_unit.h"

namespace statelane {

HlsView VectorUnit::hls_view(const Arithmetic& /*arithmetic*/) const {
  HlsView v;
  v.ii = ii;
  v.lanes = v.banks = lanes;
  v.multiplier = multiplier;
  refuse_packed(v);
  return v;
}

}  // namespace statelane
