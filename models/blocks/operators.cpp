// SPDX-License-Identifier: Apache-2.0
#include "models/blocks/operators.h"

#include "models/blocks/arithmetic.h"
#include "models/blocks/mamba2/mamba2.h"

namespace statelane {

std::string_view operator_name(Operator op) {
  return mamba2_block()[op].name;
}
std::string_view operator_doc(Operator op) {
  return mamba2_block()[op].doc;
}

std::span<const Arithmetic> operator_arithmetic() {
  return mamba2_block().arithmetic();
}

std::optional<Operator> operator_named(std::string_view name) {
  return mamba2_block().operator_named(name);
}

std::string_view part_name(Part part) {
  constexpr std::array<std::string_view, part_count> names{"z", "x", "B", "C", "dt"};
  return names[static_cast<std::size_t>(part)];
}

}  // namespace statelane
