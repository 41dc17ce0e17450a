// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hls/loops.h"
#include "hls/project.h"
#include "models/evaluate/resources.h"
#include "models/units/fabric/fabric_constants.h"

namespace statelane::hls {

/// What is predicted of one function in one run of the accelerator: from the graph's firings, the same
/// numbers the simulation adds up, and from the loops of the generated code, which do the same work in the
/// same beats and, before and after it, move words between streams and buffers.
struct FunctionPrediction {
  std::string name;
  std::int64_t firings = 0;
  std::int64_t busy = 0;   ///< cycles: fill + II * beats, over all firings
  std::int64_t fill = 0;   ///< of them what a firing needs beside its beats
  std::int64_t ii = 1;     ///< of a beat
  std::int64_t depth = 0;  ///< further cycles until the last result is visible: the pipeline's
  std::int64_t working =
      0;                    ///< II * beats of the loops that compute: busy - fill, if the code is the graph's
  std::int64_t moving = 0;  ///< of those that move words, while the function at the other end works
  std::vector<Loop> loops;  ///< of the generated code
  std::int64_t bytes = 0;   ///< memory functions: moved in the simulation
  std::int64_t packed = 0;  ///< and in the generated layout
  Resources resources;

  /// Latency of the function as a synthesis report counts it, worst case: latency_of() its loops with the
  /// simulated unit's depth.
  [[nodiscard]] std::int64_t report_latency() const { return latency_of(loops, depth + 1); }
};

struct ComponentPower {
  std::string name;
  Watts power{0};
};

struct Prediction {
  std::vector<FunctionPrediction> functions;
  Resources total;                    ///< of the whole accelerator, streams and ports included
  std::int64_t cycles = 0;            ///< lower bound of one run
  std::vector<ComponentPower> power;  ///< at that speed
  Watts all{0};
};

/// Predictions for the project of these options; `options.calibration` must be there.
[[nodiscard]] Prediction predict(const Accelerator& a, const ProjectOptions& options);

}  // namespace statelane::hls
