// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/ranges.h"

#include <algorithm>
#include <cmath>

#include "models/numerics/vector_clones.h"

namespace statelane {
namespace {

STATELANE_VECTOR_CLONES
void widen(float* __restrict largest, const float* __restrict data, std::size_t rows, std::size_t width) {
  for (std::size_t r = 0; r < rows; ++r) {
    const float* row = data + r * width;
    for (std::size_t i = 0; i < width; ++i) largest[i] = std::max(largest[i], std::fabs(row[i]));
  }
}

}  // namespace

void Ranges::record(Tap tap, std::size_t layer, std::span<const float> data, std::size_t width) {
  std::vector<float>& largest = columns_[{tap, layer}];
  largest.resize(width, 0.0F);
  widen(largest.data(), data.data(), data.size() / width, width);
}

void Ranges::merge(const Ranges& other) {
  for (const auto& [key, values] : other.columns_) {
    std::vector<float>& largest = columns_[key];
    largest.resize(values.size(), 0.0F);
    widen(largest.data(), values.data(), 1, values.size());
  }
}

float Ranges::largest(Tap tap, std::size_t layer) const {
  const std::vector<float>& c = columns(tap, layer);
  return *std::max_element(c.begin(), c.end());
}

float Ranges::largest(Tap tap) const {
  float all = 0.0F;
  for (const auto& [key, values] : columns_) {
    if (key.first == tap) all = std::max(all, *std::max_element(values.begin(), values.end()));
  }
  return all;
}

std::vector<std::vector<std::int64_t>> windows_of(std::span<const unsigned char> text, std::size_t length,
                                                  std::size_t count) {
  std::vector<std::vector<std::int64_t>> windows;
  for (std::size_t begin = 0; begin < text.size() && windows.size() < count; begin += length) {
    const auto part = text.subspan(begin, std::min(length, text.size() - begin));
    windows.emplace_back(part.begin(), part.end());
  }
  return windows;
}

}  // namespace statelane
