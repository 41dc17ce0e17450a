// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

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
  struct Source {
    std::string model;             ///< folder with config.json and model.safetensors
    std::optional<Scheme> scheme;  ///< float without one
    std::string prompt;  ///< file of tokens, as many for each sequence, one after the other; empty: any
  };
  /// Carries the model in float or, with a scheme, the codes of the scheme's integer-exact model, whose
  /// scales come from calib.bin in the model's folder. Throws InputError, also for a scheme without integer
  /// arithmetic or one that does not fit the design, and for a prompt of another length than the phase.
  FunctionalRun(const Experiment& experiment, const Source& source);
  FunctionalRun(const FunctionalRun&) = delete;
  FunctionalRun& operator=(const FunctionalRun&) = delete;
  ~FunctionalRun() override;

  /// Starts carrying data through `graph`; `next` also sees the firings, if not null.
  void start(const Graph& graph, FiringObserver* next);
  void fired(ActorId actor, FiringId firing, Femtoseconds start, Femtoseconds end,
             Femtoseconds visible) override;

  struct Comparison {
    std::size_t logits = 0;   ///< vectors that the run made
    std::size_t tokens = 0;   ///< tokens whose logits were compared
    std::size_t states = 0;   ///< states of a layer of a sequence that were compared
    double error = 0;         ///< largest difference of a logit over the largest logit
    double state_error = 0;   ///< the same of the states
    bool equal_bits = false;  ///< of logits and states
    std::string problem;      ///< tiles left over, or values that differ by more than `tolerance`
  };
  /// After the run: the logits it made, those of every token fed, and the states it left. The sums do not
  /// depend on the tiling, so they are equal to the bit but, in float, for online rotations, whose rounding
  /// may differ by `tolerance`.
  [[nodiscard]] Comparison compare() const;
  static constexpr double tolerance = 1e-4;

  /// Writes "input_ids" [sequences, tokens] and "logits" [sequences, tokens, vocab] as safetensors.
  void write_logits(const std::string& path) const;

  /// "fp32", or the scheme's name.
  [[nodiscard]] const std::string& arithmetic() const { return arithmetic_; }

 private:
  std::string arithmetic_;
  std::unique_ptr<CarriedData> data_;
  FiringObserver* next_ = nullptr;
};

}  // namespace statelane
