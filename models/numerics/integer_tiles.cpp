// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/integer_tiles.h"

#include <algorithm>

namespace statelane {

IntegerTiles::IntegerTiles(const IntegerModel& model, TileOptions options)
    : TileExecutor(model.dims(), options), model_(model), caches_(model.make_cache()) {}

void IntegerTiles::resize(std::size_t columns) {
  work_.assign(columns, Work(dims()));
  for (Work& w : work_) {
    w.entering.resize(dims().state_elements());
    w.decayed.resize(dims().state_elements());
    w.for_c.resize(dims().state_elements());
  }
}

void IntegerTiles::start(std::size_t column, std::int64_t token) {
  model_.embed(token, work_[column].token);
}

std::size_t IntegerTiles::row_block(const TileWork& work) const {
  const auto block = [&](Tap tap) {
    const TensorFormat& f = model_.plan()[tap];
    return f.block_bits > 0 ? f.block : std::size_t{1};
  };
  switch (work.op) {
    case Operator::in_proj:
      if (work.part == Part::z) return block(Tap::kZ);
      return block(work.part == Part::dt ? Tap::kDtIn : Tap::kConvIn);
    case Operator::conv:
      return block(Tap::kConvOut);
    case Operator::silu_xbc:
      if (work.part == Part::x) return block(Tap::kX);
      return block(work.part == Part::b ? Tap::kB : Tap::kC);
    case Operator::state_add:
      return block(Tap::kState);
    case Operator::d_skip:
      return block(Tap::kSsmOut);
    case Operator::gate:
      return std::max(block(Tap::kGate), block(Tap::kGated));
    case Operator::softplus:
      return block(Tap::kDt);
    case Operator::decay_exp:
      return std::max(block(Tap::kDt), block(Tap::kDecay));
    case Operator::delta_b:
      return block(Tap::kDtB);
    default:
      return 1;
  }
}

std::size_t IntegerTiles::state_block(const TileWork& work) const {
  const TensorFormat& f = model_.plan()[Tap::kStateForC];
  return work.op == Operator::state_add && f.block_bits > 0 ? f.block : 1;
}

template <class T>
std::vector<T> IntegerTiles::tile(const std::vector<T>& from, const TileWork& work) const {
  std::vector<T> out;
  for (std::size_t s = work.states.begin; s < work.states.end; ++s) {
    const auto row =
        from.begin() + static_cast<std::ptrdiff_t>((work.head * dims().d_state + s) * dims().headdim);
    out.insert(out.end(), row + static_cast<std::ptrdiff_t>(work.rows.begin),
               row + static_cast<std::ptrdiff_t>(work.rows.end));
  }
  return out;
}

template <class T>
void IntegerTiles::put(const std::vector<T>& tile, const TileWork& work, std::vector<T>& to) const {
  auto from = tile.begin();
  for (std::size_t s = work.states.begin; s < work.states.end; ++s) {
    const auto row =
        static_cast<std::ptrdiff_t>((work.head * dims().d_state + s) * dims().headdim + work.rows.begin);
    const auto end = from + static_cast<std::ptrdiff_t>(work.rows.size());
    std::copy(from, end, to.begin() + row);
    from = end;
  }
}

void IntegerTiles::project(const TileWork& work, Work& w) {
  const IntegerLayer& layer = model_.layer(work.layer);
  const std::size_t first = first_row(work.part);
  const Range rows{work.rows.begin + first, work.rows.end + first};
  w.u.assign(w.token.u.begin(), w.token.u.end());
  std::vector<double> acc(rows.size(), 0.0);
  matvec_tile(layer.weights().in_proj.codes, w.u, rows, {0, dims().d_model}, acc);
  layer.take_in_proj(w.token, rows, acc, &stats_);
}

void IntegerTiles::state(const TileWork& work, Work& w) {
  const IntegerLayer& layer = model_.layer(work.layer);
  IntegerCache& cache = caches_[work.layer];
  const std::size_t n = work.rows.size() * work.states.size();
  switch (work.op) {
    case Operator::outer: {
      std::vector<std::int64_t> entering(n);
      layer.outer(w.token, work.head, work.rows, work.states, entering);
      return put(entering, work, w.entering);
    }
    case Operator::decay: {
      std::vector<std::int64_t> decayed(n);
      layer.decayed_state(w.token, cache, work.head, work.rows, work.states, decayed);
      return put(decayed, work, w.decayed);
    }
    case Operator::state_add: {
      std::vector<std::int32_t> for_c(n);
      layer.state_add(cache, work.head, work.rows, work.states, tile(w.entering, work), tile(w.decayed, work),
                      for_c);
      return put(for_c, work, w.for_c);
    }
    default:
      return layer.readout(w.token, work.head, work.rows, work.states, tile(w.for_c, work));
  }
}

void IntegerTiles::mix(const TileWork& work, Work& w) {
  const IntegerLayer& layer = model_.layer(work.layer);
  w.g.assign(w.token.g.begin(), w.token.g.end());
  std::vector<double> acc(work.rows.size(), 0.0);
  matvec_tile(layer.weights().out_proj.codes, w.g, work.rows, {0, dims().d_inner}, acc);
  layer.take_out_proj(w.token, work.rows, acc, &stats_);
}

void IntegerTiles::compute(const TileWork& work) {
  Work& w = work_[work.column];
  IntegerToken& t = w.token;
  const ModelDims& m = dims();
  if (work.op == Operator::lm_head) {
    const std::vector<float> logits = model_.head(t, work.rows);
    return static_cast<void>(
        std::copy(logits.begin(), logits.end(),
                  logits_of(work.column).begin() + static_cast<std::ptrdiff_t>(work.rows.begin)));
  }
  const IntegerLayer& layer = model_.layer(work.layer);
  const std::size_t channel =
      work.part == Part::z || work.part == Part::dt ? 0 : first_row(work.part) - m.d_inner;
  const Range channels{work.rows.begin + channel, work.rows.end + channel};
  switch (work.op) {
    // A norm with its transform and quantiser needs the whole vector for any element, so the first tile makes
    // them all.
    case Operator::norm:
      if (work.rows.begin == 0) layer.norm(t, &stats_);
      return;
    case Operator::gated_norm:
      if (work.rows.begin == 0) layer.gated_norm(t, &stats_);
      return;
    case Operator::in_proj:
      return project(work, w);
    case Operator::conv:
      return layer.conv(t, caches_[work.layer], channels, &stats_);
    case Operator::silu_xbc:
      return layer.silu(t, channels, &stats_);
    // Scalars are few: all heads are computed again, which gives the same values, and only the tile's are
    // released.
    case Operator::softplus:
      return layer.softplus(t, {0, m.heads}, nullptr);
    case Operator::decay_exp:
      return layer.decay(t, {0, m.heads}, nullptr);
    case Operator::delta_b:
    case Operator::delta_x:
      return layer.first_product(t, {0, m.heads}, nullptr);
    case Operator::outer:
    case Operator::decay:
    case Operator::state_add:
    case Operator::state_c:
      return state(work, w);
    case Operator::d_skip:
      return layer.skip(t, work.rows, &stats_);
    case Operator::gate:
      return layer.gate(t, work.rows, &stats_);
    case Operator::out_proj:
      return mix(work, w);
    case Operator::residual:
      return layer.residual(t, work.rows, &stats_);
    default:
      return;  // silu_z is part of gate, the transforms of the norms
  }
}

}  // namespace statelane
