// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "models/base/units.h"

namespace statelane {

/// Limits of an isolated run; zero means none.
struct IsolationLimits {
  Bytes memory{0};  ///< address space
  Seconds time{0};  ///< processor time
};

/// How an isolated run ended.
struct IsolatedResult {
  std::optional<std::string> value;  ///< what `work` returned
  std::string error;                 ///< otherwise: the exception's text, or the signal that ended the child
};

/// Runs `work` in a forked child and returns its result over a pipe: SystemC elaborates once a process, and a
/// crash or a run-away stays one recorded failure. The child writes nothing but the result; it ends without
/// running the parent's destructors or flushing its streams.
[[nodiscard]] IsolatedResult run_isolated(const std::function<std::string()>& work,
                                          const IsolationLimits& limits = {});

/// The same for several, at most `jobs` at a time; results in the order of `work`.
[[nodiscard]] std::vector<IsolatedResult> run_isolated(const std::vector<std::function<std::string()>>& work,
                                                       std::size_t jobs, const IsolationLimits& limits = {});

/// The same for a stream of work: `next` gives what to start when a place among the `jobs` is free, or
/// nothing when there is no more; `done` gets each result as it comes, with the number of its start, from 0.
/// Both are called in this process; `next` may prepare what the child will find in its memory.
void run_isolated(const std::function<std::function<std::string()>()>& next,
                  const std::function<void(std::size_t, IsolatedResult)>& done, std::size_t jobs,
                  const IsolationLimits& limits = {});

}  // namespace statelane
