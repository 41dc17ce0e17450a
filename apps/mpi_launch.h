// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

namespace statelane {

/// Under mpirun, `statelane explore` is done by statelane-mpi beside this program, whose processes work
/// together: replaces this process by it. Nothing where that is not asked for: no mpirun, one process only,
/// another command, or --shard, by which each process works for itself. An exit code if there is no such
/// program.
///
/// A program of its own, as linking MPI makes every start of a command several times as long.
[[nodiscard]] std::optional<int> launch_under_mpi(int argc, char** argv);

}  // namespace statelane
