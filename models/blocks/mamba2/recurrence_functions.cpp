// SPDX-License-Identifier: Apache-2.0
// From the convolution to the gate.
#include <algorithm>

#include "models/blocks/mamba2/operand_types.h"
#include "models/numerics/integer_ops.h"
#include "models/numerics/kernels.h"

namespace statelane::mamba2 {
namespace {

// conv: what memory brought, then values [columns, rows] of channels behind z's rows

/// The history of some channels of a sequence as columns [taps, rows], the oldest to be shifted out; written
/// back with the oldest left away.
template <class T>
class History {
 public:
  History(const ModelDims& m, std::vector<T>& memory, const Operands& o, std::size_t sequence)
      : memory_(memory), rows_(o.at.rows()), channels_(m.conv_channels()), taps_(m.taps) {
    first_ = sequence * (taps_ - 1) * channels_ + o.at.first_row - m.d_inner;
    columns_.resize(taps_ * rows_);
    for (std::size_t k = 1; k < taps_; ++k)
      std::copy_n(memory_.begin() + place(k), rows_, columns_.begin() + column(k));
  }
  [[nodiscard]] std::vector<T>& columns() { return columns_; }
  void keep() {
    for (std::size_t k = 1; k < taps_; ++k)
      std::copy_n(columns_.begin() + column(k), rows_, memory_.begin() + place(k));
  }

 private:
  [[nodiscard]] std::ptrdiff_t place(std::size_t k) const {
    return static_cast<std::ptrdiff_t>(first_ + (k - 1) * channels_);
  }
  [[nodiscard]] std::ptrdiff_t column(std::size_t k) const { return static_cast<std::ptrdiff_t>(k * rows_); }

