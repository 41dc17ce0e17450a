// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evaluate/energy.h"
#include "models/evaluate/graph_activity.h"
#include "models/units/fabric/fabric_constants.h"
#include "models/units/fabric/memory_mapping.h"

/// What the parts of a design spend, by the formulas of docs/energy.md.
namespace statelane::cost {

/// Logic that works for `cycles`.
[[nodiscard]] inline Joules working(const Resources& r, double cycles, const FabricCosts& costs) {
  return Joules(cycles * (r.lut * costs.energy_lut + r.ff * costs.energy_ff + r.dsp * costs.energy_dsp +
                          r.bram18 * costs.energy_bram18));
}

/// Clock tree to `ff` flip-flops over `cycles` of the run, busy or not.
[[nodiscard]] inline Joules clocking(double ff, double cycles, const FabricCosts& costs) {
  return Joules(cycles * ff * costs.energy_clock_ff);
}

/// A channel that `tiles` pass, each written once and read once. Flip-flops and shift registers cost by the
/// bit, memory blocks by the access.
[[nodiscard]] inline Joules buffering(const Channel& channel, std::int64_t tiles, const ChannelMapping& m,
                                      const FabricCosts& costs) {
  const double bits = static_cast<double>(tiles) * static_cast<double>(channel.tile_bits().count());
  const double accesses = 2 * bits / static_cast<double>(m.width);
  if (m.storage == Storage::bram) return Joules(accesses * m.blocks_per_access * costs.energy_bram18);
  if (m.storage == Storage::uram) return Joules(accesses * m.blocks_per_access * costs.energy_uram);
  return Joules(2 * bits * costs.energy_lutram_bit);
}

/// Bits of all off-chip transfers of a run.
[[nodiscard]] inline double off_chip_bits(const GraphActivity& activity) {
  return 8.0 * static_cast<double>(activity.bytes_read + activity.bytes_written);
}

/// Cycles in which memory paths work: bits over the width of all ports.
[[nodiscard]] inline double transfer_cycles(const MemoryConfig& memory, const GraphActivity& activity) {
  double bits_a_cycle = 0;
  for (const MemoryPort& port : memory.ports)
    bits_a_cycle += static_cast<double>(port.width.count() * port.copies);
  return bits_a_cycle > 0 ? off_chip_bits(activity) / bits_a_cycle : 0;
}

/// Bits through port and memory interface.
[[nodiscard]] inline Joules transporting(const GraphActivity& activity, bool external_pins,
                                         const FabricCosts& costs) {
  return Joules(off_chip_bits(activity) *
                (costs.energy_port_bit + (external_pins ? costs.energy_io_bit : 0.0)));
}

/// Whether the design's memory is outside the device's package, behind pins.
[[nodiscard]] inline bool has_external_pins(const MemoryConfig& config, const Board& board) {
  const BoardMemory* memory = board.memory(config.memory);
  return memory == nullptr || !memory->in_package;
}

}  // namespace statelane::cost
