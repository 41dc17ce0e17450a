// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "models/evaluate/lowering_context.h"
#include "models/graph/program.h"

namespace statelane::lowering {
namespace {

std::uint16_t port_index(const Design& design, const std::string& name) {
  for (std::size_t i = 0; i < design.memory.ports.size(); ++i) {
    if (design.memory.ports[i].name == name) return static_cast<std::uint16_t>(i);
  }
  return no_id;
}

/// Streams start on whole rows of the largest device page here, so that regions never share a row.
constexpr std::int64_t region = 1 << 20;

class MemoryEmitter {
 public:
  explicit MemoryEmitter(Context& c) : c_(c), g_(c.g) {}

  void emit() {
    if (const StreamRow* row = c_.block.stream(StreamKind::weights)) weights(*row);
    if (const StreamRow* row = c_.block.stream(StreamKind::history); row && c_.off_chip(row->kind))
      history(*row);
    if (const StreamRow* row = c_.block.stream(StreamKind::state); row && c_.off_chip(row->kind)) state(*row);
  }

 private:
  /// A stream behind the regions already laid out. Each channel gets its share in whole stripes.
  std::uint16_t stream(StreamKind kind, std::string_view name, Bytes size) {
    const Placement& place = c_.design.memory.placement(kind);
    Stream s;
    s.name = name;
    s.kind = kind;
    s.port = port_index(c_.design, place.port);
    s.first_channel = static_cast<std::uint16_t>(place.first_channel);
    s.channels = static_cast<std::uint16_t>(place.channels);
    s.stripe = place.stripe;
    s.base = base_;
    s.size = size;
    const std::int64_t share = ceil_div(ceil_div(size.count(), place.stripe.count()), place.channels);
    base_ += Bytes(ceil_div(share * place.stripe.count(), region) * region);
    c_.build.graph().streams.push_back(s);
    return static_cast<std::uint16_t>(c_.build.graph().streams.size() - 1);
  }

  /// Bytes of the weights of `rows` outputs.
  [[nodiscard]] Bytes weight_bytes(Operator op, std::int64_t rows) const {
    const std::int64_t reduce = g_.dims[c_.block[op].reduce];
    const Precision& p = c_.design.precision;
    return aligned(op == static_cast<Operator>(c_.block.head()) ? bytes_of(p.head_weights * (rows * reduce))
                                                                : p.weight_bytes(rows, reduce));
  }

  /// `count` transfers of the weights of one firing of the matrix unit; the largest is kept.
  void fetch(Operator op, std::int64_t rows, std::int64_t count, std::size_t part = 0) {
    if (count <= 0) return;
    const FiringId f = c_.build.firing();
    FiringShape& shape = c_.build.shape();
    shape.op = op;
    shape.part = static_cast<Part>(part);
    shape.rows = static_cast<std::int32_t>(rows);
    const Bytes bytes = weight_bytes(op, rows);
    c_.build.out(c_[weight_tensor_], 1);
    c_.build.transfer(bytes);
    largest_ = std::max(largest_, bytes);
    c_.build.fire(f, count);
  }

  [[nodiscard]] bool takes_weights(Operator op) const {
    const std::span<const Mapping::Link> inputs = c_.map.inputs(op);
    return std::any_of(inputs.begin(), inputs.end(),
                       [&](const Mapping::Link& in) { return in.tensor == weight_tensor_; });
  }

  void fetch_layer() {
    c_.map.mapped().for_each([&](Operator op) {
      if (!takes_weights(op)) return;
      const OperatorRow& row = c_.block[op];
      if (row.domain == Domain::projection) {
        walk_parts(c_, ~0u, [&](std::size_t part, std::int64_t rows, std::int64_t count, bool) {
          fetch(op, rows, count, part);
        });
      } else if (row.domain == Domain::rows) {
        fetch_rows(op, g_.dims[row.rows], g_.out_rows);
      }
    });
  }
  void fetch_rows(Operator op, std::int64_t rows, std::int64_t step) {
    const std::int64_t tiles = ceil_div(rows, step);
    fetch(op, step, tiles - 1);
    fetch(op, rows - (tiles - 1) * step, 1);
  }
  void fetch_head() {
    if (!c_.fabric_head()) return;
    const auto op = static_cast<Operator>(c_.block.head());
    fetch_rows(op, g_.dims[c_.block[op].rows], g_.head_rows);
  }

  /// One DMA firing for every firing of the matrix unit, in its order.
  void weights(const StreamRow& row) {
    weight_tensor_ = row.read;
    const ActorId actor = c_.build.begin_actor(row.reader, ActorKind::memory_read, no_id, 0);
    {
      auto passes = c_.build.loop(g_.passes);
      {
        auto layers = c_.build.loop(g_.layers);
        // All blocks of a layer read the same weights: the stream would have to step back, so a block loop is
        // laid out as a stream of its own length.
        auto blocks = c_.build.loop(g_.blocks);
        fetch_layer();
      }
      if (g_.head_every_pass) fetch_head();
    }
    if (!g_.head_every_pass) fetch_head();
    c_.build.end_actor();
    Graph& graph = c_.build.graph();
    // The stream holds what is read between two visits of its base: a pass, or the whole run.
    const Bytes total = program_totals(graph, graph.program(graph.actors[actor])).bytes;
    const bool wraps = g_.head_every_pass || !c_.fabric_head();
    const std::int64_t rounds = wraps ? g_.passes : 1;
    graph.actors[actor].stream = stream(row.kind, row.name, Bytes(total.count() / rounds));
    Channel& channel = graph.channels[c_[row.read]];
    channel.tile_elements = largest_.count();
    channel.element = Bits{8};
    channel.capacity = static_cast<std::int32_t>(std::max<std::int64_t>(
        1, c_.design.schedule.weight_buffer.count() / std::max<std::int64_t>(1, largest_.count())));
  }

