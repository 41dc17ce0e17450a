// SPDX-License-Identifier: Apache-2.0
#include "explore/search/search_messages.h"

#include "explore/workers/wire.h"

namespace statelane {
namespace {

WireReader body(std::string_view message, SearchMessage kind) {
  WireReader r(message);
  if (r.take<SearchMessage>() != kind) throw std::runtime_error("a message of another kind");
  return r;
}

void add(WireWriter& w, const SimulationRecord& r) {
  w.add(r.run.has_value());
  w.add(r.run ? r.run->cycles.count() : std::int64_t{0});
  w.add(r.run ? r.run->dram.count() : 0.0);
  w.add_text(r.error);
}

SimulationRecord take_record(WireReader& r) {
  SimulationRecord record;
  const bool run = r.take<bool>();
  const auto cycles = r.take<std::int64_t>();
  const auto joules = r.take<double>();
  if (run) record.run = SimulatedRun{Cycles(cycles), Joules(joules)};
  record.error = r.take_text();
  return record;
}

}  // namespace

SearchMessage search_message_of(std::string_view message) {
  return WireReader(message).take<SearchMessage>();
}

std::string encode(const ScanRequest& q) {
  WireWriter w;
  w.add(SearchMessage::request).add(q.shard).add_all(q.simulated);
  w.add_all(q.skip != nullptr ? std::vector<std::uint64_t>(q.skip->begin(), q.skip->end())
                              : std::vector<std::uint64_t>());
  w.add(q.known != nullptr ? static_cast<std::uint64_t>(q.known->size()) : std::uint64_t{0});
  if (q.known != nullptr) {
    for (const auto& [key, record] : *q.known) {
      w.add_text(key);
      add(w, record);
    }
  }
  return w.add(static_cast<std::uint64_t>(q.collect)).add(static_cast<std::uint64_t>(q.sample)).take();
}

void decode_request(std::string_view message, ReceivedRequest& out) {
  WireReader r = body(message, SearchMessage::request);
  out = {};
  out.request.shard = r.take<Shard>();
  out.request.simulated = r.take_all<Contender>();
  const std::vector<std::uint64_t> skip = r.take_all<std::uint64_t>();
  out.skip.insert(skip.begin(), skip.end());
  for (auto left = r.take<std::uint64_t>(); left > 0; --left) {
    std::string key = r.take_text();
    out.known.emplace(std::move(key), take_record(r));
  }
  out.request.collect = r.take<std::uint64_t>();
  out.request.sample = r.take<std::uint64_t>();
  out.request.skip = &out.skip;
  out.request.known = &out.known;
}

std::string encode(const ScanTask& t) {
  return WireWriter().add(SearchMessage::scan).add(t.first).add(t.end).add(t.collect).take();
}

ScanTask decode_scan_task(std::string_view message) {
  WireReader r = body(message, SearchMessage::scan);
  ScanTask t;
  t.first = r.take<std::uint64_t>();
  t.end = r.take<std::uint64_t>();
  t.collect = r.take<bool>();
  return t;
}

std::string encode(const ScanAnswer& a) {
  return WireWriter()
      .add(a.part.counts)
      .add_all(a.part.front)
      .add_all(a.part.candidates)
      .add_all(a.part.firsts)
      .add_all(a.part.settled)
      .add(a.part.settled_designs)
      .add(a.part.kept)
      .add_all(a.part.sample)
      .add(a.blocks)
      .add(a.seconds)
      .take();
}

ScanAnswer decode_scan(std::string_view answer) {
  WireReader r(answer);
  ScanAnswer a;
  a.part.counts = r.take<ScanCounts>();
  a.part.front = r.take_all<Contender>();
  a.part.candidates = r.take_all<KeyedContender>();
  a.part.firsts = r.take_all<KeyedContender>();
  a.part.settled = r.take_all<Contender>();
  a.part.settled_designs = r.take<std::uint64_t>();
  a.part.kept = r.take<std::uint64_t>();
  a.part.sample = r.take_all<std::uint64_t>();
  a.blocks = r.take<std::uint64_t>();
  a.seconds = r.take<double>();
  return a;
}

std::string encode_simulations(const std::vector<std::uint64_t>& indices) {
  return WireWriter().add(SearchMessage::simulate).add_all(indices).take();
}

std::vector<std::uint64_t> decode_simulation_task(std::string_view message) {
  return body(message, SearchMessage::simulate).take_all<std::uint64_t>();
}

std::string encode(const SimulationAnswer& a) {
  WireWriter w;
  w.add(static_cast<std::uint64_t>(a.records.size()));
  for (const SimulationRecord& r : a.records) add(w, r);
  return w.add(a.seconds).take();
}

SimulationAnswer decode_simulations(std::string_view answer) {
  WireReader r(answer);
  SimulationAnswer a;
  for (auto left = r.take<std::uint64_t>(); left > 0; --left) a.records.push_back(take_record(r));
  a.seconds = r.take<double>();
  return a;
}

}  // namespace statelane
