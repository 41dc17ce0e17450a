// SPDX-License-Identifier: Apache-2.0
#include "models/units/conv_unit/conv_unit.h"
#include "models/units/hls_view.h"

namespace statelane {

HlsView ConvUnit::hls_view(const Arithmetic& /*arithmetic*/) const {
  HlsView v;
  v.ii = ii;
  v.lanes = v.banks = lanes;
  v.reduce = taps;
  v.multiplier = multiplier;
  refuse_packed(v);
  return v;
}

}  // namespace statelane
