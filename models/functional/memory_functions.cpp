// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "models/functional/actor_function.h"

namespace statelane::functional {
namespace {

/// Weights in the order of the schedule the memory was laid out for, the inverse of the online rotations
/// folded in.
class WeightRead final : public ActorFunction {
 public:
  explicit WeightRead(Setup& setup) : s_(setup), e_(setup.e) {}

  void fire(const FiringShape& shape, FiringIo& io) override {
    const auto rows = static_cast<std::size_t>(shape.rows);
    const ModelWeights& w = s_.model.weights();
    if (shape.op == Operator::lm_head) {
      io.put(Tensor::weights, fetch(w.head_matrix(), e_.d_model, head_row_, rows, true));
      head_row_ = (head_row_ + rows) % e_.vocab;
      return;
    }
    const LayerWeights& layer = s_.weights(clock_.layer);
    if (shape.op == Operator::in_proj) {
      const auto part = static_cast<std::size_t>(shape.part);
      const std::array<std::size_t, part_count> first{
          0, e_.d_inner, 2 * e_.d_inner, 2 * e_.d_inner + e_.states(), 2 * e_.d_inner + 2 * e_.states()};
      io.put(Tensor::weights, fetch(layer.in_proj, e_.d_model, first[part] + part_row_[part], rows, true));
      part_row_[part] += rows;
      return;
    }
    io.put(Tensor::weights, fetch(layer.out_proj, e_.d_inner, out_row_, rows, false));
    out_row_ += rows;
    if (out_row_ < e_.d_model) return;
    out_row_ = 0;
    part_row_ = {};
    clock_.next_block(e_);
  }

 private:
  [[nodiscard]] Tile fetch(const std::vector<float>& matrix, std::size_t inputs, std::size_t first,
                           std::size_t rows, bool input) const {
    if ((first + rows) * inputs > matrix.size()) throw TileError("reads beyond the weights");
    const auto from = matrix.begin() + static_cast<std::ptrdiff_t>(first * inputs);
    Tile tile(from, from + static_cast<std::ptrdiff_t>(rows * inputs));
    for (std::size_t r = 0; r < rows; ++r) {
      const auto row = std::span(tile).subspan(r * inputs, inputs);
      if (input) {
        s_.rotation.fold_input_row(row);
      } else {
        s_.rotation.fold_output_row(row);
      }
    }
    return tile;
  }

  Setup& s_;
  const Extents& e_;
  LayerClock clock_;
  std::array<std::size_t, part_count> part_row_{};
  std::size_t out_row_ = 0, head_row_ = 0;
};

class ConvRead final : public ActorFunction {
 public:
  explicit ConvRead(Setup& setup) : s_(setup) {}

  void fire(const FiringShape&, FiringIo& io) override {
    io.put(Tensor::conv_in, conv_payload(s_, clock_));
    clock_.next_block(s_.e);
  }

 private:
  Setup& s_;
  LayerClock clock_;
};

/// Writes the histories back; the tiles come in the order in which the schedule convolves x, B and C.
class ConvWrite final : public ActorFunction {
 public:
  explicit ConvWrite(Setup& setup) : s_(setup), e_(setup.e) {}

  void fire(const FiringShape&, FiringIo& io) override {
    const std::size_t unit = e_.channel_unit;
    const std::size_t past = (e_.taps - 1) * unit;
    const std::size_t first = e_.naive ? 0 : e_.d_inner;  // x, B, C; or B, C, x
    for (std::size_t c = 0; c < e_.conv_channels; c += unit) {
      const Tile tile = io.take(Tensor::conv_out, past * e_.sequences());
      for (std::size_t q = 0; q < e_.sequences(); ++q) {
        s_.states.set_history(e_.sequence ? clock_.pass : q, clock_.layer, (first + c) % e_.conv_channels,
                              std::span(tile).subspan(q * past, past));
      }
    }
    clock_.next_block(e_);
  }

 private:
  Setup& s_;
  const Extents& e_;
  LayerClock clock_;
};

/// Calls tile(place) for the SSM tiles of one head, in the order they have between DMA and SSM.
template <class Visit>
void for_each_tile(const Extents& e, const LayerClock& clock, std::size_t head, const Visit& tile) {
  for (std::size_t q = 0; q < e.sequences(); ++q) {
    for (std::size_t row = 0; row < e.row_tiles; ++row) {
      for (std::size_t state = 0; state < e.state_tiles; ++state) {
        tile(StateStore::Place{e.sequence ? clock.pass : q, clock.layer, head, row, state});
      }
    }
  }
}

/// h in or out, a head a firing.
class StateMove final : public ActorFunction {
 public:
  StateMove(Setup& setup, bool write) : s_(setup), write_(write) {}

  void fire(const FiringShape&, FiringIo& io) override {
    for_each_tile(s_.e, clock_, head_, [&](const StateStore::Place& place) {
      if (write_) {
        s_.states.set_state_tile(place, io.take(Tensor::h_out, s_.e.tile_rows * s_.e.tile_states));
      } else {
        io.put(Tensor::h_in, s_.states.state_tile(place));
      }
    });
    if (++head_ < s_.e.heads) return;
    head_ = 0;
    clock_.next_block(s_.e);
  }

 private:
  Setup& s_;
  bool write_;
  LayerClock clock_;
  std::size_t head_ = 0;
};

}  // namespace

Tile conv_payload(const Setup& setup, const LayerClock& at) {
  const Extents& e = setup.e;
  Tile payload;
  for (std::size_t q = 0; q < e.sequences(); ++q) {
    const Tile history = setup.states.history(e.sequence ? at.pass : q, at.layer);
    payload.insert(payload.end(), history.begin(), history.end());
  }
  const auto taps = setup.model.conv_taps(at.layer);
  payload.insert(payload.end(), taps.begin(), taps.end());
  const std::vector<float>& bias = setup.weights(at.layer).conv_bias;
  payload.insert(payload.end(), bias.begin(), bias.end());
  return payload;
}

FunctionPtr make_weight_read(Setup& setup) {
  return std::make_unique<WeightRead>(setup);
}
FunctionPtr make_conv_read(Setup& setup) {
  return std::make_unique<ConvRead>(setup);
}
FunctionPtr make_conv_write(Setup& setup) {
  return std::make_unique<ConvWrite>(setup);
}
FunctionPtr make_state_read(Setup& setup) {
  return std::make_unique<StateMove>(setup, false);
}
FunctionPtr make_state_write(Setup& setup) {
  return std::make_unique<StateMove>(setup, true);
}

}  // namespace statelane::functional
