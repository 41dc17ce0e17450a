// SPDX-License-Identifier: Apache-2.0
// The operators between in_proj and the gated norm.
#include <algorithm>
#include <cmath>

#include "models/numerics/integer_layer.h"
#include "models/numerics/integer_ops.h"
#include "models/numerics/kernels.h"
#include "models/numerics/vector_clones.h"

namespace statelane {
namespace {

AccumulatorStats* at(IntegerStats* stats, Tap tap) {
  return stats == nullptr ? nullptr : &(*stats)[tap];
}

STATELANE_VECTOR_CLONES
void conv_loop(const std::int32_t* weight, const std::int32_t* column, std::size_t n, std::int64_t* acc) {
  for (std::size_t i = 0; i < n; ++i) acc[i] += static_cast<std::int64_t>(weight[i]) * column[i];
}

/// One row of a head's state: the two products with the state's binary point, their sum saturated to 32 bits.
struct StateRow {
  std::int64_t decay;
  int decay_shift;
  std::int64_t b;
  int product_shift;
};
STATELANE_VECTOR_CLONES
void state_row(const StateRow& r, const std::int32_t* x, std::size_t n, std::int32_t* h) {
  constexpr std::int64_t kHigh = 0x7fffffff;
  for (std::size_t i = 0; i < n; ++i) {
    const std::int64_t sum = ((r.decay * h[i]) >> r.decay_shift) + ((r.b * x[i]) >> r.product_shift);
    h[i] = static_cast<std::int32_t>(std::min(std::max(sum, -kHigh - 1), kHigh));
  }
}

STATELANE_VECTOR_CLONES
void readout_row(std::int64_t c, const std::int32_t* h, std::size_t n, std::int64_t* y) {
  for (std::size_t i = 0; i < n; ++i) y[i] += c * h[i];
}

/// The extremes of what state_row adds up.
void observe_row(const StateRow& r, std::span<const std::int32_t> x, std::span<const std::int32_t> h,
                 IntegerStats& stats) {
  std::vector<std::int64_t> decayed(h.size());
  std::vector<std::int64_t> entering(h.size());
  std::vector<std::int64_t> sum(h.size());
  for (std::size_t i = 0; i < h.size(); ++i) {
    decayed[i] = r.decay * h[i];
    entering[i] = r.b * x[i];
    sum[i] = (decayed[i] >> r.decay_shift) + (entering[i] >> r.product_shift);
  }
  std::vector<std::int32_t> unused(h.size());
  narrow(decayed, r.decay_shift, 32, unused, &stats[Tap::kDecayedState]);
  narrow(entering, r.product_shift, 32, unused, &stats[Tap::kDtBx]);
  narrow(sum, 0, 32, unused, &stats[Tap::kState]);
}

}  // namespace

void IntegerLayer::conv(IntegerToken& t, IntegerCache& cache, Range channels, IntegerStats* stats) const {
  const std::size_t all = m_.conv_channels();
  const std::size_t n = channels.size();
  std::vector<std::int64_t> acc(w_.conv_bias.begin() + static_cast<std::ptrdiff_t>(channels.begin),
                                w_.conv_bias.begin() + static_cast<std::ptrdiff_t>(channels.end));
  for (std::size_t k = 0; k < m_.taps; ++k) {
    std::int32_t* column = cache.conv.data() + k * all + channels.begin;
    const std::int32_t* next = k + 1 < m_.taps ? column + all : t.conv_in.data() + channels.begin;
    std::copy(next, next + n, column);
    conv_loop(w_.conv.data() + k * all + channels.begin, column, n, acc.data());
  }
  take_conv(t, channels, acc, stats);
}

void IntegerLayer::take_conv(IntegerToken& t, Range channels, std::span<const std::int64_t> sums,
                             IntegerStats* stats) const {
  store(Tap::kConvOut, sums, format(Tap::kConvIn).fraction + plan_->conv_weight.fraction,
        std::span(t.conv_out).subspan(channels.begin, channels.size()), stats);
}

void IntegerLayer::silu(IntegerToken& t, Range channels, IntegerStats* stats) const {
  const std::size_t states = m_.groups * m_.d_state;
  Tap tap = Tap::kX;
  std::span<std::int32_t> out;
  if (channels.end <= m_.d_inner) {
    out = std::span(t.x).subspan(channels.begin, channels.size());
  } else if (channels.end <= m_.d_inner + states) {
    tap = Tap::kB;
    out = std::span(t.b).subspan(channels.begin - m_.d_inner, channels.size());
  } else {
    tap = Tap::kC;
    out = std::span(t.c).subspan(channels.begin - m_.d_inner - states, channels.size());
  }
  const auto in = std::span(t.conv_out).subspan(channels.begin, channels.size());
  if (fixed()) {
    const TensorFormat& f = format(tap);
    for (std::size_t i = 0; i < in.size(); ++i) {
      const float v = kernels::silu(integer::to_float(in[i], format(Tap::kConvOut).fraction));
      out[i] = integer::from_float(v, f.fraction, f.width);
    }
    return;
  }
  std::vector<std::int64_t> acc(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) acc[i] = units_.silu_xbc(in[i]);
  store(tap, acc, units_.silu_fraction, out, stats);
}

void IntegerLayer::softplus(IntegerToken& t, Range heads, IntegerStats* stats) const {
  const TensorFormat& f = format(Tap::kDt);
  const std::int64_t low = integer::from_float(m_.dt_low, f.fraction, f.width);
  const std::int64_t high = integer::from_float(m_.dt_high, f.fraction, f.width);
  std::vector<std::int64_t> acc(heads.size());
  for (std::size_t i = 0; i < acc.size(); ++i) {
    const std::int32_t in = t.dt_in[heads.begin + i];
    acc[i] = std::clamp<std::int64_t>(fixed() ? units_.pieces_softplus.softplus(in) : units_.softplus(in),
                                      low, high);
  }
  store(Tap::kDt, acc, f.fraction, std::span(t.dt).subspan(heads.begin, heads.size()), stats);
}

void IntegerLayer::decay(IntegerToken& t, Range heads, IntegerStats* stats) const {
  std::vector<std::int64_t> acc(heads.size());
  for (std::size_t i = 0; i < acc.size(); ++i) {
    acc[i] = -static_cast<std::int64_t>(t.dt[heads.begin + i]) * w_.a[heads.begin + i];
  }
  const auto dt_a = std::span(t.dt_a).subspan(heads.begin, heads.size());
  store(Tap::kDtA, acc, format(Tap::kDt).fraction + plan_->a.fraction, dt_a, stats);
  for (std::size_t i = 0; i < acc.size(); ++i)
    acc[i] = fixed() ? units_.pieces_exp.exponential(dt_a[i]) : units_.exp(dt_a[i]);
  store(Tap::kDecay, acc, format(Tap::kDecay).fraction, std::span(t.decay).subspan(heads.begin, heads.size()),
        stats);
}

void IntegerLayer::first_product(IntegerToken& t, Range heads, IntegerStats* stats) const {
  const bool dt_x = input_product_ == InputProduct::kDtX;
  const std::size_t n = dt_x ? m_.headdim : m_.d_state;
  std::vector<std::int64_t> acc(heads.size() * n);
  for (std::size_t h = heads.begin; h < heads.end; ++h) {
    const std::int32_t* source =
        dt_x ? t.x.data() + h * m_.headdim : t.b.data() + h / (m_.heads / m_.groups) * m_.d_state;
    for (std::size_t i = 0; i < n; ++i)
      acc[(h - heads.begin) * n + i] = static_cast<std::int64_t>(t.dt[h]) * source[i];
  }
  const TensorFormat& f = format(Tap::kDtB);
  const auto out = std::span(t.product).subspan(heads.begin * n, heads.size() * n);
  const int fraction = format(Tap::kDt).fraction + format(dt_x ? Tap::kX : Tap::kB).fraction;
  narrow(acc, fraction - f.fraction, f.width, out, at(stats, Tap::kDtB));
  if (f.block_bits == 0) return;
  if (f.axis == GroupAxis::kRows) {
    integer::block_round_columns(out.data(), heads.size(), n, n, f.block, f.block_bits);
  } else {
    integer::block_round_rows(out, n, f.block, f.block_bits);
  }
}

void IntegerLayer::state(IntegerToken& t, IntegerCache& cache, std::size_t head, Range channels, Range states,
                         IntegerStats* stats) const {
  const bool dt_x = input_product_ == InputProduct::kDtX;
  const std::size_t group = head / (m_.heads / m_.groups) * m_.d_state;
  const std::int32_t* b = dt_x ? t.b.data() + group : t.product.data() + head * m_.d_state;
  const auto x =
      std::span(dt_x ? t.product : t.x).subspan(head * m_.headdim + channels.begin, channels.size());
  const TensorFormat& stored = format(Tap::kState);
  const TensorFormat& read = format(Tap::kStateForC);
  const int product =
      format(Tap::kDtB).fraction + format(dt_x ? Tap::kB : Tap::kX).fraction - stored.fraction;
  const std::size_t n = channels.size();
  const std::size_t step = read.block_bits > 0 ? read.block : 1;
  std::int64_t* y = t.scan.data() + head * m_.headdim + channels.begin;
  if (states.begin == 0) std::fill(y, y + n, 0);
  std::vector<std::int32_t> copy(step * n);
  for (std::size_t s = states.begin; s < states.end; s += step) {
    const std::size_t rows = std::min(step, states.end - s);
    for (std::size_t i = 0; i < rows; ++i) {
      std::int32_t* h = cache.state.data() + (head * m_.d_state + s + i) * m_.headdim + channels.begin;
      const StateRow row{t.decay[head], format(Tap::kDecay).fraction, b[s + i], product};
      if (stats != nullptr) observe_row(row, x, {h, n}, *stats);
      state_row(row, x.data(), n, h);
      std::copy(h, h + n, copy.begin() + static_cast<std::ptrdiff_t>(i * n));
      if (stored.block_bits > 0) integer::block_round_rows({h, n}, n, stored.block, stored.block_bits);
    }
    if (read.block_bits > 0)
      integer::block_round_columns(copy.data(), rows, n, n, read.block, read.block_bits);
    for (std::size_t i = 0; i < rows; ++i) readout_row(t.c[group + s + i], copy.data() + i * n, n, y);
  }
}

void IntegerLayer::outer(const IntegerToken& t, std::size_t head, Range channels, Range states,
                         std::span<std::int64_t> entering) const {
  const bool dt_x = input_product_ == InputProduct::kDtX;
  const std::size_t group = head / (m_.heads / m_.groups) * m_.d_state;
  const std::int32_t* b = dt_x ? t.b.data() + group : t.product.data() + head * m_.d_state;
  const std::int32_t* x = (dt_x ? t.product : t.x).data() + head * m_.headdim;
  const int shift =
      format(Tap::kDtB).fraction + format(dt_x ? Tap::kB : Tap::kX).fraction - format(Tap::kState).fraction;
  std::size_t i = 0;
  for (std::size_t s = states.begin; s < states.end; ++s) {
    for (std::size_t p = channels.begin; p < channels.end; ++p) {
      entering[i++] = integer::shift_down(static_cast<std::int64_t>(b[s]) * x[p], shift);
    }
  }
}

void IntegerLayer::decayed_state(const IntegerToken& t, const IntegerCache& cache, std::size_t head,
                                 Range channels, Range states, std::span<std::int64_t> decayed) const {
  std::size_t i = 0;
  for (std::size_t s = states.begin; s < states.end; ++s) {
    const std::int32_t* h = cache.state.data() + (head * m_.d_state + s) * m_.headdim;
    for (std::size_t p = channels.begin; p < channels.end; ++p) {
      const std::int64_t product = static_cast<std::int64_t>(t.decay[head]) * h[p];
      decayed[i++] = integer::shift_down(product, format(Tap::kDecay).fraction);
    }
  }
}

void IntegerLayer::state_add(IntegerCache& cache, std::size_t head, Range channels, Range states,
                             std::span<const std::int64_t> entering, std::span<const std::int64_t> decayed,
                             std::span<std::int32_t> for_c) const {
  const TensorFormat& stored = format(Tap::kState);
  const TensorFormat& read = format(Tap::kStateForC);
  const std::size_t n = channels.size();
  for (std::size_t i = 0; i < for_c.size(); ++i) for_c[i] = integer::saturate(entering[i] + decayed[i], 32);
  for (std::size_t s = 0; s < states.size(); ++s) {
    std::int32_t* h =
        cache.state.data() + (head * m_.d_state + states.begin + s) * m_.headdim + channels.begin;
    std::copy_n(for_c.begin() + static_cast<std::ptrdiff_t>(s * n), n, h);
    if (stored.block_bits > 0) integer::block_round_rows({h, n}, n, stored.block, stored.block_bits);
  }
  if (read.block_bits > 0) {
    integer::block_round_columns(for_c.data(), states.size(), n, n, read.block, read.block_bits);
  }
}

void IntegerLayer::readout(IntegerToken& t, std::size_t head, Range channels, Range states,
                           std::span<const std::int32_t> for_c) const {
  const std::int32_t* c = t.c.data() + head / (m_.heads / m_.groups) * m_.d_state;
  std::int64_t* y = t.scan.data() + head * m_.headdim + channels.begin;
  if (states.begin == 0) std::fill(y, y + channels.size(), 0);
  for (std::size_t s = 0; s < states.size(); ++s) {
    readout_row(c[states.begin + s], for_c.data() + s * channels.size(), channels.size(), y);
  }
}

void IntegerLayer::skip(IntegerToken& t, Range rows, IntegerStats* stats) const {
  const TensorFormat& f = format(Tap::kSsmOut);
  const TensorFormat& from = format(Tap::kScanOut);
  const auto scan = std::span(t.scan).subspan(rows.begin, rows.size());
  std::vector<std::int32_t> from_state(rows.size());
  narrow(scan, format(Tap::kState).fraction + format(Tap::kC).fraction - from.fraction, from.width,
         from_state, at(stats, Tap::kScanOut));
  const int product = plan_->d.fraction + format(Tap::kX).fraction - f.fraction;
  std::vector<std::int64_t> acc(rows.size());
  for (std::size_t i = 0; i < acc.size(); ++i) {
    const std::size_t row = rows.begin + i;
    const std::int64_t dx = static_cast<std::int64_t>(w_.d[row / m_.headdim]) * t.x[row];
    acc[i] =
        integer::shift_down(from_state[i], from.fraction - f.fraction) + integer::shift_down(dx, product);
  }
  store(Tap::kSsmOut, acc, f.fraction, std::span(t.y).subspan(rows.begin, rows.size()), stats);
}

void IntegerLayer::gate(IntegerToken& t, Range rows, IntegerStats* stats) const {
  if (fixed()) {
    for (std::size_t i = rows.begin; i < rows.end; ++i) {
      const float z = integer::to_float(t.z[i], format(Tap::kZ).fraction);
      t.gated_float[i] = integer::to_float(t.y[i], format(Tap::kSsmOut).fraction) * kernels::silu(z);
    }
    return;
  }
  silu_gate(t, rows, stats);
  gated_product(t, rows, stats);
}

void IntegerLayer::silu_gate(IntegerToken& t, Range rows, IntegerStats* stats) const {
  std::vector<std::int64_t> acc(rows.size());
  for (std::size_t i = 0; i < acc.size(); ++i) acc[i] = units_.silu_z(t.z[rows.begin + i]);
  store(Tap::kGate, acc, format(Tap::kGate).fraction, std::span(t.gate).subspan(rows.begin, rows.size()),
        stats);
}

void IntegerLayer::gated_product(IntegerToken& t, Range rows, IntegerStats* stats) const {
  std::vector<std::int64_t> acc(rows.size());
  for (std::size_t i = 0; i < acc.size(); ++i) {
    acc[i] = static_cast<std::int64_t>(t.y[rows.begin + i]) * t.gate[rows.begin + i];
  }
  store(Tap::kGated, acc, format(Tap::kSsmOut).fraction + format(Tap::kGate).fraction,
        std::span(t.gated).subspan(rows.begin, rows.size()), stats);
}

}  // namespace statelane
