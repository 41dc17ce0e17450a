// SPDX-License-Identifier: Apache-2.0
// What follows from the tables of a block.
#include "models/blocks/block.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "models/blocks/mamba2/mamba2.h"

namespace statelane {
namespace {

std::vector<std::string> names(const Block& block, OperatorSet set) {
  std::vector<std::string> all;
  set.for_each([&](Operator op) { all.emplace_back(block[op].name); });
  return all;
}

Operator named(const Block& block, const char* name) {
  return block.operator_named(name).value();
}

std::vector<std::string> parts(const Block& block, std::span<const std::uint8_t> which) {
  std::vector<std::string> all;
  for (const std::uint8_t i : which) all.emplace_back(block[block.parts()[i].tensor].name);
  return all;
}

using Names = std::vector<std::string>;

TEST(Mamba2Block, EveryTensorHasAMakerAndATaker) {
  const Block& b = mamba2_block();
  for (std::size_t i = 0; i < b.tensors().size(); ++i) {
    const auto t = static_cast<Tensor>(i);
    const TensorRow& row = b[t];
    int made = 0, taken = 0;
    for (const OperatorRow& op : b.operators()) {
      for (const Tensor out : op.outputs) made += out == t;
      for (const Use& in : op.inputs) taken += in.tensor == t;
    }
    const bool outside = row.tile == Tile::bytes || row.tile == Tile::permit || row.border == Border::enters;
    const Carried& state = b.carried();
    const bool carried = t == state.in || t == state.loop || t == state.on_chip;
    EXPECT_TRUE(outside || carried || made == 1) << row.name << " is made " << made << " times";
    const bool leaves = row.border == Border::leaves || row.tile == Tile::logit_rows ||
                        row.tile == Tile::history || row.tile == Tile::permit || t == state.out ||
                        t == state.loop || t == state.on_chip;
    EXPECT_TRUE(leaves || taken >= 1) << row.name << " is taken by nobody";
    EXPECT_FALSE(row.doc.empty()) << row.name;
  }
}

TEST(Mamba2Block, TheTablesOrderIsTheDataFlows) {
  const Block& b = mamba2_block();
  for (std::size_t i = 0; i < b.order().size(); ++i) EXPECT_EQ(static_cast<std::size_t>(b.order()[i]), i);
}

// z, x, B, C, dt as the weights lie; what all heads share first where the schedule reorders (LightMamba,
// computation reordering).
TEST(Mamba2Block, PartsInBothOrders) {
  const Block& b = mamba2_block();
  Names naive;
  for (const Block::Part& p : b.parts()) naive.emplace_back(b[p.tensor].name);
  EXPECT_EQ(naive, (Names{"z_raw", "x_raw", "B_raw", "C_raw", "dt_raw"}));
  EXPECT_EQ(parts(b, b.shared_parts()), (Names{"B_raw", "C_raw"}));
  EXPECT_EQ(parts(b, b.scalar_parts()), (Names{"dt_raw"}));
  EXPECT_EQ(parts(b, b.row_parts()), (Names{"x_raw", "z_raw"}));
}

TEST(Mamba2Block, SetsThatFollowFromTheTables) {
  const Block& b = mamba2_block();
  EXPECT_EQ(names(b, b.along_states()), (Names{"outer", "decay", "state_add", "state_c"}));
  EXPECT_EQ(names(b, b.after_states()), (Names{"d_skip", "gate"}));
  EXPECT_EQ(names(b, b.sharing()), (Names{"outer", "state_c"}));
  EXPECT_EQ(names(b, b.at_head()), (Names{"norm", "in_hadamard"}));
  EXPECT_TRUE(b.reachable(named(b, "conv")).contains(named(b, "out_proj")));
  EXPECT_FALSE(b.reachable(named(b, "out_proj")).contains(named(b, "conv"))) << "not through the next layer";
  EXPECT_EQ(names(b, b.successors(named(b, "softplus"))), (Names{"decay_exp", "delta_b", "delta_x"}));
}

// Whose results are quantised for a linear layer depends on which transforms stand between (they are
// optional).
TEST(Mamba2Block, WhatFeedsALinearLayer) {
  const Block& b = mamba2_block();
  const auto unless = [&](const char* op) { return names(b, b[named(b, op)].arithmetic.unless); };
  for (const char* op : {"norm", "in_hadamard", "gated_norm", "out_hadamard", "out_hadamard2"})
    EXPECT_TRUE(b[named(b, op)].arithmetic.feeds_linear) << op;
  for (const char* op : {"gate", "in_proj", "out_proj", "residual", "silu_z"})
    EXPECT_FALSE(b[named(b, op)].arithmetic.feeds_linear) << op;
  EXPECT_EQ(unless("norm"), (Names{"in_hadamard"}));
  EXPECT_EQ(unless("gated_norm"), (Names{"out_hadamard", "out_hadamard2"}));
  EXPECT_EQ(unless("out_hadamard2"), Names{});
}

TEST(Block, AnOperatorPutBehindATensorTakesItsPlace) {
  Block b = make_mamba2_block();
  const Tensor out = b.tensor_named("out").value();
  TensorRow scaled = b[out];
  scaled.name = "scaled_out";
  OperatorRow row;
  row.name = "residual_gate";
  row.domain = Domain::rows;
  row.rows = Dim::d_model;
  row.need = Need::optional;
  row.arithmetic.multiplies = true;
  const Operator gate = b.insert_behind(out, row, scaled);
  b.close();
  EXPECT_EQ(names(b, b.successors(named(b, "out_proj"))), (Names{"residual_gate"}));
  EXPECT_EQ(names(b, b.successors(gate)), (Names{"residual"}));
  EXPECT_EQ(b.bypass(out), static_cast<int>(gate)) << "left out, out_proj goes straight to the residual";
  const auto at = [&](Operator op) {
    return std::find(b.order().begin(), b.order().end(), op) - b.order().begin();
  };
  EXPECT_LT(at(named(b, "out_proj")), at(gate));
  EXPECT_LT(at(gate), at(named(b, "residual")));
}

TEST(Block, ContradictionsAreNamed) {
  const auto message = [](Block& b) {
    try {
      b.close();
    } catch (const std::logic_error& e) {
      return std::string(e.what());
    }
    return std::string("closed");
  };
  Block none("none");
  none.add(OperatorRow{.name = "project", .domain = Domain::rows});
  EXPECT_NE(message(none).find("no residual stream"), std::string::npos) << message(none);

  Block two = make_mamba2_block();
  OperatorRow second;
  second.name = "second_proj";
  second.domain = Domain::projection;
  two.add(second);
  EXPECT_NE(message(two).find("second_proj is a second projection"), std::string::npos) << message(two);

  Block circle = make_mamba2_block();
  OperatorRow back;
  back.name = "back";
  back.inputs = {{circle.tensor_named("v").value()}};
  back.outputs = {circle.tensor_named("u").value()};
  circle.add(back);
  EXPECT_NE(message(circle).find("wait for each other"), std::string::npos) << message(circle);
  EXPECT_THROW((void)circle.stream_of(circle.tensor_named("z").value()), std::logic_error);
  EXPECT_EQ(circle.tensor_named("no_such_tensor"), std::nullopt);
}

}  // namespace
}  // namespace statelane
