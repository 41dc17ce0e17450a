// SPDX-License-Identifier: Apache-2.0
#include <spdlog/fmt/fmt.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <map>
#include <memory>
#include <set>

#include "apps/commands/commands.h"
#include "explore/store/export.h"
#include "explore/store/store.h"

namespace statelane {
namespace {

struct MergeOptions {
  std::string into;
  std::vector<std::string> from;
};

void merge(const MergeOptions& o) {
  Store into(o.into, Store::Mode::write);
  for (const std::string& other : o.from) into.merge(other);
  std::cout << fmt::format("{}: {} run(s)\n", o.into, into.runs().size());
}

struct StatusOptions {
  std::string store;
  bool json = false;
};

std::int64_t number(const JsonValue& counts, const char* key) {
  const JsonValue* v = counts.find(key);
  return v != nullptr && v->is_integer() ? v->as_integer() : 0;
}

void status(const StatusOptions& o) {
  Store store(o.store, Store::Mode::read);
  JsonValue list = JsonValue::array();
  std::string text;
  std::map<std::string, std::set<std::int64_t>> missing;  // by command up to the shard
  for (const RunRecord& r : store.runs()) {
    Diagnostics ignored;
    const JsonValue counts = parse_json(r.counts, o.store, ignored).value_or(JsonValue::object());
    const std::string command =
        fmt::format("statelane explore {} --strategy {} --store {}", r.sweep, r.strategy, o.store);
    const bool done = r.state == RunState::finished;
    std::string part = r.shards > 1 ? fmt::format(" shard {}/{}", r.shard, r.shards) : "";
    text += fmt::format("{} {}{}: {}", r.sweep, r.strategy, part, name_of(r.state));
    text += fmt::format("; {} designs simulated, {} failed, {} open; front {}\n",
                        number(counts, "simulated_points"), number(counts, "failed"), number(counts, "open"),
                        number(counts, "front"));
    if (!done) {
      text += fmt::format("  to finish: {}{} --resume{}\n", command,
                          r.shards > 1 ? fmt::format(" --shard {}/{}", r.shard, r.shards) : "",
                          r.state == RunState::budget ? " --simulations N (more than before)" : "");
    }
    if (r.shards > 1) {
      auto [at, fresh] =
          missing.try_emplace(fmt::format("{}|{}|{}|{}|{}", command, r.hash, r.objectives, r.seed, r.shards));
      for (std::int64_t i = 1; fresh && i <= r.shards; ++i) at->second.insert(i);
      at->second.erase(r.shard);
    }
    list.push_back(run_json(r));
  }
  for (const auto& [key, shards] : missing) {
    for (const std::int64_t s : shards) {
      text += fmt::format("  no results of a shard; to get them: {} --shard {}/{}\n",
                          key.substr(0, key.find('|')), s, key.substr(key.rfind('|') + 1));
    }
  }
  const Store::SimulationCount kept = store.simulation_count();
  text += fmt::format("{}: {} simulations kept, {} of them failed\n", o.store, kept.all, kept.failed);
  std::cout << (o.json ? to_text(list) + "\n" : text);
}

}  // namespace

void add_merge_command(CLI::App& app) {
  auto o = std::make_shared<MergeOptions>();
  CLI::App* c = app.add_subcommand("merge", "Bring the stores of several shards or machines together");
  c->add_option("into", o->into, "Store to add to; made if it is not there")->required();
  c->add_option("from", o->from, "Stores to read")->required();
  c->footer("Example: statelane merge all.db shard-*.db");
  c->callback([o] { merge(*o); });
}

void add_status_command(CLI::App& app) {
  auto o = std::make_shared<StatusOptions>();
  CLI::App* c =
      app.add_subcommand("status", "What a store has, what is missing, and the command that gets it");
  c->add_option("store", o->store, "Store that `statelane explore` wrote")->required();
  c->add_flag("--json", o->json, "Print JSON: a list of runs");
  c->footer("Example: statelane status lm.db");
  c->callback([o] { status(*o); });
}

}  // namespace statelane
