// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "models/evaluate/experiment.h"
#include "tests/source_folder.h"

namespace statelane::test {

inline Catalog shipped_catalog() {
  return Catalog({source_folder() + "/configs"});
}

/// A shipped experiment, changed by settings.
inline Experiment load(const std::string& name, std::vector<std::string> settings = {}) {
  Diagnostics diagnostics;
  auto experiment =
      load_experiment(shipped_catalog(), builtin_units(), {name, std::move(settings)}, diagnostics);
  if (!experiment) throw InputError(diagnostics);
  return *experiment;
}

}  // namespace statelane::test
