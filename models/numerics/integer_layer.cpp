// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/integer_layer.h"

#include <algorithm>
#include <cmath>

#include "models/numerics/hadamard.h"
#include "models/numerics/integer_ops.h"
#include "models/numerics/kernels.h"
#include "models/numerics/rotation.h"

namespace statelane {
namespace {

constexpr int kOutputScaleBits = 24;  ///< of the multipliers behind fixed_point accumulators
constexpr int kNormFraction = IntegerUnits::kNormFraction;

std::vector<std::int64_t> to_integers(std::span<const double> values) {
  return {values.begin(), values.end()};
}

AccumulatorStats* at(IntegerStats* stats, Tap tap) {
  return stats == nullptr ? nullptr : &(*stats)[tap];
}

}  // namespace

IntegerToken::IntegerToken(const ModelDims& m)
    : residual(m.d_model),
      residual_float(m.d_model),
      u(m.d_model),
      z(m.d_inner),
      conv_in(m.conv_channels()),
      conv_out(m.conv_channels()),
      x(m.d_inner),
      b(m.groups * m.d_state),
      c(m.groups * m.d_state),
      dt_in(m.heads),
      dt(m.heads),
      dt_a(m.heads),
      decay(m.heads),
      product(std::max(m.d_inner, m.heads * m.d_state)),
      scan(m.d_inner),
      y(m.d_inner),
      gate(m.d_inner),
      gated(m.d_inner),
      gated_float(m.d_inner),
      normed(m.d_inner),
      g(m.d_inner),
      mixer(m.d_model),
      mixer_float(m.d_model) {}

IntegerLayer::IntegerLayer(const LayerWeights& layer, std::size_t index, const ModelDims& dims,
                           const Scheme& scheme, const IntegerPlan& plan, const Ranges& ranges)
    : m_(dims),
      plan_(&plan),
      w_(make_integer_layer(layer, index, dims, scheme, plan, ranges)),
      units_(dims, scheme, plan, ranges),
      input_product_(scheme.input_product),
      norm_weight_(layer.norm),
      gated_norm_weight_(layer.gated_norm) {
  if (!fixed()) return;
  const auto multiplier = [](const IntegerLinear& linear, const TensorFormat& f) {
    return FixedScale(std::ldexp(linear.scale, f.fraction), kOutputScaleBits);
  };
  to_z_ = multiplier(w_.in_proj, format(Tap::kZ));
  to_conv_ = multiplier(w_.in_proj, format(Tap::kConvIn));
  to_dt_ = multiplier(w_.in_proj, format(Tap::kDtIn));
}

void IntegerLayer::block(Tap tap, std::span<std::int32_t> row) const {
  const TensorFormat& f = format(tap);
  if (f.block_bits > 0) integer::block_round_rows(row, row.size(), f.block, f.block_bits);
}

void IntegerLayer::store(Tap tap, std::span<const std::int64_t> acc, int fraction,
                         std::span<std::int32_t> out, IntegerStats* stats) const {
  narrow(acc, fraction - format(tap).fraction, format(tap).width, out, at(stats, tap));
  block(tap, out);
}

/// x / rms(x) [* weight] in the format of `to`: one shift after each multiplication.
void IntegerLayer::block_norm(std::span<const std::int32_t> x, std::span<const std::int32_t> weight, Tap to,
                              const RsqrtTable& table, std::span<std::int32_t> out,
                              IntegerStats* stats) const {
  std::int64_t squares = weight.empty() ? units_.eps_model : units_.eps_inner;
  for (const std::int64_t v : x) squares += v * v;
  const RsqrtTable::Result r = table(static_cast<std::uint64_t>(squares));
  std::vector<std::int64_t> acc(x.size());
  if (weight.empty()) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      acc[i] = integer::shift_down(static_cast<std::int64_t>(x[i]) * r.mantissa, r.shift - kNormFraction);
    }
    return store(to, acc, kNormFraction, out, stats);
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    acc[i] = integer::shift_down(static_cast<std::int64_t>(x[i]) * r.mantissa, r.shift - kNormFraction) *
             weight[i];
  }
  store(to, acc, kNormFraction + plan_->norm_weight.fraction, out, stats);
}

/// Float to fixed point, transform in blocks of 2^k, static scale: FastMamba's linear unit up to its 8-bit
/// codes.
void IntegerLayer::fixed_transform(std::span<const float> normed, Tap from, const FixedScale& scale, Tap to,
                                   std::span<std::int32_t> codes, IntegerStats* stats) const {
  const TensorFormat& f = format(from);
  for (std::size_t i = 0; i < normed.size(); ++i)
    codes[i] = integer::from_float(normed[i], f.fraction, f.width);
  const std::size_t block_size = power_of_two_block(normed.size());
  for (std::size_t i = 0; i < codes.size(); i += block_size)
    fast_walsh_hadamard(codes.subspan(i, block_size));
  std::vector<std::int64_t> acc(codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) acc[i] = scale(codes[i]);
  narrow(acc, 0, format(to).width, codes, at(stats, to));
}

void IntegerLayer::norm(IntegerToken& t, IntegerStats* stats) const {
  norm_by(t, norm_weight_, w_.in_proj.input, stats);
}

