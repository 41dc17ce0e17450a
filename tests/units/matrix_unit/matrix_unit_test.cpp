// SPDX-License-Identifier: Apache-2.0
#include "tests/units/unit_case.h"

namespace statelane::test {
namespace {

constexpr OperatorSet kInProj(Operator::in_proj);

TEST(MatrixUnitKind, ABeatReducesInputsForSomeOutputs) {
  UnitCase unit("matrix_unit");
  unit.set("inputs", 8).set("outputs", 4).set("latency", 9);
  const Work work{.op = Operator::in_proj, .rows = 10, .reduce = 20, .columns = 3};
  const FiringTime t = unit.time(work);
  EXPECT_EQ(t.beats, 3 * 3 * 3);  // ceil(10 / 4) * ceil(20 / 8) * 3
  EXPECT_EQ(t.latency, Cycles{9});
  EXPECT_EQ(t.fill, Cycles{0});
  EXPECT_EQ(unit.set("ii", 2).busy(work), 2 * 27);
  EXPECT_EQ(unit.model().row_lanes(), 4);
  EXPECT_EQ(unit.refuses(Operator::in_proj, 1001), "");
}

TEST(MatrixUnitKind, IsBuiltOfItsMultipliers) {
  UnitCase unit("matrix_unit");
  unit.set("inputs", 8).set("outputs", 4).set("multiplier", "dsp");
  EXPECT_EQ(unit.dsp(kInProj), 32);
  EXPECT_EQ(unit.set("ii", 2).dsp(kInProj), 16);  // a slice serves two beats
  unit.precision.weights = unit.precision.activations = Bits{8};
  EXPECT_EQ(unit.set("multiplier", "dsp_packed").set("ii", 1).dsp(kInProj), 16);
  const double packed = unit.lut(kInProj);
  EXPECT_EQ(unit.set("multiplier", "lut").dsp(kInProj), 0);
  EXPECT_GT(unit.lut(kInProj), packed);
  const Circuit c = unit.circuit(kInProj);
  EXPECT_EQ(c.lanes_in(), 8);
  EXPECT_EQ(c.lanes_out(), 4);
  EXPECT_EQ(c.stream(), Bits{8 * 32});
  EXPECT_EQ(c.result_lanes(), 4);
}

TEST(MatrixUnitKind, TreesInGroupsAreJoinedByOneMore) {
  UnitCase unit("matrix_unit");
  unit.set("inputs", 24).set("outputs", 4);
  const auto sums = [&] { return unit.circuit(kInProj).total().lut + unit.circuit(kInProj).total().ff; };
  const double one = sums();
  EXPECT_EQ(unit.set("groups", 6).lut(kInProj), unit.set("groups", 1).lut(kInProj)) << "fours keep in step";
  EXPECT_NE((unit.set("groups", 8), sums()), one) << "in trees of three a value waits";
}

}  // namespace
}  // namespace statelane::test
