// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "models/functional/actor_function.h"
#include "models/numerics/kernels.h"

namespace statelane::functional {
namespace {

/// RMSNorm of the residual stream, layer after layer, then, with the head on the fabric, the final norm.
class Norm final : public ActorFunction {
 public:
  explicit Norm(Setup& setup) : s_(setup) {}

  void fire(const FiringShape& shape, FiringIo& io) override {
    if (shape.rows == 0) {  // the end of a pass that needs no logits
      io.drop(Tensor::residual, s_.e.columns * s_.e.blocks);
      final_ = false;
      return;
    }
    // The head of a prompt looks at its last column only.
    if (final_) io.drop(Tensor::residual, s_.e.columns * s_.e.blocks / s_.e.head_columns() - 1);
    Tile x = io.take(Tensor::residual, s_.e.d_model);
    const std::vector<float>& w = final_ ? s_.model.weights().final_norm : s_.weights(clock_.layer).norm;
    kernels::rms_norm(x, w, 1, s_.model.dims().norm_eps, x);
    io.put(io.puts(Tensor::norm) ? Tensor::norm : Tensor::u, std::move(x));
    advance();
  }

 private:
  void advance() {
    if (++column_ < (final_ ? s_.e.head_columns() : s_.e.columns)) return;
    column_ = 0;
    if (final_) {
      final_ = false;
      return;
    }
    const std::size_t pass = clock_.pass;
    clock_.next_block(s_.e);
    final_ = s_.e.head_on_fabric && clock_.pass != pass;
  }

  Setup& s_;
  LayerClock clock_;
  std::size_t column_ = 0;
  bool final_ = false;
};

/// A Hadamard unit: any of the stages, column by column.
class Rotation final : public ActorFunction {
 public:
  explicit Rotation(Setup& setup) : s_(setup) {}

  void fire(const FiringShape& shape, FiringIo& io) override {
    const Tensor from = shape.op == Operator::in_hadamard    ? Tensor::norm
                        : shape.op == Operator::out_hadamard ? Tensor::normed
                                                             : Tensor::rotated;
    const Tensor to = shape.op == Operator::in_hadamard ? Tensor::u
                      : io.puts(Tensor::rotated)        ? Tensor::rotated
                                                        : Tensor::v;
    Tile x = io.take(from, static_cast<std::size_t>(shape.rows));
    s_.rotation.apply(shape.op, x);
    io.put(to, std::move(x));
  }

 private:
  Setup& s_;
};

/// RMSNorm of the gated SSM output; its first firing of a block takes all columns' tiles.
class GatedNorm final : public ActorFunction {
 public:
  explicit GatedNorm(Setup& setup) : s_(setup) {}

  void fire(const FiringShape&, FiringIo& io) override {
    const Extents& e = s_.e;
    if (column_ == 0) gather(io);
    const auto first = gated_.begin() + static_cast<std::ptrdiff_t>(column_ * e.d_inner);
    Tile y(first, first + static_cast<std::ptrdiff_t>(e.d_inner));
    kernels::rms_norm(y, s_.weights(clock_.layer).gated_norm, e.groups, s_.model.dims().norm_eps, y);
    io.put(io.puts(Tensor::normed) ? Tensor::normed : Tensor::v, std::move(y));
    if (++column_ < e.columns) return;
    column_ = 0;
    clock_.next_block(e);
  }

 private:
  /// [columns, d_inner] from tiles by head, column and row tile.
  void gather(FiringIo& io) {
    const Extents& e = s_.e;
    gated_.assign(e.columns * e.d_inner, 0.0F);
    for (std::size_t head = 0; head < e.heads; ++head) {
      for (std::size_t column = 0; column < e.columns; ++column) {
        for (std::size_t tile = 0; tile < e.row_tiles; ++tile) {
          const Tile y = io.take(Tensor::gated, e.tile_rows);
          const std::size_t at = column * e.d_inner + head * e.headdim + tile * e.tile_rows;
          std::copy(y.begin(), y.end(), gated_.begin() + static_cast<std::ptrdiff_t>(at));
        }
      }
    }
  }

  Setup& s_;
  LayerClock clock_;
  std::vector<float> gated_;
  std::size_t column_ = 0;
};

}  // namespace

FunctionPtr make_norm(Setup& setup) {
  return std::make_unique<Norm>(setup);
}
FunctionPtr make_rotation(Setup& setup) {
  return std::make_unique<Rotation>(setup);
}
FunctionPtr make_gated_norm(Setup& setup) {
  return std::make_unique<GatedNorm>(setup);
}

}  // namespace statelane::functional
