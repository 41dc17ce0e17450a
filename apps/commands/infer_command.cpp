// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "apps/commands/commands.h"
#include "apps/commands/model_input.h"
#include "models/base/json.h"

namespace statelane {
namespace {

struct Options {
  std::string model;
  std::string tokens;
  std::string scheme;
  std::string calibration;
  std::string arithmetic = "float";
  std::string out;
  bool bytes = false;
  bool json = false;
};

void run(const Options& o) {
  const ModelWeights weights = load_model(o.model);
  const Scheme scheme = o.scheme.empty() ? reference_scheme() : find_scheme(Catalog::standard(), o.scheme);
  const std::vector<std::int64_t> tokens = read_tokens(o.tokens, o.bytes);
  if (tokens.empty()) throw InputError(o.tokens + ": holds no token");
  check_tokens({tokens}, weights.dims, o.tokens);
  CalibrationText calibration;
  if (scheme.needs_calibration())
    calibration = read_calibration(o.model, o.calibration, 2048, 16, weights.dims);
  const Candidate model = value_of<ModelArithmetic>(o.arithmetic) == ModelArithmetic::integer
                              ? integer_candidate(weights, scheme, calibration)
                              : float_candidate(weights, scheme, calibration);
  const std::vector<float> logits = model.run(tokens, nullptr);
  const std::size_t vocab = weights.dims.vocab;
  SafetensorsWriter writer;
  writer.add("input_ids", {tokens.size()}, std::span<const std::int64_t>(tokens));
  writer.add("logits", {tokens.size(), vocab}, logits);
  writer.set_metadata("scheme", model.name);
  writer.write(o.out);
  const auto last = std::span(logits).last(vocab);
  const auto best = std::max_element(last.begin(), last.end()) - last.begin();
  if (o.json) {
    JsonValue result = JsonValue::object();
    result.set("scheme", model.name).set("tokens", static_cast<std::int64_t>(tokens.size()));
    result.set("vocab", static_cast<std::int64_t>(vocab))
        .set("next_token", static_cast<std::int64_t>(best))
        .set("out", o.out);
    std::cout << to_text(result) << "\n";
  } else {
    std::cout << model.name << ": logits of " << tokens.size() << " tokens x " << vocab << " in " << o.out
              << ", most likely next token " << best << "\n";
  }
}

}  // namespace

void add_infer_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("infer", "Run a language model under a quantisation scheme");
  command->add_option("model", options->model, "Directory with config.json and model.safetensors")
      ->required();
  command->add_option("--tokens", options->tokens, "Tokens: whole numbers, as text or a JSON array")
      ->required();
  command->add_flag("--bytes", options->bytes, "Every byte of the tokens file is a token");
  command->add_option("--scheme", options->scheme,
                      "Scheme: a file or a name of `statelane list schemes` (default: float)");
  command->add_option("--calibration", options->calibration,
                      "Text for static scales (default MODELDIR/calib.bin)");
  command
      ->add_option(
          "--arithmetic", options->arithmetic,
          "\"float\": quantised values in float operators; \"integer\": the scheme's bit-exact integer model")
      ->capture_default_str()
      ->check(CLI::IsMember({"float", "integer"}));
  command->add_option("--out", options->out, "Safetensors file for the logits [tokens, vocab]")->required();
  command->add_flag("--json", options->json, "Print a summary as JSON");
  command->footer(
      "Example: statelane infer tests/data/models/tiny-mamba2-en --tokens prompt.txt --bytes "
      "--scheme configs/schemes/lightmamba-w4a4.json --out logits.safetensors");
  command->callback([options] { run(*options); });
}

}  // namespace statelane
