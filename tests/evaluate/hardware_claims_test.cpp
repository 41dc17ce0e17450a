// SPDX-License-Identifier: Apache-2.0
// What the two papers say about hardware, from the structure of the circuits alone. Prints Markdown:
// results/hardware.md.
#include <gtest/gtest.h>

#include "models/evaluate/resources.h"
#include "models/units/fabric/circuit.h"
#include "tests/evaluate/lowered.h"
#include "tests/evaluate/synthesis.h"

namespace statelane {
namespace {

const FabricCosts& versal() {
  static const FabricCosts f = testing::constants().family("versal");
  return f;
}

Resources unit_of(const testing::Lowered& run, const std::string& name) {
  const Experiment& e = run.experiment;
  const ResourceReport report =
      estimate_resources(e.design, e.network, run.graph, e.board, testing::constants());
  Resources sum;
  for (const ComponentResources& part : report.parts) {
    if (part.name == name && part.component != "buffer") sum += part.resources;
  }
  return sum;
}

/// An SSM operator of LightMamba: 8 or 16 lanes of a product whose result goes back to 8 bits, by a shift or
/// by a product with a 16-bit scale.
TEST(HardwareClaims, RequantisingByShift) {
  struct Operation {
    const char* name;
    std::int64_t lanes;
    std::int64_t requantisers;
  };
  std::printf(
      "| operator | lanes | by shift: LUT | DSP | by product in DSP: LUT | DSP | by product in LUTs: LUT | "
      "DSP |\n"
      "| --- | --- | --- | --- | --- | --- | --- | --- |\n");
  for (const Operation& o :
       {Operation{"dt * B", 8, 1}, Operation{"(dt B) x", 16, 1}, Operation{"abar h", 16, 1},
        Operation{"h C", 16, 1}, Operation{"D x", 8, 1}, Operation{"y z", 8, 1}}) {
    const auto operation = [&](auto requantise) {
      Circuit c(versal());
      c.multiply(o.lanes, 8, 8, Multiplier::dsp);
      requantise(c, o.lanes * o.requantisers);
      return c.total();
    };
    const Resources shift = operation([](Circuit& c, std::int64_t n) {
      c.shift(n, 33, 4);
      c.saturate(n, 33, 8);
    });
    const Resources product = operation([](Circuit& c, std::int64_t n) {
      c.multiply(n, 32, 16, Multiplier::dsp);
      c.saturate(n, 33, 8);
    });
    const Resources in_luts = operation([](Circuit& c, std::int64_t n) {
      c.multiply(n, 32, 16, Multiplier::lut);
      c.saturate(n, 33, 8);
    });
    std::printf("| %s | %d | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f |\n", o.name, static_cast<int>(o.lanes),
                shift.lut, shift.dsp, product.lut, product.dsp, in_luts.lut, in_luts.dsp);
    EXPECT_GE(product.dsp, 3 * shift.dsp) << o.name;  // the requantiser's product takes two slices
    EXPECT_GE(in_luts.lut, 4 * shift.lut) << o.name;
    EXPECT_EQ(in_luts.dsp, shift.dsp) << o.name;
  }
}

/// The blocks themselves, synthesised.
TEST(HardwareClaims, RequantisersSynthesised) {
  Diagnostics d;
  const auto run = load_synthesis(testing::configs(), "ultrascale_plus", d);
  ASSERT_TRUE(run) << d.text();
  const auto sites = [&](const std::string& block, std::map<std::string, double> parameters) {
    for (const SynthesisPoint& p : run->points) {
      if (p.block == block && p.parameters == parameters) return p.sites;
    }
    throw std::runtime_error("no such point");
  };
  const auto shift = sites("requantise_shift", {{"W", 32}, {"S", 4}, {"OUT", 8}});
  const auto product = sites("requantise_multiply", {{"W", 32}, {"SCALE", 16}, {"SHIFT", 16}, {"OUT", 8}});
  const auto in_luts =
      sites("requantise_multiply_lut", {{"W", 32}, {"SCALE", 16}, {"SHIFT", 16}, {"OUT", 8}});
  std::printf(
      "32 bits to 8, yosys: by shift %.0f LUT, by product %.0f LUT and %.0f DSP, by product in LUTs %.0f "
      "LUT\n",
      shift.at("lut"), product.at("lut"), product.at("dsp"), in_luts.at("lut"));
  EXPECT_EQ(shift.at("dsp"), 0);
  EXPECT_GE(product.at("dsp"), 2);
  EXPECT_GT(in_luts.at("lut"), 5 * shift.at("lut"));
}

/// 128 points of one beat's eight lanes: by butterflies, or by a matrix with as many adders as that takes.
TEST(HardwareClaims, FastTransformAgainstMatrix) {
  std::printf(
      "| points | FHT: adders | LUT | beats a block of 8 lanes | matrix of as many adders: LUT | beats | "
      "slower by | matrix of as many LUTs: slower by |\n"
      "| --- | --- | --- | --- | --- | --- | --- | --- |\n");
  for (const std::int64_t points : {64, 128, 256, 512}) {
    const std::int64_t lanes = 8, stages = bits_to_count(points), adders = lanes * stages;
    Circuit fht(versal());
    std::int64_t width = 32;
    for (std::int64_t span = points / 2; span >= 1; span /= 2) {
      fht.delay(2 * lanes, ceil_div(span, lanes), width);
      fht.logic(lanes, width);
      fht.add(lanes, ++width);
    }
    Circuit matrix(versal());
    matrix.adder_tree(lanes, stages, 32);
    matrix.add(lanes, 32 + stages);
    // Delay lines make the FHT larger than its adders: a matrix may have more adders for the same LUTs.
    std::int64_t equal = stages;
    for (double luts = 0; luts < fht.total().lut; ++equal) {
      Circuit wider(versal());
      wider.adder_tree(lanes, equal, 32);
      wider.add(lanes, 32 + bits_to_count(points));
      luts = wider.total().lut;
    }
    const std::int64_t fht_beats = points / lanes;
    const double equal_luts = static_cast<double>(ceil_div(points, equal));
    const std::int64_t matrix_beats = points / lanes * ceil_div(points, stages);
    std::printf("| %d | %d | %.0f | %d | %.0f | %d | %.1f | %.1f |\n", static_cast<int>(points),
                static_cast<int>(adders), fht.total().lut, static_cast<int>(fht_beats), matrix.total().lut,
                static_cast<int>(matrix_beats),
                static_cast<double>(matrix_beats) / static_cast<double>(fht_beats), equal_luts);
    EXPECT_GE(matrix_beats, 8 * fht_beats) << points;
    EXPECT_GE(equal_luts, 3.0) << points;
  }
  // In the shipped designs: the whole transform of 5120 points.
  const testing::Lowered fht("lightmamba-vck190-w4a4-fht-decode-2.7b"),
      matrix("lightmamba-vck190-w4a4-mmhadamard-decode-2.7b");
  const auto htu = [](const testing::Lowered& run) {
    const Experiment& e = run.experiment;
    return *estimate_resources(e.design, e.network, run.graph, e.board, testing::constants())
                .component("htu");
  };
  std::printf("shipped designs, 5120 points: FHT %.0f LUT, %.0f DSP; matrix %.0f LUT, %.0f DSP\n",
              htu(fht).lut, htu(fht).dsp, htu(matrix).lut, htu(matrix).dsp);
}

/// FastMamba's nonlinear unit against exp in half precision, a lane each, both with everything around them.
TEST(HardwareClaims, StraightPiecesAgainstHalfPrecision) {
  const FabricCosts f = testing::constants().family("series7");
  const testing::Lowered run("fastmamba-vc709-w8a8-decode-2.7b");
  const Resources unit = unit_of(run, "nau_exp");
  Circuit half(f);
  const std::int64_t lanes = 24;
  half.floating(lanes, FloatOperation::multiply, FloatWidth::half);  // dt * A
  half.floating(lanes, FloatOperation::exponential, FloatWidth::half);
  half.floating(2 * lanes, FloatOperation::convert, FloatWidth::half);  // from and to fixed point
  std::printf(
      "| exp, 24 lanes | LUT | FF | DSP |\n| --- | --- | --- | --- |\n| straight pieces (FastMamba) | %.0f | "
      "%.0f | %.0f |\n"
      "| half-precision cores | %.0f | %.0f | %.0f |\n",
      unit.lut, unit.ff, unit.dsp, half.total().lut, half.total().ff, half.total().dsp);
  EXPECT_GT(half.total().lut, 1.5 * unit.lut);
  EXPECT_GT(half.total().ff, 2 * unit.ff);
  EXPECT_GE(half.total().dsp, unit.dsp);
}

/// Two 4-bit products in a slice: half of LightMamba's matrix unit.
TEST(HardwareClaims, TwoProductsInASlice) {
  const testing::Lowered packed("lightmamba-vck190-w4a4-decode-2.7b");
  const testing::Lowered plain("lightmamba-vck190-w4a4-decode-2.7b", {"/design/units/mmu/multiplier=dsp"});
  const Resources a = unit_of(packed, "mmu"), b = unit_of(plain, "mmu");
  std::printf(
      "| matrix unit 16 x 16, W4A4 | LUT | DSP |\n| --- | --- | --- |\n| two products a slice | %.0f | %.0f "
      "|\n| one | %.0f | %.0f |\n",
      a.lut, a.dsp, b.lut, b.dsp);
  EXPECT_EQ(2 * a.dsp, b.dsp);
  EXPECT_EQ(a.dsp, 128);
  EXPECT_LT(a.lut, 1.5 * b.lut);  // what correcting the upper product takes
}

}  // namespace
}  // namespace statelane
