// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tests/hls/generated_project.h"

namespace statelane::test {

inline const std::string kLightMamba = "lightmamba-vck190-w4a4-decode-2.7b";
inline const std::string kFastMamba = "fastmamba-vc709-w8a8-prefill-130m-l64";
inline const std::string kTiny = "golden/tiny64_L8";        // two layers, 8 heads of 16 channels, 16 states
inline const std::string kGroups = "golden/tiny64_g2_L64";  // one layer, two groups, 32 states

/// The published accelerators with tiles and lanes that fit the small models.
inline GeneratedDesign lightmamba(const std::string& name, std::vector<std::string> changes = {},
                                  const std::string& experiment = kLightMamba,
                                  const std::string& model = kTiny) {
  GeneratedDesign d{name, experiment, model, {"/design/schedule/tile_states=16"}};
  d.settings.insert(d.settings.end(), changes.begin(), changes.end());
  return d;
}
inline GeneratedDesign fastmamba(const std::string& name, std::vector<std::string> changes = {},
                                 const std::string& experiment = kFastMamba,
                                 const std::string& model = kTiny) {
  GeneratedDesign d{
      name,
      experiment,
      model,
      {"/design/schedule/tile_states=16", "/design/schedule/tile_rows=16", "/design/units/pmu_dt_x/lanes=16",
       "/design/units/pma_x_d/lanes=16", "/design/units/gate/lanes=16", "/phase/length=8"}};
  d.settings.insert(d.settings.end(), changes.begin(), changes.end());
  return d;
}

}  // namespace statelane::test
