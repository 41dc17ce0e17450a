// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>
#include <thread>

#include "apps/commands/commands.h"
#include "apps/commands/model_input.h"
#include "apps/reports/accuracy_report.h"
#include "apps/reports/accuracy_tables.h"
#include "models/numerics/accuracy.h"
#include "models/numerics/operator_error.h"

namespace statelane {
namespace {

struct Options {
  std::string model;
  std::string text;
  std::vector<std::string> schemes;
  std::string calibration;
  std::size_t calibration_windows = 16;
  std::size_t window = 2048;
  std::size_t windows = 0;
  std::size_t threads = 0;
  std::string out;
  std::string plot;
  std::string arithmetic = "float";
  bool each_alone = false;
  bool operators = false;
  bool nonlinear = false;
  bool ranges = false;
  bool pairs = false;
  bool json = false;
};

/// "37/200 windows, 12 s left" on one line of stderr that rewrites itself.
class Progress {
 public:
  void operator()(std::size_t done, std::size_t total) {
    const auto elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    const double left = elapsed * static_cast<double>(total - done) / static_cast<double>(done);
    std::fprintf(stderr, "\r%zu/%zu window runs, %.0f s left   ", done, total, left);
    if (done == total) std::fprintf(stderr, "\n");
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Errors of the linear layers on the text's windows.
void run_operators(const Options& options, const ModelWeights& weights, const CalibrationText& calibration,
                   const CalibrationText& windows) {
  std::vector<std::pair<std::string, OperatorErrors>> rows;
  for (const std::string& path : options.schemes) {
    const Scheme scheme = find_scheme(Catalog::standard(), path);
    rows.emplace_back(scheme.name, measure_operator_errors(weights, scheme, calibration, windows));
  }
  const std::string json = operator_json(rows);
  if (!options.out.empty()) write_text(options.out, json);
  std::cout << (options.json ? json : operator_table(rows));
}

/// Tables of the schemes' arithmetic.
void run_tables(const Options& options, const ModelWeights& weights, const CalibrationText& calibration,
                const CalibrationText& windows) {
  std::vector<Scheme> schemes;
  for (const std::string& path : options.schemes) schemes.push_back(find_scheme(Catalog::standard(), path));
  if (options.nonlinear) std::cout << nonlinear_table(schemes);
  if (!options.ranges) return;
  for (const Scheme& scheme : schemes)
    std::cout << range_table(IntegerModel(weights, scheme, calibration), windows) << "\n";
}

void run(const Options& options) {
  const ModelWeights weights = load_model(options.model);
  const CalibrationText calibration = read_calibration(options.model, options.calibration, options.window,
                                                       options.calibration_windows, weights.dims);
  const std::size_t count = options.windows == 0 ? std::size_t(-1) : options.windows;
  const auto windows = windows_of(read_bytes(options.text), options.window, count);
  check_tokens(windows, weights.dims, options.text);
  if (options.operators) return run_operators(options, weights, calibration, windows);
  if (options.ranges || options.nonlinear) return run_tables(options, weights, calibration, windows);
  std::vector<Candidate> candidates;
  const ModelArithmetic arithmetic = *value_of<ModelArithmetic>(options.arithmetic);  // CLI11 has checked it
  for (const std::string& path : options.schemes) {
    const Scheme scheme = find_scheme(Catalog::standard(), path);
    if (options.each_alone) {
      for (const Scheme& part : parts_of(scheme))
        candidates.push_back(float_candidate(weights, part, calibration));
      continue;
    }
    if (arithmetic != ModelArithmetic::integer)
      candidates.push_back(float_candidate(weights, scheme, calibration));
    if (arithmetic != ModelArithmetic::floating && scheme.integer != IntegerArithmetic::kNone) {
      candidates.push_back(integer_candidate(weights, scheme, calibration));
    }
  }
  if (candidates.empty()) throw InputError("none of the schemes defines integer arithmetic");
  const Candidate reference = float_candidate(weights, reference_scheme(), {});

  const std::size_t threads =
      options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  Progress progress;
  const auto scores = measure_accuracy(reference, candidates, windows, threads,
                                       [&](std::size_t done, std::size_t total) { progress(done, total); });

  const std::string json = accuracy_json(scores, options.model, options.text);
  if (!options.out.empty()) write_text(options.out, json);
  if (!options.plot.empty()) plot_accuracy(scores, options.plot);
  if (options.json) {
    std::cout << json;
    return;
  }
  std::cout << accuracy_table(scores);
  if (options.pairs) std::cout << "\n" << pairs_table(scores);
}

}  // namespace

void add_accuracy_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("accuracy", "Accuracy of quantisation schemes on a text");
  command->add_option("model", options->model, "Directory with config.json and model.safetensors")
      ->required();
  command->add_option("--text", options->text, "Text to judge on; a byte is a token")->required();
  command->add_option("--scheme", options->schemes, "Scheme files, or names of `statelane list schemes`")
      ->required();
  command->add_option("--calibration", options->calibration,
                      "Text for static scales (default MODELDIR/calib.bin)");
  command->add_option("--calibration-windows", options->calibration_windows, "Windows of it to use")
      ->capture_default_str();
  command->add_option("--window", options->window, "Tokens of an independent window")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{2}, std::size_t{1} << 24));
  command->add_option("--windows", options->windows, "Judge only the first N windows (0 = all)");
  command->add_option("--threads", options->threads, "Worker threads (0 = one a core)");
  command
      ->add_option("--arithmetic", options->arithmetic,
                   "\"float\": quantised values in float operators; \"integer\": bit-exact integer model, "
                   "for schemes that "
                   "define one; \"both\"")
      ->capture_default_str()
      ->check(CLI::IsMember({"float", "integer", "both"}));
  command->add_flag("--operators", options->operators,
                    "Instead of the text's loss print the error each linear layer makes on exact inputs");
  command->add_flag("--nonlinear", options->nonlinear,
                    "Instead print the largest errors of the schemes' approximated functions");
  command->add_flag(
      "--ranges", options->ranges,
      "Instead print the bits each accumulator of the integer models needed on the text, and saturation");
  command->add_flag("--pairs", options->pairs,
                    "Also print the paired difference of every two schemes with its standard error");
  command->add_flag("--each-alone", options->each_alone,
                    "Judge each thing a scheme quantises by itself, the rest in float");
  command->add_option("--out", options->out, "Write the result as JSON");
  command->add_option("--plot", options->plot, "Draw error by layer and bits per token (.svg, .png or .pdf)");
  command->add_flag("--json", options->json, "Print JSON instead of the table");
  command->footer(
      "Example: statelane accuracy tests/data/models/tiny-mamba2-en --text "
      "tests/data/models/tiny-mamba2-en/eval.bin "
      "--scheme configs/schemes/rtn-w4a4.json configs/schemes/lightmamba-w4a4.json");
  command->callback([options] { run(*options); });
}

}  // namespace statelane
