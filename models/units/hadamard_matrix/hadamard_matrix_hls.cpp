// SPDX-License-Identifier: Apache-2.0
#include "models/units/hadamard_matrix/hadamard_matrix.h"
#include "models/units/hls_view.h"

namespace statelane {

HlsView HadamardMatrix::hls_view(const Arithmetic& /*arithmetic*/) const {
  HlsView v;
  v.ii = ii;
  v.lanes = v.banks = lanes;
  v.reduce = adders;
  v.transform = HlsTransform::signs;
  v.tables = HlsStorage::lutram;
  return v;
}

}  // namespace statelane
