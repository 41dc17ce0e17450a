// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>

#include "models/functional/walk.h"

namespace statelane::functional {
namespace {

/// What follows the projection element by element, over the tiles of its parts: the operators of one unit
/// that have to do with the part, as one pipeline.
class PartWalk final : public Walk {
 public:
  PartWalk(Run& run, OperatorSet operators) : r_(run), ops_(operators) {
    for (std::size_t p = 0; p < run.block().parts().size(); ++p) {
      bool any = false;
      ops_.for_each([&](Operator op) { any = any || works_on(op, p); });
      if (any) all_rows_ += run.rows_of(p);
    }
  }

  void fire(const FiringShape& shape, FiringIo& io) override {
    const auto part = static_cast<std::size_t>(shape.part);
    const auto rows = static_cast<std::size_t>(shape.rows);
    const std::size_t first = r_.first_row(part) + done_[part];
    if (done_[part] + rows > r_.rows_of(part)) throw TileError("works beyond its rows");
    const TilePlace at{.layer = clock_.layer,
                       .columns = r_.e.columns,
                       .first_row = first,
                       .last_row = first + rows,
                       .sequence = r_.e.sequence};
    for (const Operator op : r_.block().order()) {
      if (ops_.contains(op) && works_on(op, part)) work(op, part, at, io);
    }
    done_[part] += rows;
    if ((total_ += rows) < all_rows_) return;
    total_ = 0;
    done_ = {};
    held_ = {};
    clock_.next_block(r_.e);
  }

 private:
  [[nodiscard]] bool works_on(Operator op, std::size_t part) const {
    for (const Mapping::Link& in : r_.map.inputs(op)) {
      if (in.part == static_cast<std::int8_t>(part)) return true;
    }
    return false;
  }

  void work(Operator op, std::size_t part, const TilePlace& at, FiringIo& io) {
    std::vector<TileData*> in;
    const auto index = static_cast<std::int8_t>(part);
    for (const Mapping::Link& link : r_.map.inputs(op)) {
      if (link.part < 0) {
        in.push_back(&from_memory(link.tensor, io));
      } else if (link.part == index) {
        TileData& values = inside_[index_of(link.tensor)];
        const int producer = r_.map.producer(link.tensor);
        if (!r_.map.fused(producer, static_cast<int>(op)))
          values = take_rows(io, link.tensor, at.rows(), at.columns, cut_of(r_, link.tensor));
        in.push_back(&values);
      }
    }
    std::vector<Tensor> to;
    for (const Mapping::Link& link : r_.map.outputs(op)) {
      if (link.part == index) to.push_back(link.tensor);
    }
    std::vector<TileData> out(to.size());
    r_.functions->run(op, at, in, out);
    for (std::size_t i = 0; i < to.size(); ++i) {
      if (io.puts(to[i])) put_rows(io, to[i], out[i], at.columns, cut_of(r_, to[i]));
      inside_[index_of(to[i])] = std::move(out[i]);
    }
    for (const Mapping::Link& link : r_.map.outputs(op)) {
      if (link.tile == Tile::history) put_history(op, part, link.tensor, at.rows(), io);
    }
  }

  /// Histories and parameters of the layer: from memory, or, kept in the unit, from its own tables.
  TileData& from_memory(Tensor t, FiringIo& io) {
    if (!held_.empty()) return held_;
    TileData kept = r_.history_tile(clock_);
    on_chip_ = io.available(t) == 0;
    held_ = on_chip_ ? std::move(kept) : io.take(t, kept.size());
    return held_;
  }

  /// The last inputs of some channels of a sequence: [taps - 1, n].
  [[nodiscard]] TileData history_of(std::size_t sequence, std::size_t first, std::size_t n) const {
    const std::size_t past = r_.e[Dim::taps] - 1;
    const std::size_t channels = r_.e[Dim::conv_channels];
    TileData tile;
    for (std::size_t k = 0; k < past; ++k) tile.append(held_, (sequence * past + k) * channels + first, n);
    return tile;
  }

  void put_history(Operator op, std::size_t part, Tensor to, std::size_t rows, FiringIo& io) {
    const Extents& e = r_.e;
    std::size_t first = done_[part];  // among the channels that have a history
    for (std::size_t p = 0; p < part; ++p) first += works_on(op, p) ? r_.rows_of(p) : 0;
    if (io.puts(to) == on_chip_) throw TileError("keeps the history on chip or off, not both");
    for (std::size_t q = 0; on_chip_ && q < e.sequences(); ++q)
      r_.states.set_history(r_.sequence_of(clock_, q), clock_.layer, first, history_of(q, first, rows));
    for (std::size_t c = first; io.puts(to) && c < first + rows; c += e.conv_unit) {
      TileData tile;
      for (std::size_t q = 0; q < e.sequences(); ++q) tile.append(history_of(q, c, e.conv_unit));
      io.put(to, std::move(tile));
    }
  }

  Run& r_;
  OperatorSet ops_;
  std::size_t all_rows_ = 0;
  LayerClock clock_;
  std::array<std::size_t, 8> done_{};  ///< rows, by part
  std::size_t total_ = 0;
  bool on_chip_ = false;
  TileData held_;              ///< what memory brought for the block
  ByTensor<TileData> inside_;  ///< what crosses inside the pipeline
};

}  // namespace

WalkPtr make_part_walk(Run& run, OperatorSet operators) {
  return std::make_unique<PartWalk>(run, operators);
}

}  // namespace statelane::functional
