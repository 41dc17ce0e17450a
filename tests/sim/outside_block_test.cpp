// SPDX-License-Identifier: Apache-2.0
// Blocks and operators that the project does not have: what docs/add-a-block.md and docs/add-an-operator.md
// tell, done from outside. No file of the project knows them; graph, bound and simulation are complete all
// the same.
#include <gtest/gtest.h>

#include <string>

#include "models/blocks/mamba2/mamba2.h"
#include "models/evaluate/bound.h"
#include "models/evaluate/lowering.h"
#include "models/graph/program.h"
#include "models/graph/untimed.h"
#include "models/units/unit_registry.h"
#include "sim/simulator.h"
#include "tests/sim/random_design.h"

namespace statelane {
namespace {

using ::statelane::testing::random_case;
using ::statelane::testing::RandomCase;

Unit unit(const char* kind, const char* name, OperatorSet operators) {
  return {name, name, operators, builtin_units().make(kind)};
}

struct Outcome {
  Cycles cycles{0};
  Cycles bound{0};
  Bytes read{0};
};

/// Lowers, checks, bounds and simulates.
Outcome run(const Design& design, const Workload& workload, const Phase& phase, const MemoryDevice& memory,
            Graph& graph) {
  const std::string why = lower(design, workload, phase, graph);
  EXPECT_EQ(why, "");
  EXPECT_EQ(check_consistency(graph), "");
  EXPECT_EQ(run_untimed(graph).deadlock, "");
  BoundEvaluator evaluator;
  const Bound bound =
      evaluator.evaluate(graph, design.clock, design.memory.ports, {memory.spec.peak(), memory.channels});
  const SimulationResult r = simulate(graph, design.clock, design.memory.ports, memory);
  Outcome out{r.cycles, bound.cycles, Bytes{0}};
  for (const PortResult& port : r.ports) out.read += port.read;
  EXPECT_LE(out.bound, out.cycles);
  return out;
}

/// A normalised matrix product in place of a mixer.
Block two_operators() {
  Block b("two");
  const Tensor embedding = b.add(TensorRow{
      .name = "embedding", .dim = Dim::d_model, .width = Width::residual, .border = Border::enters});
  const Tensor residual = b.add(TensorRow{
      .name = "residual", .dim = Dim::d_model, .width = Width::residual, .border = Border::next_layer});
  const Tensor u = b.add(TensorRow{.name = "u", .dim = Dim::d_model, .width = Width::activations});
  const Tensor weights = b.add(TensorRow{.name = "weights", .tile = Tile::bytes, .width = Width::byte});
  const Tensor last = b.add(
      TensorRow{.name = "last", .dim = Dim::d_model, .width = Width::residual, .border = Border::leaves});
  b.add(OperatorRow{.name = "normalise",
                    .doc = "RMSNorm",
                    .arithmetic = {.kind = ArithmeticKind::norm},
                    .domain = Domain::column,
                    .inputs = {{residual}},
                    .outputs = {u},
                    .rows = Dim::d_model});
  b.add(OperatorRow{.name = "mix",
                    .doc = "one matrix a layer",
                    .arithmetic = {.kind = ArithmeticKind::matrix_product},
                    .domain = Domain::rows,
                    .inputs = {{u}, {weights}, {embedding}},
                    .outputs = {residual, last},
                    .rows = Dim::d_model,
                    .reduce = Dim::d_model});
  b.add(StreamRow{.kind = StreamKind::weights, .name = "weights", .reader = "weight_dma", .read = weights});
  b.close();
  return b;
}

TEST(OutsideBlock, TwoOperatorsAreABlock) {
  const Block block = two_operators();
  Workload workload{&block, {}, 3};
  workload.dims[Dim::d_model] = 256;
  Design design;
  design.units = {unit("norm_unit", "rms", OperatorSet(block.operator_named("normalise").value())),
                  unit("matrix_unit", "mmu", OperatorSet(block.operator_named("mix").value()))};
  design.schedule.lm_head = HeadPlace::none;
  const MemoryDevice memory{random_case(1).dram, 1};
  Graph graph;
  const Outcome r = run(design, workload, {PhaseKind::decode, 2, 1}, memory, graph);
  // 3 layers of 256 x 256 weights of 8 bits for each of two tokens, 8 rows a transfer, with a scale of 16
  // bits a row, padded to bursts of 64 bytes.
  EXPECT_EQ(r.read.count(), ceil_div(8 * 256 + 8 * 2, 64) * 64 * 32 * 3 * 2);
  EXPECT_GE(r.bound.count(), 2 * 3 * 256 * 256 / 64) << "64 products a cycle";
}

TEST(OutsideBlock, AnOperatorWithoutAUnitIsNamed) {
  const Block block = two_operators();
  Workload workload{&block, {}, 1};
  Design design;
  design.units = {unit("norm_unit", "rms", OperatorSet(block.operator_named("normalise").value()))};
  design.schedule.lm_head = HeadPlace::none;
  Graph graph;
  EXPECT_EQ(lower(design, workload, {}, graph), "no unit executes mix");
}

/// Mamba2 whose mixer's output is scaled by a learned gate before it joins the residual stream.
Block gated_residual(Operator& gate) {
  Block b = make_mamba2_block();
  const Tensor out = b.tensor_named("out").value();
  TensorRow made = b[out];
  made.name = "gated_out";
  made.doc = "the mixer's output times its gate";
  gate = b.insert_behind(out,
                         {.name = "residual_gate",
                          .doc = "g * mixer(x)",
                          .arithmetic = {.multiplies = true, .kept = KeptParameters::one_a_model_channel},
                          .domain = Domain::rows,
                          .rows = Dim::d_model,
                          .need = Need::optional},
                         made);
  b.close();
  return b;
}

TEST(OutsideOperator, AGatedResidualIsCompleteByItsRow) {
  Operator gate{};
  const Block block = gated_residual(gate);
  RandomCase c = random_case(4);
  c.design.schedule.lm_head = HeadPlace::none;
  Workload workload = mamba2_workload(c.network);
  Graph plain, gated;
  ASSERT_EQ(lower(c.design, workload, c.phase, plain), "");
  // Left out, the block is Mamba2's: the same channels and firings.
  workload.block = &block;
  ASSERT_EQ(lower(c.design, workload, c.phase, gated), "");
  EXPECT_EQ(gated.channels.size(), plain.channels.size());
  EXPECT_EQ(gated.firings.size(), plain.firings.size());

  c.design.units.push_back(unit("vector_unit", "res_gate", OperatorSet(gate)));
  const Outcome r = run(c.design, workload, c.phase, {c.dram, c.channels}, gated);
  EXPECT_EQ(gated.channels.size(), plain.channels.size() + 1);
  EXPECT_EQ(gated.actors.size(), plain.actors.size() + 1);
  const auto is_gate = [](const Actor& a) { return a.name == "res_gate"; };
  const auto actor = std::find_if(gated.actors.begin(), gated.actors.end(), is_gate);
  ASSERT_NE(actor, gated.actors.end());
  const std::int64_t columns = c.phase.tokens();
  const ProgramTotals totals = program_totals(gated, gated.program(*actor));
  const std::int64_t lanes = c.design.units.back().model().row_lanes();
  EXPECT_GE(totals.busy.count() * lanes, c.network.d_model * c.network.n_layer * columns);
  EXPECT_GT(r.cycles.count(), 0);
}

}  // namespace
}  // namespace statelane
