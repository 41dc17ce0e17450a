// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/blocks/block.h"
#include "models/blocks/network.h"
#include "models/blocks/workload.h"

namespace statelane {

/// The Mamba2 block (Dao and Gu 2024; state-spaces/mamba, modules/mamba2.py) with the operators that
/// accelerators add to it: online Hadamard transforms, and two orders of delta, B and x. A copy may be added
/// to.
[[nodiscard]] Block make_mamba2_block();

/// The same, made once.
[[nodiscard]] const Block& mamba2_block();

[[nodiscard]] Dims mamba2_dims(const Mamba2Shape& shape);
[[nodiscard]] Workload mamba2_workload(const Mamba2Shape& shape);

}  // namespace statelane
