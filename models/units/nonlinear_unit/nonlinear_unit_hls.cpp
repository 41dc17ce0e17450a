// SPDX-License-Identifier: Apache-2.0
#include "models/units/hls_view.h"
#include "models/units/nonlinear_unit/nonlinear_unit.h"

namespace statelane {

HlsView NonlinearUnit::hls_view(const Arithmetic& /*arithmetic*/) const {
  HlsView v;
  v.ii = ii;
  v.lanes = v.banks = lanes;
  v.multiplier = multiplier;
  v.function = method;
  if (method == Approximation::table) {
    v.function_size = entries;
    v.tables = HlsStorage::bram;
  } else if (method == Approximation::pieces) {
    v.function_size = segments;
    v.tables = HlsStorage::lutram;
  }
  refuse_packed(v);
  return v;
}

}  // namespace statelane
