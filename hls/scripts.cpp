// SPDX-License-Identifier: Apache-2.0
// Scripts of the vendor's tools, the host program, the README and the predictions as JSON.
#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>

#include "hls/names.h"
#include "hls/predict.h"
#include "hls/project_parts.h"
#include "models/base/json.h"
#include "models/units/fabric/resource_kinds.h"

namespace statelane::hls {
namespace {

std::string fixed_point(double v, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, v);
  return text;
}

/// Only what a part name or a device can be made of.
std::string safe_part(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-') out += c;
  }
  return out;
}

/// What the linker of a v++ platform calls the design's memory: the board's name for it, in capitals.
std::string tag_of(const Accelerator& a) {
  std::string tag = a.design.memory.memory;
  std::transform(tag.begin(), tag.end(), tag.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return tag;
}

/// The memory of a v++ platform a port is connected to: its tag and first channel.
std::string bank(const Accelerator& a, const Function& f, const MemoryPortUse& m) {
  const std::string tag = tag_of(a);
  if (f.actor == no_id || !a.graph.is_memory(f.actor)) return tag + "[0]";
  const Stream& s = a.graph.streams[a.graph.actors[f.actor].stream];
  if (m.channel >= 0) return tag + "[" + std::to_string(s.first_channel + m.channel) + "]";
  const int first = s.first_channel;
  const int last = first + s.channels - 1;
  return tag + "[" + std::to_string(first) + (last > first ? ":" + std::to_string(last) : "") + "]";
}

JsonValue whole(double v) {
  return JsonValue(static_cast<std::int64_t>(std::llround(v)));
}

JsonValue resources_json(const Resources& r) {
  JsonValue json = JsonValue::object();
  for (const ResourceKind& kind : resource_kinds) json.set(std::string(kind.key), whole(r.*kind.count));
  return json;
}

JsonValue loops_json(const std::vector<Loop>& loops) {
  JsonValue list = JsonValue::array();
  for (const Loop& loop : loops) {
    JsonValue one = JsonValue::object().set("label", loop.label).set("trips", loop.trips);
    if (loop.ii > 0) {
      one.set("ii", loop.ii);
    } else {
      one.set("loops", loops_json(loop.inner));
    }
    list.push_back(one);
  }
  return list;
}

}  // namespace

