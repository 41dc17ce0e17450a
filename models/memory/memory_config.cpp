// SPDX-License-Identifier: Apache-2.0
#include "models/memory/memory_config.h"

#include <stdexcept>

#include "models/memory/address_map.h"
#include "models/memory/dram_fields.h"

namespace statelane {

std::optional<DramSpec> load_memory(const Catalog& catalog, std::string_view reference,
                                    Diagnostics& diagnostics, const SourcePosition& from) {
  const std::optional<std::string> path = catalog.find("memories", reference, from, diagnostics);
  if (!path) return std::nullopt;
  const std::optional<JsonValue> json = read_json_file(*path, diagnostics);
  DramSpec spec;
  if (!json || !read(*json, spec, diagnostics)) return std::nullopt;
  if (json->find("name") == nullptr) spec.name = name_from_path(*path);
  return spec;
}

std::optional<DramSpec> with_map(DramSpec spec, std::string_view map, Diagnostics& diagnostics,
                                 const SourcePosition& from) {
  try {
    (void)AddressMap(map, spec.geometry);
  } catch (const std::invalid_argument& e) {
    std::string known;
    for (const NamedMap& m : AddressMap::names()) known += (known.empty() ? "" : ", ") + std::string(m.name);
    diagnostics.error(from, e.what(), std::string(map), known + " or a list of fields");
    return std::nullopt;
  }
  spec.controller.map = std::string(map);
  return spec;
}

}  // namespace statelane
