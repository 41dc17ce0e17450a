// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/blocks/network.h"
#include "models/design/board.h"
#include "models/design/design.h"
#include "models/evaluate/graph_activity.h"
#include "models/evaluate/resources.h"
#include "models/graph/graph.h"
#include "models/memory/dram_energy.h"
#include "models/units/fabric/fabric_constants.h"

namespace statelane {

/// Energy by kind.
struct EnergyKinds {
  Joules compute{0};       ///< units at work
  Joules on_chip{0};       ///< channels written and read
  Joules off_chip{0};      ///< DRAM devices, their I/O, and the ports to them
  Joules clock{0};         ///< clock tree, all cycles, busy or not
  Joules static_power{0};  ///< the device doing nothing

  [[nodiscard]] Joules total() const { return compute + on_chip + off_chip + clock + static_power; }
  EnergyKinds& operator+=(const EnergyKinds& o);
};

/// A kind of energy: its key in results and its member; every list of the kinds is a walk over this table.
struct EnergyKind {
  std::string_view key;
  Joules EnergyKinds::*energy;
};
inline constexpr EnergyKind energy_kinds[] = {{"compute", &EnergyKinds::compute},
                                              {"on_chip", &EnergyKinds::on_chip},
                                              {"off_chip", &EnergyKinds::off_chip},
                                              {"clock", &EnergyKinds::clock},
                                              {"static", &EnergyKinds::static_power}};

/// What a run did, beyond what its graph says.
struct EnergyRun {
  Seconds time{0};  ///< of the whole run, simulated or bounded
  Joules dram{0};   ///< of the memory devices: energy_use() of a simulation, or estimate_dram()
};

struct ComponentEnergy {
  std::string name;
  EnergyKinds energy;
};

/// One thing that spends energy.
struct EnergyPart {
  enum class Of : std::uint8_t {
    unit,       ///< of the design; with its parameters and converters
    channel,    ///< of the graph
    dma,        ///< an actor of the graph
    transport,  ///< ports, controllers and pins, by the bytes that pass
    dram,       ///< memory devices
    design,     ///< what is there once
    device      ///< static power
  };
  Of of = Of::design;
  std::size_t index = 0;
  EnergyKinds energy;
};

/// Energy of a whole run. Components are those of the resource report, "dram" and "device" (static
/// power).
struct EnergyReport {
  EnergyKinds total;
  std::vector<ComponentEnergy> components;
  std::vector<EnergyPart> parts;  ///< the same, one by one
  Seconds time{0};
  std::int64_t tokens = 1;

  [[nodiscard]] Joules joules_per_token() const { return total.total() / static_cast<double>(tokens); }
  [[nodiscard]] Watts power() const { return total.total() / time; }
  [[nodiscard]] double tokens_per_joule() const {
    return static_cast<double>(tokens) / total.total().count();
  }
};

/// Off-chip bytes of a whole run as the graph's memory actors move them.
struct OffChipTraffic {
  Bytes read{0};
  Bytes written{0};
};
[[nodiscard]] OffChipTraffic off_chip_traffic(const Graph& graph);

/// Energy of `channels` memory channels over a run of `time`, for when nothing was simulated: streams that
/// open every row once and use it whole, refresh at its mean rate. `energy` is energy_of(spec).
[[nodiscard]] Joules estimate_dram(const DramSpec& spec, const DramEnergy& energy, std::int64_t channels,
                                   const OffChipTraffic& traffic, Seconds time);

/// Memory channels a design's tensors lie in.
[[nodiscard]] std::int64_t channels_used(const MemoryConfig& memory);

/// Energy of a run; docs/energy.md has each formula with its source.
///  - compute: a unit's LUTs, flip-flops, DSP slices and tables, each cycle in which it works (Firing::busy);
///  - on chip: every word of a channel written once and read once, in the blocks it lies in;
///  - off chip: run.dram, and each byte's bits through port and DRAM interface;
///  - clock: each flip-flop, each cycle of the run;
///  - static: the device's power times the time.
/// A host's own energy is not part of it: published figures are of the accelerator.
[[nodiscard]] EnergyReport estimate_energy(const Design& design, const Mamba2Shape& shape, const Graph& graph,
                                           const Board& board, const FabricConstants& constants,
                                           const EnergyRun& run);

/// Resources and energy of a design: the totals of the two reports, by the same formulas. `activity` is that
/// of the graph. For one design after the other see CostEvaluator.
struct CostTotals {
  Resources resources;
  EnergyKinds energy;
};
[[nodiscard]] CostTotals total_cost(const Design& design, const Mamba2Shape& shape, const Graph& graph,
                                    const GraphActivity& activity, const Board& board,
                                    const FabricConstants& constants, const EnergyRun& run);

}  // namespace statelane
