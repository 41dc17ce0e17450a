// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

#include "models/evaluate/experiment.h"
#include "models/evaluate/lowering.h"
#include "models/units/fabric/fabric_constants.h"

namespace statelane::testing {

/// The shipped configurations, or those STATELANE_CONFIGS names: candidates can be held against the rows too.
inline Catalog configs() {
  return Catalog::standard();
}

inline FabricConstants constants() {
  Diagnostics d;
  std::optional<FabricConstants> c = load_fabric_constants(configs(), "fabric", d);
  if (!c) throw std::runtime_error(d.text());
  return *c;
}

/// A shipped experiment with settings over it, lowered. It stays where it is: the graph refers to its names.
struct Lowered {
  explicit Lowered(const std::string& name, std::vector<std::string> settings = {}) {
    Diagnostics d;
    std::optional<Experiment> e = load_experiment(configs(), builtin_units(), {name, std::move(settings)}, d);
    if (!e) throw std::runtime_error(d.text());
    experiment = std::move(*e);
    relower();
  }
  Lowered(const Lowered&) = delete;
  Lowered& operator=(const Lowered&) = delete;
  ~Lowered() = default;

  void relower() {
    const std::string why = lower(experiment.design, experiment.network, experiment.phase, graph);
    if (!why.empty()) throw std::runtime_error(why);
  }

  Experiment experiment;
  Graph graph;
};

inline const char* const shipped[] = {
    "lightmamba-vck190-w4a4-decode-2.7b", "lightmamba-u280-w4a4-decode-2.7b",
    "fastmamba-vc709-w8a8-decode-2.7b",   "lightmamba-vck190-fp16-decode-2.7b",
    "lightmamba-vck190-w8a8-decode-2.7b", "fastmamba-vc709-w8a8-prefill-130m-l64"};

}  // namespace statelane::testing
