// SPDX-License-Identifier: Apache-2.0
// The test bench of the version with arrays, which writes one for every function.
#include <algorithm>

#include "hls/names.h"
#include "hls/project_parts.h"

namespace statelane::hls {
namespace {

std::string element_type(const Wire& w) {
  return w.floating     ? "float"
         : w.bits <= 8  ? "std::int8_t"
         : w.bits <= 16 ? "std::int16_t"
         : w.bits <= 32 ? "std::int32_t"
                        : "std::int64_t";
}

}  // namespace

void Project::portable(Files& files) const {
  std::vector<Values> channels, memory_list, written, parameter_list, function_list;
  const std::string host = a.fixed() ? "float" : "std::int32_t";
  const auto type_of = [&](const MemoryPortUse& m) {
    return m.lanes == 0 ? host : std::string("std::uint32_t");
  };
  for (const Wire& w : wires.all())
    channels.push_back(Values().set("name", w.name).set("NAME", upper(w.name)));
  for (const MemoryPortUse& m : memories) {
    const std::string file = m.memory_image();
    Values v;
    v.set("name", m.name)
        .set("type", type_of(m))
        .set("file", file)
        .set("filled", !file.empty())
        .set("size", m.beats * std::max<std::int64_t>(1, m.lanes));
    memory_list.push_back(v);
    if (m.written) written.push_back(v);
  }
  for (const Parameter& p : parameters)
    parameter_list.push_back(Values().set("name", p.name).set("type", p.type).set("count", p.count(a)));
  std::string names;
  for (const Function& f : functions) {
    names += " " + f.name;
    std::string calls, bench_calls;
    std::vector<Values> ins, outs;
    const auto argument = [&](const std::string& name, const std::string& type, bool out) {
      calls += (calls.empty() ? "" : ", ") + name + ".data()";
      bench_calls += (bench_calls.empty() ? "" : ", ") + name + (out ? "_result" : "_given");
      (out ? outs : ins).push_back(Values().set("name", name).set("type", type));
    };
    for (const MemoryPortUse& m : f.memories) argument(m.name, type_of(m), m.written);
    for (const std::string& w : f.inputs) argument(w, element_type(wires.named(w)), false);
    for (const std::string& w : f.outputs) argument(w, element_type(wires.named(w)), true);
    for (const Parameter& p : f.parameters) argument(p.name, p.type, false);
    function_list.push_back(Values()
                                .set("name", f.name)
                                .set("calls", calls)
                                .set("bench_calls", bench_calls)
                                .set("ins", ins)
                                .set("outs", outs));
  }
  Values v;
  v.set("banner", banner())
      .set("channels", channels)
      .set("memories", memory_list)
      .set("written", written)
      .set("parameters", parameter_list)
      .set("functions", function_list);
  v.set("vocab", a.g.vocab)
      .set("fixed", a.fixed())
      .set("head", a.head())
      .set("columns", a.g.columns * a.g.blocks)
      .set("logits", a.head_columns() * a.g.vocab)
      .set("elements", a.g.columns * a.g.blocks * a.g.d_model)
      .set("state_in", a.memory_actor("state_dma_in") != no_id);
  files["tb/functions_bench.cpp"] = render("portable_bench.mustache", v);
  files["Makefile"] = render("portable_makefile.mustache",
                             Values().set("banner", "#" + banner().substr(2)).set("names", names));
}

}  // namespace statelane::hls
