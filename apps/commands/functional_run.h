// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "models/evaluate/experiment.h"
#include "models/evaluate/simulation.h"
#include "models/graph/graph.h"
#include "models/numerics/scheme.h"

namespace statelane {

/// What a schedule's firings compute, and what they should have: in float, or in the integers of a scheme.
class CarriedData;

/// The data of a real model carried through a simulation, and compared with the model itself afterwards.
class FunctionalRun final : public FiringObserver {
 public:
  /// Carries the model of `directory` (config.json and model.safetensors) in float or, with a scheme, the
  /// codes of the scheme's integer-exact model, whose scales come from `directory`/calib.bin. Throws
  /// InputError, also for a scheme without integer arithmetic or one that does not fit the design.
  FunctionalRun(const Experiment& experiment, const std::string& directory,
                const std::optional<Scheme>& scheme);
  FunctionalRun(const FunctionalRun&) = delete;
  FunctionalRun& operator=(const FunctionalRun&) = delete;
  ~FunctionalRun() override;

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
  /// After the run. The sums do not depend on the tiling, so logits are equal to the bit but, in float, for
  /// online rotations, whose rounding may differ by `tolerance`.
  [[nodiscard]] Comparison compare() const;
  static constexpr double tolerance = 1e-4;

  /// "fp32", or the scheme's name.
  [[nodiscard]] const std::string& arithmetic() const { return arithmetic_; }

 private:
  std::string arithmetic_;
  std::unique_ptr<CarriedData> data_;
  FiringObserver* next_ = nullptr;
};

}  // namespace statelane
