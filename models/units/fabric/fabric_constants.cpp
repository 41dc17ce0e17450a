// SPDX-License-Identifier: Apache-2.0
#include "models/units/fabric/fabric_constants.h"

#include <stdexcept>

#include "models/units/fabric/fabric_constants_fields.h"

namespace statelane {
namespace {

/// A section's constants written over those already there, with unit and presence of each checked.
FabricDocument over(FabricDocument base, const JsonValue& section, Diagnostics& diagnostics) {
  if (!section.is_object()) {
    diagnostics.error(section.where(), "a section of constants is an object", section.show(), "an object");
    return base;
  }
  Describe<FabricDocument>::table().read(section, &base, diagnostics);
  return base;
}

void check_unit(const JsonValue& section, const char* key, const char* member, const std::string& found,
                const char* expected, Diagnostics& diagnostics) {
  const JsonValue* constant = section.find(key);
  if (constant != nullptr && found != expected) {
    diagnostics.error(constant->where(member), std::string("wrong ") + member + " of a constant",
                      '"' + found + '"', std::string("\"") + expected + '"');
  }
}

void check_units(const JsonValue& section, const FabricDocument& values, Diagnostics& diagnostics) {
  for (const BlockField& f : block_fields()) {
    check_unit(section, f.key, "per", (values.*f.document).per, f.per, diagnostics);
  }
  for (const NumberField& f : number_fields()) {
    check_unit(section, f.key, "unit", (values.*f.document).unit, f.unit, diagnostics);
  }
}

void missing(const JsonValue& family, const char* key, Diagnostics& diagnostics) {
  diagnostics.error(family.where(),
                    std::string("constant '") + key + "' is neither common nor of this family");
}

/// Plain numbers of a family; energies are brought from 28 nm to its node.
FabricCosts costs_of(const FabricDocument& values, const JsonValue& family, Diagnostics& diagnostics) {
  FabricCosts costs;
  for (const BlockField& f : block_fields()) {
    const SourcedBlock& block = values.*f.document;
    if (block.source.empty()) missing(family, f.key, diagnostics);
    costs.*f.cost = {block.lut, block.ff, block.dsp, block.bram18, 0};
  }
  for (const NumberField& f : number_fields()) {
    const SourcedNumber& number = values.*f.document;
    if (number.source.empty()) missing(family, f.key, diagnostics);
    costs.*f.cost = number.value;
  }
  const double scale = energy_scale(costs.node_nm, costs.core_voltage);
  for (double FabricCosts::*energy :
       {&FabricCosts::energy_lut, &FabricCosts::energy_ff, &FabricCosts::energy_dsp,
        &FabricCosts::energy_clock_ff, &FabricCosts::energy_bram18, &FabricCosts::energy_uram,
        &FabricCosts::energy_lutram_bit, &FabricCosts::energy_port_bit}) {
    costs.*energy *= scale;
  }
  return costs;
}

}  // namespace

double energy_scale(double node_nm, double core_voltage) {
  return node_nm / 28.0 * core_voltage * core_voltage;
}

const FabricCosts& FabricConstants::family(std::string_view family_name) const {
  for (const FamilyCosts& f : families)
    if (f.name == family_name) return f.costs;
  throw std::out_of_range("no constants of FPGA family '" + std::string(family_name) + "'");
}

std::optional<FabricConstants> read_fabric_constants(const JsonValue& json,
                                                     const std::vector<FamilyJson>& families,
                                                     Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.error_count();
  FabricConstantsDocument document;
  if (!read(json, document, diagnostics)) return std::nullopt;
  FabricConstants constants;
  constants.hash = content_hash(canonical_text(json));
  constants.static_power = document.static_power;
  const JsonValue& common = *json.find("common");
  const FabricDocument shared = over({}, common, diagnostics);
  check_units(common, shared, diagnostics);
  for (const FamilyJson& family : families) {
    const FabricDocument values = over(shared, family.json, diagnostics);
    check_units(family.json, values, diagnostics);
    constants.families.push_back({family.name, costs_of(values, family.json, diagnostics)});
    constants.hash = content_hash(constants.hash + family.name + canonical_text(family.json));
  }
  if (diagnostics.error_count() != before) return std::nullopt;
  return constants;
}

std::vector<FamilyJson> read_families(const Catalog& catalog, Diagnostics& diagnostics) {
  std::vector<FamilyJson> families;
  for (const std::string& name : catalog.names("families")) {
    std::optional<JsonValue> json = catalog.read("families", name, {}, diagnostics);
    if (json) families.push_back({name, std::move(*json)});
  }
  return families;
}

std::optional<FabricConstants> load_fabric_constants(const Catalog& catalog, std::string_view reference,
                                                     Diagnostics& diagnostics, const SourcePosition& from) {
  const std::optional<JsonValue> json = catalog.read("calibration", reference, from, diagnostics);
  if (!json) return std::nullopt;
  std::optional<FabricConstants> constants =
      read_fabric_constants(*json, read_families(catalog, diagnostics), diagnostics);
  if (constants) constants->name = name_from_path(json->where().file);
  return constants;
}

Watts static_power(const FabricConstants& constants, const Board& board) {
  for (const StaticPower& s : constants.static_power) {
    if (s.device == board.device) return s.power;
  }
  return Watts(constants.family(board.family).static_per_klut * static_cast<double>(board.resources.lut) /
               1000.0);
}

}  // namespace statelane
