// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "explore/space/sweep.h"
#include "models/evaluate/experiment.h"

namespace statelane {

/// Digits of a point, one an axis.
using Digits = std::vector<std::uint32_t>;

/// One value of a resolved axis.
struct AxisValue {
  std::string label;                                         ///< in tables
  double number = std::numeric_limits<double>::quiet_NaN();  ///< in expressions, base unit
  std::vector<std::pair<std::string, JsonValue>> set;        ///< by JSON pointer
  std::map<std::string, double> numbers;
};

struct Axis {
  std::string name;
  std::vector<AxisValue> values;
  std::string when;
  SourcePosition when_at;
  bool numeric = false;     ///< every value is a number, so that expressions may use the axis' name
  bool structural = false;  ///< its values change more than numbers and names inside the design
};

/// A sweep's space: every combination of its axes' values, each with an index (mixed radix, the last axis
/// fastest). An axis that a point's `when` switches off has digit 0 there: other digits would say the same
/// design again, and are no points.
///
/// Axes that change numbers inside the design are typed: a cursor sets them in place. Others (board, network,
/// a memory of another kind) are structural: the experiment is read once for each combination of them, the
/// "bases".
class DesignSpace {
 public:
  /// Resolves a sweep. Nothing, with every problem added, on failure.
  [[nodiscard]] static std::optional<DesignSpace> load(const Catalog& catalog, const UnitRegistry& registry,
                                                       const SweepFile& file, Diagnostics& diagnostics);

  [[nodiscard]] const std::string& experiment() const { return experiment_; }
  [[nodiscard]] const std::vector<Axis>& axes() const { return axes_; }
  /// Indices: the product of the axes' sizes.
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] Digits digits(std::uint64_t index) const;
  void digits(std::uint64_t index, Digits& out) const;
  [[nodiscard]] std::uint64_t index(const Digits& digits) const;
  /// How far the index goes on when that axis' digit does.
  [[nodiscard]] std::uint64_t stride(std::size_t axis) const { return strides_[axis]; }

  [[nodiscard]] const std::vector<Experiment>& bases() const { return bases_; }
  [[nodiscard]] std::size_t base_of(const Digits& digits) const;
  /// The names expressions may use for parameters, in the order of a cursor's values.
  [[nodiscard]] const std::vector<std::string>& parameter_names() const { return parameters_; }

  /// What makes the base experiment this point: "/pointer=value" for `statelane simulate --set`.
  [[nodiscard]] std::vector<std::string> settings(const Digits& digits,
                                                  const std::vector<bool>& active) const;

 private:
  bool resolve_axes(const SweepFile& file, const Experiment& base, Diagnostics& diagnostics);
  bool load_bases(const Catalog& catalog, const UnitRegistry& registry, const SweepFile& file,
                  Diagnostics& diagnostics);
  void name_parameters();

  std::string experiment_;
  std::vector<std::string> shared_settings_;
  std::vector<Axis> axes_;
  std::vector<std::uint64_t> strides_;
  std::uint64_t size_ = 1;
  std::vector<Experiment> bases_;
  std::vector<std::uint32_t> base_strides_;  ///< by axis; 0 for typed ones
  std::vector<std::string> parameters_;
};

/// The extents of a network that expressions may use, with their values.
[[nodiscard]] std::vector<std::pair<std::string, double>> network_numbers(const Mamba2Shape& network);

/// The scalar inside an experiment that `pointer` names ("/design/clock", "/design/units/mmu/inputs",
/// "/phase/length"); codec == nullptr if setting it means more than changing that scalar.
[[nodiscard]] Slot typed_slot(Experiment& experiment, std::string_view pointer);

}  // namespace statelane
