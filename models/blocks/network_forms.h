// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "models/blocks/network.h"

/// Private to the readers of networks.
namespace statelane::detail {

/// Where the value of a field of Mamba2Shape was read, by the field's key.
using Locate = std::function<SourcePosition(std::string_view key)>;

/// Rules between the extents; errors are added at the places `locate` gives. False if one is broken.
bool check_shape(const Mamba2Shape& shape, const Locate& locate, Diagnostics& diagnostics);

/// The two foreign forms, the extents not yet checked against each other.
[[nodiscard]] std::optional<Mamba2Shape> read_original(const JsonValue& json, Diagnostics& diagnostics);
[[nodiscard]] std::optional<Mamba2Shape> read_hugging_face(const JsonValue& json, Diagnostics& diagnostics);

}  // namespace statelane::detail
