// SPDX-License-Identifier: Apache-2.0
#include "models/units/precision.h"

namespace statelane {
namespace {

Bits with_scales(std::int64_t elements, Bits element, std::int64_t group, Bits scale) {
  const std::int64_t groups = group > 0 ? ceil_div(elements, group) : 0;
  return element * elements + scale * groups;
}

}  // namespace

Bytes Precision::weight_bytes(std::int64_t rows, std::int64_t columns) const {
  const std::int64_t groups_a_row = weight_group > 0 ? ceil_div(columns, weight_group) : 1;
  return bytes_of(weights * (rows * columns) + weight_scale * (rows * groups_a_row));
}

Bytes Precision::state_bytes(std::int64_t elements) const {
  return bytes_of(with_scales(elements, state, state_group, state_scale));
}

Bytes Precision::conv_state_bytes(std::int64_t channels, std::int64_t history) const {
  return bytes_of(with_scales(channels * history, conv_state, conv_group, conv_scale));
}

Bytes Precision::conv_weight_bytes(std::int64_t channels, std::int64_t taps) const {
  return bytes_of(with_scales(channels * (taps + 1), conv_weights, conv_group, conv_scale));
}

}  // namespace statelane
