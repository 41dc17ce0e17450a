// SPDX-License-Identifier: Apache-2.0
#include "sim/trace.h"

#include <algorithm>
#include <ostream>
#include <string>

#include "models/base/json.h"

namespace statelane {
namespace {

std::string quoted(std::string_view text) {
  return to_text(JsonValue(text), -1);
}

/// Identifier codes of VCD: printable ASCII, shortest first.
std::string vcd_code(std::size_t i) {
  constexpr std::size_t first = 33, count = 94;
  std::string code;
  for (++i; i > 0; i = (i - 1) / count) code += static_cast<char>(first + (i - 1) % count);
  return code;
}

/// Names without the blanks VCD separates by.
std::string vcd_name(std::string_view text) {
  std::string name(text);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c <= ' ' || c > '~'; }, '_');
  return name;
}

}  // namespace

TraceRecorder::TraceRecorder(const Graph& graph, Hertz clock, const TraceLimits& limits)
    : graph_(graph), period_(period_of(clock)), limits_(limits) {
  if (limits.until.count() > 0) stop_ = to_femtoseconds(limits.until);
}

void TraceRecorder::fired(ActorId actor, FiringId firing, Femtoseconds start, Femtoseconds end,
                          Femtoseconds visible) {
  if (start > stop_ || events_.size() >= limits_.firings) {
    truncated_ = true;
    return;
  }
  events_.push_back({actor, firing, start, end, visible});
  if (limits_.until.count() > 0) return;
  // A layer ends when its residual leaves for the next layer (or, after the last one, for the head).
  const Firing& f = graph_.firings[firing];
  if (f.shape.op != Operator::residual || f.inputs == 0) return;
  const bool embedding = graph_.channels[graph_.inputs(f)[0].channel].initial > 0;
  if (!embedding && f.outputs > 0 && ++layers_done_ >= limits_.layers) stop_ = std::min(stop_, visible);
}

std::vector<TraceRecorder::Event> TraceRecorder::kept() const {
  std::vector<Event> events;
  std::copy_if(events_.begin(), events_.end(), std::back_inserter(events),
               [this](const Event& e) { return e.start <= stop_; });
  std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
    return a.start != b.start ? a.start < b.start : a.actor < b.actor;
  });
  return events;
}

std::vector<TraceRecorder::Change> TraceRecorder::occupancy(const std::vector<Event>& events) const {
  std::vector<Change> changes;
  for (const Event& e : events) {
    const Firing& f = graph_.firings[e.firing];
    for (const Rate& r : graph_.inputs(f)) changes.push_back({e.end, r.channel, -r.tiles});
    for (const Rate& r : graph_.outputs(f))
      changes.push_back({e.start + (e.visible - e.end), r.channel, r.tiles});
  }
  // Places freed and filled at one time: first freed, so that a full buffer does not read one too many.
  std::stable_sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
    if (a.at != b.at) return a.at < b.at;
    return a.channel != b.channel ? a.channel < b.channel : a.tiles < b.tiles;
  });
  std::vector<std::int64_t> level(graph_.channels.size());
  for (std::size_t i = 0; i < level.size(); ++i) level[i] = graph_.channels[i].initial;
  std::erase_if(changes, [this](const Change& c) { return c.at > stop_; });
  for (Change& c : changes) c.tiles = level[c.channel] += c.tiles;
  return changes;
}

