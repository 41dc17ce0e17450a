// SPDX-License-Identifier: Apache-2.0
#include "apps/reports/published.h"

#include <cmath>
#include <filesystem>
#include <limits>

namespace statelane {

const Table<PublishedPoint>& Describe<PublishedPoint>::table() {
  using P = PublishedPoint;
  static const Table<P> t =
      Table<P>("published_point", "A published design and its figures.")
          .field("id", &P::id, "Name of the point")
          .required()
          .field("experiment", &P::experiment, "Experiment that describes it")
          .required()
          .field("design", &P::design, "Design")
          .field("network", &P::network, "Network")
          .field("phase", &P::phase, "Phase")
          .field("source", &P::source, "Publication and table")
          .required()
          .field("tolerance", &P::tolerance, "Relative tolerance of speed")
          .range(0.0, 1.0)
          .field("measured", &P::measured, "Measured figures by result key")
          .field("energy_tolerance", &P::energy_tolerance, "Relative tolerance of power and energy")
          .range(0.0, 1.0)
          .field("resources", &P::resources, "Resources of the whole design")
          .field("resources_tolerance", &P::resources_tolerance, "Relative tolerance of resources")
          .range(0.0, 1.0)
          .field("components", &P::components, "Resources by component")
          .field("components_tolerance", &P::components_tolerance, "Relative tolerance of a component")
          .range(0.0, 1.0);
  return t;
}

const Table<Baseline>& Describe<Baseline>::table() {
  using B = Baseline;
  static const Table<B> t =
      Table<B>("baseline", "A processor the publications compare with.")
          .field("device", &B::device, "Device")
          .required()
          .field("precision", &B::precision, "Number format")
          .field("network", &B::network, "Network")
          .field("phase", &B::phase, "Phase")
          .field("throughput_tokens_per_s", &B::throughput_tokens_per_s, "Tokens a second")
          .field("efficiency_tokens_per_j", &B::efficiency_tokens_per_j, "Tokens a joule")
          .field("source", &B::source, "Publication and table")
          .required();
  return t;
}

const Table<SeriesRow>& Describe<SeriesRow>::table() {
  using R = SeriesRow;
  static const Table<R> t = Table<R>("series_row", "A row of a published table or figure.")
                                .field("label", &R::label, "What the publication calls it")
                                .required()
                                .field("experiment", &R::experiment, "Experiment that describes it")
                                .required();
  return t;
}

const Table<PublishedSeries>& Describe<PublishedSeries>::table() {
  using S = PublishedSeries;
  static const Table<S> t =
      Table<S>("published_series", "A published table or figure that the simulator covers.")
          .field("title", &S::title, "What it shows")
          .required()
          .field("source", &S::source, "Publication and table or figure")
          .required()
          .field("note", &S::note, "Free text")
          .field("rows", &S::rows, "Its rows or points, in order")
          .required();
  return t;
}

const Table<Published>& Describe<Published>::table() {
  using P = Published;
  static const Table<P> t = Table<P>("published", "Published figures the simulator is compared with.")
                                .field("note", &P::note, "Free text")
                                .field("points", &P::points, "Published designs")
                                .required()
                                .field("baselines", &P::baselines, "Processors compared with")
                                .field("series", &P::series, "Published tables and figures to reproduce");
  return t;
}

std::optional<Published> load_published(const Catalog& catalog, const std::string& reference,
                                        Diagnostics& diagnostics) {
  const std::optional<JsonValue> json = catalog.read("validation", reference, {}, diagnostics);
  Published published;
  if (!json || !read(*json, published, diagnostics)) return std::nullopt;
  return published;
}

bool ComparedFigure::within() const {
  if (std::isnan(simulated)) return false;
  return published == 0 ? simulated == 0 : std::abs(error()) <= tolerance;
}

std::vector<ComparedFigure> compare_figures(const PublishedPoint& p, const JsonValue& result) {
  std::vector<ComparedFigure> rows;
  const auto add = [&](const std::string& key, double published, double tolerance) {
    const JsonValue* value = find_pointer(result, "/" + key);
    rows.push_back({key, published,
                    value != nullptr && value->is_number() ? value->as_number()
                                                           : std::numeric_limits<double>::quiet_NaN(),
                    tolerance});
  };
  for (const auto& [key, value] : p.measured) {
    const bool energy = key.find("power") != std::string::npos || key.find("_j") != std::string::npos;
    add(key, value, energy ? p.energy_tolerance : p.tolerance);
  }
  for (const auto& [key, value] : p.resources) add("resources/" + key, value, p.resources_tolerance);
  for (const auto& [component, values] : p.components) {
    for (const auto& [key, value] : values)
      add("components/" + component + "/" + key, value, p.components_tolerance);
  }
  return rows;
}

const PublishedPoint* point_of(const Published& published, const std::string& experiment,
                               const std::vector<std::string>& settings) {
  if (!settings.empty()) return nullptr;
  const std::string name = std::filesystem::path(experiment).stem().string();
  for (const PublishedPoint& p : published.points) {
    if (p.experiment == experiment || p.experiment == name) return &p;
  }
  return nullptr;
}

}  // namespace statelane
