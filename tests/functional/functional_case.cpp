// SPDX-License-Identifier: Apache-2.0
#include "tests/functional/functional_case.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/evaluate/lowering.h"
#include "tests/source_folder.h"

namespace statelane::test {
namespace {

Catalog shipped() {
  return Catalog({source_folder() + "/configs"});
}

bool rotates(const Design& design) {
  return design.unit_of(Operator::in_hadamard) >= 0 || design.unit_of(Operator::out_hadamard) >= 0;
}

/// The convolution's columns that later tokens need; the oldest of the reference's is not kept by the
/// hardware.
std::vector<float> recent(const ModelDims& m, const std::vector<float>& conv) {
  return {conv.begin() + static_cast<std::ptrdiff_t>(m.conv_channels()), conv.end()};
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double d = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
    if (!(d <= worst)) worst = d;
  }
  return worst;
}

double largest(const std::vector<float>& v) {
  double most = 1e-30;
  for (const float x : v) most = std::max(most, std::abs(static_cast<double>(x)));
  return most;
}

}  // namespace

std::vector<std::string> hadamard_settings(const std::string& design, std::size_t d_inner) {
  if (design.find("lightmamba") == std::string::npos) return {};
  if (design.ends_with("norot") || design.ends_with("w4a16") || design.ends_with("fp16")) return {};
  const std::string first = std::to_string(d_inner / 4);
  // The settings must be legal for the network the design is read with, of d_inner 5120, too.
  return {"/design/units/htu_fht/points=" + first, "/design/units/htu_matrix/within=" + first,
          "/design/units/htu_matrix/points=" + std::to_string(5120 * 4 / d_inner)};
}

Case::Case(const std::string& design_name, const std::string& network,
           const std::vector<std::string>& settings) {
  Diagnostics diagnostics;
  const auto loaded = load_network(shipped(), data_path("golden/" + network).string(), diagnostics);
  throw_if_errors(diagnostics);
  shape = loaded.value();
  // Any shipped experiment serves to read a design with settings; a network on which all of them are legal.
  std::vector<std::string> all{"/design=" + design_name, "/network=mamba2-2.7b", "/phase/kind=decode"};
  std::vector<std::string> units = hadamard_settings(design_name, static_cast<std::size_t>(shape.d_inner()));
  all.insert(all.end(), units.begin(), units.end());
  all.insert(all.end(), settings.begin(), settings.end());
  const auto experiment = load_experiment(
      shipped(), builtin_units(), {"lightmamba-vck190-w4a4-decode-2.7b", std::move(all)}, diagnostics);
  throw_if_errors(diagnostics);
  design = experiment->design;
  dram = experiment->dram;
  memory_channels = experiment->memory()->channels;
}

std::vector<std::int64_t> some_tokens(std::size_t sequence, std::int64_t count, std::size_t vocab) {
  std::vector<std::int64_t> tokens;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto n = static_cast<std::size_t>(i) * 37 + sequence * 101 + 11;
    tokens.push_back(static_cast<std::int64_t>(n * n % vocab));
  }
  return tokens;
}

Reference reference_run(const Mamba2Model& model, const Case& c, const Phase& phase,
                        const FunctionalInput& input) {
  ForwardOptions options;
  if (c.design.unit_of(Operator::delta_x) >= 0) options.input_product = InputProduct::kDtX;
  const std::size_t vocab = model.dims().vocab;
  Reference r;
  for (std::size_t q = 0; q < input.tokens.size(); ++q) {
    r.caches.push_back(input.caches.empty() ? model.make_cache() : input.caches[q]);
  }
  if (phase.kind == PhaseKind::prefill) {
    for (std::size_t q = 0; q < input.tokens.size(); ++q) {
      const std::vector<float> all = model.forward(input.tokens[q], r.caches[q], options);
      r.logits.emplace_back(all.end() - static_cast<std::ptrdiff_t>(vocab), all.end());
    }
    return r;
  }
  std::vector<std::vector<std::int64_t>> tokens = input.tokens;
  for (std::size_t pass = 0; pass < static_cast<std::size_t>(phase.length); ++pass) {
    for (std::size_t q = 0; q < tokens.size(); ++q) {
      r.logits.push_back(model.forward(std::span(&tokens[q][pass], 1), r.caches[q], options));
      const std::vector<float>& l = r.logits.back();
      if (tokens[q].size() == pass + 1) tokens[q].push_back(std::max_element(l.begin(), l.end()) - l.begin());
    }
  }
  return r;
}

double relative_error(const std::vector<std::vector<float>>& wanted,
                      const std::vector<functional::PassLogits>& actual) {
  if (wanted.size() != actual.size()) return std::numeric_limits<double>::infinity();
  double worst = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const double error = largest_difference(wanted[i], actual[i].values) / largest(wanted[i]);
    if (!(error <= worst)) worst = error;
  }
  return worst;
}

Outcome run_case(const Case& c, const Phase& phase, const Mamba2Model& model, const FunctionalInput& input,
                 void (*damage)(Graph&)) {
  Graph graph;
  Outcome outcome;
  outcome.problem = lower(c.design, c.shape, phase, graph);
  if (!outcome.problem.empty()) return outcome;
  outcome.problem = check_consistency(graph);
  if (!outcome.problem.empty()) return outcome;
  if (damage != nullptr) damage(graph);
  FunctionalModel functional(graph, c.design, c.shape, phase, model, input);
  try {
    outcome.problem = run_untimed(graph, &functional).deadlock;
  } catch (const TileError& e) {
    outcome.problem = e.what();
  }
  if (outcome.problem.empty()) outcome.problem = functional.leftovers();
  outcome.logits = functional.logits();
  for (std::size_t q = 0; q < input.tokens.size(); ++q) outcome.caches.push_back(functional.cache(q));
  return outcome;
}

void expect_reference(const Case& c, const Phase& phase, const Mamba2Model& model,
                      const FunctionalInput& input, const std::string& what) {
  const Reference wanted = reference_run(model, c, phase, input);
  const Outcome got = run_case(c, phase, model, input);
  ASSERT_EQ(got.problem, "") << what;
  // Rounding of the folded rotation: some 1e-7 a product, grown by the layers.
  const double tolerance = rotates(c.design) ? 2e-5 : 0.0;
  EXPECT_LE(relative_error(wanted.logits, got.logits), tolerance) << what;
  for (std::size_t q = 0; q < wanted.caches.size(); ++q) {
    for (std::size_t i = 0; i < wanted.caches[q].layers.size(); ++i) {
      const LayerCache& a = wanted.caches[q].layers[i];
      const LayerCache& b = got.caches[q].layers[i];
      EXPECT_LE(largest_difference(a.state, b.state), tolerance * largest(a.state))
          << what << ", state " << i;
      const std::vector<float> conv = recent(model.dims(), a.conv);
      EXPECT_LE(largest_difference(conv, recent(model.dims(), b.conv)), tolerance * largest(conv))
          << what << ", convolution " << i;
    }
  }
}

}  // namespace statelane::test
