// SPDX-License-Identifier: Apache-2.0
#include "models/units/unit.h"

#include "models/units/hls_view.h"

namespace statelane {

HlsView UnitModel::hls_view(const Arithmetic& /*arithmetic*/) const {
  HlsView v;
  v.refused = "a unit of kind " + std::string(kind()) + " says nothing of its HLS (hls_view)";
  return v;
}

}  // namespace statelane
