// SPDX-License-Identifier: Apache-2.0
#include "models/units/hls_view.h"
#include "models/units/norm_unit/norm_unit.h"

namespace statelane {

HlsView NormUnit::hls_view(const Arithmetic& /*arithmetic*/) const {
  HlsView v;
  v.ii = ii;
  v.lanes = v.banks = lanes;
  v.multiplier = multiplier;
  v.floating = floating;
  v.tables = HlsStorage::bram;
  if (!floating) refuse_packed(v);
  if (passes != 2)
    v.refused = "passes = " + std::to_string(passes) +
                ": a vector passes once for its squares and once to be scaled, so 2";
  return v;
}

}  // namespace statelane
