// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/graph_check.h"

#include <algorithm>

#include "models/evaluate/lowering.h"
#include "models/graph/untimed.h"

namespace statelane {
namespace {

constexpr std::int64_t repetitions = 2;

/// The phase with at most two walks through all layers, whatever a walk is (a token, a prompt).
Phase shortened(const Design& design, Phase phase) {
  const bool prompt_a_pass =
      phase.kind == PhaseKind::prefill && design.schedule.prefill == PrefillLoop::layer_outer;
  std::int64_t& passes = prompt_a_pass ? phase.batch : phase.length;
  passes = std::min(passes, repetitions);
  return phase;
}

}  // namespace

std::string check_graph(const Graph& graph, const Design& design, const Mamba2Shape& shape,
                        const Phase& phase) {
  if (std::string why = check_consistency(graph); !why.empty()) return why;
  Mamba2Shape few = shape;
  few.n_layer = std::min(few.n_layer, repetitions);
  Graph cut;
  if (std::string why = lower(design, few, shortened(design, phase), cut); !why.empty()) return why;
  return run_untimed(cut).deadlock;
}

}  // namespace statelane
