// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "explore/search/scan.h"

namespace statelane {

/// "3/8" as a shard; empty is the whole; "auto" asks the environment of Slurm (array jobs, then tasks), Open
/// MPI and HTCondor. Throws InputError.
[[nodiscard]] Shard parse_shard(const std::string& text);

}  // namespace statelane
