// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "models/functional/walk.h"

namespace statelane::functional {
namespace {

/// Weights in the order of the schedule the memory was laid out for.
class WeightWalk final : public Walk {
 public:
  explicit WeightWalk(Run& run) : r_(run), tensor_(run.block().stream(StreamKind::weights)->read) {
    run.map.mapped().for_each([&](Operator op) {
      const OperatorRow& row = run.block()[op];
      for (const Mapping::Link& in : run.map.inputs(op)) {
        if (in.tensor != tensor_ || row.domain == Domain::vocabulary) continue;
        if (row.domain != Domain::projection) all_rows_ += run.e[row.rows];
        for (std::size_t p = 0; row.domain == Domain::projection && p < run.block().parts().size(); ++p)
          all_rows_ += run.rows_of(p);
      }
    });
  }

  void fire(const FiringShape& shape, FiringIo& io) override {
    const auto rows = static_cast<std::size_t>(shape.rows);
    const Domain domain = r_.block()[shape.op].domain;
    const bool parts = domain == Domain::projection;
    const auto part = parts ? static_cast<std::size_t>(shape.part) : 0;
    std::size_t& done = done_[static_cast<std::size_t>(shape.op)][part];
    const std::size_t first = done + (parts ? r_.first_row(part) : 0);
    const bool head = domain == Domain::vocabulary;
    io.put(tensor_, r_.functions->weights(shape.op, {.layer = head ? r_.e.layers : clock_.layer,
                                                     .first_row = first,
                                                     .last_row = first + rows}));
    done += rows;
    if (head) {
      done %= r_.e[r_.block()[shape.op].rows];
      return;
    }
    if ((total_ += rows) < all_rows_) return;
    total_ = 0;
    done_ = {};
    clock_.next_block(r_.e);
  }

 private:
  Run& r_;
  Tensor tensor_;
  std::size_t all_rows_ = 0;  ///< of a layer
  LayerClock clock_;
  std::array<std::array<std::size_t, 8>, OperatorSet::capacity> done_{};  ///< by operator and part
  std::size_t total_ = 0;
};

class HistoryRead final : public Walk {
 public:
  explicit HistoryRead(Run& run) : r_(run) {}

  void fire(const FiringShape&, FiringIo& io) override {
    io.put(r_.block().stream(StreamKind::history)->read, r_.history_tile(clock_));
    clock_.next_block(r_.e);
  }

 private:
  Run& r_;
  LayerClock clock_;
};

/// Writes the histories back; the tiles come in the order in which the schedule convolves the parts.
class HistoryWrite final : public Walk {
 public:
  explicit HistoryWrite(Run& run) : r_(run), tensor_(run.block().stream(StreamKind::history)->written) {
    std::array<bool, 8> has{};
    const int op = run.map.consumer(run.block().stream(StreamKind::history)->read);
    for (const Mapping::Link& in : run.map.inputs(static_cast<Operator>(op))) {
      if (in.part >= 0) has[static_cast<std::size_t>(in.part)] = true;
    }
    std::array<std::size_t, 8> first{};
    std::size_t channels = 0;
    const std::size_t parts = run.block().parts().size();
    for (std::size_t p = 0; p < parts; ++p) {
      first[p] = channels;
      if (has[p]) channels += run.rows_of(p);
    }
    const auto add = [&](std::size_t p) {
      for (std::size_t c = 0; has[p] && c < run.rows_of(p); c += run.e.conv_unit)
        channels_.push_back(first[p] + c);
    };
    if (run.e.naive) {
      for (std::size_t p = 0; p < parts; ++p) add(p);
    } else {
      for (const std::uint8_t p : run.block().shared_parts()) add(p);
      for (const std::uint8_t p : run.block().row_parts()) add(p);
    }
  }

  void fire(const FiringShape&, FiringIo& io) override {
    const Extents& e = r_.e;
    const std::size_t past = (e[Dim::taps] - 1) * e.conv_unit;
    for (const std::size_t first : channels_) {
      const TileData tile = io.take(tensor_, past * e.sequences());
      for (std::size_t q = 0; q < e.sequences(); ++q)
        r_.states.set_history(r_.sequence_of(clock_, q), clock_.layer, first, tile.slice(q * past, past));
    }
    clock_.next_block(e);
  }

 private:
  Run& r_;
  Tensor tensor_;
  std::vector<std::size_t> channels_;  ///< first of each tile
  LayerClock clock_;
};

/// h in or out, a head a firing: by sequence, row tile and state tile.
class StateWalk final : public Walk {
 public:
  StateWalk(Run& run, bool write) : r_(run), write_(write) {}

  void fire(const FiringShape&, FiringIo& io) override {
    const Extents& e = r_.e;
    const StreamRow& stream = *r_.block().stream(StreamKind::state);
    for (std::size_t q = 0; q < e.sequences(); ++q) {
      for (std::size_t row = 0; row < e.row_tiles; ++row) {
        for (std::size_t state = 0; state < e.state_tiles; ++state) {
          const StateStore::Place place{r_.sequence_of(clock_, q), clock_.layer, head_, row, state};
          if (write_) {
            r_.states.set_state_tile(place, io.take(stream.written, e.tile_rows * e.tile_states));
          } else {
            io.put(stream.read, r_.states.state_tile(place));
          }
        }
      }
    }
    if (++head_ < e.heads) return;
    head_ = 0;
    clock_.next_block(e);
  }

 private:
  Run& r_;
  bool write_;
  LayerClock clock_;
  std::size_t head_ = 0;
};

}  // namespace

WalkPtr make_memory_walk(Run& run, StreamKind kind, bool write) {
  switch (kind) {
    case StreamKind::weights:
      return std::make_unique<WeightWalk>(run);
    case StreamKind::history:
      if (write) return std::make_unique<HistoryWrite>(run);
      return std::make_unique<HistoryRead>(run);
    case StreamKind::state:
      return std::make_unique<StateWalk>(run, write);
  }
  throw TileError("moves a stream of no known kind");
}

}  // namespace statelane::functional
