// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hls/predict.h"

namespace statelane::hls {

/// One module of a synthesis report.
struct ReportedModule {
  std::string name;
  std::optional<std::int64_t> latency;  ///< worst case, cycles; nothing where the tool could not say
  std::int64_t lut = 0, ff = 0, dsp = 0, bram18 = 0, uram = 0;
};

/// The modules of a csynth.xml of Vitis HLS: the design's own with all its modules, or a module's report
/// alone. Throws InputError if the text is not such a report.
[[nodiscard]] std::vector<ReportedModule> read_csynth(const std::string& xml, const std::string& file);

/// Predicted and reported latency and resources of every function the report has, as text, and those it has
/// not.
[[nodiscard]] std::string compare(const Prediction& prediction, const std::vector<ReportedModule>& report);

}  // namespace statelane::hls
