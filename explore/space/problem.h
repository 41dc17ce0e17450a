// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "explore/space/space.h"
#include "explore/space/sweep.h"
#include "models/units/fabric/fabric_constants.h"

namespace statelane {

/// A sweep, resolved and checked: its space, what is wanted, and the constants of the models. Shared by all
/// threads, which only read it.
class Problem {
 public:
  /// Reads and checks everything a sweep names: axes, conditions, constraints, objectives. Nothing, with all
  /// problems added, on failure.
  [[nodiscard]] static std::unique_ptr<const Problem> load(const Catalog& catalog,
                                                           const UnitRegistry& registry,
                                                           const SweepFile& file, Diagnostics& diagnostics);

  [[nodiscard]] const SweepDocument& sweep() const { return sweep_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const DesignSpace& space() const { return *space_; }
  [[nodiscard]] const FabricConstants& constants() const { return constants_; }
  /// Hash of the space, its constraints, the base experiments, constants and models: equal hashes are the
  /// same designs under the same indices, with the same figures.
  [[nodiscard]] const std::string& hash() const { return hash_; }
  /// Hash of all constants of resources and energy.
  [[nodiscard]] const std::string& constants_hash() const { return constants_hash_; }

 private:
  friend class PointEvaluator;
  SweepDocument sweep_;
  std::string name_;
  std::optional<DesignSpace> space_;
  FabricConstants constants_;
  std::string hash_;
  std::string constants_hash_;
};

}  // namespace statelane
