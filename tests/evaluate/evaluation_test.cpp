// SPDX-License-Identifier: Apache-2.0
// The evaluation without a simulator and with one that is handed in; this program links no SystemC, and a
// test beside it looks.
#include "models/evaluate/evaluation.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "models/evaluate/evaluation_json.h"

namespace statelane {
namespace {

Experiment shipped(const std::string& name) {
  Diagnostics diagnostics;
  auto experiment = load_experiment(Catalog::standard(), builtin_units(), {name, {}, false}, diagnostics);
  throw_if_errors(diagnostics);
  return std::move(*experiment);
}

FabricConstants fabric() {
  Diagnostics diagnostics;
  auto constants = load_fabric_constants(Catalog::standard(), "fabric", diagnostics);
  throw_if_errors(diagnostics);
  return std::move(*constants);
}

constexpr const char* some_experiment = "lightmamba-vck190-w4a4-decode-2.7b";

TEST(Evaluation, IsTheBoundWhereThereIsNoSimulator) {
  const Experiment e = shipped(some_experiment);
  const Evaluation result = evaluate(e, fabric());
  EXPECT_FALSE(result.simulation);
  EXPECT_GT(result.cycles, Cycles{0});
  EXPECT_EQ(result.cycles, result.bound.cycles);
  EXPECT_GT(result.resources.total.lut, 0);
  EXPECT_GT(result.energy.power(), Watts{0});
  const JsonValue json = evaluation_json(e, result, "test");
  EXPECT_EQ(json.find("fidelity")->as_string(), "bound");
  EXPECT_EQ(json.find("actors"), nullptr);
  EXPECT_EQ(json.find("memory"), nullptr);
}

/// A run of twice the bound in which the design's port moves `read` and `written`.
Simulator made_up(const Evaluation& bound, Bytes read, Bytes written) {
  return [=](const Graph& graph, Hertz, const std::vector<MemoryPort>& ports, const MemoryDevice& memory,
             const SimulationOptions&) {
    SimulationResult run;
    run.cycles = bound.cycles * 2;
    run.actors.resize(graph.actors.size());
    run.channel_peaks.resize(graph.channels.size());
    for (const MemoryPort& port : ports) run.ports.push_back({port.name, port.copies});
    run.ports.front().read = read;
    run.ports.front().written = written;
    run.memory.resize(static_cast<std::size_t>(memory.channels));
    return run;
  };
}

TEST(Evaluation, TakesTheSimulatorItIsGiven) {
  const Experiment e = shipped(some_experiment);
  const Evaluation bound = evaluate(e, fabric());
  const OffChipTraffic moved = off_chip_traffic(bound.graph);
  const Evaluation result = evaluate(e, fabric(), {.simulator = made_up(bound, moved.read, moved.written)});
  ASSERT_TRUE(result.simulation);
  EXPECT_EQ(result.cycles, bound.cycles * 2);
  EXPECT_DOUBLE_EQ(result.tokens_per_s, bound.tokens_per_s / 2);
  const JsonValue json = evaluation_json(e, result, "test");
  EXPECT_EQ(json.find("fidelity")->as_string(), "simulate");
  EXPECT_NE(json.find("memory"), nullptr);
}

TEST(Evaluation, RefusesARunThatMovedOtherBytes) {
  const Experiment e = shipped(some_experiment);
  const Evaluation bound = evaluate(e, fabric());
  const OffChipTraffic moved = off_chip_traffic(bound.graph);
  EXPECT_THROW((void)evaluate(e, fabric(), {.simulator = made_up(bound, moved.read * 2, moved.written)}),
               std::logic_error);
  EXPECT_THROW((void)evaluate(e, fabric(), {.simulator = made_up(bound, moved.read, Bytes(0))}),
               std::logic_error);
}

}  // namespace
}  // namespace statelane
