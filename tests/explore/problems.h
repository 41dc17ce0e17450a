// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "explore/space/problem.h"
#include "tests/source_folder.h"

namespace statelane::testing {

inline const Catalog& configs() {
  static const Catalog catalog({source_folder() + "/configs"});
  return catalog;
}

/// A sweep from its text.
inline std::optional<SweepFile> sweep_of(const std::string& text, Diagnostics& diagnostics) {
  SweepFile file;
  std::optional<JsonValue> json = parse_json(text, "sweep.json", diagnostics);
  if (!json || !read(*json, file.sweep, diagnostics)) return std::nullopt;
  file.json = std::move(*json);
  file.name = "sweep";
  return file;
}

inline std::unique_ptr<const Problem> try_problem(const std::string& text, Diagnostics& diagnostics) {
  const auto file = sweep_of(text, diagnostics);
  return file ? Problem::load(configs(), builtin_units(), *file, diagnostics) : nullptr;
}

inline std::unique_ptr<const Problem> problem_of(const std::string& text) {
  Diagnostics diagnostics;
  auto problem = try_problem(text, diagnostics);
  if (!problem) throw std::runtime_error(diagnostics.text());
  return problem;
}

inline std::unique_ptr<const Problem> shipped_problem(const std::string& name) {
  Diagnostics diagnostics;
  const auto file = load_sweep(configs(), name, diagnostics);
  auto problem = file ? Problem::load(configs(), builtin_units(), *file, diagnostics) : nullptr;
  if (!problem) throw std::runtime_error(diagnostics.text());
  return problem;
}

/// A small network, so that a simulation takes milliseconds.
inline const std::string small_settings = R"("settings": {
  "/network": {"d_model": 1280, "n_layer": 2, "vocab_size": 1024, "d_state": 128, "headdim": 64},
  "/design/units/htu_matrix/points": 20, "/design/units/htu_matrix/adders": 20,
  "/design/schedule/state_buffer": 8})";

inline std::string sweep_text(const std::string& axes, const std::string& more = "",
                              const std::string& objectives = R"([
      {"figure": "throughput_tokens_per_s", "direction": "max"},
      {"figure": "resources.lut", "direction": "min"}, {"figure": "resources.dsp", "direction": "min"}])") {
  return R"({"experiment": "lightmamba-vck190-w4a4-decode-2.7b", )" + small_settings + R"(, "axes": [)" +
         axes + R"(], "objectives": )" + objectives + (more.empty() ? "" : ", " + more) + "}";
}

inline const std::string mmu_axes =
    R"({"name": "mmu_in", "pointer": "/design/units/mmu/inputs", "values": [8, 16, 32]},
       {"name": "mmu_out", "pointer": "/design/units/mmu/outputs", "powers_of_two": {"from": 8, "to": 32}})";

}  // namespace statelane::testing
