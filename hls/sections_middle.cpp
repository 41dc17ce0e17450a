// SPDX-License-Identifier: Apache-2.0
// Convolution, nonlinear functions, the state-space operators.
#include <algorithm>
#include <numeric>

#include "hls/function_builder.h"

namespace ssmscope::hls {
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
  v.set("lanes", lanes)
      .set("beats", ceil_div(unit, lanes))
      .set("ii", Accelerator::parameter(a.unit(lead), "ii", 1));
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
    if (act) b.table("std::int32_t", "silu_table", a.units.silu_xbc.entries());
    if (act_z) b.table("std::int32_t", "silu_z_table", a.units.silu_z.entries());
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
  v.set("ii", Accelerator::parameter(a.unit(lead), "ii", 1)).set("softplus", false).set("exp", exp);
  const auto pieces = [&](const std::string& name, const PieceUnit& p, const std::string& value,
                          const std::string& in, const std::string& out) {
    b.table("std::int32_t", name + "_slope", p.slopes());
    b.table("std::int32_t", name + "_offset", p.offsets());
    return "pieces_" + name + "(" + name + "_slope, " + name + "_offset, " + value + ", " +
           std::to_string(p.multiplier()) + ", " + std::to_string(p.log2_segments()) + ", " + in +
           "_FRACTION, " + out + "_FRACTION)";
  };
  if (softplus) {
    Values s;
    s.set("group", a.g.head_group)
        .set("lanes", a.lanes(Operator::softplus))
        .set("both", exp)
        .set("delta", !exp);
    if (a.fixed()) {
      s.set("softplus",
            pieces("softplus", u.pieces_softplus, "dt_raw_value(in, base + lane)", "DT_IN", "DT"));
    } else {
      b.table("std::int32_t", "softplus_table", u.softplus.entries());
      s.set("softplus",
            with_value(table_call("softplus_table", u.softplus, false), "dt_raw_value(in, base + lane)"));
    }
    s.set("ii", Accelerator::parameter(a.unit(lead), "ii", 1));
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
        .set("ii", Accelerator::parameter(a.unit(Operator::decay_exp), "ii", 1));
    if (a.fixed()) {
      s.set("exp", pieces("exponential", u.pieces_exp, "dt_a", "DT_A", "DECAY"));
    } else {
      b.table("std::int32_t", "exp_table", u.exp.entries());
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
  v.set("heads", std::min<std::int64_t>(static_cast<std::int64_t>(f.block), a.g.head_group))
      .set("ii", Accelerator::parameter(a.unit(Operator::delta_b), "ii", 1));
  b.in("delta_in");
  b.in("B");
  b.out("delta_B");
  b.section("delta_b.mustache", v);
}

namespace {

/// The pieces of a state-space unit's loop.
struct Ssm {
  std::string title, body, end, scalar, rows;
  bool rows_by_head = false;  ///< with several columns the rows come a head at a time, in another order
};

std::string local(const std::string& type, const std::string& name, const std::string& size,
                  const std::string& partition = "complete") {
  return "  " + type + " " + name + "[" + size + "];\n" +
         (partition.empty() ? ""
                            : "#pragma HLS array_partition variable=" + name + " type=" + partition + "\n");
}

Ssm row_operator(FunctionBuilder& b, Operator op, Values& v) {
  const Accelerator& a = b.a;
  Ssm s;
  std::string compute;
  std::string type = "std::int32_t";
  std::string out;
  v.set("operand", false);
  const auto operand = [&](const std::string& name) {
    v.set("operand", std::vector<Values>(1, Values().set("operand", name)));
    b.in(name);
    b.f.locals += "  " + name + "_word other;\n";
  };
  if (op == Operator::delta_x) {
    s.title = "delta * x";
    s.scalar = "delta_in";
    s.rows = "x";
    out = "delta_x";
    compute =
        "            const std::int64_t product =\n"
        "                static_cast<std::int64_t>(delta_in_value(scalars[at.column], at.head % "
        "DELTA_IN_WORD)) * x_value(row, i);\n"
        "            value[i] = narrow(product, DT_FRACTION + X_FRACTION - DT_B_FRACTION, DT_B_WIDTH);";
  } else if (op == Operator::d_skip) {
    s.title = "h C + D x";
    s.rows = "x_skip";
    out = "y_skip";
    operand("y");
    b.parameter("d", "std::int32_t", a.g.heads);
    compute =
        "            const std::int64_t skipped = static_cast<std::int64_t>(d[layer * HEADS + at.head]) * "
        "x_skip_value(row, i);\n"
        "            const std::int64_t sum = shift_down(y_value(other, i), SCAN_OUT_FRACTION - "
        "SSM_Y_FRACTION) +\n"
        "                                     shift_down(skipped, D_FRACTION + X_FRACTION - "
        "SSM_Y_FRACTION);\n"
        "            value[i] = narrow(sum, 0, SSM_Y_WIDTH);";
  } else {
    s.title = "y * SiLU(z)";
    s.rows = "z";
    out = "gated";
    operand("y_skip");
    if (a.fixed()) {
      type = "float";
      b.f.floats = true;
      compute = "            value[i] = fixed_to_float(y_skip_value(other, i), SSM_Y_FRACTION) * row[i];";
    } else {
      compute =
          "            const std::int64_t product = shifted_product(y_skip_code(other, i), z_code(row, i), "
          "y_skip_shift(other, i) + z_shift(row, i));\n"
          "            value[i] = narrow(product, SSM_Y_FRACTION + GATE_FRACTION - GATED_FRACTION, "
          "GATED_WIDTH);";
    }
  }
  s.rows_by_head = true;
  b.f.locals += local(type, "value", "TILE_ROWS");
  b.out(out);
  s.body = render("ssm_row.mustache", v.set("compute", compute));
  s.end = render("ssm_row_end.mustache", Values().set("out", out));
  return s;
}

}  // namespace

void ssm_section(FunctionBuilder& b, OperatorSet ops) {
  const Accelerator& a = b.a;
  const Geometry& g = a.g;
  const bool many = g.columns > 1;
  const bool outer = ops.contains(Operator::outer);
  const bool decay = ops.contains(Operator::decay);
  const bool add = ops.contains(Operator::state_add);
  const bool state_c = ops.contains(Operator::state_c);
  const bool states = outer || decay || add || state_c;
  const bool dt_x = a.has(Operator::delta_x);
  Operator lead = Operator::gate;
  std::int64_t lanes = 0;
  std::int64_t ii = 1;
  ops.for_each([&](Operator op) {
    const OperatorSet one(op);
    if (!one.intersects(OperatorSet(Operator::delta_x, Operator::outer, Operator::decay, Operator::state_add,
                                    Operator::state_c, Operator::d_skip, Operator::gate)))
      return;
    lead = op;
    lanes = lanes == 0 ? a.lanes(op) : std::min(lanes, a.lanes(op));
    ii = std::max(ii, Accelerator::parameter(a.unit(op), "ii", 1));
  });
  const std::int64_t elements = states ? a.ssm_states * g.tile_rows : g.tile_rows;
  const std::int64_t words = states ? g.d_state / a.ssm_states : 1;
  const std::int64_t beats = ceil_div(elements, lanes);
  Values v;
  v.set("lanes", lanes)
      .set("beats", beats)
      .set("words", words)
      .set("dt_x", dt_x)
      .set("decay", decay)
      .set("add", add);
  v.set("fused", decay && add)
      .set("per_column", !g.sequence)
      .set("load_state", a.load_state)
      .set("loops", b.wires.has("h_loop"));
  Ssm s;
  if (outer) {
    s.title = "The product that enters the state";
    s.rows = dt_x ? "delta_x" : "x";
    s.rows_by_head = !dt_x;
    b.in(dt_x ? "B" : "delta_B");
    b.out("BX");
    if (!dt_x)
      b.f.locals +=
          local("std::int32_t", "b_code", "D_STATE", "") + local("std::uint8_t", "b_shift", "D_STATE", "");
    b.f.locals += local("std::int64_t", "entering", "BX_WORD");
    s.body = render("ssm_outer.mustache", v);
  } else if (decay || add) {
    s.title = decay && add ? "The state's decay and sum" : decay ? "The state's decay" : "The state's sum";
    if (decay) {
      s.scalar = "abar";
      b.f.locals += "  h_out_word h_before;\n" + local("std::int64_t", "decayed", "H_OUT_WORD");
      if (!g.sequence || a.load_state) b.in("h_in");
      if (b.wires.has("h_loop")) b.in("h_loop");
      if (!add) b.out("AH");
    }
    if (add) {
      b.in("BX");
      if (!decay) b.in("AH");
      b.f.locals += "  BX_word entering;\n" + std::string(decay ? "" : "  AH_word decayed;\n") +
                    local("std::int32_t", "h_now", "H_WORD");
      if (decay && many && g.sequence)
        b.f.locals += "  h_out_word h_of_head[ROW_TILES * " + std::to_string(words) + "];\n";
      b.out("h");
      b.out("h_out");
      if (b.wires.has("h_loop")) b.out("h_loop");
    }
    s.body = render("ssm_state.mustache", v);
  } else if (state_c) {
    s.title = "h C";
    b.in("h");
    b.in("C");
    b.out("y");
    b.f.locals += "  h_word h_now;\n" + local("std::int64_t", "sums", "TILE_ROWS");
    s.body = render("ssm_state_c.mustache", v);
    s.end = render("ssm_state_c_end.mustache", v);
  } else {
    s = row_operator(b, lead, v);
  }
  if (!s.scalar.empty()) {
    b.in(s.scalar);
    b.f.locals += "  " + s.scalar + "_word scalars[COLUMNS];\n";
  }
  if (!s.rows.empty()) {
    b.in(s.rows);
    b.f.locals += "  " + s.rows + "_word row;\n";
    if (many && s.rows_by_head) b.f.locals += "  " + s.rows + "_word rows_of_head[COLUMNS][ROW_TILES];\n";
  }
  const bool by_head = many && s.rows_by_head && !s.rows.empty();
  const auto list = [](const std::string& key, const std::string& name) {
    Values one;
    std::string big = key;
    one.set(key, name).set(upper(big), upper(name));
    return std::vector<Values>{one};
  };
  Values w;
  w.set("title", s.title)
      .set("outer_dt_x", outer && dt_x)
      .set("state_c", state_c)
      .set("ii", ii)
      .set("words", words)
      .set("beats", beats);
  // Scalars come a head group at a time for all columns, rows in the order of projection: with several
  // columns both are taken ahead.
  w.set("many", many && (by_head || !s.scalar.empty()));
  w.set("direct_row", !s.rows.empty() && !by_head).set("row_wire", s.rows);
  w.set("head_row", by_head).set("ROWS", upper(s.rows));
  if (s.scalar.empty())
    w.set("scalar", false);
  else
    w.set("scalar", list("scalar", s.scalar));
  w.set("steps", (many && (by_head || !s.scalar.empty()) ? std::string() : std::string("HEADS * ")) +
                     "COLUMNS * ROW_TILES * " + std::to_string(words * beats));
  w.set("body", s.body.substr(0, s.body.empty() ? 0 : s.body.size() - 1))
      .set("row_end", !s.end.empty())
      .set("end", s.end.substr(0, s.end.empty() ? 0 : s.end.size() - 1));
  const bool ahead = many && (by_head || !s.scalar.empty());
  w.set("uses_first",
        (!s.scalar.empty() && !ahead) || !s.rows.empty() || s.body.find("row_first") != std::string::npos);
  b.section("ssm.mustache", w);
}

}  // namespace ssmscope::hls
