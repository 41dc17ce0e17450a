// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/energy_by_operator.h"

#include <gtest/gtest.h>

#include "tests/evaluate/lowered.h"

namespace statelane {
namespace {

EnergyReport report_of(const testing::Lowered& run, Joules dram) {
  const Experiment& e = run.experiment;
  return estimate_energy(e.design, e.network, run.graph, e.board, testing::constants(),
                         {Seconds(0.15), dram});
}

TEST(EnergyByOperator, AddsUpToTheWhole) {
  for (const char* name : testing::shipped) {
    const testing::Lowered run(name);
    const EnergyReport report = report_of(run, Joules(0.2));
    const OperatorEnergies by = energy_by_operator(report, run.graph);
    EnergyKinds sum = by.rest;
    for (const OperatorEnergies::Row& row : by.operators) sum += row.energy;
    const auto near = [&](Joules a, Joules b) {
      EXPECT_NEAR(a.count(), b.count(), 1e-9 * report.total.total().count()) << name;
    };
    near(sum.compute, report.total.compute);
    near(sum.on_chip, report.total.on_chip);
    near(sum.off_chip, report.total.off_chip);
    near(sum.clock, report.total.clock);
    near(sum.static_power, report.total.static_power);
  }
}

TEST(EnergyByOperator, MemoryGoesWhereItsBytesGo) {
  const testing::Lowered run("lightmamba-vck190-w4a4-decode-2.7b");
  const OperatorEnergies by = energy_by_operator(report_of(run, Joules(0.2)), run.graph);
  const auto off_chip = [&](Operator op) {
    for (const OperatorEnergies::Row& row : by.operators) {
      if (row.op == op) return row.energy.off_chip.count();
    }
    return 0.0;
  };
  // Weights of in_proj and out_proj: (2 d_inner + 2 d_state + heads) x d_model to d_inner x d_model.
  EXPECT_NEAR(off_chip(Operator::in_proj) / off_chip(Operator::out_proj), 10576.0 / 5120.0, 0.01);
  EXPECT_EQ(off_chip(Operator::softplus), 0);
  EXPECT_NEAR(off_chip(Operator::decay) / off_chip(Operator::state_add), 1, 1e-3);  // h in, h out
  EXPECT_GT(by.rest.static_power.count(), 0);
}

}  // namespace
}  // namespace statelane