void Project::scripts(Files& files) const {
  const Prediction p = predict(a, options);
  const Board& board = a.experiment.board;
  const std::string hash_banner = "#" + banner().substr(2);
  std::vector<Values> sources, ports, rows, power, buffers;
  for (const Function& f : functions) {
    sources.push_back(Values().set("name", f.name));
    for (const MemoryPortUse& m : f.memories) {
      ports.push_back(Values().set("name", m.name).set("bundle", m.bundle).set("bank", bank(a, f, m)));
    }
  }
  JsonValue list = JsonValue::array();
  std::string table;
  for (std::size_t i = 0; i < p.functions.size(); ++i) {
    const FunctionPrediction& f = p.functions[i];
    Values v;
    v.set("name", f.name)
        .set("title", functions[i].title)
        .set("firings", f.firings)
        .set("busy", f.busy)
        .set("ii", f.ii)
        .set("fill", f.fill)
        .set("working", f.working)
        .set("moving", f.moving)
        .set("latency", f.report_latency());
    v.set("lut", std::to_string(std::llround(f.resources.lut)))
        .set("ff", std::to_string(std::llround(f.resources.ff)))
        .set("dsp", std::to_string(std::llround(f.resources.dsp)));
    v.set("bram", std::to_string(std::llround(f.resources.bram18)))
        .set("uram", std::to_string(std::llround(f.resources.uram)));
    v.set("bytes", f.bytes > 0 ? std::to_string(f.bytes) : "")
        .set("packed", f.packed > 0 ? std::to_string(f.packed) : "");
    rows.push_back(v);
    list.push_back(JsonValue::object()
                       .set("name", f.name)
                       .set("firings", f.firings)
                       .set("busy_cycles", f.busy)
                       .set("ii", f.ii)
                       .set("working_cycles", f.working)
                       .set("moving_cycles", f.moving)
                       .set("fill_cycles", f.fill)
                       .set("latency_cycles", f.report_latency())
                       .set("loops", loops_json(f.loops))
                       .set("resources", resources_json(f.resources))
                       .set("bytes", f.bytes)
                       .set("packed_bytes", f.packed));
  }
  for (const ComponentPower& c : p.power)
    power.push_back(Values().set("name", comment_text(c.name)).set("power", fixed_point(c.power.count(), 3)));
  const JsonValue json = JsonValue::object()
                             .set("version", options.version)
                             .set("configuration", hash())
                             .set("clock_hz", JsonValue(a.design.clock.count()))
                             .set("cycles", p.cycles)
                             .set("power_w", JsonValue(p.all.count()))
                             .set("resources", resources_json(p.total))
                             .set("functions", list);
  files["predicted.json"] = to_text(json) + "\n";

  Values v;
  const double period = 1e9 / a.design.clock.count();
  v.set("banner", hash_banner)
      .set("sources", sources)
      .set("ports", ports)
      .set("functions", rows)
      .set("power", power);
  v.set("part", safe_part(board.part.empty() ? board.device : board.part))
      .set("known_part", !board.part.empty())
      .set("period", fixed_point(period, 3));
  v.set("mhz", fixed_point(a.design.clock.count() / 1e6, 0))
      .set("hz", fixed_point(a.design.clock.count(), 0));
  v.set("design", comment_text(a.experiment.design_name))
      .set("network", comment_text(a.experiment.network_name))
      .set("scheme", comment_text(a.scheme.name))
      .set("board", comment_text(board.name));
  v.set("version", options.version)
      .set("hash", hash())
      .set("cycles", p.cycles)
      .set("watts", fixed_point(p.all.count(), 2));
  v.set("tokens", a.g.columns * a.g.blocks)
      .set("rate",
           fixed_point(a.design.clock.count() / static_cast<double>(std::max<std::int64_t>(1, p.cycles)) *
                           static_cast<double>(a.g.columns * a.g.blocks),
                       2));
  v.set("lut", std::to_string(std::llround(p.total.lut)))
      .set("ff", std::to_string(std::llround(p.total.ff)))
      .set("dsp", std::to_string(std::llround(p.total.dsp)));
  v.set("bram", std::to_string(std::llround(p.total.bram18)))
      .set("uram", std::to_string(std::llround(p.total.uram)));
  v.set("head", a.head())
      .set("result", a.head() ? "logits" : "last")
      .set("results", a.head() ? a.head_columns() * a.g.vocab : a.g.columns * a.g.blocks * a.g.d_model)
      .set("barrier", a.design.schedule.barrier);
  v.set("memory", tag_of(a)).set("fixed", a.fixed()).set("elements", a.g.columns * a.g.blocks * a.g.d_model);
  std::string kernel_arguments;
  for (const MemoryPortUse& m : memories) {
    const std::string file = m.memory_image();
    const bool alias = m.name == "state_out" && a.memory_actor("state_dma_in") != no_id;
    const bool conv_alias = m.name == "conv_state_out";
    const std::string buffer = alias ? "state_in" : conv_alias ? "conv_state_in" : m.name;
    if (!alias && !conv_alias) {
      buffers.push_back(Values()
                            .set("name", m.name)
                            .set("bytes", m.lanes == 0 ? m.beats * 4 : m.beats * m.lanes * 4)
                            .set("index", static_cast<std::int64_t>(&m - memories.data()))
                            .set("file", file)
                            .set("filled", !file.empty()));
    }
    kernel_arguments += buffer + ", ";
  }
  v.set("buffers", buffers)
      .set("kernel_arguments", kernel_arguments)
      .set("parameters_index", static_cast<std::int64_t>(memories.size()));
  files["run_hls.tcl"] = render("run_hls.mustache", v);
  files["hls_config.cfg"] = render("hls_config.mustache", v);
  files["connectivity.cfg"] = render("connectivity.mustache", v);
  files["README.md"] = render("readme.mustache", v);
  v.set("banner", banner());
  files["host/host.cpp"] = render("host.mustache", v);
}

}  // namespace statelane::hls
