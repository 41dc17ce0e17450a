// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "explore/front/front_view.h"
#include "models/base/catalog.h"
#include "models/units/unit_registry.h"

/// A sweep's results as a page reads them.
namespace statelane::report {

/// One column of many rows, small enough to travel inside a page: where few values differ (64 Ki) as a
/// dictionary with the doubles themselves, otherwise as 32-bit floats, 7 digits; gzipped, in base64, little
/// endian.
[[nodiscard]] JsonValue packed(const std::vector<double>& values);
/// The same for texts.
[[nodiscard]] JsonValue packed(const std::vector<std::string>& values);

/// Everything the Pareto page shows of a view: a row for each simulated, sampled and open design and each
/// mark (the last rows), as columns of figures, parameters, state and the closed form's limit; the front and
/// the knee as rows; where each mark stands; axes with what their values set, for commands; runs with their
/// counts. Designs are evaluated anew in closed form for their limit, a microsecond or so each; where the
/// sweep's files are gone or have changed since, limits and commands are left out and `problem` says why.
[[nodiscard]] JsonValue store_data(const FrontView& view, const Catalog& catalog,
                                   const UnitRegistry& registry);

}  // namespace statelane::report
