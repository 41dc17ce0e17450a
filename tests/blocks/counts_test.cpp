// SPDX-License-Identifier: Apache-2.0
#include "models/blocks/counts.h"
#include "tests/source_folder.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace statelane {
namespace {

Mamba2Shape published(const char* name) {
  Diagnostics d;
  const auto shape = load_network(Catalog({source_folder() + "/configs"}), name, d);
  EXPECT_TRUE(shape.has_value()) << d.text();
  return shape.value_or(Mamba2Shape{});
}

constexpr Phase one_token{PhaseKind::decode, 1, 1};

struct Row {
  const char* name;
  std::int64_t in_proj, out_proj, state, layer_parameters, parameters;
};

// Shapes of the public reference implementation; parameters computed from them by hand.
constexpr Row rows[] = {
    {"mamba2-130m", 2574336, 1179648, 196608, 3765320, 128989632},
    {"mamba2-370m", 4489216, 2097152, 262144, 6601056, 368346624},
    {"mamba2-780m", 9904128, 4718592, 393216, 14644112, 780161280},
    {"mamba2-1.3b", 17432576, 8388608, 524288, 25849280, 1343757312},
    {"mamba2-2.7b", 27074560, 13107200, 655360, 40216560, 2702599680},
};

TEST(Counts, PublishedNetworks) {
  for (const Row& row : rows) {
    const Mamba2Shape shape = published(row.name);
    const WorkloadCount w = count_workload(shape, one_token);
    EXPECT_EQ(w.of(Operator::in_proj).macs, row.in_proj) << row.name;
    EXPECT_EQ(w.of(Operator::out_proj).macs, row.out_proj) << row.name;
    EXPECT_EQ(w.of(Operator::decay).state, row.state) << row.name;
    EXPECT_EQ(w.layer_total().parameters, row.layer_parameters) << row.name;
    EXPECT_EQ(w.total().parameters, row.parameters) << row.name;
    // Operations of the parts the shape list names.
    const std::int64_t heads = shape.nheads();
    const std::int64_t inner = shape.d_inner();
    EXPECT_EQ(w.of(Operator::softplus).nonlinear, heads);
    EXPECT_EQ(w.of(Operator::decay_exp).nonlinear, heads);
    EXPECT_EQ(w.of(Operator::decay_exp).multiplies, heads);
    EXPECT_EQ(w.of(Operator::outer).multiplies, row.state);
    EXPECT_EQ(w.of(Operator::decay).multiplies, row.state);
    EXPECT_EQ(w.of(Operator::state_add).adds, row.state);
    EXPECT_EQ(w.of(Operator::state_c).macs, row.state);
    EXPECT_EQ(w.of(Operator::d_skip).multiplies, inner);
    EXPECT_EQ(w.of(Operator::gate).multiplies, inner);
    EXPECT_EQ(w.of(Operator::conv).macs, 4 * shape.conv_channels());
    EXPECT_EQ(w.lm_head.macs, shape.padded_vocab() * shape.d_model);
    EXPECT_EQ(w.lm_head.parameters, 0);  // tied
  }
}

TEST(Counts, DeltaXInPlaceOfDeltaB) {
  const Mamba2Shape shape = published("mamba2-2.7b");
  const WorkloadCount b = count_workload(shape, one_token);
  CountOptions options;
  options.optional = OperatorSet(Operator::delta_x);
  const WorkloadCount x = count_workload(shape, one_token, options);
  EXPECT_EQ(b.of(Operator::delta_b).multiplies, 80 * 128);
  EXPECT_EQ(b.of(Operator::delta_x), OperatorCount{});
  EXPECT_EQ(x.of(Operator::delta_x).multiplies, 5120);
  EXPECT_EQ(x.of(Operator::delta_b), OperatorCount{});
}

TEST(Counts, RecurrentPrefillIsDecodeWithoutTheHead) {
  const Mamba2Shape shape = published("mamba2-130m");
  CountOptions no_head;
  no_head.lm_head = false;
  const WorkloadCount decode = count_workload(shape, {PhaseKind::decode, 64, 3}, no_head);
  const WorkloadCount prefill = count_workload(shape, {PhaseKind::prefill, 64, 3}, no_head);
  EXPECT_EQ(decode.total(), prefill.total());
  const WorkloadCount with_head = count_workload(shape, {PhaseKind::prefill, 64, 3});
  EXPECT_EQ(with_head.lm_head.macs, 3 * shape.padded_vocab() * shape.d_model);
  EXPECT_EQ(count_workload(shape, {PhaseKind::decode, 64, 3}).lm_head.macs, 64 * with_head.lm_head.macs);
}

std::int64_t scan_macs(const WorkloadCount& w) {
  return w.of(Operator::outer).macs + w.of(Operator::decay).macs + w.of(Operator::state_c).macs;
}

TEST(Counts, ChunkedFormula) {
  // MAC a token: Q * d_state * ngroups + nheads * headdim * (Q + 2 * d_state), for whole chunks.
  for (const std::int64_t groups : {1, 2, 4}) {
    Mamba2Shape shape = published("mamba2-370m");
    shape.ngroups = groups;
    for (const std::int64_t q : {1, 16, 64, 256}) {
      CountOptions options;
      options.chunk = q;
      const WorkloadCount w = count_workload(shape, {PhaseKind::prefill, 512, 2}, options);
      const std::int64_t a_token =
          q * shape.d_state * groups + shape.nheads() * shape.headdim * (q + 2 * shape.d_state);
      EXPECT_EQ(scan_macs(w), 512 * 2 * a_token) << q;
      EXPECT_EQ(w.of(Operator::in_proj).macs, 1024 * shape.in_proj_width() * shape.d_model);
      EXPECT_EQ(w.of(Operator::decay).multiplies, 512 / q * 2 * shape.state_elements());
    }
  }
}

TEST(Counts, RecurrentProducts) {
  const Mamba2Shape shape = published("mamba2-1.3b");
  const WorkloadCount w = count_workload(shape, {PhaseKind::prefill, 100, 1});
  const std::int64_t products = w.of(Operator::outer).products() + w.of(Operator::decay).products() +
                                w.of(Operator::state_add).products() + w.of(Operator::state_c).products();
  EXPECT_EQ(products, 100 * 3 * shape.nheads() * shape.headdim * shape.d_state);
}

TEST(Counts, ShortLastChunk) {
  const Mamba2Shape shape = published("mamba2-130m");
  CountOptions options;
  options.chunk = 64;
  const auto macs = [&](std::int64_t length) {
    return scan_macs(count_workload(shape, {PhaseKind::prefill, length, 1}, options));
  };
  EXPECT_EQ(macs(100), macs(64) + macs(36));
  EXPECT_LT(macs(100), macs(128));
}

TEST(Counts, BiasesAndOwnHead) {
  Mamba2Shape shape = published("mamba2-130m");
  shape.proj_bias = true;
  shape.tie_embeddings = false;
  const WorkloadCount w = count_workload(shape, one_token);
  EXPECT_EQ(w.layer_total().parameters, shape.layer_parameters());
  EXPECT_EQ(w.total().parameters, shape.parameters());
  EXPECT_EQ(w.lm_head.parameters, shape.padded_vocab() * shape.d_model);
}

TEST(Counts, HadamardAdditions) {
  EXPECT_EQ(hadamard_adds(128).fast, 128 * 7);
  EXPECT_EQ(hadamard_adds(128).dense, 0);
  EXPECT_EQ(hadamard_adds(1536).fast, 1536 * 7);  // 128 * 12
  EXPECT_EQ(hadamard_adds(1536).dense, 1536 * 11);
  EXPECT_EQ(hadamard_adds(5120).fast, 5120 * 8);  // 256 * 20
  EXPECT_EQ(hadamard_adds(192).fast, 192 * 4);    // 16 * 12
  EXPECT_EQ(hadamard_adds(704).fast, 0);          // 64 * 11: no factor
}

TEST(Counts, BytesFollowWidths) {
  const Mamba2Shape shape = published("mamba2-2.7b");
  const WorkloadCount w = count_workload(shape, one_token);
  const OperatorBytes b = bytes_of(w.of(Operator::in_proj), {Bits{4}, Bits{8}, Bits{32}});
  EXPECT_EQ(b.parameters, Bytes(27074560 / 2));
  EXPECT_EQ(b.inputs, Bytes(2560));
  EXPECT_EQ(b.outputs, Bytes(10576));
  EXPECT_EQ(bytes_of(w.of(Operator::decay), {Bits{4}, Bits{8}, Bits{32}}).state, Bytes(655360 * 4));
}

RC_GTEST_PROP(Counts, ParametersAndLinearity, ()) {
  Mamba2Shape shape;
  shape.headdim = *rc::gen::element<std::int64_t>(16, 32, 64);
  shape.expand = *rc::gen::inRange<std::int64_t>(1, 4);
  shape.d_model = shape.headdim * *rc::gen::inRange<std::int64_t>(1, 40);
  shape.d_state = *rc::gen::element<std::int64_t>(16, 64, 128);
  shape.d_conv = *rc::gen::inRange<std::int64_t>(2, 5);
  shape.n_layer = *rc::gen::inRange<std::int64_t>(1, 70);
  shape.vocab_size = *rc::gen::inRange<std::int64_t>(10, 60000);
  shape.conv_bias = *rc::gen::arbitrary<bool>();
  shape.proj_bias = *rc::gen::arbitrary<bool>();
  shape.tie_embeddings = *rc::gen::arbitrary<bool>();
  const WorkloadCount one = count_workload(shape, one_token);
  RC_ASSERT(one.layer_total().parameters == shape.layer_parameters());
  RC_ASSERT(one.total().parameters == shape.parameters());
  const auto batch = *rc::gen::inRange<std::int64_t>(1, 9);
  const WorkloadCount many = count_workload(shape, {PhaseKind::decode, 1, batch});
  RC_ASSERT(many.total().macs == batch * one.total().macs);
  RC_ASSERT(many.total().nonlinear == batch * one.total().nonlinear);
  RC_ASSERT(many.total().state == batch * one.total().state);
  RC_ASSERT(many.total().parameters == one.total().parameters);
}

}  // namespace
}  // namespace statelane
