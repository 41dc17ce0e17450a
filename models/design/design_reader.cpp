// SPDX-License-Identifier: Apache-2.0
#include "models/design/design_reader.h"

#include <algorithm>
#include <array>

#include "models/base/catalog.h"
#include "models/design/design_fields.h"

namespace statelane {
namespace {

const std::vector<std::string>& header_keys() {
  static const std::vector<std::string> keys = Describe<UnitHeader>::table().keys();
  return keys;
}

std::vector<std::string> operator_names() {
  std::vector<std::string> names;
  for (int i = 0; i < operator_count; ++i) names.emplace_back(operator_name(static_cast<Operator>(i)));
  return names;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& n : names) text += (text.empty() ? "" : ", ") + n;
  return text;
}

/// Owner of each operator while the units are read.
using Owners = std::array<std::string, operator_count>;

OperatorSet read_operators(const JsonValue& json, const std::string& unit, const UnitHeader& header,
                           const UnitModel& model, Owners& owners, Diagnostics& diagnostics) {
  OperatorSet set;
  const JsonValue* list = json.find("operators");
  for (std::size_t i = 0; i < header.operators.size(); ++i) {
    const SourcePosition where =
        list != nullptr && list->is_array() ? list->items()[i].where() : json.where();
    const std::string& name = header.operators[i];
    const std::optional<Operator> op = operator_named(name);
    if (!op) {
      diagnostics.error(where, "unknown operator", '"' + name + '"', joined(operator_names()),
                        nearest_hint(name, operator_names()));
      continue;
    }
    if (!model.supports().contains(*op)) {
      std::vector<std::string> possible;
      for (int k = 0; k < operator_count; ++k) {
        if (model.supports().contains(static_cast<Operator>(k))) {
          possible.emplace_back(operator_name(static_cast<Operator>(k)));
        }
      }
      diagnostics.error(where,
                        "a unit of kind " + std::string(model.kind()) + " cannot execute this operator",
                        '"' + name + '"', joined(possible));
      continue;
    }
    std::string& owner = owners[static_cast<std::size_t>(*op)];
    if (!owner.empty()) {
      diagnostics.error(where, "operator is already executed by unit \"" + owner + '"', '"' + name + '"');
      continue;
    }
    owner = unit;
    set.insert(*op);
  }
  return set;
}

void read_units(const JsonValue& json, const UnitRegistry& registry, Design& design,
                Diagnostics& diagnostics) {
  if (!json.is_object()) {
    diagnostics.error(json.where(), "units must be an object of units by name", json.show(), "an object");
    return;
  }
  Owners owners;
  for (const JsonMember& member : json.members()) {
    const JsonValue& value = member.value;
    const JsonValue* kind = value.find("kind");
    std::unique_ptr<UnitModel> model;
    if (kind != nullptr && kind->is_string()) {
      model = registry.make(kind->as_string());
      if (!model) {
        diagnostics.error(kind->where(), "unknown kind of unit", kind->show(), joined(registry.kinds()),
                          nearest_hint(kind->as_string(), registry.kinds()));
        continue;
      }
    }
    UnitHeader header;
    const std::vector<std::string> parameter_keys =
        model ? model->table().keys() : std::vector<std::string>{};
    if (!Describe<UnitHeader>::table().read(value, &header, diagnostics, {parameter_keys}) || !model)
      continue;
    model->table().read(value, model->parameters(), diagnostics, {header_keys()});
    const OperatorSet ops = read_operators(value, member.key, header, *model, owners, diagnostics);
    design.units.emplace_back(member.key, header.component.empty() ? member.key : header.component, ops,
                              std::move(model));
  }
}

}  // namespace

std::optional<Design> read_design(const JsonValue& json, const UnitRegistry& registry,
                                  Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.error_count();
  DesignDocument document;
  read(json, document, diagnostics);
  if (const JsonValue* units = json.find("units")) read_units(*units, registry, document, diagnostics);
  if (document.name.empty()) document.name = name_from_path(json.where().file);
  for (std::size_t i = 0; i < document.memory.ports.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (document.memory.ports[k].name == document.memory.ports[i].name) {
        const JsonValue* port = find_pointer(json, "/memory/ports/" + std::to_string(i) + "/name");
        diagnostics.error(port != nullptr ? port->where() : json.where(), "two ports have this name",
                          '"' + document.memory.ports[i].name + '"');
      }
    }
  }
  if (diagnostics.error_count() != before) return std::nullopt;
  return Design(static_cast<const Design&>(document));
}

JsonValue design_to_json(const Design& design) {
  DesignDocument document;
  static_cast<Design&>(document) = design;
  document.unit_list = JsonValue::object();
  for (const Unit& unit : design.units) {
    UnitHeader header;
    header.kind = unit.model().kind();
    header.component = unit.component();
    for (int i = 0; i < operator_count; ++i) {
      const auto op = static_cast<Operator>(i);
      if (unit.operators().contains(op)) header.operators.emplace_back(operator_name(op));
    }
    JsonValue json = to_json(header);
    const JsonValue parameters = unit.model().table().write(unit.model().parameters());
    for (const JsonMember& member : parameters.members()) json.set(member.key, member.value);
    document.unit_list.set(unit.name(), std::move(json));
  }
  return to_json(document);
}

}  // namespace statelane
