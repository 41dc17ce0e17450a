// SPDX-License-Identifier: Apache-2.0
// The state-space operators: one a unit in a loop of its own, or several in one pipeline.
#include <algorithm>
#include <sstream>

#include "hls/function_builder.h"

namespace statelane::hls {
namespace {

constexpr OperatorSet kStates(Operator::outer, Operator::decay, Operator::state_add, Operator::state_c);

std::string local(const std::string& type, const std::string& name, const std::string& size,
                  const std::string& partition = "complete") {
  return "  " + type + " " + name + "[" + size + "];\n" +
         (partition.empty() ? ""
                            : "#pragma HLS array_partition variable=" + name + " type=" + partition + "\n");
}

/// Writes the loop of a unit, operator after operator.
class SsmWriter {
 public:
  SsmWriter(FunctionBuilder& b, OperatorSet ops)
      : b_(b), a_(b.a), g_(b.a.g), ops_(ops.common(ssm_operators())) {
    int n = 0;
    ops_.for_each([&](Operator op) {
      ++n;
      lanes_ = lanes_ == 0 ? a_.lanes(op) : std::min(lanes_, a_.lanes(op));
      ii_ = std::max(ii_, a_.view(op).ii);
    });
    states_ = ops_.intersects(kStates);
    const std::int64_t elements = states_ ? a_.ssm_states * g_.tile_rows : g_.tile_rows;
    words_ = states_ ? g_.d_state / a_.ssm_states : 1;
    beats_ = ceil_div(elements, lanes_);
    // Operators in one pipeline hand each other whole words: a step is a word, every `beats` cycles, and the
    // tool shares `lanes` multipliers among them. Decay and sum alone go on element by element.
    pipeline_ = n > 1 && !(ops_ == OperatorSet(Operator::decay, Operator::state_add));
    if (pipeline_) {
      ii_ *= beats_;
      beats_ = 1;
      lanes_ = elements;
    }
  }

  void write() {
    if (has(Operator::delta_x)) row_operator(Operator::delta_x);
    if (has(Operator::outer)) outer();
    if (has(Operator::decay) || has(Operator::state_add)) state();
    if (has(Operator::state_c)) state_c();
    if (has(Operator::d_skip)) row_operator(Operator::d_skip);
    if (has(Operator::gate)) row_operator(Operator::gate);
    finish();
  }

 private:
  static OperatorSet ssm_operators() {
    return OperatorSet(Operator::delta_x, Operator::outer, Operator::decay, Operator::state_add,
                       Operator::state_c, Operator::d_skip, Operator::gate);
  }
  [[nodiscard]] bool has(Operator op) const { return ops_.contains(op); }
  [[nodiscard]] bool many() const { return g_.columns > 1; }

  /// Values every operator's template is filled with.
  [[nodiscard]] Values values() const {
    Values v;
    v.set("lanes", lanes_).set("beats", beats_).set("words", words_).set("dt_x", a_.has(Operator::delta_x));
    return v;
  }
  /// The function that multiplies as the unit of an operator does.
  [[nodiscard]] std::string product(Operator op) const { return hls_product(a_.view(op).multiplier); }
  void title(const std::string& text) { title_ += (title_.empty() ? "" : "; ") + text; }

  /// A stream in, or what an operator before in the pipeline has made.
  void in(const std::string& wire) {
    if (b_.wires.named(wire).stream) b_.in(wire);
  }
  void out(const std::string& wire) {
    if (b_.wires.named(wire).stream) {
      b_.out(wire);
    } else {
      b_.f.locals += "  " + wire + "_word " + wire + "_made;\n";
    }
  }
  void scalar(const std::string& wire) {
    b_.in(wire);
    b_.f.locals += "  " + wire + "_word " + wire + "_scalars[COLUMNS];\n";
    scalars_.push_back(Values().set("scalar", wire).set("SCALAR", upper(wire)));
  }
  /// Rows of a tile; with several columns those of x and z come a head at a time, in the order of projection.
  std::string rows(const std::string& wire, bool by_head, const std::string& when) {
    in(wire);
    b_.f.locals += "  " + wire + "_word " + wire + "_row;\n";
    by_head = by_head && many();
    Values v;
    v.set("row", wire).set("ROW", upper(wire)).set("by_head", by_head).set("when", when);
    if (by_head) {
      b_.f.locals += "  " + wire + "_word " + wire + "_of_head[COLUMNS][ROW_TILES];\n";
      head_rows_.push_back(v);
    }
    return render("ssm_take_row.mustache", v);
  }
  /// `text`, and `end` in the last beat of a word (of a row tile, for `row`).
  void add(const std::string& text, const std::string& end = "", bool row = false) {
    body_ += text;
    if (end.empty()) return;
    body_ += std::string("        if (") + (row ? "at.word == " + std::to_string(words_ - 1) + " && " : "") +
             "at.beat == " + std::to_string(beats_ - 1) + ") {\n" + end + "        }\n";
  }

