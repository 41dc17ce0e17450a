// SPDX-License-Identifier: Apache-2.0
#include "explore/store/store_schema.h"

namespace statelane {
namespace {

constexpr const char* steps[] = {
    // 1
    R"sql(
CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  sweep TEXT NOT NULL, hash TEXT NOT NULL, strategy TEXT NOT NULL, objectives TEXT NOT NULL,
  document TEXT NOT NULL, seed INTEGER NOT NULL, shard INTEGER NOT NULL, shards INTEGER NOT NULL,
  version TEXT NOT NULL, constants TEXT NOT NULL, machine TEXT NOT NULL, started TEXT NOT NULL,
  state TEXT NOT NULL, counts TEXT NOT NULL,
  UNIQUE (hash, strategy, objectives, seed, shard, shards));
CREATE TABLE simulations (
  key TEXT PRIMARY KEY, cycles INTEGER, dram_j REAL, error TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
CREATE TABLE points (
  run INTEGER NOT NULL REFERENCES runs (id), idx INTEGER NOT NULL, kind INTEGER NOT NULL, label TEXT NOT NULL,
  simulation TEXT NOT NULL, parameters TEXT NOT NULL, obeys INTEGER NOT NULL,
  throughput_tokens_per_s REAL, latency_s REAL, cycles REAL, energy_j_per_token REAL, power_w REAL,
  efficiency_tokens_per_j REAL, lut REAL, ff REAL, dsp REAL, bram36 REAL, bram18 REAL, uram REAL,
  lut_of_board REAL, ff_of_board REAL, dsp_of_board REAL, bram_of_board REAL, uram_of_board REAL,
  max_of_board REAL,
  PRIMARY KEY (run, kind, idx, label)) WITHOUT ROWID;
)sql",
    // 2: numbers that come with choices (a scheme's measured loss)
    R"sql(
ALTER TABLE points ADD COLUMN numbers TEXT NOT NULL DEFAULT '{}';
)sql",
    // 3: simulations are kept by the simulator that ran them too; nothing asks for the others any more
    R"sql(
DELETE FROM simulations;
)sql",
};

}  // namespace

std::span<const char* const> store_migrations() {
  return steps;
}

}  // namespace statelane
