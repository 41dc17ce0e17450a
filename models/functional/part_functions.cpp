// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "models/functional/actor_function.h"
#include "models/numerics/kernels.h"
#include "models/numerics/packed_matrix.h"

namespace statelane::functional {
namespace {

bool by_row_tiles(Part part) {
  return part == Part::z || part == Part::x;
}

Tensor raw_of(Part part) {
  constexpr std::array<Tensor, part_count> raw{Tensor::z_raw, Tensor::x_raw, Tensor::b_raw, Tensor::c_raw,
                                               Tensor::dt_raw};
  return raw[static_cast<std::size_t>(part)];
}

/// Cuts values [columns, rows] into tiles: of `unit` rows of one column, all columns of a row tile in turn;
/// or, where the columns share a tile, of [columns, unit].
void put_rows(FiringIo& io, Tensor to, std::span<const float> values, std::size_t columns, std::size_t unit,
              bool shared_tile) {
  const std::size_t rows = values.size() / columns;
  for (std::size_t first = 0; first < rows; first += unit) {
    Tile tile;
    for (std::size_t column = 0; column < columns; ++column) {
      const auto part = values.subspan(column * rows + first, unit);
      tile.insert(tile.end(), part.begin(), part.end());
      if (shared_tile) continue;
      io.put(to, std::move(tile));
      tile = {};
    }
    if (shared_tile) io.put(to, std::move(tile));
  }
}

/// The inverse of put_rows.
std::vector<float> take_rows(FiringIo& io, Tensor from, std::size_t rows, std::size_t columns,
                             std::size_t unit, bool shared_tile) {
  std::vector<float> values(rows * columns);
  for (std::size_t first = 0; first < rows; first += unit) {
    Tile tile;
    for (std::size_t column = 0; column < columns; ++column) {
      if (!shared_tile || column == 0) tile = io.take(from, shared_tile ? unit * columns : unit);
      const auto part = std::span(tile).subspan(shared_tile ? column * unit : 0, unit);
      std::copy(part.begin(), part.end(),
                values.begin() + static_cast<std::ptrdiff_t>(column * rows + first));
    }
  }
  return values;
}

/// The matrix unit: holds the inputs of a block and multiplies them with whatever weights arrive.
class Matrix final : public ActorFunction {
 public:
  explicit Matrix(Setup& setup) : e_(setup.e) {}

  void fire(const FiringShape& shape, FiringIo& io) override {
    const auto rows = static_cast<std::size_t>(shape.rows);
    const auto columns = static_cast<std::size_t>(shape.columns);
    const auto inputs = static_cast<std::size_t>(shape.reduce);
    const Tensor from = shape.op == Operator::out_proj ? Tensor::v : Tensor::u;
    if (io.available(from) > 0) {
      held_.clear();
      for (std::size_t c = 0; c < columns; ++c) {
        const Tile x = io.take(from, inputs);
        held_.insert(held_.end(), x.begin(), x.end());
      }
    }
    if (held_.size() != columns * inputs) throw TileError("multiplies without its inputs");
    std::vector<float> y(columns * rows);
    matmul(PackedMatrix(io.take(Tensor::weights, rows * inputs), rows, inputs), held_, columns, y);
    if (shape.op == Operator::out_proj) return put_rows(io, Tensor::out, y, columns, e_.out_unit, true);
    if (shape.op == Operator::lm_head) return put_rows(io, Tensor::logits, y, columns, e_.head_unit, false);
    const std::size_t unit = by_row_tiles(shape.part) ? e_.tile_rows
                             : shape.part == Part::dt ? 1
                                                      : e_.bc_unit;
    put_rows(io, raw_of(shape.part), y, columns, unit, !by_row_tiles(shape.part));
  }

 private:
  const Extents& e_;
  std::vector<float> held_;
};

/// Convolution, SiLU, or both in one pipeline, over the tiles of in_proj.
class Parts final : public ActorFunction {
 public:
  Parts(Setup& setup, OperatorSet operators) : s_(setup), e_(setup.e), operators_(operators) {}

  void fire(const FiringShape& shape, FiringIo& io) override {
    const Part part = shape.part;
    const auto rows = static_cast<std::size_t>(shape.rows);
    const bool convolves = part != Part::z && operators_.contains(Operator::conv);
    const bool activates = operators_.contains(part == Part::z ? Operator::silu_z : Operator::silu_xbc);
    const bool raw = convolves || part == Part::z;
    const std::size_t unit = by_row_tiles(part) ? e_.tile_rows : e_.bc_unit;
    std::vector<float> values =
        take_rows(io, raw ? raw_of(part) : between(part), rows, e_.columns, unit, !by_row_tiles(part));
    if (convolves) convolve(part, rows, values, io);
    if (activates) kernels::silu_in_place(values);
    const Tensor to = activates ? activated(part) : between(part);
    put_rows(io, to, values, e_.columns, unit, !by_row_tiles(part));
    if (activates && part == Part::x) put_rows(io, Tensor::x_skip, values, e_.columns, unit, false);
  }