  std::vector<T>& memory_;
  std::size_t rows_, channels_, taps_, first_ = 0;
  std::vector<T> columns_;
};

std::size_t sequences(const Operands& o) {
  return o.at.sequence ? 1 : o.at.columns;
}

void conv(FloatNetwork& n, const Operands& o) {
  const ModelDims& m = n.dims();
  const std::size_t rows = o.at.rows();
  std::vector<float>& memory = o.in[0]->reals;
  const std::size_t weights = sequences(o) * (m.taps - 1) * m.conv_channels() + o.at.first_row - m.d_inner;
  const std::size_t bias = weights + m.taps * m.conv_channels();
  std::vector<float> taps;
  for (std::size_t k = 0; k < m.taps; ++k) {
    const auto from = memory.begin() + static_cast<std::ptrdiff_t>(weights + k * m.conv_channels());
    taps.insert(taps.end(), from, from + static_cast<std::ptrdiff_t>(rows));
  }
  o.out[0].reals.resize(o.at.columns * rows);
  for (std::size_t c = 0; c < o.at.columns; ++c) {
    History<float> history(m, memory, o, o.at.sequence ? 0 : c);
    kernels::conv_step({history.columns(), taps, std::span(memory).subspan(bias, rows), m.taps, rows},
                       std::span(o.reals(1)).subspan(c * rows, rows),
                       std::span(o.out[0].reals).subspan(c * rows, rows));
    history.keep();
  }
}

void conv(IntegerNetwork& n, const Operands& o) {
  const ModelDims& m = n.dims();
  const std::size_t rows = o.at.rows();
  const std::size_t first = o.at.first_row - m.d_inner;
  std::vector<std::int64_t>& memory = o.in[0]->codes;
  const std::size_t weights = sequences(o) * (m.taps - 1) * m.conv_channels() + first;
  const std::size_t bias = weights + m.taps * m.conv_channels();
  for (std::size_t c = 0; c < o.at.columns; ++c) {
    History<std::int64_t> history(m, memory, o, o.at.sequence ? 0 : c);
    std::vector<std::int64_t>& columns = history.columns();
    columns.erase(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(rows));
    const auto x = o.codes(1).begin() + static_cast<std::ptrdiff_t>(c * rows);
    columns.insert(columns.end(), x, x + static_cast<std::ptrdiff_t>(rows));
    // The history has moved: what was column k + 1 is column k.
    std::vector<std::int64_t> acc(rows);
    for (std::size_t i = 0; i < rows; ++i) acc[i] = memory[bias + i];
    for (std::size_t k = 0; k < m.taps; ++k) {
      for (std::size_t i = 0; i < rows; ++i)
        acc[i] += memory[weights + k * m.conv_channels() + i] * columns[k * rows + i];
    }
    history.keep();
    n.layer(o.at).take_conv(n.token, {first, first + rows}, acc, nullptr);
    take(n.token.conv_out, first, rows, o.out[0]);
  }
}

// silu_xbc, silu_z

void silu(FloatNetwork&, const Operands& o) {
  o.out[0].reals = o.reals(0);
  kernels::silu_in_place(o.out[0].reals);
}

void silu_xbc(IntegerNetwork& n, const Operands& o) {
  const ModelDims& m = n.dims();
  const std::size_t rows = o.at.rows();
  const std::size_t first = o.at.first_row - m.d_inner;
  const std::size_t b = m.d_inner;
  const std::size_t c = b + m.groups * m.d_state;
  for (std::size_t column = 0; column < o.at.columns; ++column) {
    lay(n.token.conv_out, first, o.codes(0), column * rows, rows);
    n.layer(o.at).silu(n.token, {first, first + rows}, nullptr);
    if (first < b) {
      take(n.token.x, first, rows, o.out[0]);
    } else if (first < c) {
      take(n.token.b, first - b, rows, o.out[0]);
    } else {
      take(n.token.c, first - c, rows, o.out[0]);
    }
  }
}

void silu_z(IntegerNetwork& n, const Operands& o) {
  if (n.fixed()) {
    for (const std::int64_t z : o.codes(0)) {
      const int fraction = n.format(Tap::kZ).fraction;
      o.out[0].reals.push_back(kernels::silu(integer::to_float(static_cast<std::int32_t>(z), fraction)));
    }
    return;
  }
  const std::size_t rows = o.at.rows();
  for (std::size_t c = 0; c < o.at.columns; ++c) {
    lay(n.token.z, o.at.first_row, o.codes(0), c * rows, rows);
    n.layer(o.at).silu_gate(n.token, o.rows(), nullptr);
    take(n.token.gate, o.at.first_row, rows, o.out[0]);
  }
}

// softplus, decay_exp: [columns, heads]

void softplus(FloatNetwork& n, const Operands& o) {
  const std::size_t heads = o.at.rows();
  const auto bias = std::span(n.layer(o.at).dt_bias).subspan(o.at.first_row, heads);
  o.out[0].reals.resize(o.at.columns * heads);
  for (std::size_t c = 0; c < o.at.columns; ++c) {
    kernels::softplus_bias(std::span(o.reals(0)).subspan(c * heads, heads), bias,
                           std::span(o.out[0].reals).subspan(c * heads, heads), n.dims().dt_low,
                           n.dims().dt_high);
  }
}

void softplus(IntegerNetwork& n, const Operands& o) {
  const std::size_t heads = o.at.rows();
  for (std::size_t c = 0; c < o.at.columns; ++c) {
    lay(n.token.dt_in, o.at.first_row, o.codes(0), c * heads, heads);
    n.layer(o.at).softplus(n.token, o.rows(), nullptr);
    take(n.token.dt, o.at.first_row, heads, o.out[0]);
  }
}

void decay_exp(FloatNetwork& n, const Operands& o) {
  const std::size_t heads = o.at.rows();
  const auto a = n.model.a(o.at.layer).subspan(o.at.first_row, heads);
  o.out[0].reals.resize(o.at.columns * heads);
  for (std::size_t c = 0; c < o.at.columns; ++c) {
    kernels::decay(std::span(o.reals(0)).subspan(c * heads, heads), a,
                   std::span(o.out[0].reals).subspan(c * heads, heads));
  }
}

void decay_exp(IntegerNetwork& n, const Operands& o) {
  const std::size_t heads = o.at.rows();
  for (std::size_t c = 0; c < o.at.columns; ++c) {
    lay(n.token.dt, o.at.first_row, o.codes(0), c * heads, heads);
    n.layer(o.at).decay(n.token, o.rows(), nullptr);
    take(n.token.decay, o.at.first_row, heads, o.out[0]);
  }
}

// delta_b: B [columns, all groups' states] and delta [columns, heads] to [columns, heads, d_state]

void delta_b(FloatNetwork& n, const Operands& o) {
  const ModelDims& m = n.dims();
  const std::size_t heads = o.at.rows();
  o.out[0].reals.resize(o.at.columns * heads * m.d_state);
  for (std::size_t c = 0; c < o.at.columns; ++c) {
    for (std::size_t h = 0; h < heads; ++h) {
      const std::size_t group = (o.at.first_row + h) / (m.heads / m.groups);
      kernels::scale(o.reals(1)[c * heads + h],
                     std::span(o.reals(0)).subspan((c * m.groups + group) * m.d_state, m.d_state),
                     std::span(o.out[0].reals).subspan((c * heads + h) * m.d_state, m.d_state));
    }
  }
}

void delta_b(IntegerNetwork& n, const Operands& o) {
  const ModelDims& m = n.dims();
  const std::size_t heads = o.at.rows();
  const std::size_t states = m.groups * m.d_state;
  for (std::size_t c = 0; c < o.at.columns; ++c) {
    lay(n.token.b, 0, o.codes(0), c * states, states);
    lay(n.token.dt, o.at.first_row, o.codes(1), c * heads, heads);
    n.layer(o.at).first_product(n.token, o.rows(), nullptr);
    take(n.token.product, o.at.first_row * m.d_state, heads * m.d_state, o.out[0]);
  }
}

// The operators on tiles of one column of a head.

std::size_t first_channel(const ModelDims& m, const Operands& o) {
  return o.at.head * m.headdim + o.at.first_row;
}
std::size_t first_state_of_group(const ModelDims& m, const Operands& o) {
  return o.at.head / (m.heads / m.groups) * m.d_state + o.at.first_state;
}

// delta_x: delta, x

void delta_x(FloatNetwork&, const Operands& o) {
  o.out[0].reals.resize(o.reals(1).size());
  kernels::scale(o.reals(0)[0], o.reals(1), o.out[0].reals);
}

void delta_x(IntegerNetwork& n, const Operands& o) {
  const std::size_t first = first_channel(n.dims(), o);
  n.token.dt[o.at.head] = static_cast<std::int32_t>(o.codes(0)[0]);
  lay(n.token.x, first, o.codes(1));
  n.layer(o.at).first_product(n.token, {o.at.head, o.at.head + 1}, nullptr);
  take(n.token.product, first, o.at.rows(), o.out[0]);
}

// outer: delta B, x; or delta x, B

void outer(FloatNetwork& n, const Operands& o) {
  o.out[0].reals.resize(o.at.rows() * o.at.states());
  kernels::outer_product(o.reals(n.delta_x ? 1 : 0), o.reals(n.delta_x ? 0 : 1), o.out[0].reals.data(),
                         o.at.rows());
}

void outer(IntegerNetwork& n, const Operands& o) {
  const ModelDims& m = n.dims();
  if (n.delta_x) {
    lay(n.token.product, first_channel(m, o), o.codes(0));
    lay(n.token.b, first_state_of_group(m, o), o.codes(1));
  } else {
    lay(n.token.product, o.at.head * m.d_state + o.at.first_state, o.codes(0));
    lay(n.token.x, first_channel(m, o), o.codes(1));
  }
  o.out[0].codes.resize(o.at.rows() * o.at.states());
  n.layer(o.at).outer(n.token, o.at.head, o.rows(), o.states(), o.out[0].codes);
}

// decay: abar, h

void decay(FloatNetwork&, const Operands& o) {
  o.out[0].reals.resize(o.reals(1).size());
  kernels::scale(o.reals(0)[0], o.reals(1), o.out[0].reals);
}

void decay(IntegerNetwork& n, const Operands& o) {
  const ModelDims& m = n.dims();
  n.token.decay[o.at.head] = static_cast<std::int32_t>(o.codes(0)[0]);
  const std::size_t rows = o.at.rows();
  for (std::size_t s = 0; s < o.at.states(); ++s) {
    lay(n.cache.state, (o.at.head * m.d_state + o.at.first_state + s) * m.headdim + o.at.first_row,
        o.codes(1), s * rows, rows);
  }
  o.out[0].codes.resize(o.codes(1).size());
  n.layer(o.at).decayed_state(n.token, n.cache, o.at.head, o.rows(), o.states(), o.out[0].codes);
}

// state_add: what enters, what is left; to h for the output, and h to be stored

void state_add(FloatNetwork&, const Operands& o) {
  o.out[0].reals = o.reals(1);
  kernels::add_in_place(o.out[0].reals, o.reals(0));
}

void state_add(IntegerNetwork& n, const Operands& o) {
  const ModelDims& m = n.dims();
  std::vector<std::int32_t> for_c(o.codes(0).size());
  n.layer(o.at).state_add(n.cache, o.at.head, o.rows(), o.states(), o.codes(0), o.codes(1), for_c);
  o.out[0] = TileData(std::span<const std::int32_t>(for_c));
  for (std::size_t s = 0; s < o.at.states(); ++s) {
    take(n.cache.state, (o.at.head * m.d_state + o.at.first_state + s) * m.headdim + o.at.first_row,
         o.at.rows(), o.out[1]);
  }
}

// state_c: h, C; the sum so far

void state_c(FloatNetwork&, const Operands& o) {
  o.out[0].reals.resize(o.at.rows());
  kernels::state_readout(o.reals(1), o.reals(0).data(), o.at.rows(), o.out[0].reals);
}

void state_c(IntegerNetwork& n, const Operands& o) {
  const ModelDims& m = n.dims();
  const std::size_t first = first_channel(m, o);
  lay(n.token.c, first_state_of_group(m, o), o.codes(1));
  if (!o.out[0].codes.empty()) lay(n.token.scan, first, o.out[0].codes);
  const std::vector<std::int32_t> h(o.codes(0).begin(), o.codes(0).end());
  n.layer(o.at).readout(n.token, o.at.head, o.rows(), o.states(), h);
  o.out[0] = {};
  take(n.token.scan, first, o.at.rows(), o.out[0]);
}

// d_skip: y, x

void d_skip(FloatNetwork& n, const Operands& o) {
  std::vector<float> skip(o.reals(1).size());
  kernels::scale(n.layer(o.at).d[o.at.head], o.reals(1), skip);
  o.out[0].reals = o.reals(0);
  kernels::add_in_place(o.out[0].reals, skip);
}

void d_skip(IntegerNetwork& n, const Operands& o) {
  const std::size_t first = first_channel(n.dims(), o);
  lay(n.token.scan, first, o.codes(0));
  lay(n.token.x, first, o.codes(1));
  n.layer(o.at).skip(n.token, {first, first + o.at.rows()}, nullptr);
  take(n.token.y, first, o.at.rows(), o.out[0]);
}

// gate: y, SiLU(z)

void gate(FloatNetwork&, const Operands& o) {
  o.out[0].reals = o.reals(0);
  kernels::multiply_in_place(o.out[0].reals, o.reals(1));
}

void gate(IntegerNetwork& n, const Operands& o) {
  if (n.fixed()) {
    const int fraction = n.format(Tap::kSsmOut).fraction;
    for (const std::int64_t y : o.codes(0))
      o.out[0].reals.push_back(integer::to_float(static_cast<std::int32_t>(y), fraction));
    return kernels::multiply_in_place(o.out[0].reals, o.reals(1));
  }
  const std::size_t first = first_channel(n.dims(), o);
  lay(n.token.y, first, o.codes(0));
  lay(n.token.gate, first, o.codes(1));
  n.layer(o.at).gated_product(n.token, {first, first + o.at.rows()}, nullptr);
  take(n.token.gated, first, o.at.rows(), o.out[0]);
}

constexpr OperatorFunctions functions[] = {
    {"conv", conv, conv},
    {"silu_xbc", silu, silu_xbc},
    {"silu_z", silu, silu_z},
    {"softplus", softplus, softplus},
    {"decay_exp", decay_exp, decay_exp},
    {"delta_b", delta_b, delta_b},
    {"delta_x", delta_x, delta_x},
    {"outer", outer, outer},
    {"decay", decay, decay},
    {"state_add", state_add, state_add},
    {"state_c", state_c, state_c},
    {"d_skip", d_skip, d_skip},
    {"gate", gate, gate},
};

}  // namespace

std::span<const OperatorFunctions> recurrence_functions() {
  return functions;
}

}  // namespace statelane::mamba2
