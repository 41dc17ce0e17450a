// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "models/numerics/mamba2_model.h"

namespace statelane {

/// Largest magnitudes met at taps, a value a column, over calibration text.
class Ranges {
 public:
  void record(Tap tap, std::size_t layer, std::span<const float> data, std::size_t width);
  /// Takes over what another part of the text reached.
  void merge(const Ranges& other);
  [[nodiscard]] bool has(Tap tap, std::size_t layer) const { return columns_.contains({tap, layer}); }
  /// Throws std::out_of_range if the tap was not recorded.
  [[nodiscard]] const std::vector<float>& columns(Tap tap, std::size_t layer) const {
    return columns_.at({tap, layer});
  }
  [[nodiscard]] float largest(Tap tap, std::size_t layer) const;
  /// Over all layers that have the tap; 0 if none has.
  [[nodiscard]] float largest(Tap tap) const;

 private:
  std::map<std::pair<Tap, std::size_t>, std::vector<float>> columns_;
};

/// Cuts a text into windows of `length` tokens (one a byte) from the start, the last one possibly shorter; at
/// most `count`.
[[nodiscard]] std::vector<std::vector<std::int64_t>> windows_of(std::span<const unsigned char> text,
                                                                std::size_t length, std::size_t count);

}  // namespace statelane
