// SPDX-License-Identifier: Apache-2.0
#include "tests/units/unit_case.h"

namespace statelane::test {
namespace {

constexpr OperatorSet kConv(Operator::conv);

TEST(ConvUnitKind, ABeatIsAllTapsOfSomeChannels) {
  UnitCase unit("conv_unit");
  unit.set("lanes", 8).set("latency", 6);
  const Work work{.op = Operator::conv, .rows = 20, .reduce = 4, .columns = 2};
  EXPECT_EQ(unit.time(work).beats, 3 * 2);
  EXPECT_EQ(unit.time(work).latency, Cycles{6});
  EXPECT_EQ(unit.set("ii", 6).busy(work), 36);
  EXPECT_EQ(unit.model().row_lanes(), 8);
  EXPECT_EQ(unit.refuses(Operator::conv, 20), "");
}

TEST(ConvUnitKind, HasAProductForEveryTap) {
  UnitCase unit("conv_unit");
  unit.set("lanes", 8).set("taps", 4);
  EXPECT_EQ(unit.dsp(kConv), 32);
  EXPECT_EQ(unit.set("ii", 6).dsp(kConv), 6);  // ceil(32 / 6)
  EXPECT_EQ(unit.set("ii", 1).set("taps", 3).dsp(kConv), 24);
  EXPECT_EQ(unit.set("multiplier", "lut").dsp(kConv), 0);
  EXPECT_EQ(unit.circuit(kConv).stream(), Bits{8} * (8 * 2) + Bits{8} * (8 * 4));
}

}  // namespace
}  // namespace statelane::test
