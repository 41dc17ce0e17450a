// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hls/functions.h"
#include "models/cost/calibration.h"
#include "models/cost/resources.h"

namespace ssmscope::hls {

/// What the simulator says of one function in one run of the accelerator. Cycles are those of the graph's
/// firings: the same numbers the simulation adds up.
struct FunctionPrediction {
  std::string name;
  std::int64_t firings = 0;
  std::int64_t busy = 0;     ///< cycles: fill + II * beats, over all firings
  std::int64_t ii = 1;       ///< of a beat
  std::int64_t latency = 0;  ///< further cycles until the last result is visible: the pipeline's depth
  std::int64_t bytes = 0;    ///< memory functions: moved in the simulation
  std::int64_t packed = 0;   ///< and in the generated layout
  Resources resources;

  /// Latency of the function as a synthesis report counts it, for pipelined loops IL + II * (trips - 1) - 1
  /// with an iteration latency IL = latency + 1, and 2 for the loop's own module.
  [[nodiscard]] std::int64_t report_latency() const { return busy > 0 ? busy + latency - ii + 2 : 0; }
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

/// The functions of an accelerator, for predictions alone.
[[nodiscard]] std::vector<Function> functions_of(const Accelerator& a);

[[nodiscard]] Prediction predict(const Accelerator& a, const std::vector<Function>& functions,
                                 const Calibration& calibration);

}  // namespace ssmscope::hls
