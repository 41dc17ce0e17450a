// SPDX-License-Identifier: Apache-2.0
// Units execute kinds of arithmetic, not operators by name: what an operator says of itself decides where it
// may run and what it is built of there.
#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "models/units/fabric/circuit.h"
#include "models/units/unit_registry.h"

namespace statelane {
namespace {

TEST(Arithmetic, EachKindExecutesItsOperators) {
  using enum Operator;
  const OperatorSet transforms(in_hadamard, out_hadamard, out_hadamard2);
  const std::map<std::string, OperatorSet> expected{
      {"matrix_unit", OperatorSet(in_proj, out_proj, lm_head)},
      {"vector_unit",
       OperatorSet(delta_b, delta_x, outer, decay, state_add, state_c, d_skip, gate, residual)},
      {"nonlinear_unit", OperatorSet(softplus, decay_exp, silu_xbc, silu_z)},
      {"conv_unit", OperatorSet(conv)},
      {"norm_unit", OperatorSet(norm, gated_norm)},
      {"hadamard_fht", transforms},
      {"hadamard_matrix", transforms},
      {"hadamard_radix", OperatorSet(in_hadamard, out_hadamard)},
      {"host_processor", OperatorSet(lm_head)},
  };
  const UnitRegistry registry = builtin_units();
  for (const std::string& kind : registry.kinds())
    EXPECT_EQ(registry.make(kind)->supports().bits(), expected.at(kind).bits()) << kind;
  EXPECT_EQ(registry.kinds().size(), expected.size());
}

/// What a unit of a kind with default parameters is built of for one operator of that arithmetic.
Circuit circuit_of(const std::string& kind, const Arithmetic& arithmetic, const Precision& precision,
                   const FabricCosts& costs) {
  std::vector<Arithmetic> table(operator_arithmetic().begin(), operator_arithmetic().end());
  table[0] = arithmetic;
  const Operator made_up{0};
  const Mamba2Shape shape;
  Circuit c(costs);
  builtin_units().make(kind)->circuit({precision, shape, OperatorSet(made_up), OperatorSet(made_up), table},
                                      c);
  return c;
}

FabricCosts some_costs() {
  FabricCosts f;
  f.dsp_a = 27;
  f.dsp_b = 18;
  f.srl_max_bits = 1024;
  f.activation_scale_bits = 21;
  f.static_shift_bits = 3;
  f.quantiser_bit.lut = 2;
  return f;
}

TEST(Arithmetic, AnOperatorOfAKnownKindRunsOnAnExistingUnit) {
  // A gated residual: x + g y, which no table has.
  const Arithmetic gated{.multiplies = true, .adds = true, .sum = SumWidth::residual};
  const UnitRegistry registry = builtin_units();
  EXPECT_TRUE(registry.make("vector_unit")->executes(gated));
  EXPECT_FALSE(registry.make("matrix_unit")->executes(gated));
  const FabricCosts f = some_costs();
  const Precision p;
  const Resources r = circuit_of("vector_unit", gated, p, f).total();
  const Resources sum = circuit_of("vector_unit", {.adds = true, .sum = SumWidth::residual}, p, f).total();
  const Resources product = circuit_of("vector_unit", {.multiplies = true}, p, f).total();
  EXPECT_EQ(r.dsp, product.dsp);
  EXPECT_EQ(r.dsp, 8);
  EXPECT_EQ(r.lut, sum.lut + product.lut);
  EXPECT_EQ(sum.dsp, 0);
}

TEST(Arithmetic, EveryPropertyChangesTheCircuit) {
  const FabricCosts f = some_costs();
  Precision p;
  p.weight_group = 128;
  p.activation_group = p.state_group = 8;
  const auto lut = [&](const char* kind, const Arithmetic& a) {
    return circuit_of(kind, a, p, f).total().lut;
  };
  const Arithmetic sum{.adds = true};
  const auto with = [](Arithmetic a, auto change) {
    change(a);
    return a;
  };
  p.residual = Bits{48};
  EXPECT_GT(lut("vector_unit", with(sum, [](Arithmetic& a) { a.sum = SumWidth::residual; })),
            lut("vector_unit", sum));
  EXPECT_GT(lut("vector_unit", with(sum, [](Arithmetic& a) { a.aligns_summands = true; })),
            lut("vector_unit", sum));
  EXPECT_GT(lut("vector_unit", with(sum, [](Arithmetic& a) { a.group_quantisers = 1; })),
            lut("vector_unit", sum));
  const Arithmetic kept = with(sum, [](Arithmetic& a) { a.kept = KeptParameters::one_a_head; });
  EXPECT_EQ(circuit_of("vector_unit", sum, p, f).stored().bram18, 0);
  EXPECT_GT(circuit_of("vector_unit", kept, p, f).stored().bram18, 0);

  const Arithmetic norm{.kind = ArithmeticKind::norm};
  EXPECT_GT(circuit_of("norm_unit", with(norm, [](Arithmetic& a) { a.own_weight = true; }), p, f).total().dsp,
            circuit_of("norm_unit", norm, p, f).total().dsp);

  const Arithmetic transform{.kind = ArithmeticKind::transform};
  const Arithmetic last = with(transform, [](Arithmetic& a) { a.feeds_linear = true; });
  EXPECT_GT(lut("hadamard_fht", last), lut("hadamard_fht", transform));
  const Arithmetic first = with(last, [](Arithmetic& a) { a.unless = OperatorSet(Operator{0}); });
  EXPECT_EQ(lut("hadamard_fht", first), lut("hadamard_fht", transform));
  const UnitRegistry registry = builtin_units();
  const Arithmetic across = with(transform, [](Arithmetic& a) { a.across_blocks = true; });
  EXPECT_TRUE(registry.make("hadamard_matrix")->executes(across));
  EXPECT_FALSE(registry.make("hadamard_radix")->executes(across));

  const Arithmetic silu{.kind = ArithmeticKind::nonlinear, .function = ScalarFunction::silu};
  EXPECT_GT(
      circuit_of("nonlinear_unit", with(silu, [](Arithmetic& a) { a.multiplies = true; }), p, f).total().dsp,
      circuit_of("nonlinear_unit", silu, p, f).total().dsp);
  EXPECT_GT(lut("nonlinear_unit", with(silu, [](Arithmetic& a) { a.adds = true; })),
            lut("nonlinear_unit", silu));
  EXPECT_FALSE(registry.make("host_processor")->executes(Arithmetic{.kind = ArithmeticKind::matrix_product}));
}

}  // namespace
}  // namespace statelane
