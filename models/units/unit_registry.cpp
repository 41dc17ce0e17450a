// SPDX-License-Identifier: Apache-2.0
#include "models/units/unit_registry.h"

#include "models/units/conv_unit/conv_unit.h"
#include "models/units/hadamard_fht/hadamard_fht.h"
#include "models/units/hadamard_matrix/hadamard_matrix.h"
#include "models/units/hadamard_radix/hadamard_radix.h"
#include "models/units/host_processor/host_processor.h"
#include "models/units/matrix_unit/matrix_unit.h"
#include "models/units/nonlinear_unit/nonlinear_unit.h"
#include "models/units/norm_unit/norm_unit.h"
#include "models/units/vector_unit/vector_unit.h"

namespace statelane {

std::unique_ptr<UnitModel> UnitRegistry::make(std::string_view kind) const {
  for (const Entry& entry : kinds_) {
    if (entry.kind == kind) return entry.make();
  }
  return nullptr;
}

std::vector<std::string> UnitRegistry::kinds() const {
  std::vector<std::string> names;
  names.reserve(kinds_.size());
  for (const Entry& entry : kinds_) names.push_back(entry.kind);
  return names;
}

UnitRegistry builtin_units() {
  UnitRegistry registry;
  registry.add<MatrixUnit>();
  registry.add<VectorUnit>();
  registry.add<NonlinearUnit>();
  registry.add<ConvUnit>();
  registry.add<NormUnit>();
  registry.add<HadamardFht>();
  registry.add<HadamardMatrix>();
  registry.add<HadamardRadix>();
  registry.add<HostProcessor>();
  return registry;
}

}  // namespace statelane
