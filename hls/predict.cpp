// SPDX-License-Identifier: Apache-2.0
#include "hls/predict.h"

#include "models/cost/bound.h"
#include "models/cost/energy.h"
#include "models/cost/graph_activity.h"
#include "models/dataflow/program.h"

namespace ssmscope::hls {
namespace {

FunctionPrediction predict_function(const Accelerator& a, const Function& f, const ResourceReport& report) {
  FunctionPrediction p;
  p.name = f.name;
  for (const MemoryPortUse& m : f.memories) p.packed += m.beats * 4 * std::max<std::int64_t>(1, m.lanes);
  if (f.actor == no_id) return p;
  const Actor& actor = a.graph.actors[f.actor];
  const ProgramTotals totals = program_totals(a.graph, a.graph.program(actor));
  p.firings = totals.firings;
  p.busy = totals.busy.count();
  p.bytes = totals.bytes.count();
  for (ProgramCursor cursor(a.graph.layer_program(actor)); !cursor.done(); cursor.skip(cursor.repeats()))
    p.latency = std::max(p.latency, a.graph.firings[cursor.firing()].latency.count());
  if (actor.unit != no_id) p.ii = Accelerator::parameter(a.design.units[actor.unit], "ii", 1);
  for (const ComponentResources& part : report.parts) {
    if (part.name == actor.name) p.resources += part.resources;
  }
  return p;
}

}  // namespace

std::vector<Function> functions_of(const Accelerator& a) {
  const Wires wires(a);
  MatrixPlan matrix(a);
  matrix.fit(a.g.columns * a.g.d_model / wires.named("u").word,
             a.g.columns * a.g.d_inner / wires.named("v").word,
             a.head_columns() * a.g.d_model / wires.named("u").word);
  return make_functions(a, wires, matrix);
}

Prediction predict(const Accelerator& a, const std::vector<Function>& functions,
                   const Calibration& calibration) {
  Prediction out;
  const Experiment& e = a.experiment;
  const ResourceReport report = estimate_resources(a.design, e.network, a.graph, e.board, calibration);
  for (const Function& f : functions) out.functions.push_back(predict_function(a, f, report));
  out.total = report.total;
  BoundEvaluator bound;
  out.cycles =
      bound.evaluate(a.graph, a.design.clock, a.design.memory.ports, {e.dram.peak(), e.memory()->channels})
          .cycles.count();
  const Seconds time = Cycles(out.cycles) / a.design.clock;
  const DramEnergy energy = energy_of(e.dram);
  const Joules dram =
      estimate_dram(e.dram, energy, channels_used(a.design.memory), off_chip_traffic(a.graph), time);
  const EnergyReport joules =
      estimate_energy(a.design, e.network, a.graph, e.board, calibration, {time, dram});
  for (const ComponentEnergy& c : joules.components) out.power.push_back({c.name, c.energy.total() / time});
  out.all = joules.power();
  return out;
}

}  // namespace ssmscope::hls
