// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "models/numerics/mamba2_model.h"
#include "models/numerics/safetensors.h"

namespace statelane::test {

/// tests/data/<relative>.
std::filesystem::path data_path(const std::string& relative);

/// One directory of golden vectors: model, inputs, expected outputs and their tolerances.
struct GoldenCase {
  explicit GoldenCase(const std::string& relative);

  [[nodiscard]] std::vector<std::int64_t> integers(const std::string& name) const {
    return expected.at(name).to_integers();
  }
  [[nodiscard]] bool has(const std::string& name) const { return expected.find(name) != nullptr; }
  /// Largest absolute difference to the expected tensor, as a fraction of its suggested_atol: passes at <= 1.
  [[nodiscard]] double error_ratio(const std::string& name, std::span<const float> actual) const;

  SafetensorsFile expected;
  std::map<std::string, double> tolerance;
  Mamba2Model model;
};

/// [heads, d_state, headdim] -> [heads, headdim, d_state], the order of the golden files.
std::vector<float> state_in_golden_order(const ModelDims& dims, std::span<const float> state);
/// [taps, channels] -> [channels, taps].
std::vector<float> conv_in_golden_order(const ModelDims& dims, std::span<const float> conv);

/// Records copies of the tensors at some taps.
class Recorder : public ForwardHook {
 public:
  explicit Recorder(std::vector<Tap> taps) : taps_(std::move(taps)) {}
  [[nodiscard]] bool wants(Tap tap) const override;
  void at(Tap tap, std::size_t layer, std::span<float> data, std::size_t width) override;
  [[nodiscard]] const std::vector<float>& get(Tap tap, std::size_t layer) const {
    return seen_.at({tap, layer});
  }

 private:
  std::vector<Tap> taps_;
  std::map<std::pair<Tap, std::size_t>, std::vector<float>> seen_;
};

}  // namespace statelane::test
