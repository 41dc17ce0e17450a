// SPDX-License-Identifier: Apache-2.0
#include "explore/store/stored_problem.h"

namespace statelane {

std::unique_ptr<const Problem> load_problem(const Catalog& catalog, const UnitRegistry& registry,
                                            const RunRecord& run, Diagnostics& diagnostics) {
  const std::optional<JsonValue> json = parse_json(run.document, run.sweep, diagnostics);
  if (!json) return nullptr;
  SweepFile file{{}, *json, run.sweep};
  if (!read(file.json, file.sweep, diagnostics)) return nullptr;
  return Problem::load(catalog, registry, file, diagnostics);
}

}  // namespace statelane
