// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "models/numerics/integer_model.h"
#include "models/numerics/scheme.h"

namespace statelane {

/// Markdown table of the largest errors of every approximated nonlinear function of the schemes, over -16..16
/// (exp: -16..0).
[[nodiscard]] std::string nonlinear_table(std::span<const Scheme> schemes);

/// Markdown table of the bits every accumulator of an integer-exact model needed on some windows, and of
/// saturation.
[[nodiscard]] std::string range_table(const IntegerModel& model, const CalibrationText& windows);

}  // namespace statelane
