// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/cost_evaluator.h"

#include "models/evaluate/energy_model.h"

namespace statelane {
namespace {

struct ChannelSums {
  const Graph& graph;
  const GraphActivity& activity;
  const FabricCosts& costs;
  Resources resources;
  Joules energy{0};

  void channel(std::size_t i, const ChannelMapping& m) {
    resources += m.resources;
    energy += cost::buffering(graph.channels[i], activity.tiles[i], m, costs);
  }
};

struct PathSum {
  Resources resources;
  void infrastructure(cost::Infrastructure, std::size_t, const Resources& r) { resources += r; }
};

}  // namespace

/// Summarises the units that differ. Whether any takes or gives other numbers of elements a beat than before.
template <class NumberOf>
bool CostEvaluator::update_units(const Design& design, const Mamba2Shape& shape, const NumberOf& number_of) {
  bool widths = false;
  bool changed = false;
  for (std::size_t i = 0; i < summaries_.size(); ++i) {
    if (numbers_[i] == number_of(i)) continue;
    numbers_[i] = number_of(i);
    const cost::UnitSummary s =
        cost::summarise(design.units[i], design.precision, shape, operators_, *costs_);
    const cost::UnitSummary& old = summaries_[i];
    widths = widths || s.lanes_in != old.lanes_in || s.lanes_out != old.lanes_out || s.stream != old.stream;
    summaries_[i] = s;
    changed = true;
  }
  if (changed) dequantiser_ = cost::dequantiser_of(design.precision, summaries_, *costs_);
  return widths;
}

void CostEvaluator::update_channels(const Graph& graph, const GraphActivity& activity) {
  ChannelSums sums{graph, activity, *costs_, {}, Joules(0)};
  cost::visit_channels(graph, summaries_, *costs_, sums);
  channels_ = sums.resources;
  buffering_ = sums.energy;
}

void CostEvaluator::update_paths(const Design& design, const Graph& graph, const GraphActivity& activity,
                                 const Board& board) {
  PathSum sum;
  cost::visit_paths(design, graph, board, *costs_, sum);
  paths_ = sum.resources;
  transfer_cycles_ = cost::transfer_cycles(design.memory, activity);
  transporting_ = cost::transporting(activity, cost::has_external_pins(design.memory, board), *costs_);
  static_power_ = static_power(constants_, board);
}

void CostEvaluator::add_up() {
  Resources units = costs_->design_control + dequantiser_.resources;
  compute_ = cost::working(paths_, transfer_cycles_, *costs_);
  if (!active_.empty())
    compute_ += cost::working(dequantiser_.resources, active_[dequantiser_.unit], *costs_);
  for (std::size_t i = 0; i < summaries_.size(); ++i) {
    const Resources unit = summaries_[i].resources + summaries_[i].stored;
    units += unit;
    compute_ += cost::working(unit, active_[i], *costs_);
  }
  resources_ = units + channels_ + paths_;
}

void CostEvaluator::begin(const Design& design, const Board& board) {
  costs_ = &constants_.family(board.family);
  operators_ = {};
  for (const Unit& unit : design.units) operators_.insert(unit.operators());
  numbers_.assign(design.units.size(), 0);
  summaries_.resize(design.units.size());
}

void CostEvaluator::count_active(const Graph& graph, const GraphActivity& activity) {
  active_.assign(summaries_.size(), 0.0);
  for (std::size_t a = 0; a < graph.actors.size(); ++a) {
    const std::uint16_t unit = graph.actors[a].unit;
    if (unit != no_id) active_[unit] += static_cast<double>(activity.busy[a]);
  }
}

void CostEvaluator::update(const Design& design, const DesignVersions& versions, const Mamba2Shape& shape,
                           const Graph& graph, const GraphActivity& activity, GraphChange change,
                           const Board& board) {
  clock_ = design.clock;
  if (frame_ != versions.frame() || workload_ != versions.workload() || board_ != versions.board()) {
    frame_ = versions.frame();
    workload_ = versions.workload();
    board_ = versions.board();
    change = GraphChange::structure;
    begin(design, board);
  }
  const bool widths = update_units(design, shape, [&](std::size_t i) { return versions.unit(i); });
  if (change != GraphChange::none) count_active(graph, activity);
  if (change == GraphChange::structure || widths) update_channels(graph, activity);
  if (change == GraphChange::structure) update_paths(design, graph, activity, board);
  add_up();
}

void CostEvaluator::take(const Design& design, const Mamba2Shape& shape, const Graph& graph,
                         const GraphActivity& activity, const Board& board) {
  clock_ = design.clock;
  frame_ = workload_ = board_ = 0;
  begin(design, board);
  (void)update_units(design, shape, [](std::size_t) { return ~DesignVersions::Number{0}; });
  count_active(graph, activity);
  update_channels(graph, activity);
  update_paths(design, graph, activity, board);
  add_up();
}

CostTotals CostEvaluator::totals(const EnergyRun& run) const {
  CostTotals t;
  t.resources = resources_;
  t.energy.compute = compute_;
  t.energy.on_chip = buffering_;
  t.energy.off_chip = run.dram + transporting_;
  t.energy.clock = cost::clocking(resources_.ff, run.time.count() * clock_.count(), *costs_);
  t.energy.static_power = static_power_ * run.time;
  return t;
}

}  // namespace statelane
