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
  const Block& block = mamba2_block();
  const std::string_view made = block[block.parts()[static_cast<std::size_t>(part)].tensor].name;
  return made.substr(0, made.find('_'));  // "x_raw" is x before what follows the projection
}

std::string work_label(Operator op, Part part) {
  std::string label(operator_name(op));
  if (mamba2_block()[op].domain == Domain::projection) label += " " + std::string(part_name(part));
  return label;
}

}  // namespace statelane
