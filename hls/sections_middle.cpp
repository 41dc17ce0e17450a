// SPDX-License-Identifier: Apache-2.0
// Convolution, nonlinear functions, delta B.
#include <algorithm>
#include <numeric>

#include "hls/function_builder.h"

namespace statelane::hls {
namespace {

std::string table_call(const std::string& name, const FunctionTable& t, bool clamped) {
  return "table_lookup(" + name + ", v, " + std::to_string(t.offset()) + ", " + std::to_string(t.step()) +
         ", " + std::to_string(t.down()) + (clamped ? ", true)" : ", false)");
}

std::string part_channel(Part part, const char* suffix) {
  const std::string name = part == Part::x ? "x" : part == Part::b ? "B" : part == Part::c ? "C" : "z";
  return name + suffix;
}

/// The block shift of an element, as an argument: present in block tensors only.
std::string with_value(const std::string& call, const std::string& value) {
  std::string out = call;
  const std::size_t at = out.find(", v,");
  return out.replace(at + 2, 1, value);
}

}  // namespace

void parts_section(FunctionBuilder& b, OperatorSet ops, const std::vector<TileOfLayer>& all) {
  const Accelerator& a = b.a;
  const bool conv = ops.contains(Operator::conv);
  const bool act = ops.contains(Operator::silu_xbc);
  const bool act_z = ops.contains(Operator::silu_z);
  std::vector<int> kinds;
  std::vector<std::int64_t> units;
  std::int64_t total = 0;
  for (const TileOfLayer& t : all) {
    if (t.op != Operator::conv && t.op != Operator::silu_xbc && t.op != Operator::silu_z) continue;
    kinds.push_back(kind_of(t.part));
    units.push_back(t.rows / a.channel_unit);
    total += t.rows / a.channel_unit;
  }
  const std::string& ident = b.f.name;
  b.f.tables += "// The tiles of a layer in firing order: part (z, x, B, C: 0..3) and units of " +
                std::to_string(a.channel_unit) + " channels.\n";
  b.table("unsigned char", ident + "_part", kinds);
  b.table("std::int32_t", ident + "_units", units);
  const Operator lead = conv ? Operator::conv : act ? Operator::silu_xbc : Operator::silu_z;
  const std::int64_t lanes = a.lanes(lead);
  const std::int64_t unit = a.channel_unit;
  const std::int64_t bc_unit = std::gcd(a.g.bc_rows, a.g.groups_states);
  Values v;
  v.set("title", conv && act ? "Convolution and SiLU"
                 : conv      ? "Convolution"
                             : "SiLU")
      .set("ident", ident)
      .set("unit", unit);
  v.set("lanes", lanes).set("beats", ceil_div(unit, lanes)).set("ii", a.view(lead).ii);
  v.set("product", hls_product(a.view(lead).multiplier));
  v.set("steps", total * a.g.columns * ceil_div(unit, lanes))
      .set("convolves", conv)
      .set("acts_z", act_z)
      .set("any_xbc", conv || act);
  v.set("kind_x", kind_of(Part::x))
      .set("kind_z", kind_of(Part::z))
      .set("subs_x", a.g.tile_rows / unit)
      .set("subs_b", bc_unit / unit);
  v.set("many", a.g.columns > 1);
  v.set("conv_on_chip", conv && a.conv_on_chip());
  const bool several = a.sequences() > 1;
  v.set("sequences", a.sequences())
      .set("of_column", several ? "column * (TAPS - 1) * " + std::to_string(unit) + " + " : "");
  const bool activates = act || act_z;
  const bool fixed = a.fixed();
  std::string activation = "            activated[at] = v;\n";
  if (activates && fixed) {
    b.f.floats = true;
    const std::string x = "silu_of(fixed_to_float(v, CONV_OUT_FRACTION))";
    const std::string z = "silu_of(fixed_to_float(v, Z_FRACTION))";
    activation = "            activated[at] = " +
                 (act && act_z ? "part == " + std::to_string(kind_of(Part::z)) + " ? " + z + " : " + x
                  : act        ? x
                               : z) +
                 ";\n";
  } else if (activates) {
    const std::string x = act ? table_call("silu_table", a.units.silu_xbc, false) : "";
    const std::string z = act_z ? table_call("silu_z_table", a.units.silu_z, false) : "";
    activation = "            activated[at] = " +
                 (act && act_z ? "part == " + std::to_string(kind_of(Part::z)) + " ? " + z + " : " + x
                  : act        ? x
                               : z) +
                 ";\n";
    if (act) {
      b.table("std::int32_t", "silu_table", a.units.silu_xbc.entries());
      b.bind("silu_table", a.view(Operator::silu_xbc).tables);
    }
    if (act_z) {
      b.table("std::int32_t", "silu_z_table", a.units.silu_z.entries());
      b.bind("silu_z_table", a.view(Operator::silu_z).tables);
    }
  }
  v.set("activation", activation.substr(0, activation.size() - 1));
  std::vector<Values> parts;
  const auto part = [&](Part p, Tap tap) {
    const bool z = p == Part::z;
    const std::string in = part_channel(p, z || conv ? "_raw" : "_conv");
    const std::string out = part_channel(p, z || act ? "" : "_conv");
    Values one;
    one.set("kind", kind_of(p))
        .set("in", in)
        .set("IN", upper(in))
        .set("out", out)
        .set("OUT", upper(out))
        .set("label", std::string(part_name(p)));
    one.set("raw", conv && !z).set("copy", false);
    const std::string name = z ? "GATE" : upper(name_of(tap));
    std::string narrowed = "activated[lane]";
    std::string type = "std::int32_t";
    if (z && fixed) {
      type = "float";
    } else if (act || z) {
      narrowed = fixed ? "float_to_fixed(activated[lane], " + name + "_FRACTION, " + name + "_WIDTH)"
                       : "narrow(activated[lane], " +
                             (z ? std::string("0")
                                : std::to_string(a.units.silu_fraction) + " - " + name + "_FRACTION") +
                             ", " + name + "_WIDTH)";
    }
    one.set("type", type).set("narrowed", narrowed);
    b.in(in);
    b.out(out);
    if (p == Part::x && act) {
      std::vector<Values> copies(1);
      copies[0].set("copy", "x_skip");
      one.set("copy", copies);
      b.out("x_skip");
    }
    parts.push_back(one);
  };
  if (act_z) part(Part::z, Tap::kZ);
  if (conv || act) {
    part(Part::x, Tap::kX);
    part(Part::b, Tap::kB);
    part(Part::c, Tap::kC);
  }
  v.set("parts", parts);
  const std::int64_t widest = std::max(a.g.tile_rows, bc_unit);
  const std::string size = std::to_string(widest);
  const std::string subs = std::to_string(widest / unit);
  std::string& l = b.f.locals;
  l += "  std::int32_t value[" + size + "];\n#pragma HLS array_partition variable=value type=complete\n";
  l += std::string("  ") + (activates && fixed ? "float" : "std::int32_t") + " activated[" + size +
       "];\n#pragma HLS array_partition variable=activated type=complete\n";
  if (conv) {
    if (a.conv_on_chip()) {
      const ConvLayout layout = conv_layout(a);
      v.set("kept_units", layout.units)
          .set("weight_lanes", layout.weight_beats)
          .set("history_lanes", layout.history_beats);
      b.parameter("conv_weights", "std::int32_t", layout.units * layout.weight_beats);
      b.f.reset = true;
      b.f.prologue += render("conv_history.mustache", v.set("always", a.g.sequence));
    } else {
      b.in("conv_in");
      b.out("conv_out");
    }
    const std::string u = std::to_string(unit);
    const std::string history = std::to_string(a.sequences()) + " * (TAPS - 1) * ";
    l += "  std::uint8_t shift[" + size + "];\n#pragma HLS array_partition variable=shift type=complete\n";
    for (const auto& [type, name, n] : {std::tuple{"std::int32_t", "weight_code", "TAPS * "},
                                        std::tuple{"std::int32_t", "weight_shift", "TAPS * "},
                                        std::tuple{"std::int32_t", "history_code", history.c_str()},
                                        std::tuple{"std::int32_t", "history_shift", history.c_str()},
                                        std::tuple{"std::int64_t", "bias", ""}}) {
      l += std::string("  ") + type + " " + name + "[" + subs + "][" + n + u +
           "];\n#pragma HLS array_partition variable=" + name + " dim=0 type=complete\n";
    }
  }
  b.section("parts.mustache", v);
}

void scalars_section(FunctionBuilder& b, OperatorSet ops) {
  const Accelerator& a = b.a;
  const bool softplus = ops.contains(Operator::softplus);
  const bool exp = ops.contains(Operator::decay_exp);
  const Operator lead = softplus ? Operator::softplus : Operator::decay_exp;
  const IntegerUnits& u = a.units;
  Values v;
  v.set("title", softplus && exp ? "delta and the decay"
                 : softplus      ? "delta"
                                 : "The decay")
      .set("group", a.g.head_group)
      .set("lanes", a.lanes(lead));
  v.set("ii", a.view(lead).ii).set("softplus", false).set("exp", exp);
  const auto pieces = [&](Operator op, const std::string& name, const PieceUnit& p, const std::string& value,
                          const std::string& in, const std::string& out) {
    const HlsView view = a.view(op);
    for (const auto& [table, values] :
         {std::pair{name + "_slope", p.slopes()}, std::pair{name + "_offset", p.offsets()}}) {
      b.table("std::int32_t", table, values);
      b.bind(table, view.tables);
    }
    return "pieces_" + name + "<" + (view.multiplier == Multiplier::lut ? "true" : "false") + ">(" + name +
           "_slope, " + name + "_offset, " + value + ", " + std::to_string(p.multiplier()) + ", " +
           std::to_string(p.log2_segments()) + ", " + in + "_FRACTION, " + out + "_FRACTION)";
  };
  if (softplus) {
    Values s;
    s.set("group", a.g.head_group)
        .set("lanes", a.lanes(Operator::softplus))
        .set("both", exp)
        .set("delta", !exp);
    if (a.fixed()) {
      s.set("softplus", pieces(Operator::softplus, "softplus", u.pieces_softplus,
                               "dt_raw_value(in, base + lane)", "DT_IN", "DT"));
    } else {
      b.table("std::int32_t", "softplus_table", u.softplus.entries());
      b.bind("softplus_table", a.view(Operator::softplus).tables);
      s.set("softplus",
            with_value(table_call("softplus_table", u.softplus, false), "dt_raw_value(in, base + lane)"));
    }
    s.set("ii", a.view(lead).ii);
    v.set("softplus", std::vector<Values>{s});
    b.in("dt_raw");
    b.out("delta_in");
    if (!exp) b.out("delta");
  } else {
    b.in("delta");
  }
  if (exp) {
    Values s;
    s.set("group", a.g.head_group)
        .set("lanes", a.lanes(Operator::decay_exp))
        .set("ii", a.view(Operator::decay_exp).ii)
        .set("product", hls_product(a.view(Operator::decay_exp).multiplier));
    if (a.fixed()) {
      s.set("exp", pieces(Operator::decay_exp, "exponential", u.pieces_exp, "dt_a", "DT_A", "DECAY"));
    } else {
      b.table("std::int32_t", "exp_table", u.exp.entries());
      b.bind("exp_table", a.view(Operator::decay_exp).tables);
      s.set("exp", with_value(table_call("exp_table", u.exp, true), "dt_a"));
    }
    v.set("exp", std::vector<Values>{s});
    b.parameter("a", "std::int32_t", a.g.heads);
    b.out("abar");
  }
  b.section("scalars.mustache", v);
}

void delta_b_section(FunctionBuilder& b) {
  const Accelerator& a = b.a;
  const TensorFormat& f = a.format(Tap::kDtB);
  const bool across = f.block_bits > 0 && f.axis == GroupAxis::kRows;
  if (!across)
    throw Infeasible("no HLS for this design: delta B without blocks across heads has no template");
  Values v;
  const HlsView view = a.view(Operator::delta_b);
  const std::int64_t heads = std::min<std::int64_t>(static_cast<std::int64_t>(f.block), a.g.head_group);
  v.set("heads", heads)
      .set("product", hls_product(view.multiplier))
      .set("ii", view.ii * ceil_div(heads, view.lanes));
  b.in("delta_in");
  b.in("B");
  b.out("delta_B");
  b.section("delta_b.mustache", v);
}

}  // namespace statelane::hls
