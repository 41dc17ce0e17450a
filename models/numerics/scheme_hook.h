// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "models/numerics/forward_hook.h"
#include "models/numerics/ranges.h"
#include "models/numerics/rotation.h"
#include "models/numerics/scheme.h"

namespace statelane {

inline constexpr auto kTaps = static_cast<std::size_t>(Tap::kCount);

/// The quantiser a scheme has for a tap (fp32 if none).
[[nodiscard]] QuantizerSpec quantizer_at(const Scheme& scheme, Tap tap);

/// Rounds a tensor by a quantiser, with static scales from `ranges` where it has them.
void quantize_at(const QuantizerSpec& spec, const Ranges& ranges, Tap tap, std::size_t layer,
                 std::span<float> data, std::size_t width);

/// Rounds every weight a scheme quantises.
void quantize_weights(ModelWeights& weights, const Scheme& scheme);

/// What every hook of a scheme shares: the taps it wants, its quantisers, its nonlinear functions. One a
/// forward pass.
class SchemeHook : public ForwardHook {
 public:
  SchemeHook(const Scheme& scheme, const RotationPlan& rotation)
      : rotation_(rotation),
        silu_(NonlinearFunction::kSilu, scheme.silu),
        softplus_(NonlinearFunction::kSoftplus, scheme.softplus),
        exp_(NonlinearFunction::kExp, scheme.exponential) {
    for (std::size_t i = 0; i < kTaps; ++i) {
      specs_[i] = quantizer_at(scheme, static_cast<Tap>(i));
      wanted_[i] = rotation.online(static_cast<Tap>(i));
    }
  }

  [[nodiscard]] bool wants(Tap tap) const override { return wanted_[static_cast<std::size_t>(tap)]; }
  void silu(std::size_t, std::span<float> x) override { silu_.apply(x); }
  void softplus(std::size_t, std::span<float> x) override { softplus_.apply(x); }
  void exponential(std::size_t, std::span<float> x) override { exp_.apply(x); }

 protected:
  void want(Tap tap) { wanted_[static_cast<std::size_t>(tap)] = true; }
  [[nodiscard]] const QuantizerSpec& spec(Tap tap) const { return specs_[static_cast<std::size_t>(tap)]; }
  const RotationPlan& rotation_;

 private:
  std::array<QuantizerSpec, kTaps> specs_{};
  std::array<bool, kTaps> wanted_{};
  Nonlinear silu_;
  Nonlinear softplus_;
  Nonlinear exp_;
};

}  // namespace statelane
