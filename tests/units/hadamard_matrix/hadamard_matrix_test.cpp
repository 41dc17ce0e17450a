// SPDX-License-Identifier: Apache-2.0
#include "tests/units/unit_case.h"

namespace statelane::test {
namespace {

constexpr OperatorSet kSecond(Operator::out_hadamard2);

TEST(HadamardMatrixKind, AddsSomeInputsToSomeResultsABeat) {
  UnitCase unit("hadamard_matrix");
  unit.set("points", 40).set("lanes", 8).set("adders", 40).set("latency", 8);
  const Work work{.op = Operator::out_hadamard2, .rows = 5120, .columns = 2};
  EXPECT_EQ(unit.time(work).beats, 640 * 2);
  EXPECT_EQ(unit.time(work).latency, Cycles{8});
  EXPECT_EQ(unit.set("adders", 16).busy(work), 640 * 3 * 2);
  EXPECT_EQ(unit.set("ii", 2).busy(work), 2 * 640 * 3 * 2);
  EXPECT_EQ(unit.model().transform_points(5120), 40);
  EXPECT_EQ(unit.set("within", 128).model().transform_points(4096), 32);
  EXPECT_EQ(unit.model().row_lanes(), 8);
}

TEST(HadamardMatrixKind, RefusesOrdersWithoutAMatrix) {
  UnitCase unit("hadamard_matrix");
  unit.set("points", 40);
  EXPECT_EQ(unit.refuses(Operator::out_hadamard, 5120), "");
  EXPECT_EQ(unit.refuses(Operator::out_hadamard, 5121), "points must divide the vector");
  EXPECT_EQ(unit.set("within", 512).refuses(Operator::out_hadamard2, 5120),
            "a Hadamard matrix has order 1, 2 or a multiple of 4");
  EXPECT_EQ(unit.set("within", 64).refuses(Operator::out_hadamard2, 5120),
            "the matrix is larger than points = 40");
}

TEST(HadamardMatrixKind, IsBuiltOfTreesAndARowOfSigns) {
  UnitCase unit("hadamard_matrix");
  unit.set("points", 40).set("lanes", 4).set("adders", 40);
  const double whole = unit.lut(kSecond);
  EXPECT_LT(unit.set("adders", 8).lut(kSecond), whole);
  const double few = unit.lut(kSecond);
  EXPECT_GT(unit.set("lanes", 8).lut(kSecond), few);
  EXPECT_EQ(unit.circuit(kSecond).lanes_in(), 8);
}

}  // namespace
}  // namespace statelane::test
