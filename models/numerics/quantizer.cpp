// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/quantizer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "models/numerics/half.h"
#include "models/numerics/vector_clones.h"

namespace statelane {
namespace {

/// 2^e for -126 <= e <= 127.
[[gnu::always_inline]] inline float power_of_two(std::int32_t e) {
  return std::bit_cast<float>((e + 127) << 23);
}

/// ceil(log2 x) for x > 0, by the exponent field; subnormal numbers count as 2^-126.
[[gnu::always_inline]] inline std::int32_t ceil_log2(float x) {
  const auto bits = std::bit_cast<std::int32_t>(x);
  const std::int32_t exponent = (bits >> 23) - 127 + ((bits & 0x7fffff) != 0 ? 1 : 0);
  return std::max(exponent, -126);
}

[[gnu::always_inline]] inline float largest_of(const float* x, std::size_t n) {
  float largest = 0.0F;
  for (std::size_t i = 0; i < n; ++i) largest = std::max(largest, std::fabs(x[i]));
  return largest;
}

/// Adding and subtracting 1.5 * 2^23 rounds to the nearest integer, ties to even, for |v| < 2^22.
constexpr float kRound = 12582912.0F;

struct Grid {
  float scale;
  float inverse;  ///< exact for a power of two; 0 = divide
  float low;
  float high;
};

[[gnu::always_inline]] inline float snap(float x, const Grid& g) {
  const float v = std::min(std::max(x * g.inverse, g.low), g.high);
  return ((v + kRound) - kRound) * g.scale;
}

Grid grid_of(float scale, int bits) {
  const auto half = static_cast<float>(std::int64_t{1} << (bits - 1));
  return {scale, 1.0F / scale, -half, half - 1.0F};
}

/// Real scales divide, as the definition does: x * (1 / s) would differ from x / s in the last place, and so
/// at ties.
STATELANE_VECTOR_CLONES
void snap_by_division(float* x, std::size_t n, Grid g) {
  for (std::size_t i = 0; i < n; ++i) {
    const float v = std::min(std::max(x[i] / g.scale, g.low), g.high);
    x[i] = ((v + kRound) - kRound) * g.scale;
  }
}

STATELANE_VECTOR_CLONES
float largest_magnitude(const float* x, std::size_t n) {
  float lanes[16] = {};
  std::size_t i = 0;
  for (; i + 16 <= n; i += 16) {
    for (std::size_t j = 0; j < 16; ++j) lanes[j] = std::max(lanes[j], std::fabs(x[i + j]));
  }
  return std::max(largest_of(lanes, 16), largest_of(x + i, n - i));
}

/// Groups of 8 neighbours with power-of-two scales: the state-sized tensors of every token pass here.
STATELANE_VECTOR_CLONES
void pot_groups_of_eight(float* x, std::size_t groups, int bits) {
  const auto half = static_cast<float>(1 << (bits - 1));
  for (std::size_t g = 0; g < groups; ++g) {
    float* v = x + g * 8;
    float m[8];
    for (std::size_t i = 0; i < 8; ++i) m[i] = std::fabs(v[i]);
    for (std::size_t i = 0; i < 4; ++i) m[i] = std::max(m[i], m[i + 4]);
    const float largest = std::max(std::max(m[0], m[2]), std::max(m[1], m[3]));
    const std::int32_t e = std::clamp(ceil_log2(largest) - (bits - 1), -126, 126);
    const Grid grid{power_of_two(e), power_of_two(-e), -half, half - 1.0F};
    for (std::size_t i = 0; i < 8; ++i) v[i] = snap(v[i], grid);
  }
}

/// Groups of `group` rows of `width` columns with power-of-two scales, one scale a column.
STATELANE_VECTOR_CLONES
void pot_groups_down(float* x, std::size_t rows, std::size_t width, int bits, float* largest) {
  const auto half = static_cast<float>(1 << (bits - 1));
  for (std::size_t c = 0; c < width; ++c) largest[c] = 0.0F;
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < width; ++c) largest[c] = std::max(largest[c], std::fabs(x[r * width + c]));
  }
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < width; ++c) {
      const std::int32_t e = std::min(std::max(ceil_log2(largest[c]) - (bits - 1), -126), 126);
      const Grid grid{power_of_two(e), power_of_two(-e), -half, half - 1.0F};
      x[r * width + c] = snap(x[r * width + c], grid);
    }
  }
}

void quantize_run(std::span<float> x, const QuantizerSpec& spec) {
  const float scale = scale_for(largest_magnitude(x.data(), x.size()), spec.bits, spec.scale);
  snap_by_division(x.data(), x.size(), grid_of(scale, spec.bits));
}

void quantize_columns(std::span<float> data, std::size_t width, const QuantizerSpec& spec) {
  const auto group = static_cast<std::size_t>(spec.group);
  if (group == 8 && width % 8 == 0 && spec.scale == ScaleKind::kPowerOfTwo) {
    pot_groups_of_eight(data.data(), data.size() / 8, spec.bits);
    return;
  }
  for (std::size_t row = 0; row < data.size(); row += width) {
    for (std::size_t c = 0; c < width; c += group) {
      quantize_run(data.subspan(row + c, std::min(group, width - c)), spec);
    }
  }
}

