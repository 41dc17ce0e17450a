// SPDX-License-Identifier: Apache-2.0
#include "tests/units/unit_case.h"

namespace statelane::test {
namespace {

constexpr OperatorSet kDecay(Operator::decay), kSum(Operator::state_add);

TEST(VectorUnitKind, ABeatIsSomeElements) {
  UnitCase unit("vector_unit");
  unit.set("lanes", 8).set("latency", 5);
  const Work work{.op = Operator::decay, .rows = 5, .states = 7, .columns = 2};
  EXPECT_EQ(unit.time(work).beats, 9);  // ceil(70 / 8): columns share beats
  EXPECT_EQ(unit.time(work).latency, Cycles{5});
  EXPECT_EQ(unit.set("ii", 3).busy(work), 27);
  EXPECT_EQ(unit.model().row_lanes(), 8);
  EXPECT_EQ(unit.refuses(Operator::decay, 7), "");
}

TEST(VectorUnitKind, ProductsTakeMultipliersAndSumsDoNot) {
  UnitCase unit("vector_unit");
  unit.set("lanes", 8);
  EXPECT_EQ(unit.dsp(kDecay), 8);
  EXPECT_EQ(unit.dsp(kSum), 0);
  EXPECT_GT(unit.lut(kSum), 0);
  EXPECT_EQ(unit.set("multiplier", "lut").dsp(kDecay), 0);
  unit.set("multiplier", "dsp");
  EXPECT_EQ(unit.set("ii", 2).dsp(kDecay), 4);
  unit.set("ii", 1);
  EXPECT_EQ(unit.set("operand_a", 27).set("operand_b", 27).dsp(kDecay), 16);
  const double with = unit.lut(kDecay);
  EXPECT_LT(unit.set("requantise", false).lut(kDecay), with);
}

TEST(VectorUnitKind, KeepsDOfEveryHeadAndLayer) {
  UnitCase unit("vector_unit");
  const Circuit c = unit.circuit(OperatorSet(Operator::d_skip));
  EXPECT_GT(c.stored().lut + c.stored().bram18, 0);
  EXPECT_EQ(unit.circuit(kDecay).stored().lut + unit.circuit(kDecay).stored().bram18, 0);
}

TEST(VectorUnitKind, GroupScalesTakeQuantisersAndAlignment) {
  UnitCase unit("vector_unit");
  const double plain = unit.lut(kSum);
  unit.precision.state_group = 8;
  unit.precision.state_scale = Bits{4};
  EXPECT_GT(unit.lut(kSum), plain);
}

}  // namespace
}  // namespace statelane::test