  void row_operator(Operator op) {
    Values v = values();
    v.set("lanes", pipeline_ ? g_.tile_rows : lanes_).set("name", std::string(operator_name(op)));
    std::string compute, type = "std::int32_t", to, from, row;
    if (op == Operator::delta_x) {
      title("delta * x");
      scalar("delta_in");
      row = "x";
      to = "delta_x";
      compute = "            const std::int64_t product = " + product(op) +
                "(delta_in_value("
                "delta_in_scalars[at.column], at.head % DELTA_IN_WORD),\n"
                "                                                     x_value(x_row, i));\n"
                "            delta_x_rows[i] = narrow(product, DT_FRACTION + X_FRACTION - DT_B_FRACTION, "
                "DT_B_WIDTH);";
    } else if (op == Operator::d_skip) {
      title("h C + D x");
      row = "x_skip";
      from = "y";
      to = "y_skip";
      b_.parameter("d", "std::int32_t", g_.heads);
      compute = "            const std::int64_t skipped = " + product(op) +
                "(d[layer * HEADS + at.head], "
                "x_skip_value(x_skip_row, i));\n"
                "            const std::int64_t sum = shift_down(y_value(y_taken, i), SCAN_OUT_FRACTION - "
                "SSM_Y_FRACTION) +\n"
                "                                     shift_down(skipped, D_FRACTION + X_FRACTION - "
                "SSM_Y_FRACTION);\n"
                "            y_skip_rows[i] = narrow(sum, 0, SSM_Y_WIDTH);";
    } else {
      title("y * SiLU(z)");
      row = "z";
      from = "y_skip";
      to = "gated";
      type = a_.fixed() ? "float" : type;
      b_.f.floats = b_.f.floats || a_.fixed();
      compute =
          a_.fixed()
              ? "            gated_rows[i] = fixed_to_float(y_skip_value(y_skip_taken, i), SSM_Y_FRACTION) * "
                "z_row[i];"
              : "            const std::int64_t product = shift_up(" + product(op) +
                    "(y_skip_code(y_skip_taken, i), z_code(z_row, i)),\n"
                    "                                                  y_skip_shift(y_skip_taken, i) + "
                    "z_shift(z_row, i));\n"
                    "            gated_rows[i] = narrow(product, SSM_Y_FRACTION + GATE_FRACTION - "
                    "GATED_FRACTION, "
                    "GATED_WIDTH);";
    }
    if (from.empty()) {
      v.set("operand", false);
    } else {
      in(from);
      b_.f.locals += "  " + from + "_word " + from + "_taken;\n";
      v.set("operand", std::vector<Values>(1, Values().set("operand", from)));
    }
    b_.f.locals += local(type, to + "_rows", "TILE_ROWS");
    const std::string take = rows(row, true, "at.beat == 0");
    out(to);
    // Among operators along the states those of rows have their turn in a row tile's first or last word.
    const bool guarded = pipeline_ && states_;
    const std::string word = op == Operator::delta_x ? "0" : std::to_string(words_ - 1);
    if (guarded) body_ += "        if (at.word == " + word + ") {\n";
    add(take + render("ssm_row.mustache", v.set("compute", compute)),
        render("ssm_row_end.mustache", Values().set("out", to)));
    if (guarded) body_ += "        }\n";
  }

