// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "models/blocks/tile_functions.h"
#include "models/design/design.h"
#include "models/numerics/integer_model.h"
#include "models/numerics/mamba2_model.h"

namespace statelane {

/// The operators of a design in float. With the online rotations of the design's units their inverses are
/// folded into the weights. `model` must outlive the result. Throws InputError where a rotation does not
/// exist.
[[nodiscard]] std::unique_ptr<TileFunctions> mamba2_float_functions(const Mamba2Model& model,
                                                                    const Design& design);

/// The same in the codes of an integer-exact model; its bits. Throws InputError where the design's operators
/// are not those of the scheme.
[[nodiscard]] std::unique_ptr<TileFunctions> mamba2_integer_functions(const IntegerModel& model,
                                                                      const Design& design);

/// A schedule computes only the operators its design has a unit for, so these must be those of the scheme.
/// Throws InputError.
void check_operators(const Design& design, const Scheme& scheme);

}  // namespace statelane
