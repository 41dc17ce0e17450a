// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>

namespace statelane {

/// Calls `work` once for every index below `count`, on up to `threads` threads (0: one a core), the caller's
/// among them. After an exception no further index is begun and the exception is thrown here.
void parallel_for(std::size_t count, const std::function<void(std::size_t)>& work, std::size_t threads = 0);

}  // namespace statelane
