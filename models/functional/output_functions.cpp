// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "models/functional/actor_function.h"
#include "models/numerics/kernels.h"
#include "models/numerics/packed_matrix.h"

namespace statelane::functional {
namespace {

/// Holds the residual stream of all columns and adds each block's output of the mixer to it.
class Residual final : public ActorFunction {
 public:
  explicit Residual(Setup& setup) : e_(setup.e), stream_(e_.columns * e_.blocks * e_.d_model) {}

  void fire(const FiringShape& shape, FiringIo& io) override {
    if (io.available(Tensor::embedding) > 0) return embed(io);
    const auto rows = static_cast<std::size_t>(shape.rows);
    if (row_ + rows > e_.d_model) throw TileError("adds beyond the residual stream");
    for (std::size_t first = 0; first < rows; first += e_.out_unit) {
      const Tile tile = io.take(Tensor::out, e_.columns * e_.out_unit);
      for (std::size_t column = 0; column < e_.columns; ++column) {
        kernels::add_in_place(this->column(column).subspan(row_ + first, e_.out_unit),
                              std::span(tile).subspan(column * e_.out_unit, e_.out_unit));
      }
    }
    row_ += rows;
    if (row_ == e_.d_model) finish(io);
  }

 private:
  [[nodiscard]] std::span<float> column(std::size_t index) {
    return std::span(stream_).subspan((block_ * e_.columns + index) * e_.d_model, e_.d_model);
  }

  void embed(FiringIo& io) {
    Tile x = io.take(Tensor::embedding, e_.d_model);
    std::copy(x.begin(), x.end(), stream_.begin() + static_cast<std::ptrdiff_t>(embedded_ * e_.d_model));
    embedded_ = (embedded_ + 1) % (e_.columns * e_.blocks);
    io.put(Tensor::residual, std::move(x));
  }

  void finish(FiringIo& io) {
    const Tensor to = io.puts(Tensor::last) ? Tensor::last : Tensor::residual;
    for (std::size_t i = 0; i < e_.columns; ++i) io.put(to, Tile(column(i).begin(), column(i).end()));
    row_ = 0;
    block_ = (block_ + 1) % e_.blocks;
  }

  const Extents& e_;
  std::vector<float> stream_;  ///< [blocks, columns, d_model]
  std::size_t embedded_ = 0, row_ = 0, block_ = 0;
};

/// The host: computes the head from the last layer's residual stream, or takes the fabric's logits, and in
/// decode sends the next tokens' embeddings, given or chosen (the largest logit).
class Sink final : public ActorFunction {
 public:
  explicit Sink(Setup& setup) : s_(setup), e_(setup.e) {}

  void fire(const FiringShape&, FiringIo& io) override {
    if (e_.head_on_fabric) {
      if (io.available(Tensor::logits) < e_.vocab / e_.head_unit * e_.head_columns())
        return;  // not all rows yet
      from_fabric(io);
    } else {
      from_residual(io);
    }
    if (io.puts(Tensor::embedding)) {
      for (std::size_t q = 0; q < e_.columns; ++q) io.put(Tensor::embedding, s_.embedding_of(next_token(q)));
    }
    ++pass_;
  }

 private:
  /// The pass whose logits these are: where only the last one's are needed the fabric computes no others.
  [[nodiscard]] std::size_t pass() const {
    return e_.head_on_fabric && !e_.head_every_pass ? e_.passes - 1 : pass_;
  }

  void record(std::size_t column, std::vector<float> logits) {
    s_.logits.push_back({pass(), e_.sequence ? pass() : column, std::move(logits)});
  }

  void from_fabric(FiringIo& io) {
    std::vector<std::vector<float>> logits(e_.head_columns());
    for (std::size_t first = 0; first < e_.vocab; first += e_.head_unit) {
      for (std::vector<float>& column : logits) {
        const Tile tile = io.take(Tensor::logits, e_.head_unit);
        column.insert(column.end(), tile.begin(), tile.end());
      }
    }
    for (std::size_t c = 0; c < logits.size(); ++c) record(c, std::move(logits[c]));
  }

  void from_residual(FiringIo& io) {
    const std::size_t all = e_.columns * e_.blocks;
    const bool wanted = e_.head_every_pass || pass_ + 1 == e_.passes;
    io.drop(Tensor::last, wanted ? all - e_.head_columns() : all);  // a prompt's last token only
    for (std::size_t c = 0; wanted && c < e_.head_columns(); ++c) {
      Tile x = io.take(Tensor::last, e_.d_model);
      kernels::rms_norm(x, s_.model.weights().final_norm, 1, s_.model.dims().norm_eps, x);
      std::vector<float> logits(e_.vocab);
      matmul(s_.model.head(), x, 1, logits);
      record(c, std::move(logits));
    }
  }

  std::int64_t next_token(std::size_t sequence) {
    std::vector<std::int64_t>& tokens = s_.tokens[sequence];
    if (tokens.size() <= pass_ + 1) {
      const std::vector<float>& l = s_.logits[s_.logits.size() - e_.columns + sequence].values;
      tokens.push_back(std::max_element(l.begin(), l.end()) - l.begin());
    }
    return tokens[pass_ + 1];
  }

  Setup& s_;
  const Extents& e_;
  std::size_t pass_ = 0;
};

}  // namespace

FunctionPtr make_residual(Setup& setup) {
  return std::make_unique<Residual>(setup);
}
FunctionPtr make_sink(Setup& setup) {
  return std::make_unique<Sink>(setup);
}

}  // namespace statelane::functional