  void outer() {
    const bool dt_x = a_.has(Operator::delta_x);
    title("The product that enters the state");
    b_.in(dt_x ? "B" : "delta_B");
    if (!dt_x)
      b_.f.locals +=
          local("std::int32_t", "b_code", "D_STATE", "") + local("std::uint8_t", "b_shift", "D_STATE", "");
    b_.f.locals += local("std::int64_t", "product_in", "BX_WORD");
    const std::string take = rows(dt_x ? "delta_x" : "x", !dt_x, "row_first");
    out("BX");
    add(take + render("ssm_outer.mustache", values().set("product", product(Operator::outer))));
  }

  void state() {
    const bool decay = has(Operator::decay);
    const bool sum = has(Operator::state_add);
    const bool loops = b_.wires.has("h_loop");
    title(decay && sum ? "The state's decay and sum" : decay ? "The state's decay" : "The state's sum");
    Values v = values();
    v.set("decay", decay).set("add", sum).set("fused", decay && sum);
    v.set("per_column", !g_.sequence).set("load_state", a_.load_state).set("loops", loops);
    if (decay) {
      v.set("product", product(Operator::decay));
      scalar("abar");
      b_.f.locals += "  h_out_word h_before;\n" + local("std::int64_t", "decayed", "H_OUT_WORD");
      if (!g_.sequence || a_.load_state) b_.in("h_in");
      if (loops) b_.in("h_loop");
      if (!sum) b_.out("AH");
    }
    if (sum) {
      in("BX");
      if (!decay) b_.in("AH");
      b_.f.locals += "  BX_word entering;\n" + std::string(decay ? "" : "  AH_word decayed;\n") +
                     local("std::int32_t", "h_now", "H_WORD");
      if (decay && many() && g_.sequence)
        b_.f.locals += "  h_out_word h_of_head[ROW_TILES * " + std::to_string(words_) + "];\n";
      out("h");
      b_.out("h_out");
      if (loops) b_.out("h_loop");
    }
    add(render("ssm_state.mustache", v));
  }

  void state_c() {
    title("h C");
    in("h");
    b_.in("C");
    b_.f.locals += "  h_word h_seen;\n" + local("std::int64_t", "sums", "TILE_ROWS");
    out("y");
    add(render("ssm_state_c.mustache", values().set("product", product(Operator::state_c))),
        render("ssm_state_c_end.mustache", values()), true);
  }

  /// Accesses to what is made and taken within the pipeline, as copies.
  [[nodiscard]] std::string within() const {
    std::istringstream lines(body_);
    std::string text;
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string what, variable, wire;
      words >> what >> variable >> wire;
      const std::string indent = line.substr(0, line.find_first_not_of(' '));
      if ((what == "@next" || what == "@write") && !b_.wires.named(wire).stream) {
        line = what == "@write" ? indent + "same_word(" + variable + ", " + wire + "_made);"
                                : indent + "same_word(" + wire + "_made, " + variable + ");";
      }
      text += line + "\n";
    }
    return text;
  }

  void finish() {
    // Scalars come a head group at a time for all columns: with several, they are taken ahead like x and z.
    const bool ahead = many() && (!scalars_.empty() || !head_rows_.empty());
    Values w;
    w.set("title", title_)
        .set("outer_dt_x", has(Operator::outer) && a_.has(Operator::delta_x))
        .set("state_c", has(Operator::state_c))
        .set("ii", ii_)
        .set("words", words_)
        .set("beats", beats_)
        .set("many", ahead);
    w.set("scalars", scalars_).set("head_rows", head_rows_);
    w.set("steps", (ahead ? std::string() : std::string("HEADS * ")) + "COLUMNS * ROW_TILES * " +
                       std::to_string(words_ * beats_));
    const std::string body = within();
    w.set("body", body.substr(0, body.size() - 1));
    w.set("uses_first", (!scalars_.empty() && !ahead) || body.find("row_first") != std::string::npos);
    b_.section("ssm.mustache", w);
  }

  FunctionBuilder& b_;
  const Accelerator& a_;
  const Geometry& g_;
  OperatorSet ops_;
  std::int64_t lanes_ = 0, ii_ = 1, words_ = 1, beats_ = 1;
  bool states_ = false;
  bool pipeline_ = false;
  std::string title_, body_;
  std::vector<Values> scalars_, head_rows_;
};

}  // namespace

void ssm_section(FunctionBuilder& b, OperatorSet ops) {
  SsmWriter(b, ops).write();
}

}  // namespace statelane::hls
