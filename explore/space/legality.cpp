// SPDX-License-Identifier: Apache-2.0
#include "explore/space/legality.h"

#include <algorithm>
#include <bit>

#include "models/evaluate/experiment_check.h"

namespace statelane {
namespace {

bool placed(const Placement& place, const MemoryConfig& config, const BoardMemory& memory) {
  const bool known = std::any_of(config.ports.begin(), config.ports.end(),
                                 [&](const MemoryPort& port) { return port.name == place.port; });
  return known && place.first_channel + place.channels <= memory.channels;
}

}  // namespace

const char* legality_name(Legality legality) {
  constexpr const char* names[] = {"legal",    "tile",   "lanes",    "memory",    "port",
                                   "lowering", "buffer", "oversize", "constraint"};
  return names[static_cast<std::size_t>(legality)];
}

bool LegalityJudge::has_lanes(const TableBase& table) {
  auto kind = std::find_if(with_lanes_.begin(), with_lanes_.end(),
                           [&](const auto& known) { return known.first == &table; });
  if (kind == with_lanes_.end())
    kind = with_lanes_.insert(with_lanes_.end(), {&table, table.find("lanes") != nullptr});
  return kind->second;
}

bool LegalityJudge::lanes_divide(const Unit& unit, const Experiment& e) {
  if (!has_lanes(unit.model().table())) return true;
  const std::int64_t lanes = unit.model().row_lanes();
  for (std::uint32_t bits = unit.operators().bits(); bits != 0; bits &= bits - 1) {
    const auto op = static_cast<Operator>(std::countr_zero(bits));
    const std::int64_t n = tile_elements(op, e.design.schedule, e.network);
    if (n != 0 && n % lanes != 0) return false;
  }
  return true;
}

void LegalityJudge::look_at_frame(const Experiment& e) {
  const Schedule& s = e.design.schedule;
  tiles_divide_ = e.network.headdim % s.tile_rows == 0 && e.network.d_state % s.tile_states == 0;
  const MemoryConfig& m = e.design.memory;
  const BoardMemory* memory = e.memory();
  placed_ = memory != nullptr && placed(m.weights, m, *memory) && placed(m.state, m, *memory) &&
            placed(m.conv, m, *memory);
  if (memory != nullptr) {
    channels_ = memory->channels;
    bandwidth_ = memory->fabric_bandwidth ? memory->fabric_bandwidth : memory->bandwidth;
  }
  units_.assign(e.design.units.size(), {});
}

Legality LegalityJudge::design(const Experiment& e, const DesignVersions& versions) {
  if (frame_ != versions.frame() || workload_ != versions.workload() || board_ != versions.board()) {
    frame_ = versions.frame();
    workload_ = versions.workload();
    board_ = versions.board();
    look_at_frame(e);
  }
  if (!tiles_divide_) return Legality::tile;
  for (std::size_t i = 0; i < units_.size(); ++i) {
    if (units_[i].number != versions.unit(i))
      units_[i] = {versions.unit(i), lanes_divide(e.design.units[i], e)};
    if (!units_[i].lanes_divide) return Legality::lanes;
  }
  if (!placed_) return Legality::memory;
  const BytesPerSecond all(e.dram.peak().count() * static_cast<double>(channels_));
  const BytesPerSecond offered = bandwidth_.value_or(all);
  for (const MemoryPort& port : e.design.memory.ports) {
    const double peak = port.peak(e.design.clock).count() * static_cast<double>(port.copies);
    if (peak > offered.count() * 1.001) return Legality::port;  // the same rounding as check_experiment()
  }
  return Legality::legal;
}

Legality LegalityJudge::graph(const Experiment& e, const Graph& graph) {
  for (const Channel& channel : graph.channels) {
    if (channel.name == "weights" && bytes_of(channel.tile_bits()) > e.design.schedule.weight_buffer)
      return Legality::buffer;
  }
  return Legality::legal;
}

}  // namespace statelane
