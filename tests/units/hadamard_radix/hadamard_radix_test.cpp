// SPDX-License-Identifier: Apache-2.0
#include "tests/units/unit_case.h"

namespace statelane::test {
namespace {

constexpr OperatorSet kFirst(Operator::in_hadamard);

TEST(HadamardRadixKind, TakesAPassForEveryTwoBitsOfTheBlock) {
  UnitCase unit("hadamard_radix");
  unit.set("radix", 4).set("groups", 6).set("latency", 4);
  const Work work{.op = Operator::in_hadamard, .rows = 768, .columns = 2};  // blocks of 256: four passes
  EXPECT_EQ(unit.time(work).beats, 4 * 32 * 2);
  EXPECT_EQ(unit.time(work).latency, Cycles{16});
  EXPECT_EQ(unit.set("ii", 2).busy(work), 2 * 4 * 32 * 2);
  EXPECT_EQ(unit.model().transform_points(768), 256);
  EXPECT_EQ(unit.set("largest_block", 64).model().transform_points(768), 64);
  EXPECT_EQ(unit.set("radix", 8).time(work).beats, 2 * 16 * 2);
  EXPECT_EQ(unit.model().row_lanes(), 48);
  EXPECT_EQ(unit.refuses(Operator::in_hadamard, 768), "");
}

TEST(HadamardRadixKind, IsBuiltOfSmallTrees) {
  UnitCase unit("hadamard_radix");
  unit.set("radix", 4).set("groups", 2);
  const double two = unit.lut(kFirst);
  EXPECT_GT(unit.set("groups", 6).lut(kFirst), two);
  const double six = unit.lut(kFirst);
  EXPECT_LT(unit.set("ii", 2).lut(kFirst), six);
  EXPECT_EQ(unit.circuit(kFirst).lanes_in(), 24);
}

}  // namespace
}  // namespace statelane::test
