// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "models/base/json.h"
#include "tests/source_folder.h"

namespace statelane::testing {

using Figures = std::map<std::string, double>;

/// A published point with figures for resources or power (configs/validation/published.json).
struct PublishedRow {
  std::string id;
  std::string experiment;
  Figures measured;
  Figures resources;
  std::map<std::string, Figures> components;
};

inline Figures figures_of(const JsonValue* json) {
  Figures figures;
  if (json == nullptr) return figures;
  for (const JsonMember& m : json->members()) {
    if (m.value.is_number()) figures[m.key] = m.value.as_number();
  }
  return figures;
}

inline std::vector<PublishedRow> published_rows() {
  Diagnostics d;
  const std::optional<JsonValue> json =
      read_json_file(source_folder() + "/configs/validation/published.json", d);
  std::vector<PublishedRow> rows;
  if (!json) return rows;
  for (const JsonValue& point : json->find("points")->items()) {
    PublishedRow row;
    row.id = point.find("id")->as_string();
    row.experiment = point.find("experiment")->as_string();
    row.measured = figures_of(point.find("measured"));
    row.resources = figures_of(point.find("resources"));
    if (const JsonValue* components = point.find("components")) {
      for (const JsonMember& m : components->members()) row.components[m.key] = figures_of(&m.value);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace statelane::testing
