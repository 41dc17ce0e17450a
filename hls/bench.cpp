// SPDX-License-Identifier: Apache-2.0
// The C test bench, and the data it reads.
#include <bit>
#include <cstring>

#include "hls/memory_images.h"
#include "hls/names.h"
#include "hls/project_parts.h"
#include "models/numerics/integer_model.h"

namespace statelane::hls {
namespace {

template <class T>
std::string bytes_of(const std::vector<T>& values) {
  std::string out(values.size() * sizeof(T), '\0');
  std::memcpy(out.data(), values.data(), out.size());
  return out;
}

/// Some tokens, the same every time.
std::vector<std::int64_t> some_tokens(std::size_t n, std::size_t vocab) {
  std::vector<std::int64_t> tokens;
  std::uint64_t x = 88172645463325252ULL;  // xorshift64 (Marsaglia 2003)
  for (std::size_t i = 0; i < n; ++i) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    tokens.push_back(static_cast<std::int64_t>(x % vocab));
  }
  return tokens;
}

}  // namespace

std::string Project::hash() const {
  return content_hash(to_text(a.experiment.resolved) + a.scheme.name);
}

void Project::bench(Files& files) const {
  std::vector<Values> list;
  const bool state_in = a.memory_actor("state_dma_in") != no_id;
  std::vector<std::string> arguments;
  std::vector<Values> constant;
  for (const MemoryPortUse& m : memories) {
    std::string buffer = m.name;
    if (m.name.find("weights_memory") != std::string::npos)
      constant.push_back(
          Values().set("name", m.name).set("NAME", upper(m.name)).set("file", m.memory_image()));
    if (m.name == "state_in" || m.name == "state_out") buffer = "state";
    if (m.name == "conv_state_in" || m.name == "conv_state_out") buffer = "conv_state";
    if (m.name == "embedding_memory") buffer = "&embedding[run * RUN_ELEMENTS]";
    if (m.name == "last_memory") buffer = "last";
    if (m.name == "logits_memory") buffer = "last";
    arguments.push_back(buffer.starts_with("&") ? buffer : buffer + ".data()");
  }
  std::string call;
  for (const std::string& one : arguments) call += one + ", ";
  const StateLayout s = a.state_on_chip() ? StateLayout() : state_layout(a, wires);
  const ConvLayout c = conv_layout(a);
  Values v;
  v.set("banner", banner())
      .set("call", call + "parameters.data(), run == 0 ? 1 : 0")
      .set("fixed", a.fixed())
      .set("constant", constant)
      .set("state_memory", !a.state_on_chip())
      .set("history_memory", !a.conv_on_chip())
      .set("both", !a.state_on_chip() && !a.conv_on_chip())
      .set("kept", a.state_on_chip() || a.conv_on_chip())
      .set("state_in", state_in);
  v.set("elements", a.g.columns * a.g.blocks * a.g.d_model)
      .set("columns", a.g.columns * a.g.blocks)
      .set("vocab", a.g.vocab)
      .set("head", a.head())
      .set("results", a.head() ? a.head_columns() * a.g.vocab : a.g.columns * a.g.blocks * a.g.d_model)
      .set("logit_columns", a.head() ? a.head_columns() : a.g.columns * a.g.blocks);
  v.set("state_beats", s.head_beats() * a.g.heads * a.g.layers)
      .set("head_beats", s.head_beats())
      .set("header_beats", s.header_beats)
      .set("words", s.words);
  v.set("word", s.word)
      .set("shifts", s.shifts)
      .set("code_bits", s.code_bits)
      .set("lanes_per_word", s.lanes_per_word)
      .set("beats_per_word", s.beats_per_word)
      .set("words_per_beat", s.words_per_beat);
  v.set("block", wires.named("h_out").block).set("port_lanes", s.port_lanes);
  v.set("conv_units", c.units * a.g.layers)
      .set("history_beats", c.history_beats)
      .set("history_codes", c.history_codes)
      .set("history_bits", c.history_bits);
  v.set("history_code_lanes", c.history_code_lanes)
      .set("history_shifts", c.history_shifts)
      .set("history_block",
           static_cast<std::int64_t>(std::max<std::size_t>(1, a.format(Tap::kConvIn).block)));
  v.set("conv_port_lanes", c.port_lanes);
  files["tb/testbench.cpp"] = render("testbench.mustache", v);
  std::string sources;
  for (const Function& f : functions) sources += " src/" + f.name + ".cpp";
  files["Makefile"] =
      render("makefile.mustache", Values().set("banner", "#" + banner().substr(2)).set("sources", sources));
}

