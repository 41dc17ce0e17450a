// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/tile_executor.h"

#include <algorithm>

namespace statelane {
namespace {

constexpr Range all(std::size_t n) {
  return {0, n};
}
Range shifted(Range range, std::size_t by) {
  return {range.begin + by, range.end + by};
}

std::string place(const TileWork& w) {
  return std::string(operator_name(w.op)) + " of layer " + std::to_string(w.layer) + ", token " +
         std::to_string(w.column) + ", rows " + std::to_string(w.rows.begin) + ".." +
         std::to_string(w.rows.end);
}

}  // namespace

TileExecutor::TileExecutor(const ModelDims& dims, TileOptions options)
    : m_(dims),
      options_(options),
      state_tokens_(dims.layers, std::vector<std::uint32_t>(dims.state_elements(), 0)),
      conv_tokens_(dims.layers, std::vector<std::uint32_t>(dims.conv_channels(), 0)) {}

void TileExecutor::begin(std::span<const std::int64_t> tokens) {
  first_token_ += static_cast<std::uint32_t>(columns_.size());
  columns_.assign(tokens.size(), {});
  const auto size = [&](Tensor t) -> std::size_t {
    switch (t) {
      case Tensor::kResidual:
      case Tensor::kNormed:
      case Tensor::kU:
      case Tensor::kMixer:
        return m_.d_model;
      case Tensor::kProjected:
        return m_.in_proj_rows();
      case Tensor::kConvOut:
      case Tensor::kSilu:
        return m_.conv_channels();
      case Tensor::kDt:
      case Tensor::kDecay:
        return m_.heads;
      case Tensor::kProduct:
        return dt_x_first() ? m_.d_inner : m_.heads * m_.d_state;
      case Tensor::kOuter:
      case Tensor::kDecayedState:
      case Tensor::kState:
      case Tensor::kScan:
        return m_.state_elements();
      case Tensor::kLogits:
        return m_.vocab;
      default:
        return m_.d_inner;
    }
  };
  for (Column& column : columns_) {
    for (std::size_t t = 0; t < column.stamps.size(); ++t)
      column.stamps[t].assign(size(static_cast<Tensor>(t)), 0);
  }
  logits_.assign(tokens.size() * m_.vocab, 0.0F);
  resize(tokens.size());
  for (std::size_t t = 0; t < tokens.size(); ++t) start(t, tokens[t]);
}

std::size_t TileExecutor::first_row(Part part) const {
  const std::size_t states = m_.groups * m_.d_state;
  switch (part) {
    case Part::z:
      return 0;
    case Part::x:
      return m_.d_inner;
    case Part::b:
      return 2 * m_.d_inner;
    case Part::c:
      return 2 * m_.d_inner + states;
    case Part::dt:
      break;
  }
  return 2 * m_.d_inner + 2 * states;
}

std::size_t TileExecutor::part_rows(Part part) const {
  if (part == Part::z || part == Part::x) return m_.d_inner;
  return part == Part::dt ? m_.heads : m_.groups * m_.d_state;
}

std::vector<std::uint32_t>& TileExecutor::stamps(const TileWork& work, Tensor tensor) {
  return columns_[work.column].stamps[static_cast<std::size_t>(tensor)];
}

void TileExecutor::need(const TileWork& work, Tensor tensor, Range range, const char* what) {
  const auto wanted = static_cast<std::uint32_t>(tensor == Tensor::kResidual ? work.layer : work.layer + 1);
  const std::vector<std::uint32_t>& stamp = stamps(work, tensor);
  for (std::size_t i = range.begin; i < range.end; ++i) {
    if (stamp[i] != wanted) {
      throw ScheduleError(place(work) + ": " + what + " element " + std::to_string(i) + " is not there yet");
    }
  }
}

void TileExecutor::mark(const TileWork& work, Tensor tensor, Range range) {
  std::vector<std::uint32_t>& stamp = stamps(work, tensor);
  std::fill(stamp.begin() + static_cast<std::ptrdiff_t>(range.begin),
            stamp.begin() + static_cast<std::ptrdiff_t>(range.end),
            static_cast<std::uint32_t>(work.layer + 1));
}

void TileExecutor::fresh(const TileWork& work, Tensor tensor, Range range, const char* what) {
  const std::vector<std::uint32_t>& stamp = stamps(work, tensor);
  for (std::size_t i = range.begin; i < range.end; ++i) {
    if (stamp[i] == work.layer + 1) {
      throw ScheduleError(place(work) + ": " + what + " element " + std::to_string(i) + " is produced twice");
    }
  }
}

std::size_t TileExecutor::output_rows(const TileWork& work) const {
  switch (work.op) {
    case Operator::norm:
    case Operator::in_hadamard:
    case Operator::out_proj:
    case Operator::residual:
      return m_.d_model;
    case Operator::in_proj:
    case Operator::conv:
    case Operator::silu_xbc:
      return part_rows(work.part);
    case Operator::softplus:
    case Operator::decay_exp:
    case Operator::delta_b:
      return m_.heads;
    case Operator::outer:
    case Operator::decay:
    case Operator::state_add:
    case Operator::state_c:
      return m_.headdim;
    case Operator::lm_head:
      return m_.vocab;
    default:
      return m_.d_inner;
  }
}

void TileExecutor::check_tile(const TileWork& work, std::size_t rows) const {
  const auto cuts = [](Range range, std::size_t block, std::size_t n) {
    return range.begin % block != 0 || (range.end % block != 0 && range.end != n);
  };
  const bool after_layers = work.op == Operator::lm_head || work.op == Operator::norm;
  if (work.layer >= m_.layers + (after_layers ? 1 : 0) || work.column >= columns_.size() ||
      work.head >= m_.heads || work.rows.begin >= work.rows.end || work.rows.end > rows) {
    throw std::invalid_argument(place(work) + ": outside the tensor");
  }
  // Scalars of heads may be asked for one head at a time; the blocks they stand in must be ready then.
  const bool scalars =
      work.op == Operator::softplus || work.op == Operator::decay_exp || work.op == Operator::delta_b;
  if (!scalars && cuts(work.rows, row_block(work), rows))
    throw std::invalid_argument(place(work) + ": cuts a quantiser's block");
  const bool states = work.op == Operator::delta_b || work.op == Operator::outer ||
                      work.op == Operator::decay || work.op == Operator::state_add ||
                      work.op == Operator::state_c;
  if (!states) return;
  if (work.states.begin >= work.states.end || work.states.end > m_.d_state) {
    throw std::invalid_argument(place(work) + ": states outside the tensor");
  }
  if (cuts(work.states, state_block(work), m_.d_state)) {
    throw std::invalid_argument(place(work) + ": states cut a quantiser's block");
  }
}

void TileExecutor::run(const TileWork& work) {
  check_tile(work, output_rows(work));
  switch (work.op) {
    case Operator::norm:
    case Operator::in_hadamard:
    case Operator::in_proj:
    case Operator::conv:
    case Operator::silu_xbc:
    case Operator::silu_z:
      return front(work);
    case Operator::softplus:
    case Operator::decay_exp:
    case Operator::delta_b:
    case Operator::delta_x:
      return scalars(work);
    case Operator::outer:
    case Operator::decay:
    case Operator::state_add:
    case Operator::state_c:
      return state(work);
    default:
      return back(work);
  }
}

void TileExecutor::front(const TileWork& work) {
  const Range in_part = shifted(work.rows, first_row(work.part));
  const Range channels =
      shifted(work.rows, first_row(work.part) - std::min(m_.d_inner, first_row(work.part)));
  switch (work.op) {
    case Operator::norm: {
      need(work, Tensor::kResidual, all(m_.d_model), "residual");
      if (work.layer == m_.layers) return;  // the final norm is part of lm_head here
      compute(work);
      mark(work, has_in_hadamard() ? Tensor::kNormed : Tensor::kU, work.rows);
      return;
    }
    case Operator::in_hadamard: {
      if (!has_in_hadamard()) throw std::invalid_argument("the model has no transform in front of in_proj");
      need(work, Tensor::kNormed, all(m_.d_model), "norm");
      compute(work);
      return mark(work, Tensor::kU, work.rows);
    }
    case Operator::in_proj:
      need(work, Tensor::kU, all(m_.d_model), "in_proj's input");
      fresh(work, Tensor::kProjected, in_part, "in_proj's output");
      compute(work);
      return mark(work, Tensor::kProjected, in_part);
    case Operator::conv: {
      if (work.part == Part::z || work.part == Part::dt)
        throw std::invalid_argument(place(work) + ": not x, B or C");
      need(work, Tensor::kProjected, in_part, "in_proj's output");
      std::vector<std::uint32_t>& absorbed = conv_tokens_[work.layer];
      for (std::size_t c = channels.begin; c < channels.end; ++c) {
        if (absorbed[c] != first_token_ + work.column)
          throw ScheduleError(place(work) + ": tokens out of order");
        ++absorbed[c];
      }
      compute(work);
      return mark(work, Tensor::kConvOut, channels);
    }
    case Operator::silu_xbc:
      if (work.part == Part::z || work.part == Part::dt)
        throw std::invalid_argument(place(work) + ": not x, B or C");
      need(work, Tensor::kConvOut, channels, "conv's output");
      compute(work);
      return mark(work, Tensor::kSilu, channels);
    default:
      need(work, Tensor::kProjected, work.rows, "z");
      compute(work);
      return mark(work, Tensor::kGate, work.rows);
  }
}

void TileExecutor::scalars(const TileWork& work) {
  const std::size_t block = row_block(work);
  const Range heads{work.rows.begin / block * block,
                    std::min(m_.heads, (work.rows.end + block - 1) / block * block)};
  const std::size_t dt_row = first_row(Part::dt);
  switch (work.op) {
    case Operator::softplus:
      need(work, Tensor::kProjected, shifted(heads, dt_row), "dt");
      compute(work);
      return mark(work, Tensor::kDt, work.rows);
    case Operator::decay_exp:
      need(work, Tensor::kDt, heads, "dt");
      compute(work);
      return mark(work, Tensor::kDecay, work.rows);
    case Operator::delta_b:
      if (dt_x_first()) throw std::invalid_argument("the scheme computes dt * x, not dt * B");
      need(work, Tensor::kDt, heads, "dt");
      for (std::size_t h = work.rows.begin; h < work.rows.end; ++h) {
        const std::size_t group = h / (m_.heads / m_.groups);
        need(work, Tensor::kSilu, shifted(work.states, m_.d_inner + group * m_.d_state), "B");
      }
      compute(work);
      for (std::size_t h = work.rows.begin; h < work.rows.end; ++h) {
        mark(work, Tensor::kProduct, shifted(work.states, h * m_.d_state));
      }
      return;
    default:
      if (!dt_x_first()) throw std::invalid_argument("the scheme computes dt * B, not dt * x");
      need(work, Tensor::kDt, {work.rows.begin / m_.headdim, (work.rows.end - 1) / m_.headdim + 1}, "dt");
      need(work, Tensor::kSilu, work.rows, "x");
      compute(work);
      return mark(work, Tensor::kProduct, work.rows);
  }
}

void TileExecutor::state(const TileWork& work) {
  const std::size_t group = work.head / (m_.heads / m_.groups);
  const Range channels = shifted(work.rows, work.head * m_.headdim);
  const Range b = shifted(work.states, m_.d_inner + group * m_.d_state);
  std::vector<std::uint32_t>& absorbed = state_tokens_[work.layer];
  const std::uint32_t token = first_token_ + static_cast<std::uint32_t>(work.column);
  const auto rows_of_tile = [&](auto&& visit) {
    for (std::size_t s = work.states.begin; s < work.states.end; ++s) {
      visit(shifted(work.rows, (work.head * m_.d_state + s) * m_.headdim));
    }
  };
  const auto need_state = [&](std::uint32_t tokens) {
    rows_of_tile([&](Range row) {
      for (std::size_t i = row.begin; i < row.end; ++i) {
        if (absorbed[i] != tokens) throw ScheduleError(place(work) + ": h is not that of the token before");
      }
    });
  };
  switch (work.op) {
    case Operator::outer:
      need(work, Tensor::kProduct, dt_x_first() ? channels : shifted(work.states, work.head * m_.d_state),
           "dt * B or dt * x");
      need(work, Tensor::kSilu, dt_x_first() ? b : channels, "B or x");
      compute(work);
      return rows_of_tile([&](Range row) { mark(work, Tensor::kOuter, row); });
    case Operator::decay:
      need(work, Tensor::kDecay, {work.head, work.head + 1}, "decay");
      need_state(token);
      compute(work);
      return rows_of_tile([&](Range row) { mark(work, Tensor::kDecayedState, row); });
    case Operator::state_add:
      need_state(token);
      rows_of_tile([&](Range row) {
        need(work, Tensor::kOuter, row, "dt B x");
        need(work, Tensor::kDecayedState, row, "decayed state");
      });
      compute(work);
      return rows_of_tile([&](Range row) {
        for (std::size_t i = row.begin; i < row.end; ++i) ++absorbed[i];
        mark(work, Tensor::kState, row);
      });
    default:
      need(work, Tensor::kSilu, shifted(b, m_.groups * m_.d_state), "C");
      rows_of_tile([&](Range row) {
        need(work, Tensor::kState, row, "h");
        fresh(work, Tensor::kScan, row, "h C");
      });
      // The sum over the states runs in rising order, so that its bits do not depend on the tiles.
      for (std::size_t s = 0; s < work.states.begin; ++s) {
        need(work, Tensor::kScan, shifted(work.rows, (work.head * m_.d_state + s) * m_.headdim),
             "h C of earlier states");
      }
      compute(work);
      return rows_of_tile([&](Range row) { mark(work, Tensor::kScan, row); });
  }
}

void TileExecutor::back(const TileWork& work) {
  switch (work.op) {
    case Operator::d_skip:
      for (std::size_t row = work.rows.begin; row < work.rows.end; ++row) {
        const std::size_t h = row / m_.headdim;
        for (std::size_t s = 0; s < m_.d_state; ++s) {
          const std::size_t i = (h * m_.d_state + s) * m_.headdim + row % m_.headdim;
          need(work, Tensor::kScan, {i, i + 1}, "h C");
        }
      }
      need(work, Tensor::kSilu, work.rows, "x");
      compute(work);
      return mark(work, Tensor::kY, work.rows);
    case Operator::gate:
      need(work, Tensor::kY, work.rows, "y");
      need(work, Tensor::kGate, work.rows, "SiLU(z)");
      compute(work);
      return mark(work, Tensor::kGated, work.rows);
    case Operator::gated_norm:
      need(work, Tensor::kGated, all(m_.d_inner), "gated y");
      compute(work);
      return mark(work, has_out_hadamard() ? Tensor::kNormedInner : Tensor::kG, work.rows);
    case Operator::out_hadamard:
      if (!has_out_hadamard()) throw std::invalid_argument("the model has no transform in front of out_proj");
      need(work, Tensor::kNormedInner, all(m_.d_inner), "gated norm");
      compute(work);
      return mark(work, options_.hadamard_in_two_stages ? Tensor::kStage : Tensor::kG, work.rows);
    case Operator::out_hadamard2:
      need(work, Tensor::kStage, all(m_.d_inner), "first Hadamard stage");
      return mark(work, Tensor::kG, work.rows);
    case Operator::out_proj:
      need(work, Tensor::kG, all(m_.d_inner), "out_proj's input");
      fresh(work, Tensor::kMixer, work.rows, "out_proj's output");
      compute(work);
      return mark(work, Tensor::kMixer, work.rows);
    case Operator::residual:
      need(work, Tensor::kResidual, work.rows, "residual");
      need(work, Tensor::kMixer, work.rows, "out_proj's output");
      need(work, has_in_hadamard() ? Tensor::kNormed : Tensor::kU, all(m_.d_model),
           "norm (still reads the residual)");
      compute(work);
      return mark(work, Tensor::kResidual, work.rows);
    default: {
      TileWork last = work;
      last.layer = m_.layers;
      need(last, Tensor::kResidual, all(m_.d_model), "final residual");
      compute(work);
      return mark(work, Tensor::kLogits, work.rows);
    }
  }
}

std::vector<float> TileExecutor::logits(std::size_t column) const {
  for (const std::uint32_t stamp : columns_.at(column).stamps[static_cast<std::size_t>(Tensor::kLogits)]) {
    if (stamp == 0) throw ScheduleError("not every logit was produced");
  }
  const auto first = logits_.begin() + static_cast<std::ptrdiff_t>(column * m_.vocab);
  return {first, first + static_cast<std::ptrdiff_t>(m_.vocab)};
}

std::vector<float> TileExecutor::logits() const {
  for (std::size_t column = 0; column < columns_.size(); ++column) (void)logits(column);
  return logits_;
}

}  // namespace statelane
