// SPDX-License-Identifier: Apache-2.0
// Norms, Hadamard transforms, the matrix unit, the residual stream.
#include <algorithm>
#include <bit>
#include <numeric>

#include "hls/function_builder.h"
#include "models/numerics/hadamard.h"
#include "models/numerics/rotation.h"

namespace statelane::hls {
namespace {

constexpr std::size_t kLargestMatrix = 256;  // of signs in a table
/// Cycles of a single-precision addition, the II of a running float sum: the operator the vendor's tool
/// names fadd_32ns_32ns_32_5_full_dsp in its reports.
constexpr std::int64_t kFloatAdderLatency = 5;

void lookup_table(FunctionBuilder& b, const std::string& name, const std::vector<std::int32_t>& entries) {
  b.table("std::int32_t", name, entries);
}

}  // namespace

void norm_section(FunctionBuilder& b, Operator op) {
  const Accelerator& a = b.a;
  const bool gated = op == Operator::gated_norm;
  const std::string in = gated ? "gated" : "residual";
  const std::string out = gated ? "normed" : a.fixed() ? "norm" : "u";
  const HlsView view = a.view(op);
  const std::int64_t lanes = view.lanes;
  const std::int64_t n = gated ? a.g.d_inner : a.g.d_model;
  const auto groups = gated ? static_cast<std::int64_t>(a.dims.groups) : std::int64_t{1};
  Values v;
  v.set("title", gated ? "Gated RMSNorm" : "RMSNorm")
      .set("s", gated ? "gated_norm" : "norm")
      .set("in", in)
      .set("IN", upper(in));
  v.set("out", out).set("OUT", upper(out)).set("lanes", lanes).set("N", gated ? "D_INNER" : "D_MODEL");
  v.set("gather", gated).set("row", gated ? "column" : "0").set("groups", gated ? "GROUPS" : "1");
  v.set("width", gated ? "(D_INNER / GROUPS)" : "D_MODEL")
      .set("beats", ceil_div(b.wires.named(out).word, lanes))
      .set("take_beats", ceil_div(b.wires.named(in).word, lanes));
  const bool head = a.head() && !gated;
  b.f.head = b.f.head || head;
  v.set("ii", view.ii).set("banks", view.banks);
  v.set("last_only", head && a.g.sequence).set("adder", std::max(view.ii, kFloatAdderLatency));
  v.set("OUT_TAP", gated ? "GATED_NORM_UNROTATED" : a.fixed() ? "NORM_UNROTATED" : "NORM_OUT");
  if ((n / groups) % b.wires.named(out).word != 0)
    throw Infeasible("a word of " + out + " does not divide a group of the gated norm");
  b.in(in);
  b.out(out);
  if (a.fixed()) {
    const std::string weight = gated ? "gated_norm_weight" : "norm_weight";
    b.parameter(weight, "float", n, gated ? 0 : n);
    b.f.floats = true;
    b.section("norm_float.mustache", v.set("weight", weight));
    return;
  }
  v.set("eps", gated ? "EPS_INNER" : "EPS_MODEL")
      .set("table", gated ? "rsqrt_inner_table" : "rsqrt_model_table");
  v.set("lift", gated ? a.units.rsqrt_inner.lift() : a.units.rsqrt_model.lift())
      .set("weighted", gated)
      .set("weight", "gated_norm_weight");
  v.set("product", hls_product(view.multiplier));
  b.bind(gated ? "rsqrt_inner_table" : "rsqrt_model_table", view.tables);
  lookup_table(b, gated ? "rsqrt_inner_table" : "rsqrt_model_table",
               gated ? a.units.rsqrt_inner.entries() : a.units.rsqrt_model.entries());
  if (gated) b.parameter("gated_norm_weight", "std::int32_t", n);
  b.section("norm_block.mustache", v);
}

void hadamard_section(FunctionBuilder& b, Operator op) {
  const Accelerator& a = b.a;
  const bool first = op == Operator::in_hadamard;
  const bool second = op == Operator::out_hadamard2;
  const bool two = a.has(Operator::out_hadamard2);
  const bool last = first || second || !two;
  const std::int64_t n = first ? a.g.d_model : a.g.d_inner;
  const std::string in = first ? "norm" : second ? "rotated" : "normed";
  const std::string out = first ? "u" : last ? "v" : "rotated";
  const Unit& unit = a.unit(op);
  const HlsView view = a.view(op);
  const std::int64_t points = unit.model().transform_points(n);
  const bool by_matrix = view.transform == HlsTransform::signs;
  // The scheme's transform is H_K (x) H_power: fixed_point takes K = 1 blocks, block_shift the smallest K
  // there is.
  const auto power = static_cast<std::int64_t>(a.fixed() ? power_of_two_block(static_cast<std::size_t>(n))
                                                         : Hadamard(static_cast<std::size_t>(n)).points());
  const auto wrong = [&](const std::string& why) {
    throw Infeasible("no HLS for this design: unit " + unit.name() + ": " + why);
  };
  Values v;
  std::int64_t butterflies = 0;
  std::int64_t order = 1;
  std::int64_t within = 1;
  SignMatrix signs{1, {1}};
  if (a.fixed()) {
    if (points != power)
      wrong("the scheme transforms blocks of " + std::to_string(power) + " points, the unit " +
            std::to_string(points));
    butterflies = points;
  } else if (second) {
    const std::int64_t done = a.unit(Operator::out_hadamard).model().transform_points(n);
    if (power % done != 0)
      wrong("the stage before it must be a power of two that divides " + std::to_string(n));
    within = done;
    order = n / done;
    if (points != order)
      wrong("it transforms " + std::to_string(points) + " points where " + std::to_string(order) +
            " are left");
    const Hadamard whole(static_cast<std::size_t>(n));
    signs = kronecker(
        whole.factor(),
        sylvester(static_cast<unsigned>(std::countr_zero(static_cast<std::uint64_t>(power / done)))));
  } else if (two) {
    if (!std::has_single_bit(static_cast<std::uint64_t>(points)) || power % points != 0)
      wrong("the first of two stages must be a power of two that divides " + std::to_string(n));
    if (by_matrix) {
      order = points;
      signs = sylvester(static_cast<unsigned>(std::countr_zero(static_cast<std::uint64_t>(points))));
    } else {
      butterflies = points;
    }
  } else {
    if (points != n)
      wrong("it transforms blocks of " + std::to_string(points) + " points, the scheme all " +
            std::to_string(n));
    const Hadamard whole(static_cast<std::size_t>(n));
    butterflies = power;
    within = power;
    order = n / power;
    signs = whole.factor();
  }
  if (signs.order > kLargestMatrix)
    wrong("a matrix of " + std::to_string(signs.order) + " points is too large for a table");
  const std::int64_t lanes = view.lanes;
  const std::int64_t adders = by_matrix ? view.reduce : order;
  const std::string name = std::string(operator_name(op));
  v.set("title", "Hadamard transform" + std::string(second ? ", second stage" : ""))
      .set("s", name)
      .set("in", in)
      .set("IN", upper(in));
  const bool head = first && a.head();
  b.f.head = b.f.head || head;
  v.set("last_only", head && a.g.sequence);
  v.set("out", out).set("OUT", upper(out)).set("N", first ? "D_MODEL" : "D_INNER").set("lanes", lanes);
  v.set("points", butterflies).set("pairs", std::max<std::int64_t>(1, lanes / 2));
  v.set("matrix", order > 1).set("order", order).set("within", within).set("span", order * within);
  v.set("adders", std::min(adders, order)).set("chunks", ceil_div(order, std::min(adders, order)));
  v.set("beats", ceil_div(b.wires.named(out).word, lanes)).set("signs", name + "_signs");
  v.set("banks", view.banks);
  if (order > 1) {
    b.table("signed char", name + "_signs", signs.entries);
    b.bind(name + "_signs", view.tables);
  }
  if (!last) {
    v.set("value_type", "int64_t").set("result_sum", "sum");
  } else if (a.fixed()) {
    const std::string scale = first ? "u_scale" : "v_scale";
    b.parameter(scale, "std::int32_t", 2, first ? 2 : 0);
    v.set("value_type", "int32_t");
    v.set("result_sum", "narrow(scale_by(sum, " + scale + "[2 * layer], " + scale + "[2 * layer + 1]), 0, " +
                            (first ? "NORM_OUT" : "GATED_NORM_OUT") + "_WIDTH)");
  } else {
    v.set("value_type", "int32_t");
    v.set("result_sum", "narrow(sum, GATED_NORM_UNROTATED_FRACTION + " +
                            std::to_string(hadamard_shift(static_cast<std::size_t>(n))) +
                            " - GATED_NORM_OUT_FRACTION, GATED_NORM_OUT_WIDTH)");
  }
  b.in(in);
  b.out(out);
  const int stages = std::countr_zero(static_cast<std::uint64_t>(std::max<std::int64_t>(1, butterflies)));
  const std::int64_t in_word = b.wires.named(in).word;
  const std::int64_t out_word = b.wires.named(out).word;
  v.set("ii", view.ii);
  const auto wide = static_cast<std::uint64_t>(lanes);
  if (view.transform == HlsTransform::stages && order == 1 && std::has_single_bit(wide) &&
      lanes <= butterflies && in_word % lanes == 0 && out_word % lanes == 0) {
    const int across = std::countr_zero(wide);
    v.set("lane_stages", across)
        .set("deep_stages", stages - across)
        .set("deep", stages > across)
        .set("longest", butterflies / lanes / 2)
        .set("depth", butterflies / lanes - 1);
    b.section("hadamard_stream.mustache", v);
    return;
  }
  const bool fours = view.transform == HlsTransform::passes && view.radix == 4;
  v.set("fours", fours && stages > 1)
      .set("groups", std::max<std::int64_t>(1, lanes / 4))
      .set("passes", stages / 2)
      .set("twos", fours ? stages % 2 == 1 : stages > 0)
      .set("first_stage", fours ? stages - 1 : 0)
      .set("last_stage", stages);
  b.section("hadamard.mustache", v);
}

void matrix_section(FunctionBuilder& b) {
  const Accelerator& a = b.a;
  const MatrixPlan& m = b.matrix;
  const std::string& ident = b.f.name;
  std::vector<std::int64_t> kind, first, products, words, beats;
  for (const std::vector<MatrixPlan::Tile>* list : {&m.tiles, &m.head_tiles}) {
    for (const MatrixPlan::Tile& t : *list) {
      kind.push_back(t.kind);
      first.push_back(t.first);
      products.push_back(t.products);
      words.push_back(t.words);
      beats.push_back(t.beats);
    }
  }
  b.f.once = true;
  b.f.tables +=
      "// The tiles of a layer in firing order: rows of z, x, B, C, dt (0..4) or of out_proj (5), taking in "
      "u (6) or v (7),\n"
      "// idle (8); behind them the head's: taking in (9), rows of the vocabulary (10). Their first row, "
      "beats "
      "of\n"
      "// multiplication, words of results, beats in all.\n";
  b.table("unsigned char", ident + "_kind", kind);
  b.table("std::int32_t", ident + "_first", first);
  b.table("std::int32_t", ident + "_products", products);
  b.table("std::int32_t", ident + "_words", words);
  b.table("std::int32_t", ident + "_beats", beats);
  const std::int64_t group = std::max(m.group_in, m.group_out);
  const std::int64_t longest = std::max((m.groups_in - 1) * group + m.chunks_in * m.inputs,
                                        (m.groups_out - 1) * group + m.chunks_out * m.inputs);
  // Without groups the only group begins at 0 in both projections, whatever its length.
  Values v;
  v.set("ident", ident)
      .set("fixed", a.fixed())
      .set("steps",
           a.g.layers * a.g.blocks * MatrixPlan::beats_of(m.tiles) + MatrixPlan::beats_of(m.head_tiles))
      .set("layer_tiles", static_cast<std::int64_t>(m.tiles.size()))
      .set("head", a.head())
      .set("one_logit", a.head() && a.g.sequence && a.g.columns > 1)
      .set("ii", m.ii)
      .set("inputs", m.inputs)
      .set("outputs", m.outputs);
  // Inputs whose products are added before the shift they share, so that there is a shifter for each block
  // of inputs and not for each product.
  const auto block =
      static_cast<std::int64_t>(std::gcd(a.format(Tap::kNormOut).block, a.format(Tap::kGatedNormOut).block));
  const HlsView view = a.view(Operator::in_proj);
  HlsMatrixBeat beat;
  beat.inputs = m.inputs;
  beat.outputs = m.outputs;
  beat.together = a.fixed() ? 0 : std::gcd(std::gcd(block, m.inputs), group);
  beat.weight_bits = a.scheme.weights.bits;
  beat.input_bits = a.scheme.activations.bits;
  HlsWriter writer(6);
  view.products(beat, writer);
  v.set("products", writer.text().substr(0, writer.text().size() - 1)).set("banks", view.banks);
  v.set("group", group)
      .set("groups_in", m.groups_in)
      .set("groups_out", m.groups_out)
      .set("chunks_in", m.chunks_in)
      .set("chunks_out", m.chunks_out);
  v.set("take_u", MatrixPlan::take_u).set("take_v", MatrixPlan::take_v).set("kind_out", MatrixPlan::out);
  v.set("take_head", MatrixPlan::take_head).set("kind_head", MatrixPlan::head);
  v.set("K", std::max({longest, a.g.d_model, a.g.d_inner}))
      .set("finished", m.largest_rows)
      .set("code_type", "int32_t");
  std::vector<Values> parts;
  const auto part = [&](Part p, const std::string& chan, const std::string& tap, const std::string& scale) {
    Values one;
    one.set("kind", kind_of(p))
        .set("chan", chan)
        .set("CHAN", upper(chan))
        .set("TAP", tap)
        .set("scale", scale)
        .set("dt", p == Part::dt);
    one.set("fixed", a.fixed()).set("label", "rows_of_" + std::string(part_name(p)));
    parts.push_back(one);
  };
  part(Part::z, "z_raw", "Z", "z_scale");
  part(Part::x, "x_raw", "CONV_IN", "conv_scale");
  part(Part::b, "B_raw", "CONV_IN", "conv_scale");
  part(Part::c, "C_raw", "CONV_IN", "conv_scale");
  part(Part::dt, "dt_raw", "DT_IN", "dt_scale");
  v.set("parts", parts);
  b.in("u");
  b.in("v");
  b.in("weights");
  for (const char* chan : {"z_raw", "x_raw", "B_raw", "C_raw", "dt_raw", "out"}) b.out(chan);
  if (a.head()) {
    b.out("logits");
    b.parameter(a.fixed() ? "head_scale" : "head_fraction", a.fixed() ? "float" : "std::int32_t", 0, 1);
  }
  b.parameter("dt_bias", "std::int32_t", a.g.heads);
  if (a.fixed()) {
    for (const char* scale : {"z_scale", "conv_scale", "dt_scale"}) b.parameter(scale, "std::int32_t", 2);
    b.parameter("out_scale", "float", 1);
  } else {
    b.parameter("in_fraction", "std::int32_t", 1);
    b.parameter("out_fraction", "std::int32_t", 1);
  }
  const auto bits_of = [&](Tap tap) {
    return a.format(tap).block_bits > 0 ? a.format(tap).block_bits + 15 : a.format(tap).width;
  };
  // A product, the two shifts of its scale (up to 7 places, two terms), the sum over all inputs.
  b.f.sum_bits = std::min(
      64,
      std::max(bits_of(Tap::kNormOut), bits_of(Tap::kGatedNormOut)) + a.scheme.weights.bits +
          (a.fixed() ? 0 : 8) +
          static_cast<int>(std::bit_width(static_cast<std::uint64_t>(std::max(a.g.d_model, a.g.d_inner)))));
  for (const std::vector<MatrixPlan::Tile>* list : {&m.tiles, &m.head_tiles}) {
    for (const MatrixPlan::Tile& t : *list)
      b.f.moving_beats +=
          (t.beats - t.products) * m.ii * (list == &m.tiles ? a.g.layers * a.g.blocks : std::int64_t{1});
  }
  b.f.locals += render("matrix_locals.mustache", v);
  b.section("matrix.mustache", v);
}

void residual_section(FunctionBuilder& b) {
  Values v;
  v.set("lanes", b.a.lanes(Operator::residual)).set("fixed", b.a.fixed());
  const HlsView view = b.a.view(Operator::residual);
  v.set("add_ii", view.ii * ceil_div(b.wires.named("out").word, view.lanes));
  b.in("embedding");
  b.in("out");
  b.out("residual");
  v.set("last", !b.a.head());
  if (!b.a.head()) b.out("last");
  b.f.prologue += render("residual_start.mustache", v);
  b.section("residual.mustache", v);
}

}  // namespace statelane::hls