Files make_data(const Accelerator& a, const IntegerModel& model, const ProjectOptions& options) {
  const Project project(a, options);
  Files files;
  if (model.dims().d_model != a.dims.d_model || model.dims().layers != a.dims.layers ||
      model.dims().vocab != a.dims.vocab || model.dims().d_inner != a.dims.d_inner ||
      model.dims().d_state != a.dims.d_state || model.dims().headdim != a.dims.headdim)
    throw InputError("the model has other sizes than network \"" + a.experiment.network_name + "\"");
  const std::vector<MemoryImage> weights = by_port(pack_weights(a, project.matrix, model), project.matrix);
  for (const MemoryPortUse& m : project.memories) {
    if (m.name.starts_with("weights_memory"))
      files["data/" + m.memory_image()] =
          bytes_of(weights[static_cast<std::size_t>(std::max<std::int64_t>(0, m.channel))]);
  }
  if (!a.conv_on_chip()) files["data/conv_weights.bin"] = bytes_of(pack_conv_weights(a, model));
  files["data/parameters.bin"] = bytes_of(pack_parameters(a, project.parameters, model));

  // A run takes the next token of every sequence, or a whole prompt.
  const auto sequences = static_cast<std::size_t>(a.sequences());
  const std::size_t of_run = static_cast<std::size_t>(a.g.columns * a.g.blocks) / sequences;
  const std::size_t runs = a.g.sequence ? 1 : options.runs;
  // What is kept on chip starts at zero.
  const std::size_t prompt = a.g.sequence || a.state_on_chip() || a.conv_on_chip() ? 0 : options.prompt;
  const std::size_t each = prompt + runs * of_run;
  const std::vector<std::int64_t> tokens = some_tokens(sequences * each, model.dims().vocab);
  Caches caches;
  const auto add_states = [&](const std::string& when) {
    if (!a.state_on_chip())
      files["data/state_" + when + ".bin"] = bytes_of(pack_state(a, project.wires, caches));
    if (!a.conv_on_chip()) files["data/conv_state_" + when + ".bin"] = bytes_of(pack_conv_state(a, caches));
  };
  for (std::size_t s = 0; s < sequences; ++s) {
    caches.push_back(model.make_cache());
    if (prompt > 0) static_cast<void>(model.forward(std::span(tokens).subspan(s * each, prompt), caches[s]));
  }
  add_states("start");
  std::string embedding;
  std::vector<float> logits;
  for (std::size_t run = 0; run < runs; ++run) {
    for (std::size_t s = 0; s < sequences; ++s) {
      const auto taken = std::span(tokens).subspan(s * each + prompt + run * of_run, of_run);
      for (const std::int64_t token : taken) {
        IntegerToken t(model.dims());
        model.embed(token, t);
        embedding += a.fixed() ? bytes_of(t.residual_float) : bytes_of(t.residual);
      }
      std::vector<float> made = model.forward(taken, caches[s]);
      if (a.head() && a.g.sequence)  // of a prompt's last token alone
        made.erase(made.begin(), made.end() - static_cast<std::ptrdiff_t>(a.g.vocab));
      logits.insert(logits.end(), made.begin(), made.end());
    }
  }
  files["data/embedding.bin"] = embedding;
  files["data/logits.bin"] = bytes_of(logits);
  add_states("end");
  if (a.head()) return files;
  files["data/final_norm.bin"] = bytes_of(model.folded().final_norm);
  files["data/head.bin"] = bytes_of(model.folded().head_matrix());
  return files;
}

}  // namespace statelane::hls
