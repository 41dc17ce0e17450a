// SPDX-License-Identifier: Apache-2.0
#include "hls/functions.h"

#include "hls/function_builder.h"

namespace statelane::hls {
namespace {

const OperatorSet kSsm(Operator::delta_x, Operator::outer, Operator::decay, Operator::state_add,
                       Operator::state_c, Operator::d_skip, Operator::gate);
const OperatorSet kParts(Operator::conv, Operator::silu_xbc, Operator::silu_z);
const OperatorSet kScalars(Operator::softplus, Operator::decay_exp);

std::string title_of(OperatorSet ops) {
  std::string title;
  ops.for_each([&](Operator op) {
    if (op == Operator::lm_head) return;
    title += (title.empty() ? "" : "; ") + std::string(operator_doc(op));
  });
  return title;
}

/// What one unit does in a layer: its sections in the order in which the graph fires them.
void compute(FunctionBuilder& b, const Unit& unit, ActorId actor) {
  const OperatorSet ops = unit.operators();
  b.f.title = title_of(ops);
  const auto has = [&](Operator op) { return ops.contains(op); };
  if (has(Operator::norm)) norm_section(b, Operator::norm);
  if (has(Operator::in_hadamard)) hadamard_section(b, Operator::in_hadamard);
  const OperatorSet first(Operator::norm, Operator::in_hadamard, Operator::lm_head);
  const bool guard = b.f.head && !first.includes(ops);
  if (guard) b.f.body += "      if (layer < LAYERS) {  // the turn of the head has nothing of this\n";
  if (has(Operator::in_proj)) matrix_section(b);
  if (ops.intersects(kParts)) parts_section(b, ops, b.a.tiles(actor));
  if (ops.intersects(kScalars)) scalars_section(b, ops);
  if (has(Operator::delta_b)) delta_b_section(b);
  if (ops.intersects(kSsm)) ssm_section(b, ops);
  if (has(Operator::gated_norm)) norm_section(b, Operator::gated_norm);
  if (has(Operator::out_hadamard)) hadamard_section(b, Operator::out_hadamard);
  if (has(Operator::out_hadamard2)) hadamard_section(b, Operator::out_hadamard2);
  if (has(Operator::residual)) residual_section(b);
  if (guard) b.f.body += "      }\n";
  const OperatorSet matrix(Operator::in_proj, Operator::out_proj, Operator::lm_head);
  if (has(Operator::in_proj) && !matrix.includes(ops))
    throw Infeasible("no HLS for this design: unit " + unit.name() + " projects and does something else");
}

void memory(FunctionBuilder& b, std::string_view name) {
  if (name == "weight_dma") {
    b.f.title = "Weights of in_proj and out_proj from memory";
    weight_dma_section(b);
  } else if (name == "conv_dma_in" || name == "conv_dma_out") {
    b.f.title = name == "conv_dma_in" ? "The convolution's history and weights from memory"
                                      : "The convolution's history to memory";
    conv_dma_section(b, name == "conv_dma_out");
  } else {
    b.f.title = name == "state_dma_in" ? "The recurrent state from memory" : "The recurrent state to memory";
    state_dma_section(b, name == "state_dma_out");
  }
}

void end_of_stream(FunctionBuilder& b, bool start) {
  b.f.once = true;
  const bool head = !start && b.a.head();
  const std::string wire = start ? "embedding" : head ? "logits" : "last";
  const std::int64_t beats =
      head ? b.a.head_columns() * b.a.g.vocab : b.a.g.columns * b.a.g.blocks * b.a.g.d_model;
  b.f.title = start  ? "The tokens' embeddings from the host"
              : head ? "The logits to the host"
                     : "The residual stream after the last layer to the host";
  (start ? b.f.outputs : b.f.inputs).push_back(wire);
  b.f.memories.push_back({wire + "_memory", !start, 0, beats, b.f.name});
  b.section(start ? "embedding.mustache" : "sink.mustache", Values()
                                                                .set("ii", b.wires.named(wire).word)
                                                                .set("head", head)
                                                                .set("columns", b.a.head_columns())
                                                                .set("words", b.a.g.vocab / b.a.g.head_unit));
}

}  // namespace

std::string MemoryPortUse::memory_image() const {
  if (name.starts_with("weights_memory")) return "weights" + name.substr(14) + ".bin";
  if (name == "conv_weights_memory") return "conv_weights.bin";
  if (name.starts_with("conv_state")) return "conv_state_start.bin";
  if (name.starts_with("state_")) return "state_start.bin";
  return "";
}

std::vector<Function> make_functions(const Accelerator& a, const Wires& wires, const MatrixPlan& matrix) {
  std::vector<Function> all;
  FunctionBuilder first{a, wires, matrix, {}};
  first.f.name = a.embedding;
  end_of_stream(first, true);
  all.push_back(std::move(first.f));
  for (std::size_t i = 0; i < a.graph.actors.size(); ++i) {
    const Actor& actor = a.graph.actors[i];
    FunctionBuilder b{a, wires, matrix, {}};
    b.f.name = a.actors[i];
    b.f.actor = static_cast<ActorId>(i);
    switch (actor.kind) {
      case ActorKind::compute:
        compute(b, a.design.units[actor.unit], b.f.actor);
        break;
      case ActorKind::host:
        end_of_stream(b, false);
        break;
      default:
        memory(b, actor.name);
    }
    if (actor.kind == ActorKind::compute &&
        a.design.units[actor.unit].operators() == OperatorSet(Operator::lm_head))
      continue;
    all.push_back(std::move(b.f));
  }
  if (a.state_on_chip()) {
    FunctionBuilder b{a, wires, matrix, {}};
    b.f.name = a.state_buffer;
    b.f.title = "The recurrent state of all layers, on chip";
    b.f.once = b.f.reset = true;
    b.in("h_out");
    b.out("h_in");
    const Wire& wire = wires.named("h_out");
    b.section("state_buffer.mustache", Values().set("words", wire.count).set("lag", wire.depth));
    all.push_back(std::move(b.f));
  }
  return all;
}

}  // namespace statelane::hls
