// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "models/evaluate/lowering_context.h"

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
    weights();
    if (c_.design.schedule.conv_state == StatePlace::off_chip) conv();
    if (c_.design.schedule.state == StatePlace::off_chip) state();
  }

 private:
  /// A stream behind the regions already laid out. Each channel gets its share in whole stripes.
  std::uint16_t stream(std::string_view name, const Placement& place, Bytes size) {
    Stream s;
    s.name = name;
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

  /// One DMA firing for every firing of the matrix unit, in its order.
  void weights() {
    const Precision& p = c_.design.precision;
    const Geometry& g = g_;
    const ActorId actor = c_.build.begin_actor("weight_dma", ActorKind::memory_read, no_id, 0);
    Bytes largest{0};
    const auto fetch = [&](Operator op, std::int64_t rows, std::int64_t count, Bytes bytes,
                           Part part = Part::z) {
      FiringShape shape;
      shape.op = op;
      shape.part = part;
      shape.rows = static_cast<std::int32_t>(rows);
      const FiringId f = c_.build.firing(shape);
      c_.build.out(c_[Edge::weights], 1);
      c_.build.transfer(aligned(bytes));
      largest = std::max(largest, aligned(bytes));
      c_.build.fire(f, count);
    };
    {
      auto passes = c_.build.loop(g.passes);
      {
        auto layers = c_.build.loop(g.layers);
        {
          // All blocks of a layer read the same weights: the stream would have to step back, so a block loop
          // is laid out as a stream of its own length.
          auto blocks = c_.build.loop(g.blocks);
          walk_parts(c_, 31u, [&](Part part, std::int64_t rows, std::int64_t count, bool) {
            fetch(Operator::in_proj, rows, count, p.weight_bytes(rows, g.d_model), part);
          });
          const std::int64_t tiles = ceil_div(g.d_model, g.out_rows);
          const std::int64_t last = g.d_model - (tiles - 1) * g.out_rows;
          fetch(Operator::out_proj, g.out_rows, tiles - 1, p.weight_bytes(g.out_rows, g.d_inner));
          fetch(Operator::out_proj, last, 1, p.weight_bytes(last, g.d_inner));
        }
      }
      if (g.head_every_pass) head(fetch);
    }
    if (!g.head_every_pass) head(fetch);
    c_.build.end_actor();
    Graph& graph = c_.build.graph();
    // The stream holds what is read between two visits of its base: a pass, or the whole run.
    const Bytes total = program_bytes(graph.program(graph.actors[actor]));
    const bool wraps = g.head_every_pass || c_.design.schedule.lm_head != HeadPlace::fabric;
    const std::int64_t rounds = wraps ? g.passes : 1;
    graph.actors[actor].stream = stream("weights", c_.design.memory.weights, Bytes(total.count() / rounds));
    Channel& channel = graph.channels[c_[Edge::weights]];
    channel.tile_elements = largest.count();
    channel.element = Bits{8};
    channel.capacity = static_cast<std::int32_t>(std::max<std::int64_t>(
        1, c_.design.schedule.weight_buffer.count() / std::max<std::int64_t>(1, largest.count())));
  }

  template <class Fetch>
  void head(const Fetch& fetch) {
    if (c_.design.schedule.lm_head != HeadPlace::fabric) return;
    const Precision& p = c_.design.precision;
    const std::int64_t tiles = ceil_div(g_.vocab, g_.head_rows);
    const std::int64_t last = g_.vocab - (tiles - 1) * g_.head_rows;
    const auto bytes = [&](std::int64_t rows) { return bytes_of(p.head_weights * (rows * g_.d_model)); };
    fetch(Operator::lm_head, g_.head_rows, tiles - 1, bytes(g_.head_rows));
    fetch(Operator::lm_head, last, 1, bytes(last));
  }

  [[nodiscard]] Bytes program_bytes(std::span<const Instruction> code, std::int64_t times = 1) const {
    Bytes total{0};
    for (std::size_t i = 0; i < code.size(); ++i) {
      if (code[i].body == 0) {
        total += c_.build.graph_view().firings[code[i].firing].bytes * (code[i].count * times);
      } else {
        total += program_bytes(code.subspan(i + 1, code[i].body), times * code[i].count);
        i += code[i].body;
      }
    }
    return total;
  }

  /// Reads that must not overtake the write of what they read: `order` carries one tile a write to the
  /// reader. Where a layer comes back once a pass (decode), a read waits for the write of the pass before;
  /// where a prompt comes in blocks, for that of the block before, and the first block starts from what was
  /// there.
  ChannelId order_channel(std::string_view name, std::int64_t per_layer) {
    if (g_.sequence) return g_.blocks > 1 ? c_.build.channel(name, 0, Bits{0}, per_layer) : no_id;
    if (g_.passes == 1) return no_id;
    const std::int64_t all = per_layer * g_.layers;
    return c_.build.channel(name, 0, Bits{0}, all, all);
  }

  /// An actor that fires `per_layer` times a layer, block and pass, moving `bytes` each time.
  void simple(std::string_view name, ActorKind kind, Edge edge, std::int64_t tiles, std::int64_t per_layer,
              Bytes bytes, std::uint16_t stream_id, Operator op, ChannelId order) {
    c_.build.begin_actor(name, kind, no_id, stream_id);
    const bool write = kind == ActorKind::memory_write;
    FiringShape shape;
    shape.op = op;
    const auto declare = [&](bool ordered) {
      const FiringId f = c_.build.firing(shape);
      if (write) c_.build.in(c_[edge], tiles);
      if (ordered && !write) c_.build.in(order, 1);
      if (!write) c_.build.out(c_[edge], tiles);
      if (ordered && write) c_.build.out(order, 1);
      c_.build.transfer(bytes);
      return f;
    };
    const FiringId all = declare(!g_.sequence);
    auto passes = c_.build.loop(g_.passes);
    if (order == no_id || !g_.sequence) {
      auto layers = c_.build.loop(g_.layers * g_.blocks);
      c_.build.fire(all, per_layer);
      return;
    }
    const FiringId ordered = declare(true);
    auto layers = c_.build.loop(g_.layers);
    if (!write) c_.build.fire(all, per_layer);  // the first block
    c_.build.fire(ordered, per_layer * (g_.blocks - 1));
    if (write) c_.build.fire(all, per_layer);  // nobody reads the last block's
  }

  void conv() {
    const Precision& p = c_.design.precision;
    const std::int64_t columns = g_.sequence ? 1 : g_.columns;
    const Bytes history = aligned(p.conv_state_bytes(g_.conv_channels * columns, g_.taps - 1));
    const Bytes read = aligned(history + p.conv_weight_bytes(g_.conv_channels, g_.taps));
    const std::uint16_t in = stream("conv", c_.design.memory.conv, read * (g_.layers * g_.blocks));
    const std::uint16_t out = stream("conv_state", c_.design.memory.conv, history * (g_.layers * g_.blocks));
    Channel& channel = c_.build.graph().channels[c_[Edge::conv_in]];
    channel.tile_elements = read.count();
    const ChannelId order = order_channel("conv_order", 1);
    simple("conv_dma_in", ActorKind::memory_read, Edge::conv_in, 1, 1, read, in, Operator::conv, order);
    c_.build.end_actor();
    simple("conv_dma_out", ActorKind::memory_write, Edge::conv_out, g_.conv_channels / g_.conv_unit, 1,
           history, out, Operator::conv, order);
    c_.build.end_actor();
  }

  /// h enters and leaves a head (of all columns that have one) at a time.
  void state() {
    const Precision& p = c_.design.precision;
    const std::int64_t columns = c_.per_column_state ? g_.columns : 1;
    const Bytes bytes = aligned(p.state_bytes(g_.headdim * g_.d_state * columns));
    const std::uint16_t place = stream("state", c_.design.memory.state, bytes * (g_.heads * g_.layers));
    const std::int64_t tiles = g_.head_tiles() * columns;
    const ChannelId order = c_.load_state ? order_channel("state_order", g_.heads) : no_id;
    if (c_.load_state) {
      simple("state_dma_in", ActorKind::memory_read, Edge::h_in, tiles, g_.heads, bytes, place,
             Operator::decay, order);
      c_.build.end_actor();
    }
    simple("state_dma_out", ActorKind::memory_write, Edge::h_out, tiles, g_.heads, bytes, place,
           Operator::state_add, order);
    c_.build.end_actor();
  }

  Context& c_;
  const Geometry& g_;
  Bytes base_{0};
};

}  // namespace

void emit_memory_actors(Context& c) {
  MemoryEmitter(c).emit();
}

}  // namespace statelane::lowering
