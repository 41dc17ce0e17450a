// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "models/evaluate/evaluation_json.h"
#include "sim/isolated.h"
#include "sim/simulator.h"

namespace statelane::testing {

/// The result of a shipped experiment with some settings, simulated in a child process; fails the test if
/// there is none.
inline JsonValue simulate_shipped(const std::string& experiment,
                                  const std::vector<std::string>& settings = {}, bool bound_only = false) {
  const IsolatedResult run = run_isolated([&] {
    const Catalog catalog = Catalog::standard();
    Diagnostics diagnostics;
    const std::optional<Experiment> e =
        load_experiment(catalog, builtin_units(), {experiment, settings}, diagnostics);
    const std::optional<FabricConstants> constants = load_fabric_constants(catalog, "fabric", diagnostics);
    throw_if_errors(diagnostics);
    EvaluationOptions options;
    if (!bound_only) options.simulator = simulate;
    return to_text(evaluation_json(*e, evaluate(*e, *constants, options), "test"));
  });
  EXPECT_TRUE(run.value) << experiment << ": " << run.error;
  Diagnostics diagnostics;
  return parse_json(run.value.value_or("{}"), "result", diagnostics).value_or(JsonValue::object());
}

inline double number(const JsonValue& result, const std::string& pointer) {
  const JsonValue* value = find_pointer(result, pointer);
  EXPECT_NE(value, nullptr) << pointer;
  return value != nullptr && value->is_number() ? value->as_number() : 0;
}

}  // namespace statelane::testing
