// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "models/experiment/experiment.h"
#include "models/functional/functional_model.h"
#include "sim/activity.h"

namespace ssmscope {

/// The data of a real model carried through a simulation, and compared with the reference model afterwards.
class FunctionalRun final : public FiringObserver {
 public:
  /// Loads the model of `directory` (config.json and model.safetensors). Throws InputError.
  FunctionalRun(const Experiment& experiment, const std::string& directory);

  /// Starts carrying data through `graph`; `next` also sees the firings, if not null.
  void start(const Graph& graph, FiringObserver* next);
  void fired(ActorId actor, FiringId firing, Femtoseconds start, Femtoseconds end,
             Femtoseconds visible) override;

  struct Comparison {
    std::size_t logits = 0;  ///< vectors compared
    double error = 0;        ///< largest difference over the largest logit
    bool equal_bits = false;
    std::string problem;  ///< tiles left over, or logits that differ by more than `tolerance`
  };
  /// After the run. The sums do not depend on the tiling, so logits are equal to the bit but for online
  /// rotations, whose rounding may differ by `tolerance`.
  [[nodiscard]] Comparison compare() const;
  static constexpr double tolerance = 1e-4;

 private:
  const Experiment& experiment_;
  Mamba2Model model_;
  FunctionalInput input_;
  std::unique_ptr<FunctionalModel> run_;
  FiringObserver* next_ = nullptr;
};

}  // namespace ssmscope