 private:
  static Tensor between(Part part) {
    return part == Part::x ? Tensor::x_conv : part == Part::b ? Tensor::b_conv : Tensor::c_conv;
  }
  static Tensor activated(Part part) {
    constexpr std::array<Tensor, 4> to{Tensor::z, Tensor::x, Tensor::b, Tensor::c};
    return to[static_cast<std::size_t>(part)];
  }
  [[nodiscard]] std::size_t first_channel(Part part) const {
    if (part == Part::x) return 0;
    return e_.d_inner + (part == Part::c ? e_.states() : 0);
  }

  /// Taps, bias and histories of the layer: from memory, or, kept in the unit, from its own tables.
  void begin_block(FiringIo& io) {
    const std::size_t n = e_.conv_channels;
    const std::size_t past = (e_.taps - 1) * n;
    Tile in;
    if (io.available(Tensor::conv_in) > 0) {
      in = io.take(Tensor::conv_in, e_.sequences() * past + (e_.taps + 1) * n);
    } else if (!io.puts(Tensor::conv_out)) {
      on_chip_ = true;
      in = conv_payload(s_, clock_);
    } else {
      throw TileError("convolves without weights");
    }
    // A column that the first step shifts out stands before the history.
    histories_.assign(e_.sequences() * e_.taps * n, 0.0F);
    auto from = in.begin();
    for (std::size_t q = 0; q < e_.sequences(); ++q) {
      std::copy_n(from, past, histories_.begin() + static_cast<std::ptrdiff_t>(q * e_.taps * n + n));
      from += static_cast<std::ptrdiff_t>(past);
    }
    weights_.assign(from, from + static_cast<std::ptrdiff_t>(e_.taps * n));
    bias_.assign(from + static_cast<std::ptrdiff_t>(e_.taps * n), in.end());
  }

  void convolve(Part part, std::size_t rows, std::span<float> values, FiringIo& io) {
    if (channels_done_ == 0) begin_block(io);
    std::size_t& done = done_[static_cast<std::size_t>(part)];
    const std::size_t first = first_channel(part) + done;
    if (first + rows > e_.conv_channels) throw TileError("convolves beyond its channels");
    const std::size_t n = e_.conv_channels;
    std::vector<float> out(rows);
    for (std::size_t column = 0; column < e_.columns; ++column) {
      const std::size_t q = e_.sequence ? 0 : column;
      const kernels::ConvTile tile{std::span(histories_).subspan(q * e_.taps * n + first),
                                   std::span<const float>(weights_).subspan(first),
                                   std::span<const float>(bias_).subspan(first, rows), e_.taps, n};
      const auto x = values.subspan(column * rows, rows);
      kernels::conv_step(tile, x, out);
      std::copy(out.begin(), out.end(), x.begin());
    }
    if (io.puts(Tensor::conv_out)) put_history(first, rows, io);
    if (on_chip_) keep_history(first, rows);
    done += rows;
    channels_done_ += rows;
    if (channels_done_ < e_.conv_channels) return;
    done_ = {};
    channels_done_ = 0;
    clock_.next_block(e_);
  }

  /// The last taps - 1 inputs of some channels of a sequence: [taps - 1, n].
  [[nodiscard]] Tile history_of(std::size_t sequence, std::size_t first, std::size_t n) const {
    Tile tile;
    for (std::size_t k = 1; k < e_.taps; ++k) {
      const auto row = std::span(histories_).subspan((sequence * e_.taps + k) * e_.conv_channels + first, n);
      tile.insert(tile.end(), row.begin(), row.end());
    }
    return tile;
  }

  void put_history(std::size_t first, std::size_t rows, FiringIo& io) const {
    for (std::size_t c = first; c < first + rows; c += e_.channel_unit) {
      Tile tile;
      for (std::size_t q = 0; q < e_.sequences(); ++q) {
        const Tile one = history_of(q, c, e_.channel_unit);
        tile.insert(tile.end(), one.begin(), one.end());
      }
      io.put(Tensor::conv_out, std::move(tile));
    }
  }

  void keep_history(std::size_t first, std::size_t rows) {
    for (std::size_t q = 0; q < e_.sequences(); ++q) {
      const std::size_t sequence = e_.sequence ? clock_.pass : q;
      s_.states.set_history(sequence, clock_.layer, first, history_of(q, first, rows));
    }
  }

  Setup& s_;
  const Extents& e_;
  OperatorSet operators_;
  LayerClock clock_;
  std::array<std::size_t, part_count> done_{};
  std::size_t channels_done_ = 0;
  bool on_chip_ = false;
  std::vector<float> histories_, weights_, bias_;
};

}  // namespace

FunctionPtr make_matrix(Setup& setup) {
  return std::make_unique<Matrix>(setup);
}
FunctionPtr make_parts(Setup& setup, OperatorSet operators) {
  return std::make_unique<Parts>(setup, operators);
}

}  // namespace statelane::functional