void TraceRecorder::write_perfetto(std::ostream& out) const {
  const std::vector<Event> events = kept();
  const auto microseconds = [](Femtoseconds t) { return static_cast<double>(t.count()) / 1e9; };
  out << "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n";
  out << R"({"ph":"M","pid":1,"name":"process_name","args":{"name":"actors"}},)" << '\n';
  out << R"x({"ph":"M","pid":2,"name":"process_name","args":{"name":"channels (tiles) and memory (GB/s)"}})x";
  out.precision(12);
  for (std::size_t i = 0; i < graph_.actors.size(); ++i) {
    out << ",\n{\"ph\":\"M\",\"pid\":1,\"tid\":" << i + 1 << R"(,"name":"thread_name","args":{"name":)"
        << quoted(graph_.actors[i].name) << "}}";
    out << ",\n{\"ph\":\"M\",\"pid\":1,\"tid\":" << i + 1
        << R"(,"name":"thread_sort_index","args":{"sort_index":)" << i << "}}";
  }
  for (const Event& e : events) {
    const Firing& f = graph_.firings[e.firing];
    const std::string name = work_label(f.shape.op, f.shape.part);
    out << ",\n{\"ph\":\"X\",\"pid\":1,\"tid\":" << e.actor + 1 << ",\"name\":" << quoted(name)
        << ",\"ts\":" << microseconds(e.start) << ",\"dur\":" << microseconds(e.end - e.start) << "}";
    if (graph_.is_memory(e.actor) && e.end > e.start) {
      const double rate = static_cast<double>(f.bytes.count()) / to_seconds(e.end - e.start).count() / 1e9;
      const std::string track = quoted(std::string(graph_.actors[e.actor].name) + " GB/s");
      out << ",\n{\"ph\":\"C\",\"pid\":2,\"name\":" << track << ",\"ts\":" << microseconds(e.start)
          << ",\"args\":{\"GB/s\":" << rate << "}}";
      out << ",\n{\"ph\":\"C\",\"pid\":2,\"name\":" << track << ",\"ts\":" << microseconds(e.end)
          << ",\"args\":{\"GB/s\":0}}";
    }
  }
  for (const Change& c : occupancy(events)) {
    out << ",\n{\"ph\":\"C\",\"pid\":2,\"name\":" << quoted(graph_.channels[c.channel].name)
        << ",\"ts\":" << microseconds(c.at) << ",\"args\":{\"tiles\":" << c.tiles << "}}";
  }
  out << "\n]}\n";
}

void TraceRecorder::write_vcd(std::ostream& out) const {
  const std::vector<Event> events = kept();
  struct Step {
    Femtoseconds at;
    std::size_t signal;
    std::int64_t value;
  };
  std::vector<Step> steps;
  for (const Event& e : events) {
    steps.push_back({e.start, e.actor, 1});
    steps.push_back({e.end, e.actor, 0});
  }
  for (const Change& c : occupancy(events))
    steps.push_back({c.at, graph_.actors.size() + c.channel, c.tiles});
  // A firing that ends where the next starts leaves the wire high: ends come first, and a pulse of no length
  // last.
  std::stable_sort(steps.begin(), steps.end(), [&](const Step& a, const Step& b) {
    if (a.at != b.at) return a.at < b.at;
    if (a.signal != b.signal) return a.signal < b.signal;
    return a.signal < graph_.actors.size() && a.value < b.value;
  });
  out << "$timescale 1 ps $end\n$scope module statelane $end\n";
  for (std::size_t i = 0; i < graph_.actors.size(); ++i) {
    out << "$var wire 1 " << vcd_code(i) << ' ' << vcd_name(graph_.actors[i].name) << "_busy $end\n";
  }
  for (std::size_t i = 0; i < graph_.channels.size(); ++i) {
    out << "$var integer 32 " << vcd_code(graph_.actors.size() + i) << ' '
        << vcd_name(graph_.channels[i].name) << "_tiles $end\n";
  }
  out << "$upscope $end\n$enddefinitions $end\n";
  Femtoseconds at{-1};
  for (const Step& s : steps) {
    if (s.at != at) {
      at = s.at;
      out << '#' << at.count() / 1000 << '\n';
    }
    if (s.signal < graph_.actors.size()) {
      out << s.value << vcd_code(s.signal) << '\n';
      continue;
    }
    std::string bits;
    for (std::int64_t v = std::max<std::int64_t>(0, s.value); v > 0; v >>= 1)
      bits.insert(0, 1, v % 2 != 0 ? '1' : '0');
    out << 'b' << (bits.empty() ? "0" : bits) << ' ' << vcd_code(s.signal) << '\n';
  }
}

}  // namespace statelane
