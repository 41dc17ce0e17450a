// SPDX-License-Identifier: Apache-2.0
#include "models/functional/tensors.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace statelane::functional {
namespace {

using Name = std::pair<std::string_view, Tensor>;

constexpr Name names[] = {
    {"embedding", Tensor::embedding},
    {"residual", Tensor::residual},
    {"norm", Tensor::norm},
    {"u", Tensor::u},
    {"weights", Tensor::weights},
    {"z_raw", Tensor::z_raw},
    {"x_raw", Tensor::x_raw},
    {"B_raw", Tensor::b_raw},
    {"C_raw", Tensor::c_raw},
    {"dt_raw", Tensor::dt_raw},
    {"x_conv", Tensor::x_conv},
    {"B_conv", Tensor::b_conv},
    {"C_conv", Tensor::c_conv},
    {"conv_in", Tensor::conv_in},
    {"conv_out", Tensor::conv_out},
    {"z", Tensor::z},
    {"x", Tensor::x},
    {"x_skip", Tensor::x_skip},
    {"B", Tensor::b},
    {"C", Tensor::c},
    {"delta", Tensor::delta},
    {"delta_in", Tensor::delta_in},
    {"abar", Tensor::abar},
    {"delta_B", Tensor::delta_b},
    {"delta_x", Tensor::delta_x},
    {"BX", Tensor::bx},
    {"AH", Tensor::ah},
    {"h", Tensor::h},
    {"h_in", Tensor::h_in},
    {"h_out", Tensor::h_out},
    {"h_loop", Tensor::h_loop},
    {"h_chip", Tensor::h_loop},
    {"y", Tensor::y},
    {"y_skip", Tensor::y_skip},
    {"gated", Tensor::gated},
    {"normed", Tensor::normed},
    {"rotated", Tensor::rotated},
    {"v", Tensor::v},
    {"out", Tensor::out},
    {"last", Tensor::last},
    {"logits", Tensor::logits},
    {"conv_order", Tensor::order},
    {"state_order", Tensor::order},
};

}  // namespace

std::string_view tensor_name(Tensor tensor) {
  const auto at = std::find_if(std::begin(names), std::end(names),
                               [&](const Name& entry) { return entry.second == tensor; });
  return at == std::end(names) ? std::string_view("?") : at->first;
}

std::optional<Tensor> tensor_named(std::string_view channel) {
  const auto at = std::find_if(std::begin(names), std::end(names),
                               [&](const Name& entry) { return entry.first == channel; });
  if (at == std::end(names)) return std::nullopt;
  return at->second;
}

}  // namespace statelane::functional
