// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/functional/functional_case.h"

namespace statelane {
namespace {

using test::Case;
using test::expect_reference;
using test::GoldenCase;

const GoldenCase& golden(const std::string& name) {
  static std::map<std::string, GoldenCase> cases;
  const auto at = cases.find(name);
  return at != cases.end() ? at->second : cases.emplace(name, "golden/" + name).first->second;
}

FunctionalInput texts(const Phase& phase, const GoldenCase& g) {
  FunctionalInput input;
  for (std::int64_t q = 0; q < phase.batch; ++q) {
    input.tokens.push_back(
        test::some_tokens(static_cast<std::size_t>(q), phase.length, g.model.dims().vocab));
  }
  return input;
}

void expect_equal(const Case& c, const std::string& network, const Phase& phase, const std::string& what) {
  expect_reference(c, phase, golden(network).model, texts(phase, golden(network)), what);
}

constexpr const char* light = "lightmamba-vck190-w4a4";
constexpr const char* fast = "fastmamba-vc709-w8a8";

TEST(Variants, Batch) {
  for (const char* design : {light, fast, "lightmamba-u280-w4a4"}) {
    expect_equal(Case(design, "tiny64_L8"), "tiny64_L8", {PhaseKind::decode, 3, 4}, design);
    expect_equal(Case(design, "tiny64_g2_L64"), "tiny64_g2_L64", {PhaseKind::decode, 3, 3}, design);
    expect_equal(Case(design, "tiny64_L8"), "tiny64_L8", {PhaseKind::prefill, 8, 3}, design);
  }
}

TEST(Variants, GroupsOfBAndC) {
  for (const char* design : {light, fast}) {
    const Case c(design, "tiny64_g2_L64");
    expect_equal(c, "tiny64_g2_L64", {PhaseKind::decode, 4, 1}, design);
    expect_equal(c, "tiny64_g2_L64", {PhaseKind::prefill, 16, 1}, design);
  }
}

TEST(Variants, TokenBlocks) {
  for (const char* design : {light, fast}) {
    for (const std::int64_t block : {1, 2, 4, 8}) {
      Case c(design, "tiny64_L8");
      c.design.schedule.token_block = block;
      const std::string what = std::string(design) + " in blocks of " + std::to_string(block);
      expect_equal(c, "tiny64_L8", {PhaseKind::prefill, 8, 1}, what);
      expect_equal(c, "tiny64_L8", {PhaseKind::prefill, 8, 2}, what);
    }
  }
}

TEST(Variants, TokenOuter) {
  for (const char* design : {light, fast, "lightmamba-u280-w4a4"}) {
    Case c(design, "tiny64_L8");
    c.design.schedule.prefill = PrefillLoop::token_outer;
    expect_equal(c, "tiny64_L8", {PhaseKind::prefill, 6, 1}, design);
    expect_equal(c, "tiny64_L8", {PhaseKind::prefill, 6, 2}, design);
  }
}

TEST(Variants, PlacesOfHeadAndStates) {
  for (const char* design : {light, fast}) {
    for (const HeadPlace head : {HeadPlace::none, HeadPlace::host, HeadPlace::fabric}) {
      for (const StatePlace state : {StatePlace::off_chip, StatePlace::on_chip}) {
        for (const StatePlace conv : {StatePlace::off_chip, StatePlace::on_chip}) {
          // FastMamba brings no host, LightMamba no head on the matrix unit: give each what the other has.
          Case c(head == HeadPlace::fabric ? (std::string(design) == light ? "lightmamba-u280-w4a4" : fast)
                                           : (head == HeadPlace::host ? light : design),
                 "tiny64_L8");
          c.design.schedule.lm_head = head;
          c.design.schedule.state = state;
          c.design.schedule.conv_state = conv;
          const std::string what = std::string(design) + " " + std::to_string(static_cast<int>(head)) +
                                   std::to_string(static_cast<int>(state)) +
                                   std::to_string(static_cast<int>(conv));
          expect_equal(c, "tiny64_L8", {PhaseKind::decode, 3, 2}, what);
          if (state == StatePlace::off_chip) {
            expect_equal(c, "tiny64_L8", {PhaseKind::prefill, 8, 1}, what);
          } else {
            c.design.schedule.prefill = PrefillLoop::token_outer;
            expect_equal(c, "tiny64_L8", {PhaseKind::prefill, 4, 2}, what);
          }
        }
      }
    }
  }
}

TEST(Variants, OnChipStateRefusesBlocksOfTokens) {
  for (const std::int64_t block : {0, 1}) {
    Case c(fast, "tiny64_L8");
    c.design.schedule.state = StatePlace::on_chip;
    c.design.schedule.token_block = block;
    const Phase phase{PhaseKind::prefill, 8, 1};
    const std::string why =
        test::run_case(c, phase, golden("tiny64_L8").model, texts(phase, golden("tiny64_L8"))).problem;
    EXPECT_NE(why.find("on-chip state"), std::string::npos) << why;
  }
}

/// Units of `design` with `ops` taken away from all others and given to one.
void fuse(Design& design, std::initializer_list<Operator> ops) {
  OperatorSet together;
  for (const Operator op : ops) together.insert(op);
  const auto first = static_cast<std::size_t>(design.unit_of(*ops.begin()));
  const Unit unit = design.units[first];
  std::vector<Unit> units;
  for (std::size_t i = 0; i < design.units.size(); ++i) {
    const Unit& u = design.units[i];
    OperatorSet rest = i == first ? together : OperatorSet();
    for (int k = 0; k < operator_count; ++k) {
      const auto op = static_cast<Operator>(k);
      if (u.operators().contains(op) && !together.contains(op)) rest.insert(op);
    }
    if (!rest.empty()) units.emplace_back(u.name(), u.component(), rest, u.model().clone());
  }
  design.units = std::move(units);
}

const std::vector<std::vector<std::initializer_list<Operator>>>& fusions() {
  using enum Operator;
  static const std::initializer_list<Operator> a{decay, state_add}, b{outer, decay, state_add, state_c},
      c{state_c, d_skip, gate}, d{outer, decay, state_add, state_c, d_skip, gate}, e{d_skip, gate},
      f{outer, state_add}, g{softplus, decay_exp}, h{silu_xbc, silu_z}, i{state_add, state_c};
  static const std::vector<std::vector<std::initializer_list<Operator>>> all{
      {a}, {b}, {c}, {d}, {e}, {f}, {g}, {h}, {i}, {a, e, g, h}, {b, e}, {d, g, h}};
  return all;
}

TEST(Variants, FusedPipelines) {
  for (const char* design : {light, fast}) {
    std::size_t index = 0;
    for (const auto& groups : fusions()) {
      Case c(design, "tiny64_L8");
      c.design.schedule.tile_states = 8;
      c.design.schedule.tile_rows = 8;
      for (const auto& group : groups) fuse(c.design, group);
      const std::string what = std::string(design) + ", fusion " + std::to_string(index++);
      expect_equal(c, "tiny64_L8", {PhaseKind::decode, 2, 2}, what);
      expect_equal(c, "tiny64_L8", {PhaseKind::prefill, 8, 1}, what);
      c.design.schedule.state = StatePlace::on_chip;
      expect_equal(c, "tiny64_L8", {PhaseKind::decode, 2, 2}, what + ", h on chip");
    }
  }
}

// y is made of the outer product by other units: one firing cannot wait for what it makes itself.
TEST(Variants, PipelinesAreUnbroken) {
  using enum Operator;
  const Phase phase{PhaseKind::decode, 1, 1};
  for (const auto& ops :
       {std::initializer_list<Operator>{outer, d_skip}, {decay, state_c}, {state_add, gate}}) {
    Case c(light, "tiny64_L8");
    fuse(c.design, ops);
    const std::string why =
        test::run_case(c, phase, golden("tiny64_L8").model, texts(phase, golden("tiny64_L8"))).problem;
    EXPECT_NE(why.find("in one pipeline, but not"), std::string::npos) << why;
  }
}

TEST(Variants, FusedWithDeltaX) {
  using enum Operator;
  Case c(fast, "tiny64_L8");
  fuse(c.design, {delta_x, outer, decay, state_add, state_c, d_skip, gate});
  expect_equal(c, "tiny64_L8", {PhaseKind::decode, 3, 2}, "all in one");
  expect_equal(c, "tiny64_L8", {PhaseKind::prefill, 8, 1}, "all in one");
  c = Case(fast, "tiny64_L8");
  fuse(c.design, {delta_x, outer});
  c.design.schedule.tile_states = 4;
  expect_equal(c, "tiny64_L8", {PhaseKind::decode, 3, 2}, "delta_x with outer");
}

template <class T>
T pick(std::initializer_list<T> values) {
  return *rc::gen::elementOf(std::vector<T>(values));
}

RC_GTEST_PROP(Variants, RandomSchedules, ()) {
  const std::string network = pick<std::string>({"tiny64_L8", "tiny64_g2_L64", "tiny64_short_L2"});
  const std::string design = pick<std::string>(
      {light, fast, "lightmamba-vck190-w4a4-fht", "lightmamba-u280-w4a4", "lightmamba-vck190-w4a4-norot"});
  Case c(design, network);
  Schedule& s = c.design.schedule;
  s.order = pick({ProjectionOrder::naive, ProjectionOrder::reordered});
  s.head_group = pick<std::int64_t>({1, 2, 4, 8});
  s.projection_rows = *rc::gen::inRange<std::int64_t>(1, 80);
  s.tile_rows = pick<std::int64_t>({4, 8, 16});
  s.tile_states = pick<std::int64_t>({4, 8, 16});
  s.ssm_buffers = pick({SsmBuffers::tile, SsmBuffers::tensor});
  s.tile_depth = *rc::gen::inRange<std::int64_t>(1, 4);
  s.barrier = *rc::gen::inRange(0, 4) == 0;
  s.state_buffer = *rc::gen::inRange<std::int64_t>(1, 3);
  s.state = pick({StatePlace::off_chip, StatePlace::on_chip});
  s.conv_state = pick({StatePlace::off_chip, StatePlace::on_chip});
  s.prefill = pick({PrefillLoop::layer_outer, PrefillLoop::token_outer});
  s.token_block = pick<std::int64_t>({0, 1, 2, 4});
  const bool decode = *rc::gen::arbitrary<bool>();
  const Phase phase{decode ? PhaseKind::decode : PhaseKind::prefill, decode ? 3 : 4,
                    *rc::gen::inRange<std::int64_t>(1, 4)};
  const bool block = !decode && s.prefill == PrefillLoop::layer_outer;
  RC_PRE(!(s.barrier && block));
  RC_PRE(decode || s.state == StatePlace::off_chip || s.prefill == PrefillLoop::token_outer);
  if (*rc::gen::arbitrary<bool>()) {
    const auto& groups = fusions()[*rc::gen::inRange<std::size_t>(0, fusions().size())];
    for (const auto& group : groups) fuse(c.design, group);
  }
  const Mamba2Model& model = golden(network).model;
  const FunctionalInput input = texts(phase, golden(network));
  const test::Outcome got = test::run_case(c, phase, model, input);
  RC_LOG() << design << " on " << network;
  RC_ASSERT(got.problem == "");
  RC_ASSERT(test::relative_error(test::reference_run(model, c, phase, input).logits, got.logits) <= 2e-5);
}

}  // namespace
}  // namespace statelane
