// SPDX-License-Identifier: Apache-2.0
#include "tests/numerics/golden_case.h"
#include "tests/source_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

namespace statelane::test {

std::filesystem::path data_path(const std::string& relative) {
  return std::filesystem::path(source_folder()) / "tests/data" / relative;
}

GoldenCase::GoldenCase(const std::string& relative)
    : expected(data_path(relative) / "expected.safetensors"), model(load_model(data_path(relative))) {
  std::ifstream in(data_path(relative) / "tolerance.json");
  const auto json = nlohmann::json::parse(in);
  for (const auto& [name, entry] : json.at("tensors").items()) tolerance[name] = entry.at("suggested_atol");
}

double GoldenCase::error_ratio(const std::string& name, std::span<const float> actual) const {
  const std::vector<float> wanted = expected.at(name).to_floats();
  EXPECT_EQ(wanted.size(), actual.size()) << name;
  double worst = 0.0;
  for (std::size_t i = 0; i < std::min(wanted.size(), actual.size()); ++i) {
    const double difference = std::abs(static_cast<double>(wanted[i]) - static_cast<double>(actual[i]));
    if (!(difference <= worst)) worst = difference;  // NaN counts as the worst
  }
  return worst / tolerance.at(name);
}

std::vector<float> state_in_golden_order(const ModelDims& m, std::span<const float> state) {
  std::vector<float> out(state.size());
  for (std::size_t h = 0; h < m.heads; ++h) {
    for (std::size_t n = 0; n < m.d_state; ++n) {
      for (std::size_t p = 0; p < m.headdim; ++p) {
        out[(h * m.headdim + p) * m.d_state + n] = state[(h * m.d_state + n) * m.headdim + p];
      }
    }
  }
  return out;
}

std::vector<float> conv_in_golden_order(const ModelDims& m, std::span<const float> conv) {
  std::vector<float> out(conv.size());
  for (std::size_t k = 0; k < m.taps; ++k) {
    for (std::size_t c = 0; c < m.conv_channels(); ++c) out[c * m.taps + k] = conv[k * m.conv_channels() + c];
  }
  return out;
}

bool Recorder::wants(Tap tap) const {
  return std::find(taps_.begin(), taps_.end(), tap) != taps_.end();
}

void Recorder::at(Tap tap, std::size_t layer, std::span<float> data, std::size_t) {
  std::vector<float>& all = seen_[{tap, layer}];
  all.insert(all.end(), data.begin(), data.end());
}

}  // namespace statelane::test
