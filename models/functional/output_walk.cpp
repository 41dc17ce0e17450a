// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "models/functional/walk.h"

namespace statelane::functional {
namespace {

/// The operator that closes a layer: holds the residual stream of all columns, takes the embeddings in and
/// adds each block's output to it.
class StreamWalk final : public Walk {
 public:
  StreamWalk(Run& run, Operator op)
      : r_(run), op_(op), width_(run.e[run.block()[op].rows]), stream_(run.e.layer_columns()) {}

  void fire(const FiringShape& shape, FiringIo& io) override {
    const Tensor entering = r_.block().entering();
    if (io.available(entering) > 0) return embed(io.take(entering, width_), io);
    const auto rows = static_cast<std::size_t>(shape.rows);
    const std::size_t columns = r_.e.columns;
    if (row_ + rows > width_) throw TileError("adds beyond the residual stream");
    std::vector<TileData> operands;
    for (const Mapping::Link& in : r_.map.inputs(op_)) {
      if (in.border != Border::enters)
        operands.push_back(take_rows(io, in.tensor, rows, columns, cut_of(r_, in.tensor)));
    }
    TileData held;
    for (std::size_t c = 0; c < columns; ++c) held.append(column(c), row_, rows);
    operands.push_back(std::move(held));
    std::vector<TileData*> in;
    for (TileData& tile : operands) in.push_back(&tile);
    std::vector<TileData> out(1);
    r_.functions->run(op_,
                      {.layer = clock_.layer, .columns = columns, .first_row = row_, .last_row = row_ + rows},
                      in, out);
    for (std::size_t c = 0; c < columns; ++c) column(c).set(row_, out.front().slice(c * rows, rows), width_);
    row_ += rows;
    if (row_ == width_) finish(io);
  }

 private:
  [[nodiscard]] TileData& column(std::size_t index) { return stream_[clock_.block * r_.e.columns + index]; }

  void embed(TileData x, FiringIo& io) {
    stream_[embedded_] = x;
    embedded_ = (embedded_ + 1) % stream_.size();
    io.put(r_.block().residual(), std::move(x));
  }

  void finish(FiringIo& io) {
    const Tensor leaving = r_.block().leaving();
    const Tensor to = leaving != no_tensor && io.puts(leaving) ? leaving : r_.block().residual();
    for (std::size_t i = 0; i < r_.e.columns; ++i) {
      io.put(to, column(i));
      if (clock_.layer + 1 == r_.e.layers) r_.last.at(clock_.pass).push_back(column(i));
    }
    row_ = 0;
    clock_.next_block(r_.e);
  }

  Run& r_;
  Operator op_;
  std::size_t width_;
  std::vector<TileData> stream_;  ///< by column of the layer
  LayerClock clock_;
  std::size_t embedded_ = 0, row_ = 0;
};

/// The host: computes the head from the last layer's residual stream, or takes the fabric's logits, and in
/// decode sends the next tokens' embeddings, given or chosen (the largest logit).
class HostWalk final : public Walk {
 public:
  explicit HostWalk(Run& run) : r_(run), e_(run.e) {}

  void fire(const FiringShape& shape, FiringIo& io) override {
    if (e_.head_on_fabric) {
      const Tensor logits = r_.map.outputs(shape.op).front().tensor;
      if (io.available(logits) < e_[Dim::vocabulary] / e_.head_unit * e_.head_columns())
        return;  // not all rows yet
      from_fabric(logits, io);
    } else {
      from_residual(io);
    }
    const Tensor entering = r_.block().entering();
    if (io.puts(entering)) {
      for (std::size_t q = 0; q < e_.columns; ++q) io.put(entering, r_.functions->embedding(next_token(q)));
    }
    ++pass_;
  }

 private:
  /// The pass whose logits these are: where only the last one's are needed the fabric computes no others.
  [[nodiscard]] std::size_t pass() const {
    return e_.head_on_fabric && !e_.head_every_pass ? e_.passes - 1 : pass_;
  }

  void record(std::size_t column, std::vector<float> logits) {
    r_.logits.push_back({pass(), e_.sequence ? pass() : column, std::move(logits)});
  }

  void from_fabric(Tensor t, FiringIo& io) {
    const TileCut cut{e_.head_unit, false};
    const TileData all = take_rows(io, t, e_[Dim::vocabulary], e_.head_columns(), cut);
    const std::size_t vocab = e_[Dim::vocabulary];
    for (std::size_t c = 0; c < e_.head_columns(); ++c) record(c, all.slice(c * vocab, vocab).reals);
  }

  void from_residual(FiringIo& io) {
    const Tensor t = r_.block().leaving();
    const bool wanted = e_.head_every_pass || pass_ + 1 == e_.passes;
    const std::size_t columns = wanted ? e_.head_columns() : 0;  // a prompt's last token only
    io.drop(t, e_.layer_columns() - columns);
    for (std::size_t c = 0; c < columns; ++c)
      record(c, r_.functions->logits(io.take(t, e_[r_.block()[t].dim])));
  }

  std::int64_t next_token(std::size_t sequence) {
    std::vector<std::int64_t>& tokens = r_.tokens[sequence];
    if (tokens.size() <= pass_ + 1) {
      const std::vector<float>& l = r_.logits[r_.logits.size() - e_.columns + sequence].values;
      tokens.push_back(std::max_element(l.begin(), l.end()) - l.begin());
    }
    return tokens[pass_ + 1];
  }

  Run& r_;
  const Extents& e_;
  std::size_t pass_ = 0;
};

}  // namespace

WalkPtr make_stream_walk(Run& run, Operator op) {
  return std::make_unique<StreamWalk>(run, op);
}
WalkPtr make_host_walk(Run& run) {
  return std::make_unique<HostWalk>(run);
}

}  // namespace statelane::functional
