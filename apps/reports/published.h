// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/base/catalog.h"
#include "models/base/fields.h"

namespace statelane {

/// A published design and its figures, with the experiment that describes it.
struct PublishedPoint {
  std::string id;
  std::string experiment;
  std::string design;
  std::string network;
  std::string phase;
  std::string source;
  std::map<std::string, double> measured;
  std::map<std::string, double> resources;
  std::map<std::string, std::map<std::string, double>> components;
  double tolerance = 0.05;
  double energy_tolerance = 0.10;
  double resources_tolerance = 0.15;
  double components_tolerance = 0.30;
};

/// A processor the papers compare with.
struct Baseline {
  std::string device;
  std::string precision;
  std::string network;
  std::string phase;
  double throughput_tokens_per_s = 0;
  double efficiency_tokens_per_j = 0;
  std::string source;
};

/// A row of a published table or figure, as an experiment.
struct SeriesRow {
  std::string label;
  std::string experiment;
};

/// A published table or figure that the simulator covers, printed values or not.
struct PublishedSeries {
  std::string title;
  std::string source;
  std::string note;
  std::vector<SeriesRow> rows;
};

struct Published {
  std::string note;
  std::vector<PublishedPoint> points;
  std::vector<Baseline> baselines;
  std::vector<PublishedSeries> series;
};

template <>
struct Describe<PublishedPoint> {
  static const Table<PublishedPoint>& table();
};
template <>
struct Describe<Baseline> {
  static const Table<Baseline>& table();
};
template <>
struct Describe<SeriesRow> {
  static const Table<SeriesRow>& table();
};
template <>
struct Describe<PublishedSeries> {
  static const Table<PublishedSeries>& table();
};
template <>
struct Describe<Published> {
  static const Table<Published>& table();
};

/// Finds and reads a file of published points (kind "validation").
[[nodiscard]] std::optional<Published> load_published(const Catalog& catalog, const std::string& reference,
                                                      Diagnostics& diagnostics);

/// One published figure beside the simulator's.
struct ComparedFigure {
  std::string
      key;  ///< "resources/lut", "components/linear/ff" or "throughput_tokens_per_s": a path in the result
  double published = 0;
  double simulated = 0;  ///< NaN if the result lacks it
  double tolerance = 0;

  [[nodiscard]] double error() const { return simulated / published - 1; }
  /// A published zero (no UltraRAM, no BRAM in a component) must be met exactly.
  [[nodiscard]] bool within() const;
};
/// Every figure of a point against a result as evaluation_json() gives it.
[[nodiscard]] std::vector<ComparedFigure> compare_figures(const PublishedPoint& point,
                                                          const JsonValue& result);

/// The point that an experiment describes, if it was not changed; nullptr otherwise.
[[nodiscard]] const PublishedPoint* point_of(const Published& published, const std::string& experiment,
                                             const std::vector<std::string>& settings);

}  // namespace statelane
