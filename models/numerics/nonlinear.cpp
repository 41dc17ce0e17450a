// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/nonlinear.h"

#include <algorithm>
#include <cmath>

#include "models/numerics/kernels.h"

namespace statelane {

double exact_value(NonlinearFunction function, double x) {
  switch (function) {
    case NonlinearFunction::kSilu:
      return x / (1.0 + std::exp(-x));
    case NonlinearFunction::kSoftplus:
      return x > 0.0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
    case NonlinearFunction::kExp:
      break;
  }
  return std::exp(x);
}

std::vector<Piece> pieces_of_exp2(int segments, bool centred) {
  std::vector<Piece> pieces;
  for (int i = 0; i < segments; ++i) {
    const double right = -static_cast<double>(i) / segments;
    const double left = right - 1.0 / segments;
    const double slope = (std::exp2(right) - std::exp2(left)) * segments;
    double offset = std::exp2(right) - slope * right;
    if (centred) {
      // The chord lies above the convex curve; its largest error is where the derivative equals the slope.
      const double touch = std::log2(slope / std::log(2.0));
      offset -= (slope * touch + offset - std::exp2(touch)) / 2.0;
    }
    pieces.push_back({slope, offset});
  }
  return pieces;
}

Nonlinear::Nonlinear(NonlinearFunction function, const NonlinearSpec& spec)
    : function_(function), spec_(spec) {
  if (spec_.form == NonlinearForm::kTable) {
    const double step = (spec_.high - spec_.low) / spec_.entries;
    for (int i = 0; i < spec_.entries; ++i) {
      table_.push_back(static_cast<float>(exact_value(function, spec_.low + (i + 0.5) * step)));
    }
  } else if (spec_.form == NonlinearForm::kPieces) {
    for (const Piece& piece : pieces_of_exp2(spec_.segments, spec_.centred)) {
      table_.push_back(static_cast<float>(piece.slope));
      table_.push_back(static_cast<float>(piece.offset));
    }
  }
}

float Nonlinear::by_pieces(float x) const {
  const float y = x * static_cast<float>(spec_.log2_e);
  const float whole = std::ceil(y);
  const float v = y - whole;  // in (-1, 0]
  const int piece = std::min(static_cast<int>(-v * static_cast<float>(spec_.segments)), spec_.segments - 1);
  const auto i = static_cast<std::size_t>(piece) * 2;
  return std::ldexp(table_[i] * v + table_[i + 1], static_cast<int>(std::max(whole, -1000.0F)));
}

float Nonlinear::operator()(float x) const {
  if (spec_.form == NonlinearForm::kTable) {
    const double position = (static_cast<double>(x) - spec_.low) / (spec_.high - spec_.low) * spec_.entries;
    const double index = std::clamp(std::floor(position), 0.0, static_cast<double>(spec_.entries - 1));
    return table_[static_cast<std::size_t>(index)];
  }
  if (spec_.form == NonlinearForm::kPieces) {
    switch (function_) {
      case NonlinearFunction::kExp:
        return by_pieces(x);
      case NonlinearFunction::kSoftplus:
        return x > 0.0F ? x + by_pieces(-x) : by_pieces(x);
      case NonlinearFunction::kSilu: {
        const float e = by_pieces(-std::fabs(x));
        return x * (x > 0.0F ? 1.0F : e) / (1.0F + e);
      }
    }
  }
  switch (function_) {
    case NonlinearFunction::kSilu:
      return kernels::silu(x);
    case NonlinearFunction::kSoftplus:
      return kernels::softplus(x);
    case NonlinearFunction::kExp:
      break;
  }
  return kernels::exp_float(x);
}

void Nonlinear::apply(std::span<float> x) const {
  if (spec_.form == NonlinearForm::kExact && function_ == NonlinearFunction::kSilu)
    return kernels::silu_in_place(x);
  for (float& v : x) v = (*this)(v);
}

ApproximationError measure_approximation(NonlinearFunction function, const NonlinearSpec& spec, double low,
                                         double high, std::size_t samples) {
  const Nonlinear approximation(function, spec);
  ApproximationError error;
  for (std::size_t i = 0; i < samples; ++i) {
    const auto x =
        static_cast<float>(low + (high - low) * static_cast<double>(i) / static_cast<double>(samples - 1));
    const double wanted = exact_value(function, static_cast<double>(x));
    const double difference = std::abs(static_cast<double>(approximation(x)) - wanted);
    if (difference > error.max_absolute) {
      error.max_absolute = difference;
      error.at_absolute = static_cast<double>(x);
    }
    if (wanted != 0.0 && difference / std::abs(wanted) > error.max_relative) {
      error.max_relative = difference / std::abs(wanted);
      error.at_relative = static_cast<double>(x);
    }
  }
  return error;
}

}  // namespace statelane
