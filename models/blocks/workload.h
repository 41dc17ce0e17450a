// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/blocks/block.h"
#include "models/blocks/dims.h"

namespace statelane {

/// A network as the lowering sees it: layers of one kind of block, and the sizes.
struct Workload {
  const Block* block = nullptr;  ///< must outlive it
  Dims dims;
  std::int64_t layers = 1;
};

}  // namespace statelane
