// SPDX-License-Identifier: Apache-2.0
#include "explore/space/legality.h"

#include <algorithm>

#include "models/evaluate/design_rules.h"

namespace statelane {

const char* legality_name(Legality legality) {
  constexpr const char* names[] = {
      "legal",    rules::name::tile,   rules::name::lanes, rules::name::memory, rules::name::port,
      "lowering", rules::name::buffer, "oversize",         "constraint"};
  return names[static_cast<std::size_t>(legality)];
}

bool LegalityJudge::has_lanes(const TableBase& table) {
  auto kind = std::find_if(with_lanes_.begin(), with_lanes_.end(),
                           [&](const auto& known) { return known.first == &table; });
  if (kind == with_lanes_.end())
    kind = with_lanes_.insert(with_lanes_.end(), {&table, rules::has_lanes(table)});
  return kind->second;
}

bool LegalityJudge::lanes_divide(const Unit& unit, const Experiment& e) {
  if (!has_lanes(unit.model().table())) return true;
  rules::Broken broken;
  rules::check_lanes(unit, e, broken);
  return !broken.any;
}

void LegalityJudge::look_at_frame(const Experiment& e) {
  rules::Broken tiles, placements;
  rules::check_tiles(e, tiles);
  rules::check_placements(e, placements);
  tiles_divide_ = !tiles.any;
  placed_ = !placements.any;
  if (const BoardMemory* memory = e.memory()) memory_ = *memory;
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
  rules::Broken ports;
  rules::check_ports(e, rules::offered_by(memory_, e.dram), ports);
  return ports.any ? Legality::port : Legality::legal;
}

Legality LegalityJudge::graph(const Experiment& e, const Graph& graph) {
  rules::Broken buffer;
  rules::check_weight_buffer(e, graph, buffer);
  return buffer.any ? Legality::buffer : Legality::legal;
}

}  // namespace statelane
