// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/evaluate/experiment.h"
#include "models/evaluate/geometry.h"
#include "models/evaluate/mapping.h"
#include "models/graph/graph.h"
#include "models/numerics/integer_plan.h"
#include "models/numerics/integer_units.h"
#include "models/numerics/scheme.h"
#include "models/units/hls_view.h"

namespace statelane::hls {

/// A tile of one actor's layer, in firing order.
struct TileOfLayer {
  Operator op = Operator::in_proj;
  Part part = Part::z;
  std::int64_t rows = 0;
};

/// All that code is generated from: one run of the accelerator, which takes the residual stream of one block
/// walk (a token in decode, the prompt in prefill) through all layers, as a graph, and the arithmetic of the
/// scheme.
struct Accelerator {
  /// Lowers the experiment to the graph of one run. It ends with the logits where the design has its head on
  /// the fabric, else with the last residual: the host's final norm and head are float. Throws Infeasible if
  /// scheme and design do not fit each other or no template exists for a unit.
  Accelerator(const Experiment& experiment, Scheme scheme, IntegerPlan plan, IntegerUnits units,
              const ModelDims& dims);
  Accelerator(const Accelerator&) = delete;
  Accelerator& operator=(const Accelerator&) = delete;

  Experiment experiment;
  Design design;  ///< the experiment's, with nothing for what the host computes
  Phase phase;    ///< of one run
  Scheme scheme;
  IntegerPlan plan;
  IntegerUnits units;
  ModelDims dims;
  Geometry g;
  Mapping map;
  Graph graph;
  std::vector<std::string> actors;  ///< the function of each actor of the graph
  std::string embedding;            ///< the function that brings the embedding
  std::string state_buffer;         ///< and the one that keeps the recurrent state on chip
  /// Elements of an SSM tile that move together: `ssm_states` states of all rows of the tile.
  std::int64_t ssm_states = 1;
  std::int64_t channel_unit = 1;  ///< channels whose history and weights move together
  bool load_state = true;         ///< h comes from memory at the start of a run

  [[nodiscard]] bool state_on_chip() const { return design.schedule.state == StatePlace::on_chip; }
  [[nodiscard]] bool conv_on_chip() const { return design.schedule.conv_state == StatePlace::on_chip; }
  /// Final norm and LM head are on the fabric.
  [[nodiscard]] bool head() const { return design.schedule.lm_head == HeadPlace::fabric; }
  /// Columns logits are computed for: of a prompt only the last token.
  [[nodiscard]] std::int64_t head_columns() const { return sequences(); }
  /// Sequences side by side, each with a state and a history of its own.
  [[nodiscard]] std::int64_t sequences() const { return g.sequence ? 1 : g.columns; }
  [[nodiscard]] bool fixed() const { return plan.arithmetic == IntegerArithmetic::kFixedPoint; }
  [[nodiscard]] const TensorFormat& format(Tap tap) const { return plan[tap]; }
  [[nodiscard]] bool has(Operator op) const { return design.unit_of(op) >= 0; }
  [[nodiscard]] const Unit& unit(Operator op) const {
    return design.units[static_cast<std::size_t>(design.unit_of(op))];
  }
  /// The unit that executes `op` as code has it: how far it is unrolled, what its products are bound to ...
  [[nodiscard]] HlsView view(Operator op) const { return unit(op).model().hls_view(operator_arithmetic(op)); }
  /// Results a beat of the unit that executes `op`.
  [[nodiscard]] std::int64_t lanes(Operator op) const { return view(op).lanes; }
  /// The firings of one layer of an actor, in order.
  [[nodiscard]] std::vector<TileOfLayer> tiles(ActorId actor) const;
  [[nodiscard]] ActorId actor_of(Operator op) const;
  /// The memory actor of that name, or no_id.
  [[nodiscard]] ActorId memory_actor(std::string_view name) const;
  /// Bits of the data bus of an actor's port at the fabric's clock: wider than the design's where that runs
  /// faster, up to the 512 bits of a memory channel; the design's for small transfers (not `widened`).
  [[nodiscard]] std::int64_t port_bits(ActorId actor, bool widened = true) const;
  /// Memory channels an actor reaches at the same time, each through a port of its own.
  [[nodiscard]] std::int64_t port_copies(ActorId actor) const;
};

/// The scheme of the catalog that computes in integers what a design is built for: its widths of weights and
/// activations, and the product that comes first. Throws Infeasible where there is none, or more than one.
[[nodiscard]] Scheme scheme_for(const Catalog& catalog, const Design& design);

}  // namespace statelane::hls
