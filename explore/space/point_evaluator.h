// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "explore/space/contender.h"
#include "explore/space/cursor.h"
#include "explore/space/design_evaluator.h"
#include "explore/space/problem.h"

namespace statelane {

/// Evaluates points of a problem. One object a thread.
class PointEvaluator {
 public:
  explicit PointEvaluator(const Problem& problem);
  PointEvaluator(const PointEvaluator&) = delete;
  PointEvaluator& operator=(const PointEvaluator&) = delete;

  enum class Verdict : std::uint8_t {
    no_point,  ///< the index says a design again that another index says
    refused,   ///< illegal, too large, or against a constraint; why() says which
    good,
  };
  /// Goes to a point and evaluates it in closed form. Where it is good, vector() is optimistic.
  Verdict evaluate(std::uint64_t index);
  [[nodiscard]] Legality why() const { return why_; }
  [[nodiscard]] const Contender& vector() const { return vector_; }
  [[nodiscard]] const Figures& figures() const { return figures_; }

  /// After evaluate(): takes the figures of its simulation. False if they are against a constraint.
  bool take(const SimulatedRun& run);

  [[nodiscard]] const DesignCursor& cursor() const { return cursor_; }
  [[nodiscard]] const DesignEvaluator& closed_form() const { return closed_form_; }
  /// Total violation of constraints and board after the last evaluate() of any verdict but no_point: 0 where
  /// there is none, 1 for each broken constraint, by excess for resources; infinite for illegal designs.
  [[nodiscard]] double violation() const { return violation_; }

 private:
  struct Constraint {
    Expression expression;
    bool parameters_only;
    bool closed_form;  ///< may be judged by optimistic figures
  };
  struct Aim {
    const double* value;
    bool maximize;
  };
  bool obeys(bool parameters_only, bool simulated);
  void fill_vector();

  friend class Problem;
  /// Compiles constraints and objectives against the cursor's symbols.
  void compile(Diagnostics& diagnostics, const JsonValue& json);

  const Problem& problem_;
  DesignCursor cursor_;
  DesignEvaluator closed_form_;
  Figures figures_{};
  std::vector<Constraint> constraints_;
  std::vector<Aim> aims_;
  Legality why_ = Legality::legal;
  double violation_ = 0;
  Contender vector_;
};

}  // namespace statelane
