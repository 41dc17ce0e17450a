// SPDX-License-Identifier: Apache-2.0
#include "hls/accelerator.h"

#include <algorithm>
#include <numeric>

#include "hls/names.h"
#include "models/base/units.h"
#include "models/blocks/mamba2/mamba2.h"
#include "models/evaluate/lowering.h"
#include "models/graph/program.h"
#include "models/numerics/hadamard.h"
#include "models/numerics/rotation.h"

namespace statelane::hls {
namespace {

[[noreturn]] void refuse(const std::string& why) {
  throw Infeasible("no HLS for this design: " + why);
}

std::int64_t block_of(const TensorFormat& format) {
  return format.block_bits > 0 ? static_cast<std::int64_t>(format.block) : 1;
}

/// Tiles must not cut the blocks that share a shift.
void check_blocks(const Accelerator& a) {
  const auto whole = [&](Tap tap, std::int64_t rows, std::int64_t all, const char* what) {
    const std::int64_t block = block_of(a.format(tap));
    if (rows % block != 0 && rows != all) {
      refuse(std::string(what) + " = " + std::to_string(rows) + " cuts blocks of " + std::to_string(block) +
             " of " + std::string(name_of(tap)));
    }
  };
  const Geometry& g = a.g;
  for (const Tap tap : {Tap::kConvIn, Tap::kX, Tap::kSsmOut, Tap::kGate, Tap::kState})
    whole(tap, g.tile_rows, tap == Tap::kConvIn ? 0 : g.headdim, "tile_rows");
  for (const Tap tap : {Tap::kConvIn, Tap::kB, Tap::kC})
    whole(tap, std::gcd(g.bc_rows, g.groups_states), 0, "a tile of B or C");
  for (const Tap tap : {Tap::kDt, Tap::kDecay, Tap::kDtB}) whole(tap, g.head_group, g.heads, "head_group");
  whole(Tap::kStateForC, g.tile_states, g.d_state, "tile_states");
}

void check_arithmetic(const Accelerator& a) {
  const bool dt_x = a.has(Operator::delta_x);
  if (dt_x != (a.scheme.input_product == InputProduct::kDtX))
    refuse("scheme \"" + a.scheme.name + "\" multiplies delta with " + (dt_x ? "B" : "x") +
           " first, the design with " + (dt_x ? "x" : "B"));
  if (!a.has(Operator::out_hadamard))
    refuse("scheme \"" + a.scheme.name +
           "\" rotates in front of out_proj, the design has no unit for out_hadamard");
  if (a.has(Operator::in_hadamard) != a.fixed())
    refuse("scheme \"" + a.scheme.name +
           (a.fixed() ? "\" rotates in front of in_proj, the design has no unit for in_hadamard"
                      : "\" folds its first rotation, the design has a unit for in_hadamard"));
  const std::int64_t bits = a.scheme.weights.bits;
  const Precision& p = a.design.precision;
  if (p.format != NumberFormat::integer) refuse("its arithmetic is floating point");
  if (p.weights.count() != bits || p.activations.count() != a.scheme.activations.bits) {
    refuse("it has " + std::to_string(p.weights.count()) + "-bit weights and " +
           std::to_string(p.activations.count()) + "-bit activations, scheme \"" + a.scheme.name + "\" " +
           std::to_string(bits) + " and " + std::to_string(a.scheme.activations.bits));
  }
  if (!a.head()) return;
  const std::int64_t head_bits = p.head_weights.count();
  if (!a.scheme.integer_head() || a.scheme.head_weights.bits != head_bits)
    refuse("it has its LM head on the fabric with " + std::to_string(head_bits) + "-bit weights, scheme \"" +
           a.scheme.name + "\" has " +
           (a.scheme.integer_head() ? std::to_string(a.scheme.head_weights.bits) + "-bit ones"
                                    : "a float head"));
  if (head_bits != bits)
    refuse("the matrix unit takes " + std::to_string(bits) + "-bit weights, the LM head has " +
           std::to_string(head_bits) + "-bit ones (precision/head_weights)");
}

/// How the scheme computes a scalar function, and with how many entries or pieces.
std::pair<Approximation, std::int64_t> method_of(const Accelerator& a, const Arithmetic& arithmetic) {
  const bool silu = arithmetic.function == ScalarFunction::silu;
  if (a.fixed() && silu) return {Approximation::floating, 0};
  if (a.fixed()) return {Approximation::pieces, std::int64_t{1} << a.units.pieces_exp.log2_segments()};
  return {Approximation::table, static_cast<std::int64_t>(a.units.exp.entries().size())};
}

std::string text_of(Approximation method, std::int64_t size) {
  switch (method) {
    case Approximation::table:
      return "a table of " + std::to_string(size);
    case Approximation::pieces:
      return std::to_string(size) + " straight pieces";
    case Approximation::floating:
      break;
  }
  return "floating-point cores";
}

/// What a unit says of its code, and whether it computes as the scheme does.
void check_view(const Accelerator& a, const Unit& unit, Operator op) {
  const Arithmetic& arithmetic = operator_arithmetic(op);
  const HlsView view = unit.model().hls_view(arithmetic);
  const std::string where = "unit " + unit.name() + ": ";
  if (!view.refused.empty()) refuse(where + view.refused);
  if (arithmetic.kind == ArithmeticKind::matrix_product && !view.products)
    refuse(where + "its HLS view writes no products");
  if (arithmetic.kind == ArithmeticKind::transform && view.transform == HlsTransform::none)
    refuse(where + "its HLS view does not say how it transforms");
  if (arithmetic.kind == ArithmeticKind::convolution && view.reduce != a.g.taps)
    refuse(where + "taps = " + std::to_string(view.reduce) + ", the network has " + std::to_string(a.g.taps));
  if (arithmetic.kind == ArithmeticKind::norm && view.floating != a.fixed())
    refuse(where + "floating = " + (view.floating ? "true" : "false") + ", scheme \"" + a.scheme.name +
           "\" has its norms in " + (a.fixed() ? "floating point" : "integers"));
  if (!view.function) return;
  const auto [method, size] = method_of(a, arithmetic);
  if (*view.function != method || view.function_size != size)
    refuse(where + "it computes " + std::string(operator_name(op)) + " by " +
           text_of(*view.function, view.function_size) + ", scheme \"" + a.scheme.name + "\" by " +
           text_of(method, size));
}

void check_views(const Accelerator& a) {
  for (const Unit& unit : a.design.units) {
    unit.operators().for_each([&](Operator op) {
      if (op != Operator::lm_head || a.head()) check_view(a, unit, op);
    });
  }
}

void check_support(const Accelerator& a) {
  if (a.design.unit_of(Operator::in_proj) != a.design.unit_of(Operator::out_proj))
    refuse("in_proj and out_proj are on different units");
  if (a.head() && a.design.unit_of(Operator::in_proj) != a.design.unit_of(Operator::lm_head))
    refuse("in_proj and the LM head are on different units");
}

}  // namespace

Accelerator::Accelerator(const Experiment& e, Scheme s, IntegerPlan p, IntegerUnits u, const ModelDims& d)
    : experiment(e),
      design(e.design),
      phase(e.phase),
      scheme(std::move(s)),
      plan(p),
      units(std::move(u)),
      dims(d) {
  if (!head()) design.schedule.lm_head = HeadPlace::none;
  if (phase.kind == PhaseKind::decode || design.schedule.prefill == PrefillLoop::token_outer) {
    phase = {PhaseKind::decode, 1, phase.batch};  // token by token, the same hardware
  } else {
    phase.batch = 1;  // prompts come one after another
  }
  check_arithmetic(*this);
  check_support(*this);
  if (std::string why = make_geometry(design, e.network, phase, g); !why.empty()) refuse(why);
  check_views(*this);
  if (std::string why = lower(design, e.network, phase, graph); !why.empty()) refuse(why);
  if (std::string why = map.map(mamba2_block(), design); !why.empty()) refuse(why);
  check_blocks(*this);
  if (state_on_chip() && g.sequence) refuse("an on-chip state is generated for decode alone");
  load_state = !g.sequence || g.blocks > 1;
  channel_unit = std::gcd(g.tile_rows, std::gcd(g.bc_rows, g.groups_states));
  std::int64_t widest = 1;
  for (const Operator op : {Operator::outer, Operator::decay, Operator::state_add, Operator::state_c})
    widest = std::max(widest, lanes(op));
  const std::int64_t step = std::min(block_of(format(Tap::kStateForC)), g.tile_states);
  ssm_states = step;
  while (ssm_states < g.tile_states && (ssm_states * g.tile_rows < widest || g.tile_states % ssm_states != 0))
    ssm_states += step;

  Names names;
  for (const Channel& channel : graph.channels) static_cast<void>(names.take(channel.name));
  embedding = names.take("embedding_in");
  state_buffer = names.take("state_buffer");
  for (const Actor& actor : graph.actors) actors.push_back(names.take_function(actor.name));
}

std::vector<TileOfLayer> Accelerator::tiles(ActorId actor) const {
  std::vector<TileOfLayer> out;
  for (ProgramCursor cursor(graph.layer_program(graph.actors[actor])); !cursor.done(); cursor.next()) {
    const FiringShape& shape = graph.firings[cursor.firing()].shape;
    out.push_back({shape.op, shape.part, shape.rows});
  }
  return out;
}

ActorId Accelerator::actor_of(Operator op) const {
  const int index = design.unit_of(op);
  for (std::size_t i = 0; i < graph.actors.size(); ++i) {
    if (graph.actors[i].kind == ActorKind::compute && graph.actors[i].unit == index)
      return static_cast<ActorId>(i);
  }
  return no_id;
}

ActorId Accelerator::memory_actor(std::string_view name) const {
  for (std::size_t i = 0; i < graph.actors.size(); ++i) {
    if (graph.is_memory(static_cast<ActorId>(i)) && graph.actors[i].name == name)
      return static_cast<ActorId>(i);
  }
  return no_id;
}

std::int64_t Accelerator::port_bits(ActorId actor, bool widened) const {
  constexpr std::int64_t kWidest = 512;  // of a port that is widened: a pseudo channel's own bus
  const MemoryPort& port = design.memory.ports[graph.streams[graph.actors[actor].stream].port];
  std::int64_t bits = port.width.count();
  const double faster = port.clock.count() / design.clock.count();
  while (widened && 2 * bits <= kWidest &&
         static_cast<double>(2 * bits) <= faster * static_cast<double>(port.width.count()))
    bits *= 2;
  return bits;
}

std::int64_t Accelerator::port_copies(ActorId actor) const {
  const Stream& stream = graph.streams[graph.actors[actor].stream];
  return std::min<std::int64_t>(design.memory.ports[stream.port].copies, stream.channels);
}

Scheme scheme_for(const Catalog& catalog, const Design& design) {
  const InputProduct product =
      design.unit_of(Operator::delta_x) >= 0 ? InputProduct::kDtX : InputProduct::kDtB;
  const std::int64_t weights = design.precision.weights.count();
  const std::int64_t activations = design.precision.activations.count();
  std::vector<Scheme> fitting;
  std::string names;
  for (const std::string& name : catalog.names("schemes")) {
    Diagnostics diagnostics;
    const std::optional<std::string> path = catalog.find("schemes", name, {}, diagnostics);
    throw_if_errors(diagnostics);
    Scheme scheme = read_scheme(*path);
    if (scheme.integer == IntegerArithmetic::kNone || scheme.input_product != product ||
        scheme.weights.bits != weights || scheme.activations.bits != activations)
      continue;
    names += (names.empty() ? "" : ", ") + name;
    fitting.push_back(std::move(scheme));
  }
  if (fitting.empty() || design.precision.format != NumberFormat::integer) {
    refuse("no shipped scheme has " + std::to_string(weights) + "-bit weights and " +
           std::to_string(activations) + "-bit activations in integers; name one with --scheme");
  }
  if (fitting.size() > 1) refuse("schemes " + names + " compute it; name one with --scheme");
  return std::move(fitting.front());
}

}  // namespace statelane::hls
