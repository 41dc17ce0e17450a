// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "models/evaluate/experiment.h"
#include "models/graph/graph.h"

namespace statelane {

/// One resource a little larger: what it buys.
struct TornadoRow {
  std::string resource;
  double tokens_per_s = 0;
  double gain = 0;  ///< relative
};

/// A resource to make faster: in a copy of the experiment before it is lowered, or in its graph.
struct Speedup {
  std::string name;
  std::function<void(Experiment&)> change;
  std::function<void(Graph&)> shorten;
};

/// Every resource of an experiment faster by the factor: its clock, each port, each unit (whose firings take
/// 1/factor of their cycles). `graph` is the experiment's own.
[[nodiscard]] std::vector<Speedup> speedups_of(const Experiment& experiment, const Graph& graph,
                                               double factor);

/// Simulates the experiment with one resource faster (in this process): tokens/s as text. Throws Infeasible.
[[nodiscard]] std::string rate_with(const Experiment& base, const Speedup& speedup);

}  // namespace statelane
