// SPDX-License-Identifier: Apache-2.0
#include "models/units/fabric/circuit.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "models/units/matrix_unit/matrix_unit.h"
#include "models/units/unit_registry.h"
#include "tests/evaluate/lowered.h"

namespace statelane {
namespace {

FabricCosts costs_of(std::string_view family) {
  return testing::constants().family(family);
}

TEST(Circuit, LutMultiplierIsPairsOfRowsAndATree) {
  const FabricCosts f = costs_of("series7");
  Circuit c(f);
  c.multiply(1, 8, 8, Multiplier::lut);  // 4 chains of 9 LUTs, 3 adders of 10
  EXPECT_EQ(c.total().lut, 4 * 9 + 3 * 10);
  EXPECT_EQ(c.total().ff, 16);
  EXPECT_EQ(c.total().dsp, 0);
  Circuit small(f);
  small.multiply(10, 4, 4, Multiplier::lut);
  EXPECT_EQ(small.total().lut, 10 * (2 * 5 + 6));
}

/// LightMamba's matrix unit: a shifter behind the sum of every 8 products, and sums that have room for its 15
/// places.
TEST(Circuit, MatrixUnitShiftsEachGroupOfActivationsOnce) {
  const FabricCosts f = costs_of("versal");
  MatrixUnit unit;
  unit.inputs = unit.outputs = 16;
  unit.multiplier = Multiplier::dsp;
  Mamba2Shape shape;
  shape.d_model = 2560;  // d_inner 5,120: 13 bits
  Precision p;
  p.weights = p.activations = Bits{4};
  const auto built = [&](std::int64_t group) {
    p.activation_group = group;
    Circuit c(f);
    unit.circuit({p, shape, OperatorSet(Operator::in_proj), OperatorSet(Operator::in_proj)}, c);
    return c;
  };
  const Circuit one_scale = built(0);
  const Circuit shifted = built(8);
  EXPECT_EQ(one_scale.result_width(), 8 + 13);
  EXPECT_EQ(shifted.result_width(), 8 + 13 + 15);
  const double shifters = 16 * 2 * (11 + 15) * 2;  // two levels of multiplexers a bit
  const double wider = 16 * 15 + 16 * 15;          // the last adder of each tree, and the accumulator
  EXPECT_EQ(shifted.total().lut - one_scale.total().lut, shifters + wider);
  EXPECT_EQ(shifted.total().dsp, one_scale.total().dsp);
  EXPECT_EQ(built(16).total().lut - one_scale.total().lut, 16 * (12 + 15) * 2 + 16 * 15) << "one group a row";
}

TEST(Circuit, DspSlicesTileWideProducts) {
  const FabricCosts v7 = costs_of("series7");  // 25 x 18
  const Circuit c(v7);
  EXPECT_EQ(c.dsp_slices(8, 8), 1);
  EXPECT_EQ(c.dsp_slices(25, 18), 1);
  EXPECT_EQ(c.dsp_slices(18, 25), 1);
  // FastMamba's published widths.
  EXPECT_EQ(c.dsp_slices(27, 16), 2);
  EXPECT_EQ(c.dsp_slices(30, 16), 2);
  EXPECT_EQ(c.dsp_slices(28, 32), 4);
  EXPECT_EQ(c.dsp_slices(23, 32), 2);
  const FabricCosts versal = costs_of("versal");  // 27 x 24
  EXPECT_EQ(Circuit(versal).dsp_slices(27, 24), 1);
  EXPECT_EQ(Circuit(versal).dsp_slices(27, 16), 1);
  EXPECT_EQ(Circuit(versal).dsp_slices(28, 32), 4);
}

TEST(Circuit, TwoProductsShareASliceWhereTheyFit) {
  const FabricCosts us = costs_of("ultrascale_plus");
  const FabricCosts v7 = costs_of("series7");
  const auto slices = [](const FabricCosts& f, std::int64_t n, std::int64_t bits) {
    Circuit c(f);
    c.multiply(n, bits, bits, Multiplier::dsp_packed);
    return c.total().dsp;
  };
  EXPECT_EQ(slices(us, 64, 4), 32);
  EXPECT_EQ(slices(us, 65, 4), 33);
  EXPECT_EQ(slices(us, 64, 8), 32);  // 8 + 16 + 1 = 25 (AMD WP486)
  EXPECT_EQ(slices(v7, 64, 8), 32);
  EXPECT_EQ(slices(v7, 64, 9), 64);  // 28
}

TEST(Circuit, AdderTreeGrowsABitALevel) {
  const FabricCosts f = costs_of("versal");
  Circuit c(f);
  c.adder_tree(1, 8, 8);  // chains of 4 x 8 + 2 x 9 + 1 x 10, sums of 4 x 9 + 2 x 10 + 1 x 11
  EXPECT_EQ(c.total().lut, 60);
  EXPECT_EQ(c.total().ff, 67);
  Circuit odd(f);
  odd.adder_tree(2, 5, 10);  // 2 x 10, then 3 values: 1 x 11, then 2: 1 x 12; 3, 2 and 1 registers
  EXPECT_EQ(odd.total().lut, 2 * (20 + 11 + 12));
  EXPECT_EQ(odd.total().ff, 2 * (2 * 11 + 10 + 12 + 10 + 13));  // the fifth stays as wide as it is
  Circuit long_way(f);
  long_way.adder_tree(1, 20, 10);  // of five sums of 12 bits one waits twice: 36 flip-flops, or 6 LUTs
  EXPECT_EQ(long_way.total().lut, 100 + 55 + 2 * 12 + 13 + 14 + 6);
  EXPECT_EQ(long_way.total().ff, 10 * 11 + 4 * 12 + 2 * 13 + 14 + 15);
}

TEST(Circuit, ShifterIsFourToOneMultiplexers) {
  const FabricCosts f = costs_of("versal");
  Circuit c(f);
  c.shift(8, 32, 5);
  EXPECT_EQ(c.total().lut, 8 * 32 * 3);
  EXPECT_EQ(c.total().ff, 8 * 32);
}

/// LightMamba's public code after implementation: what one module of eight lanes takes (references of
/// docs/resources.md).
TEST(Circuit, VectorUnitsMatchImplementedModules) {
  const testing::Lowered run("lightmamba-vck190-w4a4-decode-2.7b");
  const FabricCosts f = costs_of("versal");
  const struct {
    const char* unit;
    double lut, ff, dsp;
  } modules[] = {{"dt_b", 3532, 3427, 8}, {"b_x", 1341, 937, 8}, {"a_h", 1211, 1019, 8}};
  for (const auto& module : modules) {
    for (const Unit& unit : run.experiment.design.units) {
      if (unit.name() != module.unit) continue;
      Unit eight = unit;
      Diagnostics d;
      set_field(eight.model().table(), eight.model().parameters(), "/lanes", JsonValue(8), d);
      ASSERT_TRUE(d.ok()) << d.text();
      Circuit c(f);
      eight.model().circuit({run.experiment.design.precision, run.experiment.network, eight.operators(), {}},
                            c);
      const Resources r = c.total() + f.unit_control;
      std::printf(
          "%-5s LUT %6.0f (%6.0f implemented, %+5.1f %%)  FF %6.0f (%6.0f, %+5.1f %%)  DSP %2.0f (%2.0f)\n",
          module.unit, r.lut, module.lut, 100 * (r.lut / module.lut - 1), r.ff, module.ff,
          100 * (r.ff / module.ff - 1), r.dsp, module.dsp);
      EXPECT_NEAR(r.lut / module.lut, 1, 0.30) << module.unit;
      EXPECT_NEAR(r.ff / module.ff, 1, 0.30) << module.unit;
      EXPECT_EQ(r.dsp, module.dsp) << module.unit;
    }
  }
}

TEST(Circuit, PowerOfTwoRequantisersCostAFractionOfMultiplyingOnes) {
  // LightMamba's claim: requantising by shift instead of by product saves DSP slices and most LUTs in the
  // SSM.
  const FabricCosts f = costs_of("versal");
  Circuit shift(f), product(f);
  shift.shift(8, 32, 3);
  product.multiply(8, 32, 16, Multiplier::dsp);
  product.shift(8, 32, 3);
  EXPECT_EQ(shift.total().dsp, 0);
  EXPECT_GE(product.total().dsp, 8);
  Circuit fabric(f);
  fabric.multiply(8, 32, 16, Multiplier::lut);
  EXPECT_GT(fabric.total().lut, 4 * shift.total().lut);
}

/// A unit of every kind, with one more of a size parameter, takes no less of anything.
void expect_monotone(UnitModel& model, const char* field, OperatorSet operators, const CircuitInputs& base) {
  const FabricCosts f = costs_of("series7");
  Resources last;
  for (const int n : {1, 2, 3, 5, 8, 13, 16, 31, 64, 100, 256}) {
    Diagnostics d;
    ASSERT_TRUE(set_field(model.table(), model.parameters(), std::string("/") + field, JsonValue(n), d))
        << d.text();
    Circuit c(f);
    model.circuit({base.precision, base.shape, operators, base.design}, c);
    EXPECT_GE(c.total().lut, last.lut) << model.kind() << ' ' << field << ' ' << n;
    EXPECT_GE(c.total().dsp, last.dsp) << model.kind() << ' ' << field << ' ' << n;
    EXPECT_GE(c.total().ff, last.ff) << model.kind() << ' ' << field << ' ' << n;
    last = c.total();
  }
  EXPECT_GT(last.lut + last.dsp, 0) << model.kind();
}

TEST(Circuit, MoreLanesNeverTakeLess) {
  const Mamba2Shape shape;
  Precision by_group;
  by_group.weight_group = 128;
  by_group.activation_group = by_group.state_group = by_group.conv_group = 8;
  Precision half;
  half.format = NumberFormat::floating;
  for (const Precision& p : {Precision{}, by_group, half}) {
    const UnitRegistry registry = builtin_units();
    for (const std::string& kind : registry.kinds()) {
      const std::unique_ptr<UnitModel> model = registry.make(kind);
      if (kind == "host_processor") continue;
      for (const char* field : {"lanes", "inputs", "outputs", "groups"}) {
        if (model->table().find(field) == nullptr) continue;
        if (kind == "matrix_unit" && std::string(field) == "groups")
          continue;  // splits trees, does not add lanes
        expect_monotone(*model, field, model->supports(), {p, shape, {}, {}});
      }
    }
  }
}

}  // namespace
}  // namespace statelane
