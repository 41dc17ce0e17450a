// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/design/memory_port.h"
#include "models/design/schedule.h"
#include "models/units/precision.h"
#include "models/units/unit.h"

namespace statelane {

/// An accelerator: what is built, not what runs on it.
struct Design {
  std::string name;
  std::string note;
  std::string board;
  Hertz clock{250e6};
  Precision precision;
  Schedule schedule;
  MemoryConfig memory;
  std::vector<Unit> units;

  /// Index of the unit that executes `op`, or -1.
  [[nodiscard]] int unit_of(Operator op) const {
    for (std::size_t i = 0; i < units.size(); ++i) {
      if (units[i].operators().contains(op)) return static_cast<int>(i);
    }
    return -1;
  }
};

}  // namespace statelane
