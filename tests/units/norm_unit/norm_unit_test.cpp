// SPDX-License-Identifier: Apache-2.0
#include "tests/units/unit_case.h"

namespace statelane::test {
namespace {

constexpr OperatorSet kNorm(Operator::norm), kGated(Operator::gated_norm);

TEST(NormUnitKind, TheVectorPassesTwice) {
  UnitCase unit("norm_unit");
  unit.set("lanes", 8).set("fill", 24);
  const Work work{.op = Operator::norm, .rows = 2560};
  EXPECT_EQ(unit.busy(work), 24 + 2 * 2560 / 8);  // 664 in LightMamba's report
  EXPECT_EQ(unit.set("passes", 1).busy(work), 24 + 320);
  EXPECT_EQ(unit.set("ii", 2).busy(work), 24 + 640);
  EXPECT_EQ(unit.model().row_lanes(), 8);
  EXPECT_EQ(unit.refuses(Operator::norm, 2560), "");
}

TEST(NormUnitKind, AWeightOfItsOwnIsAProductMore) {
  UnitCase unit("norm_unit");
  unit.set("lanes", 8);
  unit.precision.weight_group = unit.precision.activation_group = 128;
  EXPECT_EQ(unit.dsp(kNorm), 2 * 8);  // square and scale; the weight is fused into W_in
  EXPECT_EQ(unit.dsp(kGated), 3 * 8);
  EXPECT_EQ(unit.set("multiplier", "lut").dsp(kGated), 0);
  unit.set("multiplier", "dsp");
  EXPECT_EQ(unit.set("ii", 2).dsp(kGated), 12);
  EXPECT_TRUE(unit.set("floating", true).circuit(kNorm).is_floating());
}

TEST(NormUnitKind, KeepsItsWeightsWhereAsked) {
  UnitCase unit("norm_unit");
  EXPECT_EQ(unit.circuit(kNorm).stored().bram18, 0);
  unit.set("weight_on_chip", 16);
  const auto kept = [&](OperatorSet ops) {
    return unit.circuit(ops).stored().bram18 + unit.circuit(ops).stored().lut;
  };
  EXPECT_GT(kept(kNorm), 0);
}

TEST(NormUnitKind, QuantisesWhereNoTransformFollows) {
  UnitCase unit("norm_unit");
  OperatorSet rotated = kNorm;
  rotated.insert(Operator::in_hadamard);
  EXPECT_GT(unit.circuit(kNorm, kNorm).total().dsp, unit.circuit(kNorm, rotated).total().dsp);
}

}  // namespace
}  // namespace statelane::test
