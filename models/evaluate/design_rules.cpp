// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/design_rules.h"

#include <cstdio>

namespace statelane::rules {
namespace {

std::string number(std::int64_t n) {
  return std::to_string(n);
}

std::string gigabytes(BytesPerSecond b) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g GB/s", b.count() / 1e9);
  return text;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& n : names) text += (text.empty() ? "" : ", ") + n;
  return text;
}

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

Refusal tile_refusal(const char* key, std::int64_t part, const char* of, std::int64_t whole) {
  Refusal r{.what = name::tile, .pointer = std::string("/schedule/") + key, .found = number(part)};
  r.text = part > whole ? std::string("the tile is larger than ") + of : std::string("does not divide ") + of;
  r.allowed = (part > whole ? "at most " : "a divisor of ") + number(whole);
  return r;
}

Refusal lanes_refusal(const Unit& unit, Operator op, std::int64_t elements) {
  return {.what = name::lanes,
          .pointer = "/units/" + pointer_escape(unit.name()) + "/lanes",
          .text = "lanes do not divide the " + number(elements) + " elements of a tile of " +
                  std::string(operator_name(op)),
          .found = number(unit.model().row_lanes()),
          .allowed = "a divisor of " + number(elements)};
}

Refusal memory_refusal(const Experiment& e) {
  std::vector<std::string> names;
  for (const BoardMemory& b : e.board.memories) names.push_back(b.name);
  return {.what = name::memory,
          .pointer = "/memory/memory",
          .text = "board " + e.board.name + " has no such memory",
          .found = '"' + e.design.memory.memory + '"',
          .allowed = joined(names),
          .mend = nearest_hint(e.design.memory.memory, names)};
}

Refusal placement_port_refusal(const Experiment& e, const char* tensor, const Placement& place) {
  std::vector<std::string> ports;
  for (const MemoryPort& p : e.design.memory.ports) ports.push_back(p.name);
  return {.what = name::memory,
          .pointer = std::string("/memory/") + tensor + "/port",
          .text = "no memory port has this name",
          .found = '"' + place.port + '"',
          .allowed = joined(ports),
          .mend = nearest_hint(place.port, ports)};
}

Refusal placement_channels_refusal(const Experiment& e, const char* tensor, const Placement& place) {
  return {
      .what = name::memory,
      .pointer = std::string("/memory/") + tensor + "/channels",
      .text = "placement ends behind the last channel of " + e.board.name + "'s " + e.design.memory.memory,
      .found = "channels up to " + number(place.first_channel + place.channels),
      .allowed = "at most " + number(e.memory()->channels)};
}

Refusal port_refusal(const Experiment& e, std::size_t index, BytesPerSecond peak, BytesPerSecond offered) {
  return {.what = name::port,
          .pointer = "/memory/ports/" + number(static_cast<std::int64_t>(index)),
          .text = "port " + e.design.memory.ports[index].name + " exceeds what " + e.board.name + "'s " +
                  e.design.memory.memory + " offers",
          .found = gigabytes(peak),
          .allowed = "at most " + gigabytes(offered),
          .mend = "narrow it, lower its clock, or state its \"bandwidth\""};
}

Refusal buffer_refusal(const Schedule& schedule, Bytes tile) {
  return {.what = name::buffer,
          .pointer = "/schedule/weight_buffer",
          .text = "the buffer does not hold one weight tile of the matrix unit",
          .found = number(schedule.weight_buffer.count()) + " B",
          .allowed = "at least " + number(tile.count()) + " B, twice that to overlap",
          .mend = "or fewer schedule/projection_rows"};
}

}  // namespace statelane::rules