void IntegerLayer::norm_by(IntegerToken& t, std::span<const float> weight, const FixedScale& input,
                           IntegerStats* stats) const {
  if (!fixed()) return block_norm(t.residual, {}, Tap::kNormOut, units_.rsqrt_model, t.u, stats);
  std::vector<float> normed(m_.d_model);
  kernels::rms_norm(t.residual_float, weight, 1, m_.norm_eps, normed);
  fixed_transform(normed, Tap::kNormUnrotated, input, Tap::kNormOut, t.u, stats);
}

void IntegerLayer::take_in_proj(IntegerToken& t, Range rows, std::span<const double> accumulators,
                                IntegerStats* stats) const {
  std::vector<std::int64_t> acc = to_integers(accumulators);
  const std::size_t dt_begin = m_.d_inner + m_.conv_channels();
  Tap tap = Tap::kZ;
  std::span<std::int32_t> out;
  const FixedScale* scale = &to_z_;
  if (rows.end <= m_.d_inner) {
    out = std::span(t.z).subspan(rows.begin, rows.size());
  } else if (rows.end <= dt_begin) {
    tap = Tap::kConvIn;
    scale = &to_conv_;
    out = std::span(t.conv_in).subspan(rows.begin - m_.d_inner, rows.size());
  } else {
    tap = Tap::kDtIn;
    scale = &to_dt_;
    out = std::span(t.dt_in).subspan(rows.begin - dt_begin, rows.size());
  }
  int fraction = format(tap).fraction;
  if (fixed()) {
    if (stats != nullptr) {  // the accumulators themselves, before they are scaled
      std::vector<std::int32_t> unused(acc.size());
      narrow(acc, 0, 32, unused, &(*stats)[Tap::kInProjOut]);
    }
    for (std::int64_t& v : acc) v = (*scale)(v);
  } else {
    fraction = format(Tap::kNormOut).fraction + w_.in_proj.fraction;
  }
  if (tap == Tap::kDtIn) {  // the bias enters with the accumulator's fraction bits, before the shift
    for (std::size_t i = 0; i < acc.size(); ++i) {
      acc[i] += integer::shift_down(w_.dt_bias[rows.begin - dt_begin + i], format(tap).fraction - fraction);
    }
  }
  store(tap, acc, fraction, out, stats);
}

void IntegerLayer::gated_norm(IntegerToken& t, IntegerStats* stats) const {
  if (fixed()) {
    std::vector<float> normed(m_.d_inner);
    kernels::rms_norm(t.gated_float, gated_norm_weight_, m_.groups, m_.norm_eps, normed);
    return fixed_transform(normed, Tap::kGatedNormUnrotated, w_.out_proj.input, Tap::kGatedNormOut, t.g,
                           stats);
  }
  normalise_gated(t, stats);
  transform_gated(t, stats);
}

void IntegerLayer::normalise_gated(IntegerToken& t, IntegerStats* stats) const {
  const std::size_t width = m_.d_inner / m_.groups;
  for (std::size_t i = 0; i < m_.d_inner; i += width) {
    block_norm(std::span(t.gated).subspan(i, width), std::span(w_.gated_norm).subspan(i, width),
               Tap::kGatedNormUnrotated, units_.rsqrt_inner, std::span(t.normed).subspan(i, width), stats);
  }
}

void IntegerLayer::transform_gated(IntegerToken& t, IntegerStats* stats) const {
  std::vector<std::int64_t> acc(t.normed.begin(), t.normed.end());
  Hadamard(m_.d_inner).transform(std::span<std::int64_t>(acc));
  store(Tap::kGatedNormOut, acc, format(Tap::kGatedNormUnrotated).fraction + hadamard_shift(m_.d_inner), t.g,
        stats);
}

void IntegerLayer::take_out_proj(IntegerToken& t, Range rows, std::span<const double> accumulators,
                                 IntegerStats* stats) const {
  const std::vector<std::int64_t> acc = to_integers(accumulators);
  const auto out = std::span(t.mixer).subspan(rows.begin, rows.size());
  if (fixed()) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      t.mixer_float[rows.begin + i] = static_cast<float>(acc[i]) * static_cast<float>(w_.out_proj.scale);
    }
    if (stats != nullptr) narrow(acc, 0, 32, out, &(*stats)[Tap::kMixerOut]);
    return;
  }
  const int fraction = format(Tap::kGatedNormOut).fraction + w_.out_proj.fraction;
  narrow(acc, fraction - format(Tap::kResidual).fraction, format(Tap::kMixerOut).width, out,
         at(stats, Tap::kMixerOut));
}

void IntegerLayer::residual(IntegerToken& t, Range rows, IntegerStats* stats) const {
  if (fixed()) {
    for (std::size_t i = rows.begin; i < rows.end; ++i) t.residual_float[i] += t.mixer_float[i];
    return;
  }
  std::vector<std::int64_t> sum(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    sum[i] = static_cast<std::int64_t>(t.residual[rows.begin + i]) + t.mixer[rows.begin + i];
  }
  narrow(sum, 0, format(Tap::kResidual).width, std::span(t.residual).subspan(rows.begin, rows.size()),
         at(stats, Tap::kResidual));
}

}  // namespace statelane
