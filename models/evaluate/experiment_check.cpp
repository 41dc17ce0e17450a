// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/experiment_check.h"

#include <algorithm>
#include <cstdio>

#include "models/evaluate/lowering.h"

namespace statelane {
namespace {

/// Position of the value at `pointer` in `json`, or of the nearest object above it.
SourcePosition position(const JsonValue& json, const std::string& pointer) {
  if (const JsonValue* value = find_pointer(json, pointer)) return value->where();
  const std::size_t slash = pointer.rfind('/');
  const JsonValue* parent = slash == 0 ? &json : find_pointer(json, pointer.substr(0, slash));
  return parent != nullptr ? parent->where(pointer.substr(slash + 1)) : json.where();
}

std::string number(std::int64_t n) {
  return std::to_string(n);
}

std::string gigabytes(BytesPerSecond b) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g GB/s", b.count() / 1e9);
  return text;
}

class Checker {
 public:
  Checker(const Experiment& e, const JsonValue& design, const SourcePosition& named_at,
          Diagnostics& diagnostics)
      : e_(e), design_(design), named_at_(named_at), diagnostics_(diagnostics) {}

  void run() {
    schedule();
    lanes();
    memory();
    if (!diagnostics_.ok()) return;
    Graph graph;
    if (std::string why = lower(e_.design, e_.network, e_.phase, graph); !why.empty()) {
      diagnostics_.error(culprit(why), why);
      return;
    }
    weight_buffer(graph);
  }

 private:
  /// Where to look for the cause of what lower() says: the unit of the operator it begins with ("conv: ..."),
  /// else the design as a whole, at the place that names it.
  [[nodiscard]] SourcePosition culprit(const std::string& why) const {
    const std::optional<Operator> op = operator_named(why.substr(0, why.find(':')));
    const int unit = op ? e_.design.unit_of(*op) : -1;
    if (unit < 0) return named_at_;
    return position(design_,
                    "/units/" + pointer_escape(e_.design.units[static_cast<std::size_t>(unit)].name()));
  }

  void divides(const std::string& pointer, std::int64_t part, const std::string& what, std::int64_t whole) {
    if (part > whole) {
      diagnostics_.error(position(design_, pointer), "the tile is larger than " + what, number(part),
                         "at most " + number(whole));
    } else if (whole % part != 0) {
      diagnostics_.error(position(design_, pointer), "does not divide " + what, number(part),
                         "a divisor of " + number(whole));
    }
  }

  void schedule() {
    const Schedule& s = e_.design.schedule;
    divides("/schedule/tile_rows", s.tile_rows, "the head dimension (headdim)", e_.network.headdim);
    divides("/schedule/tile_states", s.tile_states, "the state dimension (d_state)", e_.network.d_state);
  }

  void lanes() {
    for (const Unit& unit : e_.design.units) {
      const std::string pointer = "/units/" + pointer_escape(unit.name()) + "/lanes";
      if (find_pointer(design_, pointer) == nullptr) continue;
      const std::int64_t lanes = unit.model().row_lanes();
      for (int i = 0; i < operator_count; ++i) {
        const auto op = static_cast<Operator>(i);
        const std::int64_t n =
            unit.operators().contains(op) ? tile_elements(op, e_.design.schedule, e_.network) : 0;
        if (n == 0 || n % lanes == 0) continue;
        diagnostics_.error(position(design_, pointer),
                           "lanes do not divide the " + number(n) + " elements of a tile of " +
                               std::string(operator_name(op)),
                           number(lanes), "a divisor of " + number(n));
        break;
      }
    }
  }

