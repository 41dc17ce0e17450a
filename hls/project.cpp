// SPDX-License-Identifier: Apache-2.0
#include "hls/project.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>

#include "hls/functions.h"
#include "hls/images.h"
#include "hls/names.h"
#include "hls/project_parts.h"
#include "models/numerics/integer_ops.h"

namespace ssmscope::hls {
namespace {

std::string integer_type(int bits, bool streams) {
  if (streams) return "ap_int<" + std::to_string(bits) + ">";
  return bits <= 8    ? "std::int8_t"
         : bits <= 16 ? "std::int16_t"
         : bits <= 32 ? "std::int32_t"
                      : "std::int64_t";
}

Values wire_values(const Wire& w, bool streams) {
  Values v;
  v.set("name", w.name)
      .set("NAME", upper(w.name))
      .set("word", w.word)
      .set("lanes", w.lanes())
      .set("depth", w.depth)
      .set("count", w.count);
  v.set("element", w.floating ? std::string("float") : integer_type(w.bits, streams));
  const bool plain = w.blocks == Blocks::none;
  const bool own = w.name == "weights" || w.name.starts_with("conv_") || w.name.ends_with("_order");
  v.set("accessors", !w.floating && !own)
      .set("plain", plain)
      .set("value_t", w.bits > 32 ? "int64_t" : "int32_t");
  const std::string big = upper(w.name) + "_WORD";
  const std::string block = std::to_string(w.block);
  const std::string rows = std::to_string(w.rows);
  std::string what = std::to_string(w.word) +
                     (w.floating ? " floats" : " elements of " + std::to_string(w.bits) + " bits") +
                     " a word";
  std::string pack = "copy_word(value, out)";
  if (w.blocks == Blocks::rows) {
    v.set("shift_index", big + " + i / " + block);
    pack = "quantise_blocks<" + big + ", " + block + ">(value, @BITS, out)";
    what += ", a shift for " + block + " neighbours behind them";
  } else if (w.blocks == Blocks::columns) {
    v.set("shift_index",
          big + " + i / " + std::to_string(w.block * w.rows) + " * " + rows + " + i % " + rows);
    pack = "quantise_columns<" + big + ", " + rows + ", " + block + ">(value, @BITS, out)";
    what += ", a shift for " + block + " states of a row behind them";
  }
  v.set("what", what);
  if (own || w.name == "delta_B") {
    v.set("pack", false);
  } else {
    v.set("pack",
          std::vector<Values>(1, Values().set("pack", pack).set("name", w.name).set("NAME", upper(w.name))));
  }
  v.set("streams", streams).set("arrays", !streams);
  return v;
}

/// Bits of the codes in a block channel.
int code_bits(const Accelerator& a, const std::string& name) {
  const auto tap = [&]() {
    if (name == "u") return Tap::kNormOut;
    if (name == "v") return Tap::kGatedNormOut;
    if (name == "h") return Tap::kStateForC;
    if (name.starts_with("h_")) return Tap::kState;
    if (name.ends_with("_raw"))
      return name == "dt_raw" ? Tap::kDtIn : name == "z_raw" ? Tap::kZ : Tap::kConvIn;
    if (name.starts_with("x")) return Tap::kX;
    if (name == "B") return Tap::kB;
    if (name == "C") return Tap::kC;
    if (name == "z") return Tap::kGate;
    if (name == "abar") return Tap::kDecay;
    if (name.starts_with("delta_B")) return Tap::kDtB;
    if (name.starts_with("delta")) return Tap::kDt;
    if (name == "y_skip") return Tap::kSsmOut;
    return Tap::kResidual;
  }();
  return a.format(tap).block_bits;
}

std::string conv_types(const Accelerator& a, const Wires& wires) {
  const ConvLayout l = conv_layout(a);
  const Wire& in = wires.named("conv_in");
  const auto block = [](const TensorFormat& f) {
    return static_cast<std::int64_t>(std::max<std::size_t>(f.block, 1));
  };
  const std::int64_t history_at = l.weight_codes + l.weight_shifts;
  Values v;
  v.set("unit", a.channel_unit)
      .set("bits", in.bits)
      .set("pieces", 64 / in.bits)
      .set("weight_codes", l.weight_codes)
      .set("weight_shift_count", l.weight_shifts);
  v.set("weight_shifts", l.weight_shifts > 0)
      .set("weight_block", block(a.plan.conv_weight))
      .set("history_at", history_at);
  v.set("history_codes", l.history_codes)
      .set("history_shift_count", l.history_shifts)
      .set("history_shifts", l.history_shifts > 0);
  v.set("history_block", block(a.format(Tap::kConvIn)))
      .set("bias_at", history_at + l.history_codes + l.history_shifts);
  v.set("lanes", (l.weight_beats + l.history_beats) * l.port_lanes)
      .set("out_lanes", l.history_beats * l.port_lanes);
  v.set("weight_bits", l.weight_bits)
      .set("history_bits", l.history_bits)
      .set("weight_code_lanes", l.weight_code_lanes);
  v.set("history_lane", l.weight_beats * l.port_lanes)
      .set("history_code_lanes", l.history_code_lanes)
      .set("bias_lane", l.weight_code_lanes + l.weight_shift_lanes);
  return render("conv_types.mustache", v);
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

std::string type_of(const MemoryPortUse& m) {
  return m.lanes == 0 ? "host_t" : m.name + "_word";
}
std::string declaration(const MemoryPortUse& m, bool streams) {
  const std::string type = streams || m.lanes == 0 ? type_of(m) : "std::uint32_t";
  const std::string size = m.lanes == 0
                               ? std::to_string(m.beats)
                               : upper(m.name) + "_BEATS" + (streams ? "" : " * " + upper(m.name) + "_LANES");
  return (m.written ? "" : "const ") + type + " " + m.name + "[" + size + "]";
}
/// Elements of a parameter, as an expression.
std::string count_of(const Parameter& p) {
  const std::string head = std::to_string(p.of_head);
  if (p.per_layer == 0) return head;
  return "LAYERS * " + std::to_string(p.per_layer) + (p.of_head > 0 ? " + " + head : "");
}
std::string declaration(const Parameter& p) {
  return "const " + p.type + " " + p.name + "[" + count_of(p) + "]";
}

/// A list of arguments, on lines of its own where it is long.
std::string join(const std::vector<std::string>& parts) {
  constexpr std::size_t longest = 100;
  std::string out;
  std::size_t line = 0;
  for (const std::string& p : parts) {
    if (!out.empty()) out += ",";
    line += p.size() + 2;
    if (line > longest) {
      out += "\n    ";
      line = p.size() + 4;
    } else if (!out.empty()) {
      out += " ";
    }
    out += p;
  }
  return out;
}

}  // namespace

Project::Project(const Accelerator& accelerator, const ProjectOptions& o)
    : a(accelerator), options(o), wires(a), matrix(a), functions() {
  matrix.fit(a.g.columns * a.g.d_model / wires.named("u").word,
             a.g.columns * a.g.d_inner / wires.named("v").word,
             a.head_columns() * a.g.d_model / wires.named("u").word);
  functions = make_functions(a, wires, matrix);
  for (const Function& f : functions) {
    for (const Parameter& p : f.parameters) {
      const bool known = std::any_of(parameters.begin(), parameters.end(),
                                     [&](const Parameter& q) { return q.name == p.name; });
      if (!known) parameters.push_back(p);
    }
    memories.insert(memories.end(), f.memories.begin(), f.memories.end());
  }
}

std::string Project::arguments(const Function& f) const {
  const bool streams = options.access == Access::streams;
  std::vector<std::string> all;
  for (const MemoryPortUse& m : f.memories) all.push_back(declaration(m, streams));
  const auto wire = [&](const std::string& name, bool in) {
    if (streams) return "hls::stream<" + name + "_word>& " + name;
    return std::string(in ? "const " : "") + name + "_t " + name + "[" + upper(name) + "_COUNT]";
  };
  for (const std::string& name : f.inputs) all.push_back(wire(name, true));
  for (const std::string& name : f.outputs) all.push_back(wire(name, false));
  for (const Parameter& p : f.parameters) all.push_back(declaration(p));
  if (f.reset) all.emplace_back("int load");
  return join(all);
}

std::string Project::banner() const {
  return "// Generated by ssmscope " + options.version + " for design " +
         comment_text(a.experiment.design_name) + ", network " + comment_text(a.experiment.network_name) +
         ", scheme " + comment_text(a.scheme.name) + "; configuration " + hash() + ".";
}

void Project::constants(Files& files) const {
  std::vector<Values> all;
  const auto add = [&](const std::string& name, const std::string& value, const std::string& type = "int",
                       const std::string& note = "") {
    Values v;
    v.set("name", name).set("value", value).set("type", type);
    if (note.empty())
      v.set("note", false);
    else
      v.set("note", note);
    all.push_back(v);
  };
  const auto number = [&](const std::string& name, std::int64_t value, const std::string& note = "") {
    add(name, std::to_string(value), "int", note);
  };
  const Geometry& g = a.g;
  number("COLUMNS", g.columns, "tokens side by side");
  number("BLOCKS", g.blocks, "blocks of them a layer takes one after another");
  number("LAYERS", g.layers);
  number("D_MODEL", g.d_model);
  number("D_INNER", g.d_inner);
  number("HEADS", g.heads);
  number("HEADDIM", g.headdim);
  number("D_STATE", g.d_state);
  number("GROUPS", static_cast<std::int64_t>(a.dims.groups));
  number("TAPS", g.taps, "of the convolution");
  number("TILE_ROWS", g.tile_rows, "channels of a head in a tile");
  number("ROW_TILES", g.row_tiles);
  for (std::size_t i = 0; i < static_cast<std::size_t>(Tap::kCount); ++i) {
    const auto tap = static_cast<Tap>(i);
    const TensorFormat& f = a.format(tap);
    const std::string name = upper(name_of(tap));
    number(name + "_WIDTH", f.width);
    number(name + "_FRACTION", f.fraction);
    if (f.block_bits > 0)
      number(name + "_BITS", f.block_bits, "codes, a shift for " + std::to_string(f.block));
  }
  number("A_FRACTION", a.plan.a.fraction);
  number("D_FRACTION", a.plan.d.fraction);
  number("CONV_WEIGHT_FRACTION", a.plan.conv_weight.fraction);
  number("NORM_WEIGHT_FRACTION", a.plan.norm_weight.fraction);
  number("NORM_FRACTION", IntegerUnits::kNormFraction);
  const TensorFormat& dt = a.format(Tap::kDt);
  if (a.head()) {
    number("LOGITS_FORMAT_WIDTH", a.plan.logits.width);
    number("LOGITS_FRACTION", a.plan.logits.fraction);
  }
  add("DT_LOW", std::to_string(integer::from_float(a.dims.dt_low, dt.fraction, dt.width)), "std::int32_t");
  add("DT_HIGH", std::to_string(integer::from_float(a.dims.dt_high, dt.fraction, dt.width)), "std::int32_t");
  add("EPS_MODEL", std::to_string(a.units.eps_model), "std::int64_t");
  add("EPS_INNER", std::to_string(a.units.eps_inner), "std::int64_t");
  char eps[64];
  std::snprintf(eps, sizeof eps, "%.9gF", static_cast<double>(a.dims.norm_eps));
  add("NORM_EPS", eps, "float");
  files["src/config.h"] = expand(
      render("config.mustache", Values().set("banner", banner()).set("constants", all)), options.access);
}

void Project::types(Files& files) const {
  const bool streams = options.access == Access::streams;
  std::vector<Values> list;
  for (const Wire& w : wires.all()) list.push_back(wire_values(w, streams));
  std::vector<Values> ports;
  for (const MemoryPortUse& m : memories) {
    if (m.lanes == 0) continue;
    ports.push_back(Values()
                        .set("name", m.name)
                        .set("NAME", upper(m.name))
                        .set("lanes", m.lanes)
                        .set("beats", m.beats)
                        .set("streams", streams)
                        .set("arrays", !streams));
  }
  Values v;
  v.set("banner", banner())
      .set("wires", list)
      .set("memories", ports)
      .set("streams", streams)
      .set("arrays", !streams);
  v.set("host_t", a.fixed() ? "float" : "std::int32_t").set("conv", conv_types(a, wires));
  std::string text = render("types.mustache", v);
  for (const Wire& w : wires.all()) {  // the codes' width of each channel
    const std::size_t at = text.find("void " + w.name + "_pack");
    if (at == std::string::npos) continue;
    const std::size_t bits = text.find("@BITS", at);
    if (bits != std::string::npos && bits < text.find('}', at))
      text.replace(bits, 5, std::to_string(code_bits(a, w.name)));
  }
  files["src/types.h"] = expand(text, options.access);
}

std::string Project::text_of(const Function& f) const {
  const bool streams = options.access == Access::streams;
  Values v;
  std::string cursors;
  if (!streams) {
    for (const auto* side : {&f.inputs, &f.outputs}) {
      for (const std::string& name : *side) cursors += "  int " + name + "_at = 0;\n";
    }
  }
  v.set("banner", banner())
      .set("title", f.title)
      .set("name", f.name)
      .set("arguments", arguments(f))
      .set("cursors", cursors);
  v.set("tables", f.tables.empty() ? "" : f.tables + "\n")
      .set("floats", f.floats)
      .set("locals", f.locals)
      .set("prologue", f.prologue);
  v.set("body", f.body).set("loops", !f.once).set("head", f.head);
  if (f.sum_bits > 0) {
    v.set("sum",
          std::vector<Values>(1, Values().set("sum", integer_type(f.sum_bits, streams)).set("name", f.name)));
  } else {
    v.set("sum", false);
  }
  return expand(render("function.mustache", v), options.access);
}

std::vector<std::vector<Loop>> Project::loops() const {
  if (options.access != Access::streams) {
    ProjectOptions with_streams = options;
    with_streams.access = Access::streams;
    return Project(a, with_streams).loops();
  }
  Files headers;
  constants(headers);
  types(headers);
  Constants known;
  for (const char* name : {"src/config.h", "src/types.h"}) add_constants(headers[name], known);
  std::vector<std::vector<Loop>> all;
  for (const Function& f : functions) all.push_back(loops_of(text_of(f), known));
  return all;
}

void Project::sources(Files& files) const {
  files["src/arithmetic.h"] = expand(std::string(template_text("arithmetic.h")), options.access);
  files["src/float_arithmetic.h"] = expand(std::string(template_text("float_arithmetic.h")), options.access);
  std::vector<Values> list;
  for (const Function& f : functions) {
    files["src/" + f.name + ".cpp"] = text_of(f);
    list.push_back(Values().set("title", f.title).set("name", f.name).set("arguments", arguments(f)));
  }
  files["src/functions.h"] = expand(
      render("functions.mustache", Values().set("banner", banner()).set("functions", list)), options.access);
}

void Project::top(Files& files) const {
  std::vector<Values> wire_list, function_list, parameter_list, port_list;
  std::vector<std::string> layer_arguments, run_arguments, all_arguments;
  for (const Wire& w : wires.all()) {
    if (w.stream) wire_list.push_back(wire_values(w, true));
  }
  for (const Function& f : functions) {
    std::vector<std::string> calls;
    for (const MemoryPortUse& m : f.memories) calls.push_back(m.name);
    calls.insert(calls.end(), f.inputs.begin(), f.inputs.end());
    calls.insert(calls.end(), f.outputs.begin(), f.outputs.end());
    for (const Parameter& p : f.parameters) calls.push_back(p.name);
    if (f.reset) calls.emplace_back("load");
    function_list.push_back(Values().set("name", f.name).set("calls", join(calls)));
  }
  for (const MemoryPortUse& m : memories) {
    layer_arguments.push_back(declaration(m, true));
    run_arguments.push_back(m.name);
    const MemoryPort& port = a.design.memory.ports.front();
    port_list.push_back(
        Values()
            .set("name", m.name)
            .set("bundle", m.bundle)
            .set("burst", std::max<std::int64_t>(
                              1, std::min<std::int64_t>(256, port.burst.count() * 8 / port.width.count())))
            .set("outstanding", port.outstanding));
  }
  all_arguments = layer_arguments;
  all_arguments.push_back("const std::uint32_t parameters_memory[PARAMETERS_LANES]");
  all_arguments.push_back("int load");
  std::int64_t lanes = 0;
  for (const Parameter& p : parameters) {
    layer_arguments.push_back(declaration(p));
    run_arguments.push_back(p.name);
    parameter_list.push_back(Values()
                                 .set("type", p.type)
                                 .set("name", p.name)
                                 .set("count", count_of(p))
                                 .set("float", p.type == "float"));
    lanes += p.count(a);
  }
  if (std::any_of(functions.begin(), functions.end(), [](const Function& f) { return f.reset; })) {
    layer_arguments.emplace_back("int load");
    run_arguments.emplace_back("load");
  }
  Values v;
  v.set("banner", banner())
      .set("wires", wire_list)
      .set("functions", function_list)
      .set("parameters", parameter_list)
      .set("ports", port_list);
  v.set("layer_arguments", join(layer_arguments))
      .set("run_arguments", join(run_arguments))
      .set("arguments", join(all_arguments));
  const std::string ends = a.head() ? ", final norm and head." : ".";
  v.set("purpose",
        a.g.sequence
            ? "A prompt of " + std::to_string(a.g.columns * a.g.blocks) + " tokens through all layers" + ends
            : (a.g.columns > 1 ? "A token of each of " + std::to_string(a.g.columns) + " sequences"
                               : "One token") +
                  " through all layers" + ends + " Convolution history " +
                  (a.conv_on_chip() ? "stays on chip" : "goes from run to run in memory") + ", the state " +
                  (a.state_on_chip() ? "stays on chip." : "goes from run to run in memory."));
  files["src/accelerator.cpp"] = expand(render("accelerator.mustache", v), Access::streams);
  v.set("kept", a.state_on_chip() || a.conv_on_chip());
  files["src/accelerator.h"] = expand(render("accelerator_h.mustache", v), Access::streams);
  replace_all(
      files["src/accelerator.h"], "#include \"functions.h\"",
      "#include \"functions.h\"\n\nstatic const int PARAMETERS_LANES = " + std::to_string(lanes) + ";");
  files["src/dataflow_tasks.h"] = std::string(template_text("dataflow_tasks.h"));
}

Files make_project(const Accelerator& a, const ProjectOptions& options) {
  if (options.access == Access::arrays && (a.state_on_chip() || a.conv_on_chip()))
    throw Infeasible("no portable HLS for this design: functions that keep something on chip between runs");
  const Project project(a, options);
  Files files;
  project.constants(files);
  project.types(files);
  project.sources(files);
  if (options.access == Access::streams) {
    project.top(files);
    for (const std::string& header : csim_headers())
      files["csim/" + header] = std::string(template_text("csim/" + header));
    project.bench(files);
    if (options.calibration != nullptr) project.scripts(files);
  } else {
    project.portable(files);
  }
  return files;
}

void write_project(const std::filesystem::path& directory, const Files& files) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (fs::exists(directory, error) &&
      (!fs::is_directory(directory, error) || !fs::is_empty(directory, error))) {
    throw InputError(directory.string() + " is there already and not an empty folder");
  }
  for (const auto& [name, text] : files) {
    const fs::path path = directory / name;
    fs::create_directories(path.parent_path(), error);
    std::ofstream out(path, std::ios::binary);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    if (!out.flush()) throw InputError("cannot write " + path.string());
  }
}

}  // namespace ssmscope::hls
