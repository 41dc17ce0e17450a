// SPDX-License-Identifier: Apache-2.0
#include "explore/search/simulation.h"

#include <charconv>
#include <sstream>

#include "models/design/design_fields.h"
#include "models/evaluate/evaluation.h"
#include "models/memory/dram_fields.h"
#include "sim/simulator.h"

namespace statelane {
namespace {

/// Numbers appended in a form that does not depend on padding.
class Bytes64 {
 public:
  explicit Bytes64(std::string& text) : text_(text) { text_.clear(); }
  void add(std::int64_t v) { text_.append(reinterpret_cast<const char*>(&v), sizeof v); }
  void add(double v) { text_.append(reinterpret_cast<const char*>(&v), sizeof v); }
  void add(std::string_view v) {
    add(static_cast<std::int64_t>(v.size()));
    text_ += v;
  }

 private:
  std::string& text_;
};

void add_graph(const Graph& g, Bytes64& out) {
  for (const std::int64_t v : {g.layers, g.blocks, g.passes}) out.add(v);
  for (const Actor& a : g.actors) {
    out.add(static_cast<std::int64_t>(a.kind));
    out.add(std::int64_t{a.stream});
    out.add(std::int64_t{a.first_instruction});
    out.add(std::int64_t{a.instructions});
  }
  for (const Channel& c : g.channels) {
    for (const std::int64_t v : {std::int64_t{c.producer}, std::int64_t{c.consumer}, std::int64_t{c.capacity},
                                 std::int64_t{c.initial}, std::int64_t{c.border == Border::next_layer}})
      out.add(v);
  }
  for (const Firing& f : g.firings) {
    for (const std::int64_t v :
         {f.busy.count(), f.latency.count(), f.bytes.count(), std::int64_t{f.first_input},
          std::int64_t{f.first_output}, std::int64_t{f.inputs}, std::int64_t{f.outputs}})
      out.add(v);
  }
  for (const Rate& r : g.rates) {
    out.add(std::int64_t{r.channel});
    out.add(std::int64_t{r.tiles});
  }
  for (const Instruction& i : g.code) {
    out.add(std::int64_t{i.body});
    out.add(std::int64_t{i.firing});
    out.add(i.count);
  }
  for (const Stream& s : g.streams) {
    for (const std::int64_t v : {std::int64_t{s.port}, std::int64_t{s.first_channel},
                                 std::int64_t{s.channels}, s.stripe.count(), s.base.count(), s.size.count()})
      out.add(v);
  }
}

}  // namespace

std::string SimulationKeys::operator()(const Experiment& e, const Graph& graph) {
  Bytes64 out(bytes_);
  out.add(simulator_);
  add_graph(graph, out);
  out.add(e.design.clock.count());
  for (MemoryPort port : e.design.memory.ports) {
    port.name.clear();  // does not change the run; everything else of its field table does
    out.add(canonical_text(to_json(port)));
  }
  out.add(e.memory()->channels);
  if (dram_text_.empty() || !(dram_ == e.dram)) {
    dram_ = e.dram;
    DramSpec plain = e.dram;  // names and sources do not change the run
    for (std::string* text :
         {&plain.name, &plain.device, &plain.source, &plain.controller.source, &plain.energy.source})
      text->clear();
    if (plain.currents) plain.currents->source.clear();
    dram_text_ = canonical_text(Describe<DramSpec>::table().write(&plain));
  }
  out.add(dram_text_);
  return content_hash(bytes_);
}

std::string simulate_to_text(const Experiment& e, const FabricConstants& constants) {
  const Evaluation result = evaluate(e, constants, {.simulator = simulate});
  return std::to_string(result.cycles.count()) + " " + to_text(JsonValue(result.dram.count()), -1);
}

std::optional<SimulatedRun> run_of(const std::string& text) {
  SimulatedRun run;
  std::int64_t cycles = 0;
  double joules = 0;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, cycles);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != ' ') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, joules);
  if (second.ec != std::errc{} || second.ptr != end) return std::nullopt;
  run.cycles = Cycles(cycles);
  run.dram = Joules(joules);
  return run;
}

SimulationRecord record_of(const IsolatedResult& result) {
  SimulationRecord record;
  if (result.value) record.run = run_of(*result.value);
  if (!record.run) record.error = result.value ? "a result that cannot be read" : result.error;
  return record;
}

}  // namespace statelane
