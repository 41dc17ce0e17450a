// SPDX-License-Identifier: Apache-2.0
#include "explore/space/problem.h"

#include "explore/space/point_evaluator.h"

#include "explore/space/source_versions.h"
#include "models/evaluate/experiment_fields.h"
#include "models/memory/dram_fields.h"

namespace statelane {
namespace {

/// What decides which designs a sweep has, under which index, and what they come to: not how many of them to
/// simulate, nor what is wanted of them.
std::string hash_of(const SweepDocument& sweep, const DesignSpace& space, const std::string& constants) {
  JsonValue json = JsonValue::array();
  SweepDocument same = sweep;
  same.note.clear();
  same.budget = {};
  same.seed = 0;
  same.references.clear();
  same.objectives.clear();
  json.push_back(to_json(same));
  for (const Experiment& e : space.bases())
    json.push_back(e.resolved).push_back(to_json(e.board)).push_back(to_json(e.dram));
  json.push_back(constants);
  json.push_back(std::string(model_version()));
  return content_hash(canonical_text(json));
}

std::string constants_hash_of(const FabricConstants& c) {
  std::string bytes;
  for (const FamilyCosts& family : c.families)
    bytes.append(family.name).append(reinterpret_cast<const char*>(&family.costs), sizeof family.costs);
  for (const StaticPower& p : c.static_power) bytes += p.device + to_text(JsonValue(p.power.count()), -1);
  return content_hash(bytes);
}

}  // namespace

std::unique_ptr<const Problem> Problem::load(const Catalog& catalog, const UnitRegistry& registry,
                                             const SweepFile& file, Diagnostics& diagnostics) {
  auto problem = std::make_unique<Problem>();
  problem->sweep_ = file.sweep;
  problem->name_ = file.name;
  std::optional<FabricConstants> constants = load_fabric_constants(catalog, "fabric", diagnostics);
  problem->space_ = DesignSpace::load(catalog, registry, file, diagnostics);
  if (!constants || !problem->space_) return nullptr;
  problem->constants_ = std::move(*constants);
  problem->constants_hash_ = constants_hash_of(problem->constants_);
  problem->hash_ = hash_of(file.sweep, *problem->space_, problem->constants_hash_);
  const std::size_t before = diagnostics.error_count();
  check_conditions(*problem->space_, diagnostics);
  if (diagnostics.error_count() != before) return nullptr;
  PointEvaluator(*problem).compile(diagnostics, file.json);
  if (diagnostics.error_count() != before) return nullptr;
  return problem;
}

}  // namespace statelane
