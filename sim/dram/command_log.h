// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "models/base/units.h"

namespace statelane {

enum class DramCommand : std::uint8_t { activate, read, write, precharge, precharge_all, refresh };

/// One command on the command bus.
struct CommandRecord {
  DramCommand command = DramCommand::refresh;
  std::int32_t bank = -1;  ///< bank group + bank groups * bank in the group; -1: all banks
  std::int32_t row = -1;   ///< for activate; the open row for read and write
  Cycles start{0};         ///< first clock on the bus
  bool operator==(const CommandRecord&) const = default;
};

/// Commands as they were decided. Those of a regular stretch come together, so sort by `start` for the order
/// on the bus.
using CommandLog = std::vector<CommandRecord>;

}  // namespace statelane
