// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/experiment_check.h"

#include "models/evaluate/design_rules.h"
#include "models/evaluate/lowering.h"

namespace statelane {
namespace {

/// Position of the value at `pointer` in `json`, or of the nearest object above it.
SourcePosition position(const JsonValue& json, const std::string& pointer) {
  if (const JsonValue* value = find_pointer(json, pointer)) return value->where();
  const std::size_t slash = pointer.rfind('/');
  const JsonValue* parent = slash == 0 ? &json : find_pointer(json, pointer.substr(0, slash));
  return parent != nullptr ? parent->where(pointer.substr(slash + 1)) : json.where();
}

/// What lower() says as a refusal: of the unit of the operator it begins with ("conv: ..."), if it does.
Refusal of_lowering(const std::string& why, const Design& design) {
  Refusal refusal = *refusal_from(why);
  const std::optional<Operator> op = operator_named(refusal.what);
  const int unit = op ? design.unit_of(*op) : -1;
  if (unit >= 0)
    refusal.pointer = "/units/" + pointer_escape(design.units[static_cast<std::size_t>(unit)].name());
  return refusal;
}

}  // namespace

std::vector<Refusal> refusals_of(const Experiment& e) {
  rules::Findings found;
  rules::check_design(e, found);
  if (!found.all.empty()) return std::move(found.all);
  Graph graph;
  if (std::string why = lower(e.design, e.network, e.phase, graph); !why.empty()) {
    found.all.push_back(of_lowering(why, e.design));
    return std::move(found.all);
  }
  rules::check_weight_buffer(e, graph, found);
  return std::move(found.all);
}

void check_experiment(const Experiment& e, const JsonValue& design, const SourcePosition& named_at,
                      Diagnostics& diagnostics) {
  rules::Findings found;
  rules::check_design(e, found);  // all that there is, beside what was found before
  if (diagnostics.ok() && found.all.empty()) found.all = refusals_of(e);
  for (const Refusal& r : found.all)
    diagnostics.add(r.at(r.pointer.empty() ? named_at : position(design, r.pointer)));
}

}  // namespace statelane
