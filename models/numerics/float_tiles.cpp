// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/float_tiles.h"

#include <algorithm>

#include "models/numerics/kernels.h"

namespace statelane {

FloatTiles::FloatTiles(const Mamba2Model& model, TileOptions options, Rotation rotation,
                       InputProduct input_product)
    : TileExecutor(model.dims(), options),
      model_(model),
      rotation_(rotation, model.dims()),
      input_product_(input_product),
      cache_(model.make_cache()) {}

void FloatTiles::resize(std::size_t columns) {
  const ModelDims& m = dims();
  Work w;
  w.residual.resize(m.d_model);
  w.u.resize(m.d_model);
  w.projected.resize(m.in_proj_rows());
  w.xbc.resize(m.conv_channels());
  w.gate.resize(m.d_inner);
  w.dt.resize(m.heads);
  w.decay.resize(m.heads);
  w.product.resize(std::max(m.d_inner, m.heads * m.d_state));
  w.outer.resize(m.state_elements());
  w.decayed.resize(m.state_elements());
  w.y.resize(m.d_inner);
  w.gated.resize(m.d_inner);
  w.g.resize(m.d_inner);
  w.mixer.resize(m.d_model);
  work_.assign(columns, w);
}

void FloatTiles::start(std::size_t column, std::int64_t token) {
  const ModelDims& m = dims();
  if (token < 0 || static_cast<std::size_t>(token) >= m.vocab) {
    throw InputError("token " + std::to_string(token) + " is outside the vocabulary 0.." +
                     std::to_string(m.vocab - 1));
  }
  const float* row = model_.weights().embedding.data() + static_cast<std::size_t>(token) * m.d_model;
  std::copy(row, row + m.d_model, work_[column].residual.begin());
}

/// Elements `rows` of the norm of x, each group's sum of squares taken whole.
void FloatTiles::norm_tile(std::span<const float> x, std::span<const float> weight, std::size_t groups,
                           Range rows, std::span<float> out) const {
  std::vector<float> normed(x.size());
  kernels::rms_norm(x, weight, groups, dims().norm_eps, normed);
  std::copy(normed.begin() + static_cast<std::ptrdiff_t>(rows.begin),
            normed.begin() + static_cast<std::ptrdiff_t>(rows.end),
            out.begin() + static_cast<std::ptrdiff_t>(rows.begin));
}

void FloatTiles::front(const TileWork& work, Work& w) {
  const ModelDims& m = dims();
  const LayerWeights& weights = model_.weights().layers[work.layer];
  const std::size_t n = work.rows.size();
  const std::size_t first = first_row(work.part) + work.rows.begin;
  const auto channel = [&] { return first - m.d_inner; };
  switch (work.op) {
    case Operator::norm:
      return norm_tile(w.residual, weights.norm, 1, work.rows, w.u);
    case Operator::in_hadamard:
      if (work.rows.begin == 0) rotation_.apply(Tap::kNormOut, w.u, m.d_model);
      return;
    case Operator::in_proj: {
      const auto out = std::span(w.projected).subspan(first, n);
      std::fill(out.begin(), out.end(), 0.0F);
      matvec_tile(model_.in_proj(work.layer), w.u, {first, first + n}, {0, m.d_model}, out);
      if (work.part != Part::dt) return;
      for (std::size_t i = 0; i < n; ++i) out[i] += weights.dt_bias[work.rows.begin + i];
      return;
    }
    case Operator::conv: {
      const std::size_t c = channel();
      const kernels::ConvTile tile{std::span(cache_.layers[work.layer].conv).subspan(c),
                                   model_.conv_taps(work.layer).subspan(c),
                                   std::span(weights.conv_bias).subspan(c, n), m.taps, m.conv_channels()};
      return kernels::conv_step(tile, std::span(w.projected).subspan(first, n),
                                std::span(w.xbc).subspan(c, n));
    }
    case Operator::silu_xbc:
      return kernels::silu_in_place(std::span(w.xbc).subspan(channel(), n));
    default: {
      const auto gate = std::span(w.gate).subspan(work.rows.begin, n);
      std::copy_n(w.projected.begin() + static_cast<std::ptrdiff_t>(work.rows.begin), n, gate.begin());
      return kernels::silu_in_place(gate);
    }
  }
}

void FloatTiles::scalars(const TileWork& work, Work& w) const {
  const ModelDims& m = dims();
  const std::size_t dt_row = first_row(Part::dt);
  for (std::size_t i = work.rows.begin; i < work.rows.end; ++i) {
    if (work.op == Operator::softplus) {
      w.dt[i] = std::clamp(kernels::softplus(w.projected[dt_row + i]), m.dt_low, m.dt_high);
    } else if (work.op == Operator::decay_exp) {
      w.decay[i] = kernels::exp_float(w.dt[i] * model_.a(work.layer)[i]);
    } else if (work.op == Operator::delta_x) {
      w.product[i] = w.dt[i / m.headdim] * w.xbc[i];
    } else {
      const std::size_t b = m.d_inner + i / (m.heads / m.groups) * m.d_state;
      for (std::size_t s = work.states.begin; s < work.states.end; ++s) {
        w.product[i * m.d_state + s] = w.dt[i] * w.xbc[b + s];
      }
    }
  }
}

void FloatTiles::state(const TileWork& work, Work& w) {
  const ModelDims& m = dims();
  const std::size_t n = work.rows.size();
  const std::size_t group = work.head / (m.heads / m.groups) * m.d_state;
  const std::size_t row = work.head * m.headdim + work.rows.begin;
  const std::size_t tile = (work.head * m.d_state + work.states.begin) * m.headdim + work.rows.begin;
  std::vector<float>& h = cache_.layers[work.layer].state;
  const auto states_of = [&](std::span<const float> from, std::size_t first) {
    return from.subspan(first + work.states.begin, work.states.size());
  };
  if (work.op == Operator::outer) {
    const auto b =
        dt_x_first() ? states_of(w.xbc, m.d_inner + group) : states_of(w.product, work.head * m.d_state);
    const auto x = std::span(dt_x_first() ? w.product : w.xbc).subspan(row, n);
    return kernels::outer_product(b, x, w.outer.data() + tile, m.headdim);
  }
  if (work.op == Operator::state_c) {
    const auto y = std::span(w.y).subspan(row, n);
    if (work.states.begin == 0) std::fill(y.begin(), y.end(), 0.0F);
    const auto c = states_of(w.xbc, m.d_inner + m.groups * m.d_state + group);
    return kernels::state_readout(c, h.data() + tile, m.headdim, y);
  }
  for (std::size_t s = 0; s < work.states.size(); ++s) {
    const auto at = [&](std::vector<float>& v) { return std::span(v).subspan(tile + s * m.headdim, n); };
    if (work.op == Operator::decay) {
      kernels::scale(w.decay[work.head], at(h), at(w.decayed));
    } else {
      std::copy_n(at(w.decayed).begin(), n, at(h).begin());
      kernels::add_in_place(at(h), at(w.outer));
    }
  }
}

void FloatTiles::back(const TileWork& work, Work& w) {
  const ModelDims& m = dims();
  const LayerWeights* weights = work.op == Operator::lm_head ? nullptr : &model_.weights().layers[work.layer];
  const std::size_t n = work.rows.size();
  const auto rows_of = [&](std::vector<float>& v) { return std::span(v).subspan(work.rows.begin, n); };
  switch (work.op) {
    case Operator::d_skip:
      for (std::size_t i = work.rows.begin; i < work.rows.end; ++i)
        w.y[i] += weights->d[i / m.headdim] * w.xbc[i];
      return;
    case Operator::gate:
      std::copy_n(rows_of(w.y).begin(), n, rows_of(w.gated).begin());
      return kernels::multiply_in_place(rows_of(w.gated), rows_of(w.gate));
    case Operator::gated_norm:
      return norm_tile(w.gated, weights->gated_norm, m.groups, work.rows, w.g);
    case Operator::out_hadamard:
      if (work.rows.begin == 0) rotation_.apply(Tap::kGatedNormOut, w.g, m.d_inner);
      return;
    case Operator::out_proj: {
      const auto out = rows_of(w.mixer);
      std::fill(out.begin(), out.end(), 0.0F);
      return matvec_tile(model_.out_proj(work.layer), w.g, work.rows, {0, m.d_inner}, out);
    }
    case Operator::residual:
      return kernels::add_in_place(rows_of(w.residual), rows_of(w.mixer));
    case Operator::lm_head: {
      std::vector<float> normed(m.d_model);
      kernels::rms_norm(w.residual, model_.weights().final_norm, 1, m.norm_eps, normed);
      const auto out = logits_of(work.column).subspan(work.rows.begin, n);
      std::fill(out.begin(), out.end(), 0.0F);
      return matvec_tile(model_.head(), normed, work.rows, {0, m.d_model}, out);
    }
    default:
      return;
  }
}

void FloatTiles::compute(const TileWork& work) {
  Work& w = work_[work.column];
  switch (work.op) {
    case Operator::norm:
    case Operator::in_hadamard:
    case Operator::in_proj:
    case Operator::conv:
    case Operator::silu_xbc:
    case Operator::silu_z:
      return front(work, w);
    case Operator::softplus:
    case Operator::decay_exp:
    case Operator::delta_b:
    case Operator::delta_x:
      return scalars(work, w);
    case Operator::outer:
    case Operator::decay:
    case Operator::state_add:
    case Operator::state_c:
      return state(work, w);
    default:
      return back(work, w);
  }
}

}  // namespace statelane