/// Down the columns: gathers a column's group, quantises it, puts it back; the power-of-two form has a fast
/// path.
void quantize_down(std::span<float> data, std::size_t width, const QuantizerSpec& spec, std::size_t group) {
  const std::size_t rows = data.size() / width;
  std::vector<float> column(std::max(width, group));
  for (std::size_t r = 0; r < rows; r += group) {
    const std::size_t n = std::min(group, rows - r);
    if (spec.scale == ScaleKind::kPowerOfTwo) {
      pot_groups_down(data.data() + r * width, n, width, spec.bits, column.data());
      continue;
    }
    for (std::size_t c = 0; c < width; ++c) {
      for (std::size_t i = 0; i < n; ++i) column[i] = data[(r + i) * width + c];
      quantize_run(std::span(column).first(n), spec);
      for (std::size_t i = 0; i < n; ++i) data[(r + i) * width + c] = column[i];
    }
  }
}

}  // namespace

std::string describe(const QuantizerSpec& spec) {
  if (spec.format == ValueFormat::kFp32) return "fp32";
  if (spec.format == ValueFormat::kFp16) return "fp16";
  constexpr const char* kGranularity[] = {" tensor", " channel", " token", " g"};
  std::string text = "int" + std::to_string(spec.bits) + kGranularity[static_cast<int>(spec.granularity)];
  if (spec.granularity == Granularity::kGroup) text += std::to_string(spec.group);
  if (spec.scale == ScaleKind::kPowerOfTwo) text += " pot";
  if (spec.scale == ScaleKind::kTwoTermPower) text += " pot2";
  return text;
}

float two_term_power(float scale, int base) {
  double best = std::ldexp(2.0, base);
  const auto distance = [&](double v) { return std::fabs(std::log2(v / static_cast<double>(scale))); };
  for (int a = base; a <= base + 7; ++a) {
    for (int b = base; b <= a; ++b) {
      const double candidate = std::ldexp(1.0, a) + std::ldexp(1.0, b);
      if (distance(candidate) < distance(best)) best = candidate;
    }
  }
  return static_cast<float>(best);
}

int two_term_base(std::span<const float> w, const QuantizerSpec& spec) {
  // The largest element's group has the largest scale, whatever the grouping
  const float largest = largest_magnitude(w.data(), w.size());
  if (!(largest > 0.0F)) return 0;
  return static_cast<int>(
             std::floor(std::log2(static_cast<double>(scale_for(largest, spec.bits, ScaleKind::kReal))))) -
         7;
}

float scale_for(float largest, int bits, ScaleKind kind) {
  if (!(largest > 0.0F)) return 1.0F;
  if (kind == ScaleKind::kPowerOfTwo)
    return power_of_two(std::clamp(ceil_log2(largest) - (bits - 1), -126, 126));
  return std::max(largest / static_cast<float>((std::int64_t{1} << (bits - 1)) - 1), 0x1p-126F);
}

std::int32_t quantize(float x, float scale, int bits) {
  const Grid g = grid_of(scale, bits);
  return static_cast<std::int32_t>(std::nearbyint(std::min(std::max(x / scale, g.low), g.high)));
}

void fake_quantize(std::span<float> data, std::size_t width, const QuantizerSpec& spec) {
  if (spec.format == ValueFormat::kFp32 || data.empty()) return;
  if (spec.format == ValueFormat::kFp16) {
    for (float& v : data) v = round_to_half(v);
    return;
  }
  const bool down = spec.axis == GroupAxis::kRows;
  switch (spec.granularity) {
    case Granularity::kTensor:
      quantize_run(data, spec);
      break;
    case Granularity::kChannel:
      quantize_down(data, width, spec, data.size() / width);
      break;
    case Granularity::kToken:
      for (std::size_t row = 0; row < data.size(); row += width) quantize_run(data.subspan(row, width), spec);
      break;
    case Granularity::kGroup:
      if (down) {
        quantize_down(data, width, spec, static_cast<std::size_t>(spec.group));
      } else {
        quantize_columns(data, width, spec);
      }
  }
}

void fake_quantize_static(std::span<float> data, std::size_t width, const QuantizerSpec& spec,
                          std::span<const float> scales) {
  if (scales.size() == 1) {
    snap_by_division(data.data(), data.size(), grid_of(scales[0], spec.bits));
    return;
  }
  for (std::size_t i = 0; i < data.size(); ++i) {
    const Grid g = grid_of(scales[i % width], spec.bits);
    data[i] = std::nearbyint(std::min(std::max(data[i] / g.scale, g.low), g.high)) * g.scale;
  }
}

void fake_quantize_weight(std::span<float> w, std::size_t cols, const QuantizerSpec& spec) {
  if (spec.format == ValueFormat::kInt && spec.scale == ScaleKind::kTwoTermPower) {
    const int base = two_term_base(w, spec);
    const std::size_t group =
        spec.granularity == Granularity::kGroup ? static_cast<std::size_t>(spec.group) : cols;
    for (std::size_t row = 0; row < w.size(); row += cols) {
      for (std::size_t c = 0; c < cols; c += group) {
        const auto run = w.subspan(row + c, std::min(group, cols - c));
        const float ideal = scale_for(largest_magnitude(run.data(), run.size()), spec.bits, ScaleKind::kReal);
        snap_by_division(run.data(), run.size(), grid_of(two_term_power(ideal, base), spec.bits));
      }
    }
    return;
  }
  QuantizerSpec by_row = spec;
  if (spec.granularity == Granularity::kChannel) by_row.granularity = Granularity::kToken;
  fake_quantize(w, cols, by_row);
}

double relative_rms_error(std::span<const float> wanted, std::span<const float> actual) {
  double error = 0.0;
  double power = 0.0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const double d = static_cast<double>(actual[i]) - static_cast<double>(wanted[i]);
    error += d * d;
    power += static_cast<double>(wanted[i]) * static_cast<double>(wanted[i]);
  }
  return error == 0.0 ? 0.0 : std::sqrt(error / power);
}

}  // namespace statelane
