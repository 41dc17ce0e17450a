// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "models/base/catalog.h"
#include "models/base/fields.h"
#include "models/design/board.h"
#include "models/units/fabric/fabric_costs.h"

namespace statelane {

/// A number of configs/calibration/ with where it comes from.
struct SourcedNumber {
  double value = 0;
  std::string unit;    ///< checked against the unit the constant has
  std::string source;  ///< document, synthesis run, or "fitted on ..."
  bool operator==(const SourcedNumber&) const = default;
};

/// A block of configs/calibration/: resources an instance (a lane, a bit ...), with where they come from.
struct SourcedBlock {
  double lut = 0;
  double ff = 0;
  double dsp = 0;
  double bram18 = 0;
  std::string per;  ///< what it is counted for; checked
  std::string source;
  bool operator==(const SourcedBlock&) const = default;
};

using FabricDocument = FamilyConstants<SourcedNumber, SourcedBlock>;

/// Power of a device that is configured but does nothing.
struct StaticPower {
  std::string device;  ///< as Board::device
  Watts power{0};
  std::string source;
  bool operator==(const StaticPower&) const = default;
};

/// configs/calibration/*.json as written: what all families share, and the devices. What differs by family is
/// in configs/families/FAMILY.json, a FabricDocument each.
struct FabricConstantsDocument {
  JsonValue common;
  std::vector<StaticPower> static_power;
};

/// A family's constants by its name.
struct FamilyCosts {
  std::string name;
  FabricCosts costs;  ///< energies already at the family's node
};

/// All constants of resources and energy. Plain numbers: estimating reads no strings, but for a device's
/// static power.
struct FabricConstants {
  std::string name;
  std::string hash;                   ///< of the files' content
  std::vector<FamilyCosts> families;  ///< sorted by name
  std::vector<StaticPower> static_power;

  /// The constants of a board's family; load_board() has seen that there are some. Throws std::out_of_range.
  [[nodiscard]] const FabricCosts& family(std::string_view family_name) const;
};

template <>
struct Describe<SourcedNumber> {
  static const Table<SourcedNumber>& table();
};
template <>
struct Describe<SourcedBlock> {
  static const Table<SourcedBlock>& table();
};
template <>
struct Describe<FabricDocument> {
  static const Table<FabricDocument>& table();
};
template <>
struct Describe<StaticPower> {
  static const Table<StaticPower>& table();
};
template <>
struct Describe<FabricConstantsDocument> {
  static const Table<FabricConstantsDocument>& table();
};

/// A family's file.
struct FamilyJson {
  std::string name;
  JsonValue json;
};

/// Reads the constants from JSON: each family is the common section with its own over it. Every constant
/// must be there and have a source. Nothing, with errors added, on failure.
[[nodiscard]] std::optional<FabricConstants> read_fabric_constants(const JsonValue& json,
                                                                   const std::vector<FamilyJson>& families,
                                                                   Diagnostics& diagnostics);

/// All families of a catalog, sorted by name: a new one is a new file.
[[nodiscard]] std::vector<FamilyJson> read_families(const Catalog& catalog, Diagnostics& diagnostics);

/// Finds and reads constants (kind "calibration") by name or path, with all families.
[[nodiscard]] std::optional<FabricConstants> load_fabric_constants(const Catalog& catalog,
                                                                   std::string_view reference,
                                                                   Diagnostics& diagnostics,
                                                                   const SourcePosition& from = {});

/// Dynamic energy of the family's node from one at 28 nm and 1.0 V: capacitance follows the feature size,
/// energy is C V^2, so the factor is (node / 28 nm) (V / 1 V)^2. It is 1 for 7 series, 0.41 for UltraScale+
/// (16 nm, 0.85 V) and 0.16 for Versal (7 nm, 0.80 V).
[[nodiscard]] double energy_scale(double node_nm, double core_voltage);

/// Static power of a board's device: its own figure, or by area, static_per_klut for every thousand LUTs.
[[nodiscard]] Watts static_power(const FabricConstants& constants, const Board& board);

}  // namespace statelane