  void placement(const std::string& name, const Placement& place, const BoardMemory& memory) {
    std::vector<std::string> ports;
    for (const MemoryPort& port : e_.design.memory.ports) ports.push_back(port.name);
    const std::string pointer = "/memory/" + name;
    if (std::find(ports.begin(), ports.end(), place.port) == ports.end()) {
      std::string all;
      for (const std::string& p : ports) all += (all.empty() ? "" : ", ") + p;
      diagnostics_.error(position(design_, pointer + "/port"), "no memory port has this name",
                         '"' + place.port + '"', all, nearest_hint(place.port, ports));
    }
    if (place.first_channel + place.channels > memory.channels) {
      diagnostics_.error(position(design_, pointer + "/channels"),
                         "placement ends behind the last channel of " + e_.board.name + "'s " + memory.name,
                         "channels up to " + number(place.first_channel + place.channels),
                         "at most " + number(memory.channels));
    }
  }

  void memory() {
    const MemoryConfig& m = e_.design.memory;
    const BoardMemory* memory = e_.memory();
    if (memory == nullptr) {
      std::vector<std::string> names;
      std::string all;
      for (const BoardMemory& b : e_.board.memories) {
        names.push_back(b.name);
        all += (all.empty() ? "" : ", ") + b.name;
      }
      diagnostics_.error(position(design_, "/memory/memory"),
                         "board " + e_.board.name + " has no such memory", '"' + m.memory + '"', all,
                         nearest_hint(m.memory, names));
      return;
    }
    placement("weights", m.weights, *memory);
    placement("state", m.state, *memory);
    placement("conv", m.conv, *memory);
    const BytesPerSecond all_channels(e_.dram.peak().count() * static_cast<double>(memory->channels));
    const BytesPerSecond offered =
        memory->fabric_bandwidth.value_or(memory->bandwidth.value_or(all_channels));
    for (std::size_t i = 0; i < m.ports.size(); ++i) {
      const MemoryPort& port = m.ports[i];
      const BytesPerSecond peak(port.peak(e_.design.clock).count() * static_cast<double>(port.copies));
      const std::string pointer = "/memory/ports/" + number(static_cast<std::int64_t>(i));
      // Boards state rounded figures: a tenth of a percent is rounding, more is not there.
      if (peak.count() > offered.count() * 1.001) {
        diagnostics_.error(
            position(design_, pointer),
            "port " + port.name + " exceeds what " + e_.board.name + "'s " + memory->name + " offers",
            gigabytes(peak), "at most " + gigabytes(offered),
            "narrow it, lower its clock, or state its \"bandwidth\"");
      }
    }
  }

  /// The matrix unit fires on a whole weight tile, so the buffer must hold one.
  void weight_buffer(const Graph& graph) {
    for (const Channel& channel : graph.channels) {
      if (channel.name != "weights") continue;
      const Bytes tile = bytes_of(channel.tile_bits());
      if (tile > e_.design.schedule.weight_buffer) {
        diagnostics_.error(position(design_, "/schedule/weight_buffer"),
                           "the buffer does not hold one weight tile of the matrix unit",
                           number(e_.design.schedule.weight_buffer.count()) + " B",
                           "at least " + number(tile.count()) + " B, twice that to overlap",
                           "or fewer schedule/projection_rows");
      }
    }
  }

  const Experiment& e_;
  const JsonValue& design_;
  const SourcePosition& named_at_;
  Diagnostics& diagnostics_;
};

}  // namespace

std::int64_t tile_elements(Operator op, const Schedule& s, const Mamba2Shape& network) {
  switch (op) {
    case Operator::outer:
    case Operator::decay:
    case Operator::state_add:
    case Operator::state_c:
      return s.tile_rows * s.tile_states;
    case Operator::delta_x:
    case Operator::d_skip:
    case Operator::gate:
      return s.tile_rows;
    case Operator::delta_b:
      return network.d_state;
    case Operator::norm:
    case Operator::in_hadamard:
      return network.d_model;
    case Operator::gated_norm:
    case Operator::out_hadamard:
    case Operator::out_hadamard2:
      return network.d_inner();
    case Operator::conv:
      return network.conv_channels();
    default:
      return 0;
  }
}

void check_experiment(const Experiment& e, const JsonValue& design, const SourcePosition& named_at,
                      Diagnostics& diagnostics) {
  Checker(e, design, named_at, diagnostics).run();
}

}  // namespace statelane
