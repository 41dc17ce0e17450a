// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "models/base/catalog.h"
#include "models/base/fields.h"
#include "models/units/fabric/fabric_costs.h"

namespace statelane {

/// What one block of models/units/*/*.sv takes, by synthesis.
struct SynthesisPoint {
  std::string block;
  std::map<std::string, double> parameters;
  std::map<std::string, double> sites;  ///< lut, ff, dsp, bram18, uram
};

/// configs/calibration/synthesis/FAMILY.json, as tools/calibrate.py writes it.
struct SynthesisRun {
  std::string family;
  std::string tool;  ///< with its version
  std::vector<SynthesisPoint> points;
};

template <>
struct Describe<SynthesisPoint> {
  static const Table<SynthesisPoint>& table();
};
template <>
struct Describe<SynthesisRun> {
  static const Table<SynthesisRun>& table();
};

[[nodiscard]] std::optional<SynthesisRun> load_synthesis(const Catalog& catalog, const std::string& family,
                                                         Diagnostics& diagnostics);

/// What the structure of a block, in the terms of Circuit that designs are estimated with, takes. Throws
/// std::invalid_argument for a block without one.
[[nodiscard]] Resources structure_of(const SynthesisPoint& point, const FabricCosts& costs);

/// How well the structure says what synthesis takes, for one block and kind of resource.
struct BlockError {
  std::string block;
  std::string site;          ///< lut, ff, dsp, bram18, uram
  std::size_t points = 0;    ///< those that have any
  double factor = 1;         ///< that fits all of them best: near 1 if the structure is right
  double structure = 0;      ///< largest relative error of the structure as it is
  double leave_one_out = 0;  ///< of the structure times the factor fitted on the other points
  std::string worst;         ///< the point of it
};

/// Every block and kind of resource of a run that the structure has something to say about. Factors are
/// fitted by least squares of relative errors: k = sum(p) / sum(p^2), p = structure / synthesis.
[[nodiscard]] std::vector<BlockError> block_errors(const SynthesisRun& run, const FabricCosts& costs);

}  // namespace statelane
