// SPDX-License-Identifier: Apache-2.0
#include "tests/units/unit_case.h"

namespace statelane::test {
namespace {

constexpr OperatorSet kSilu(Operator::silu_z), kSoftplus(Operator::softplus), kExp(Operator::decay_exp);

TEST(NonlinearUnitKind, ABeatIsSomeValues) {
  UnitCase unit("nonlinear_unit");
  unit.set("lanes", 8).set("latency", 8);
  const Work work{.op = Operator::softplus, .rows = 10, .columns = 2};
  EXPECT_EQ(unit.time(work).beats, 3);  // columns share beats
  EXPECT_EQ(unit.time(work).latency, Cycles{8});
  EXPECT_EQ(unit.set("ii", 2).busy(work), 6);
  EXPECT_EQ(unit.model().row_lanes(), 8);
  EXPECT_EQ(unit.refuses(Operator::softplus, 10), "");
}

TEST(NonlinearUnitKind, TwoLanesShareATable) {
  UnitCase unit("nonlinear_unit");
  unit.set("lanes", 8).set("entries", 4096);
  unit.precision.ssm = Bits{8};
  EXPECT_EQ(unit.circuit(kSilu).total().bram18, 4 * 2);  // 4,096 bytes are two halves
  EXPECT_EQ(unit.set("ii", 2).circuit(kSilu).total().bram18, 2 * 2);
  EXPECT_EQ(unit.set("ii", 1).set("entries", 1024).circuit(kSilu).total().bram18, 4);
}

TEST(NonlinearUnitKind, MethodsDiffer) {
  UnitCase unit("nonlinear_unit");
  unit.set("lanes", 8);
  const double table = unit.lut(kSilu);
  EXPECT_EQ(unit.dsp(kSilu), 0);
  unit.set("method", "pieces");
  EXPECT_EQ(unit.circuit(kSilu).total().bram18, 0);
  EXPECT_EQ(unit.dsp(kSilu), 8);
  const double eight = unit.lut(kSilu);
  EXPECT_GT(unit.set("segments", 128).lut(kSilu), eight);
  EXPECT_EQ(unit.set("multiplier", "lut").dsp(kSilu), 0);
  EXPECT_TRUE(unit.set("method", "floating").circuit(kSilu).is_floating());
  EXPECT_GT(unit.lut(kSilu), table);
}

TEST(NonlinearUnitKind, OperatorsBringTheirParameters) {
  UnitCase unit("nonlinear_unit");
  const auto kept = [&](OperatorSet ops) {
    return unit.circuit(ops).stored().bram18 + unit.circuit(ops).stored().lut;
  };
  EXPECT_EQ(kept(kSilu), 0);
  EXPECT_GT(kept(kSoftplus), 0);      // dt_bias
  EXPECT_GT(unit.dsp(kExp), 0);       // delta * A
  EXPECT_EQ(unit.dsp(kSoftplus), 0);  // a sum
  EXPECT_GT(unit.lut(kSoftplus), unit.lut(kSilu));
}

}  // namespace
}  // namespace statelane::test
