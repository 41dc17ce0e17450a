// SPDX-License-Identifier: Apache-2.0
#include "hls/predict.h"

#include "hls/project_parts.h"
#include "models/evaluate/evaluation.h"
#include "models/graph/program.h"

namespace statelane::hls {
namespace {

/// Cycles a firing needs beside its beats.
std::int64_t fill_of(const Accelerator& a, const Firing& firing, const Actor& actor) {
  if (actor.unit == no_id) return 0;
  std::int64_t fill = 0;
  for (const Work& work : a.graph.works_of(firing))
    fill += a.design.units[actor.unit].model().time(work, a.design.clock).fill.count();
  return fill;
}

FunctionPrediction predict_function(const Accelerator& a, const Function& f, std::vector<Loop> loops,
                                    const ResourceReport& report) {
  FunctionPrediction p;
  p.name = f.name;
  p.loops = std::move(loops);
  p.moving = beats_of(p.loops, moves_words) + f.moving_beats;
  p.working =
      beats_of(p.loops, [](const std::string& label) { return !moves_words(label); }) - f.moving_beats;
  for (const MemoryPortUse& m : f.memories) p.packed += m.beats * 4 * std::max<std::int64_t>(1, m.lanes);
  if (f.actor == no_id) return p;
  const Actor& actor = a.graph.actors[f.actor];
  const ProgramTotals totals = program_totals(a.graph, a.graph.program(actor));
  p.firings = totals.firings;
  p.busy = totals.busy.count();
  p.bytes = totals.bytes.count();
  for (ProgramCursor cursor(a.graph.program(actor)); !cursor.done(); cursor.skip(cursor.repeats())) {
    const Firing& firing = a.graph.firings[cursor.firing()];
    p.depth = std::max(p.depth, firing.latency.count());
    p.fill += fill_of(a, firing, actor) * cursor.repeats();
  }
  if (actor.unit != no_id) {
    a.design.units[actor.unit].operators().for_each([&](Operator op) { p.ii = a.view(op).ii; });
  }
  for (const ComponentResources& part : report.parts) {
    if (part.name == actor.name) p.resources += part.resources;
  }
  return p;
}

}  // namespace

Prediction predict(const Accelerator& a, const ProjectOptions& options) {
  const Project project(a, options);
  std::vector<std::vector<Loop>> loops = project.loops();
  Prediction out;
  Experiment run = a.experiment;  // one run of the accelerator, without what the host computes
  run.design = a.design;
  run.phase = a.phase;
  const Evaluation e = evaluate(run, *options.constants);
  for (std::size_t i = 0; i < loops.size(); ++i)
    out.functions.push_back(predict_function(a, project.functions[i], std::move(loops[i]), e.resources));
  out.total = e.resources.total;
  out.cycles = e.cycles.count();
  for (const ComponentEnergy& c : e.energy.components)
    out.power.push_back({c.name, c.energy.total() / e.time});
  out.all = e.energy.power();
  return out;
}

}  // namespace statelane::hls