  /// Reads that must not overtake the write of what they read: `order` carries one tile a write to the
  /// reader. Where a layer comes back once a pass (decode), a read waits for the write of the pass before;
  /// where a prompt comes in blocks, for that of the block before, and the first block starts from what was
  /// there.
  ChannelId order_channel(Tensor order, std::int64_t per_layer) {
    if (g_.sequence ? g_.blocks == 1 : g_.passes == 1) return no_id;
    const std::int64_t all = g_.sequence ? per_layer : per_layer * g_.layers;
    const ChannelId id = c_.build.channel(c_.block[order].name, 0, Bits{0}, all, g_.sequence ? 0 : all);
    c_.build.graph().channels[id].tensor = order;
    return id;
  }

  struct Transfers {
    Tensor tensor = no_tensor;
    std::int64_t tiles = 1;      ///< a transfer
    std::int64_t per_layer = 1;  ///< transfers a layer (and block, and pass)
    Bytes bytes{0};              ///< of one
    std::uint16_t stream = no_id;
    ChannelId order = no_id;
  };

  /// An actor that moves the same each time. `op`: what takes, or gives, what it moves.
  void mover(std::string_view name, ActorKind kind, const Transfers& t, int op) {
    c_.build.begin_actor(name, kind, no_id, t.stream);
    moves(kind == ActorKind::memory_write, t, op);
    c_.build.end_actor();
  }

  void moves(bool write, const Transfers& t, int op) {
    const auto declare = [&](bool ordered) {
      const FiringId f = c_.build.firing();
      c_.build.shape().op = static_cast<Operator>(op);
      if (write) c_.build.in(c_[t.tensor], t.tiles);
      if (ordered && !write) c_.build.in(t.order, 1);
      if (!write) c_.build.out(c_[t.tensor], t.tiles);
      if (ordered && write) c_.build.out(t.order, 1);
      c_.build.transfer(t.bytes);
      return f;
    };
    const FiringId all = declare(!g_.sequence);
    auto passes = c_.build.loop(g_.passes);
    if (t.order == no_id || !g_.sequence) {
      auto layers = c_.build.loop(g_.layers * g_.blocks);
      c_.build.fire(all, t.per_layer);
      return;
    }
    const FiringId ordered = declare(true);
    auto layers = c_.build.loop(g_.layers);
    if (!write) c_.build.fire(all, t.per_layer);  // the first block
    c_.build.fire(ordered, t.per_layer * (g_.blocks - 1));
    if (write) c_.build.fire(all, t.per_layer);  // nobody reads the last block's
  }

  void history(const StreamRow& row) {
    const Precision& p = c_.design.precision;
    const std::int64_t columns = g_.sequence ? 1 : g_.columns;
    const Bytes history = aligned(p.conv_state_bytes(g_.conv_channels * columns, g_.taps - 1));
    const Bytes read = aligned(history + p.conv_weight_bytes(g_.conv_channels, g_.taps));
    const std::uint16_t in = stream(row.kind, row.name, read * (g_.layers * g_.blocks));
    const std::uint16_t out = stream(row.kind, row.write_name, history * (g_.layers * g_.blocks));
    c_.build.graph().channels[c_[row.read]].tile_elements = read.count();
    const ChannelId order = order_channel(row.order, 1);
    const int op = c_.map.consumer(row.read);
    mover(row.reader, ActorKind::memory_read, {row.read, 1, 1, read, in, order}, op);
    mover(row.writer, ActorKind::memory_write,
          {row.written, g_.conv_channels / g_.conv_unit, 1, history, out, order}, op);
  }

  /// h enters and leaves a head (of all columns that have one) at a time.
  void state(const StreamRow& row) {
    const Precision& p = c_.design.precision;
    const std::int64_t columns = c_.per_column_state ? g_.columns : 1;
    const Bytes bytes = aligned(p.state_bytes(g_.headdim * g_.d_state * columns));
    const std::uint16_t place = stream(row.kind, row.name, bytes * (g_.heads * g_.layers));
    const std::int64_t tiles = g_.head_tiles() * columns;
    const ChannelId order = c_.load_state ? order_channel(row.order, g_.heads) : no_id;
    if (c_.load_state) {
      mover(row.reader, ActorKind::memory_read, {row.read, tiles, g_.heads, bytes, place, order},
            c_.map.consumer(row.read));
    }
    mover(row.writer, ActorKind::memory_write, {row.written, tiles, g_.heads, bytes, place, order},
          c_.map.producer(row.written));
  }

  Context& c_;
  const Geometry& g_;
  Bytes base_{0};
  Bytes largest_{0};
  Tensor weight_tensor_ = no_tensor;
};

}  // namespace

void emit_memory_actors(Context& c) {
  MemoryEmitter(c).emit();
}

}  // namespace statelane::lowering
