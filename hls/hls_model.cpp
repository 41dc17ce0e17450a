// SPDX-License-Identifier: Apache-2.0
#include "hls/hls_model.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "models/numerics/rotation.h"

namespace statelane::hls {
namespace {

constexpr std::size_t kCalibrationWindow = 64;  // tokens
constexpr std::uint64_t kStandInSeed = 1;

/// Weights as a model starts its training from (class Mamba2 of state-spaces/mamba: A in 1..16, dt in
/// 0.001..0.1, the rest uniform within 1 / sqrt(fan-in)), from a generator that gives the same numbers
/// everywhere.
ModelWeights random_weights(const ModelDims& dims, std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  const auto uniform = [&](double low, double high) {
    return static_cast<float>(low + (high - low) * static_cast<double>(engine() >> 11) * 0x1.0p-53);
  };
  const auto fill = [&](std::size_t n, double low, double high) {
    std::vector<float> values(n);
    for (float& v : values) v = uniform(low, high);
    return values;
  };
  const auto fan = [&](std::size_t n, std::size_t in) {
    const double bound = 1.0 / std::sqrt(static_cast<double>(in));
    return fill(n, -bound, bound);
  };
  ModelWeights w;
  w.dims = dims;
  w.dims.tied = true;
  w.embedding = fill(dims.vocab * dims.d_model, -1.0, 1.0);
  w.final_norm.assign(dims.d_model, 1.0F);
  for (std::size_t l = 0; l < dims.layers; ++l) {
    LayerWeights layer;
    layer.norm.assign(dims.d_model, 1.0F);
    layer.in_proj = fan(dims.in_proj_rows() * dims.d_model, dims.d_model);
    layer.conv = fan(dims.conv_channels() * dims.taps, dims.taps);
    layer.conv_bias = fan(dims.conv_channels(), dims.taps);
    for (std::size_t h = 0; h < dims.heads; ++h) {
      const double dt = std::exp(static_cast<double>(uniform(std::log(0.001), std::log(0.1))));
      layer.dt_bias.push_back(static_cast<float>(dt + std::log(-std::expm1(-dt))));
      layer.a_log.push_back(static_cast<float>(std::log(static_cast<double>(uniform(1.0, 16.0)))));
    }
    layer.d.assign(dims.heads, 1.0F);
    layer.gated_norm.assign(dims.d_inner, 1.0F);
    layer.out_proj = fan(dims.d_model * dims.d_inner, dims.d_inner);
    w.layers.push_back(std::move(layer));
  }
  return w;
}

CalibrationText random_text(const ModelDims& dims) {
  std::mt19937_64 engine(kStandInSeed);
  std::vector<std::int64_t> window;
  for (std::size_t i = 0; i < kCalibrationWindow; ++i)
    window.push_back(static_cast<std::int64_t>(engine() % dims.vocab));
  return {window};
}

/// A model of one layer with the heads of `dims` but few of them.
ModelDims stand_in(const ModelDims& dims) {
  ModelDims small = dims;
  small.layers = 1;
  small.vocab = 64;
  small.heads = std::min<std::size_t>(dims.heads, 8 * dims.groups);
  small.d_inner = small.heads * small.headdim;
  small.d_model = small.d_inner / 2;
  return small;
}

}  // namespace

HlsModel make_hls_model(const Experiment& experiment, const Scheme& scheme, const HlsModelSource& source) {
  HlsModel out;
  out.dims = dims_of(experiment.network);
  if (source.weights != nullptr) {
    out.integer = std::make_unique<const IntegerModel>(
        *source.weights, scheme, source.text.empty() ? random_text(source.weights->dims) : source.text);
  } else if (source.seed) {
    out.integer = std::make_unique<const IntegerModel>(random_weights(out.dims, *source.seed), scheme,
                                                       random_text(out.dims));
  }
  if (out.integer) {
    out.plan = out.integer->plan();
    out.units = out.integer->layer(0).units();
    return out;
  }
  const ModelDims small = stand_in(out.dims);
  const ModelWeights weights = random_weights(small, kStandInSeed);
  const CalibrationText text = random_text(small);
  const Mamba2Model folded = QuantizedModel::transformed(weights, scheme, text);
  const Ranges ranges = QuantizedModel::measure_ranges(folded, scheme, text, true);
  out.plan = make_integer_plan(scheme, ranges, folded.weights());
  out.units = IntegerUnits(out.dims, scheme, out.plan, ranges);
  return out;
}

}  // namespace statelane::hls
