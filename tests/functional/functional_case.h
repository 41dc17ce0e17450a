// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/evaluate/experiment.h"
#include "models/functional/functional_model.h"
#include "tests/numerics/golden_case.h"

namespace statelane::test {

/// Unit parameters that fit a small network's d_inner: LightMamba's Hadamard stages are made for 128 x 40.
[[nodiscard]] std::vector<std::string> hadamard_settings(const std::string& design, std::size_t d_inner);

/// A shipped design on a small network: its tile sizes are cut to the network's.
struct Case {
  Design design;
  Mamba2Shape shape;
  DramSpec dram;  ///< of the design's board
  std::int64_t memory_channels = 1;

  /// `network`: a folder of tests/data/golden. `settings`: of the experiment whose design this is.
  Case(const std::string& design_name, const std::string& network,
       const std::vector<std::string>& settings = {});
};

/// What the reference model gives, in the design's order of delta, B and x.
struct Reference {
  std::vector<std::vector<float>> logits;  ///< as PassLogits come out
  std::vector<ModelCache> caches;          ///< by sequence
};
[[nodiscard]] Reference reference_run(const Mamba2Model& model, const Case& c, const Phase& phase,
                                      const FunctionalInput& input);

/// The first `count` tokens of some text, for sequence `sequence`.
[[nodiscard]] std::vector<std::int64_t> some_tokens(std::size_t sequence, std::int64_t count,
                                                    std::size_t vocab);

/// Largest difference of two lists of logits over the largest logit; infinity where sizes differ or a value
/// is no number.
[[nodiscard]] double relative_error(const std::vector<std::vector<float>>& wanted,
                                    const std::vector<functional::PassLogits>& actual);

struct Outcome {
  std::vector<functional::PassLogits> logits;
  std::vector<ModelCache> caches;
  std::string problem;  ///< deadlock, schedule error or leftovers
};
/// Lowers the case, lets `damage` change the graph, and runs it on data with the untimed executor.
[[nodiscard]] Outcome run_case(const Case& c, const Phase& phase, const Mamba2Model& model,
                               const FunctionalInput& input, void (*damage)(Graph&) = nullptr);

/// Runs and compares with the reference: same bits where the design has no online rotation, otherwise within
/// `tolerance` of the largest logit. States too.
void expect_reference(const Case& c, const Phase& phase, const Mamba2Model& model,
                      const FunctionalInput& input, const std::string& what);

}  // namespace statelane::test
