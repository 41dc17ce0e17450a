// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/forward_hook.h"

#include "models/numerics/kernels.h"

namespace statelane {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(Tap::kCount)> kNames{"norm_out",
                                                                                     "in_proj_out",
                                                                                     "conv_in",
                                                                                     "conv_out",
                                                                                     "x",
                                                                                     "B",
                                                                                     "C",
                                                                                     "dt_in",
                                                                                     "dt",
                                                                                     "dt_a",
                                                                                     "decay",
                                                                                     "dt_b",
                                                                                     "dt_b_x",
                                                                                     "decayed_state",
                                                                                     "state",
                                                                                     "state_for_c",
                                                                                     "scan_out",
                                                                                     "skip",
                                                                                     "ssm_y",
                                                                                     "z",
                                                                                     "gate",
                                                                                     "gated",
                                                                                     "gated_norm_out",
                                                                                     "mixer_out",
                                                                                     "residual_out",
                                                                                     "final_norm_out",
                                                                                     "norm_unrotated",
                                                                                     "gated_norm_unrotated"};

}  // namespace

std::string_view name_of(Tap tap) {
  return kNames[static_cast<std::size_t>(tap)];
}

void ForwardHook::silu(std::size_t, std::span<float> x) {
  kernels::silu_in_place(x);
}

void ForwardHook::softplus(std::size_t, std::span<float> x) {
  for (float& v : x) v = kernels::softplus(v);
}

void ForwardHook::exponential(std::size_t, std::span<float> x) {
  kernels::exp_in_place(x);
}

}  // namespace statelane
