// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/base/catalog.h"
#include "models/base/fields.h"

/// A sweep file as written: what is varied, what is allowed, what is wanted. docs/explore.md shows examples.
namespace statelane {

/// Evenly spaced values, or powers of two; quantities carry their unit ("200 MHz"), the same in all three.
struct AxisRange {
  JsonValue from;
  JsonValue to;
  JsonValue step;
};

/// One value of an axis that changes several things together: a precision, a memory, a scheme.
struct AxisChoice {
  std::string name;
  std::map<std::string, JsonValue> set;   ///< values by JSON pointer
  std::map<std::string, double> numbers;  ///< what expressions and objectives may read, e.g. a measured loss
  std::string source;                     ///< where the numbers come from
};

struct SweepAxis {
  std::string name;
  std::string pointer;                ///< what is varied
  std::vector<std::string> pointers;  ///< further places that take the same value
  std::vector<JsonValue> values;
  std::optional<AxisRange> range;
  std::optional<AxisRange> powers_of_two;
  std::string divisors_of;  ///< expression over the network
  std::optional<std::int64_t> from;
  std::optional<std::int64_t> to;
  std::vector<AxisChoice> choices;
  std::string when;  ///< expression over other axes; where it is 0 the axis is not varied
};

enum class Direction : std::uint8_t { minimize, maximize };
template <>
struct DescribeEnum<Direction> {
  static constexpr EnumName<Direction> names[] = {{Direction::minimize, "min", "less is better"},
                                                  {Direction::maximize, "max", "more is better"}};
};

struct Objective {
  std::string figure;
  Direction direction = Direction::minimize;
  bool operator==(const Objective&) const = default;
};

struct SweepBudget {
  std::int64_t simulations = 0;  ///< at most; 0: no limit
  std::int64_t points = 0;       ///< random: designs drawn
  std::int64_t population = 40;  ///< nsga2
  std::int64_t generations = 25;
  Seconds simulation_time{600};  ///< processor time of one simulation
  Bytes simulation_memory{std::int64_t{8} << 30};
};

/// A design to compare with, which plots and tables show among the explored ones: "marks" in the file.
struct ReferencePoint {
  std::string name;
  std::string experiment;
};

struct SweepDocument {
  std::string note;
  std::string experiment;
  std::map<std::string, JsonValue> settings;
  std::vector<SweepAxis> axes;
  std::vector<std::string> constraints;
  std::vector<Objective> objectives;
  bool allow_oversize = false;
  SweepBudget budget;
  std::int64_t seed = 1;
  std::vector<ReferencePoint> references;
};

template <>
struct Describe<AxisRange> {
  static const Table<AxisRange>& table();
};
template <>
struct Describe<AxisChoice> {
  static const Table<AxisChoice>& table();
};
template <>
struct Describe<SweepAxis> {
  static const Table<SweepAxis>& table();
};
template <>
struct Describe<Objective> {
  static const Table<Objective>& table();
};
template <>
struct Describe<SweepBudget> {
  static const Table<SweepBudget>& table();
};
template <>
struct Describe<ReferencePoint> {
  static const Table<ReferencePoint>& table();
};
template <>
struct Describe<SweepDocument> {
  static const Table<SweepDocument>& table();
};

/// A sweep file with the JSON it was read from, for positions in diagnostics.
struct SweepFile {
  SweepDocument sweep;
  JsonValue json;
  std::string name;
};

/// Finds and reads a sweep (kind "sweeps") by name or path.
[[nodiscard]] std::optional<SweepFile> load_sweep(const Catalog& catalog, const std::string& reference,
                                                  Diagnostics& diagnostics);

}  // namespace statelane
