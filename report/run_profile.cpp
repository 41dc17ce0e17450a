// SPDX-License-Identifier: Apache-2.0
#include "report/run_profile.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

namespace statelane {
namespace {

/// Enough for a plot as wide as a page, few enough for 32 channels in one file.
constexpr std::size_t intervals = 256;

std::int64_t nanoseconds(Femtoseconds t) {
  return (t.count() + 500'000) / 1'000'000;
}

}  // namespace

void TimeSeries::halve() {
  const std::size_t half = bytes_.size() / 2;
  for (std::size_t i = 0; i < half; ++i) bytes_[i] = bytes_[2 * i] + bytes_[2 * i + 1];
  std::fill(bytes_.begin() + static_cast<std::ptrdiff_t>(half), bytes_.end(), 0.0);
  interval_ += interval_;
}

void TimeSeries::widen(Femtoseconds interval) {
  while (interval_ < interval) halve();
}

void TimeSeries::add(Femtoseconds start, Femtoseconds end, double bytes) {
  while (end.count() >= interval_.count() * static_cast<std::int64_t>(bytes_.size())) halve();
  const auto first = static_cast<std::size_t>(start.count() / interval_.count());
  const auto last = static_cast<std::size_t>(end.count() / interval_.count());
  if (first == last) {
    bytes_[first] += bytes;
    return;
  }
  const double rate = bytes / static_cast<double>((end - start).count());
  for (std::size_t i = first; i <= last; ++i) {
    const std::int64_t from = std::max(start.count(), static_cast<std::int64_t>(i) * interval_.count());
    const std::int64_t to = std::min(end.count(), static_cast<std::int64_t>(i + 1) * interval_.count());
    bytes_[i] += rate * static_cast<double>(to - from);
  }
}

RunProfile::RunProfile(const Graph& graph, Hertz clock, std::size_t channels, std::int64_t layers)
    : graph_(graph),
      firings_(graph, clock, TraceLimits{layers, Seconds(0), TraceLimits{}.firings}),
      layers_(layers),
      channels_(channels, {TimeSeries(intervals), TimeSeries(intervals)}),
      position_(graph.streams.size(), 0) {}

void RunProfile::fired(ActorId actor, FiringId firing, Femtoseconds start, Femtoseconds end,
                       Femtoseconds visible) {
  if (layers_ > 0) firings_.fired(actor, firing, start, end, visible);
  if (graph_.is_memory(actor)) add_transfer(actor, graph_.firings[firing], start, end);
}

void RunProfile::add_transfer(ActorId actor, const Firing& firing, Femtoseconds start, Femtoseconds end) {
  const Actor& dma = graph_.actors[actor];
  const Stream& s = graph_.streams[dma.stream];
  std::int64_t& at = position_[dma.stream];
  std::vector<std::int64_t> share(s.channels, 0);
  for (std::int64_t left = firing.bytes.count(); left > 0;) {
    const std::int64_t stripe = at / s.stripe.count();
    const std::int64_t room = std::min((stripe + 1) * s.stripe.count(), s.size.count()) - at;
    const std::int64_t now = std::min(left, room);
    share[static_cast<std::size_t>(stripe % s.channels)] += now;
    left -= now;
    at += now;
    if (at >= s.size.count()) at = 0;
  }
  for (std::size_t i = 0; i < share.size(); ++i) {
    if (share[i] == 0) continue;
    ChannelSeries& c = channels_.at(s.first_channel + i);
    (dma.kind == ActorKind::memory_read ? c.read : c.written).add(start, end, static_cast<double>(share[i]));
  }
}

JsonValue RunProfile::timeline() const {
  const std::vector<TraceRecorder::Event> events = firings_.kept();
  std::map<std::string, std::int64_t> numbers;
  JsonValue labels = JsonValue::array();
  std::vector<JsonValue::Array> rows(graph_.actors.size());
  std::int64_t end = 0;
  for (const TraceRecorder::Event& e : events) {
    const auto [label, fresh] =
        numbers.emplace(work_label(graph_.firings[e.firing].shape.op, graph_.firings[e.firing].shape.part),
                        static_cast<std::int64_t>(numbers.size()));
    if (fresh) labels.push_back(label->first);
    JsonValue::Array& row = rows[e.actor];
    const std::int64_t start = nanoseconds(e.start);
    row.emplace_back(start);
    row.emplace_back(nanoseconds(e.end) - start);
    row.emplace_back(label->second);
    end = std::max(end, nanoseconds(e.end));
  }
  JsonValue actors = JsonValue::array();
  for (JsonValue::Array& row : rows) actors.push_back(JsonValue(std::move(row)));
  return JsonValue::object()
      .set("layers", JsonValue(layers_))
      .set("end_ns", JsonValue(end))
      .set("labels", std::move(labels))
      .set("actors", std::move(actors));
}

JsonValue RunProfile::memory(Seconds run) {
  Femtoseconds widest{0};
  for (const ChannelSeries& c : channels_)
    widest = std::max({widest, c.read.interval(), c.written.interval()});
  const auto used = static_cast<std::size_t>(
      std::min<double>(intervals, std::ceil(run.count() / to_seconds(widest).count())));
  const auto bytes = [used](const TimeSeries& t) {
    JsonValue::Array list;
    for (std::size_t i = 0; i < used; ++i)
      list.emplace_back(static_cast<std::int64_t>(std::llround(t.bytes()[i])));
    return JsonValue(std::move(list));
  };
  JsonValue channels = JsonValue::array();
  for (ChannelSeries& c : channels_) {
    c.read.widen(widest);
    c.written.widen(widest);
    channels.push_back(
        JsonValue::object().set("bytes_read", bytes(c.read)).set("bytes_written", bytes(c.written)));
  }
  return JsonValue::object()
      .set("interval_s", JsonValue(to_seconds(widest).count()))
      .set("channels", std::move(channels));
}

JsonValue RunProfile::json(Seconds run) {
  JsonValue out = JsonValue::object();
  if (layers_ > 0) out.set("timeline", timeline());
  return out.set("memory", memory(run));
}

}  // namespace statelane
