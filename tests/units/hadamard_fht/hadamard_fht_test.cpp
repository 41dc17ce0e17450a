// SPDX-License-Identifier: Apache-2.0
#include "tests/units/unit_case.h"

namespace statelane::test {
namespace {

constexpr OperatorSet kFirst(Operator::out_hadamard);

TEST(HadamardFhtKind, StreamsLanesABeatAndWaitsForItsSpans) {
  UnitCase unit("hadamard_fht");
  unit.set("points", 128).set("lanes", 8).set("stage_latency", 2);
  const Work work{.op = Operator::out_hadamard, .rows = 5120, .columns = 2};
  EXPECT_EQ(unit.time(work).beats, 640 * 2);
  EXPECT_EQ(unit.time(work).latency, Cycles{16 + 7 * 2});  // ceil(127 / 8), seven stages
  EXPECT_EQ(unit.set("ii", 2).busy(work), 2 * 1280);
  EXPECT_EQ(unit.model().transform_points(5120), 128);
  EXPECT_EQ(unit.model().row_lanes(), 8);
}

TEST(HadamardFhtKind, RefusesWhatItCannotTransform) {
  UnitCase unit("hadamard_fht");
  unit.set("points", 128);
  EXPECT_EQ(unit.refuses(Operator::out_hadamard, 5120), "");
  EXPECT_EQ(unit.refuses(Operator::out_hadamard, 5000), "points must divide the vector");
  EXPECT_EQ(unit.set("points", 40).refuses(Operator::out_hadamard, 5120), "points must be a power of two");
}

TEST(HadamardFhtKind, HasAStageForEveryBitOfPoints) {
  UnitCase unit("hadamard_fht");
  unit.set("points", 64).set("lanes", 1);
  const double six = unit.lut(kFirst);
  EXPECT_GT(unit.set("points", 128).lut(kFirst), six);
  const double one = unit.lut(kFirst);
  EXPECT_GT(unit.set("lanes", 8).lut(kFirst), one);
  const double lanes = unit.lut(kFirst);
  EXPECT_LT(unit.set("ii", 2).lut(kFirst), lanes);
  OperatorSet both = kFirst;
  both.insert(Operator::out_hadamard2);
  EXPECT_GT(unit.circuit(kFirst, kFirst).total().dsp, unit.circuit(kFirst, both).total().dsp)
      << "only the last stage quantises";
}

}  // namespace
}  // namespace statelane::test
