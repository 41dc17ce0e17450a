// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/ssd.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "models/numerics/kernels.h"

namespace statelane {
namespace {

bool wants_inside(const ForwardHook* hook) {
  if (hook == nullptr) return false;
  for (const Tap tap : {Tap::kDtB, Tap::kDtBx, Tap::kDecayedState, Tap::kState, Tap::kStateForC}) {
    if (hook->wants(tap)) return true;
  }
  return false;
}

void show(ForwardHook& hook, Tap tap, std::size_t layer, std::span<float> data, std::size_t width) {
  if (hook.wants(tap)) hook.at(tap, layer, data, width);
}

std::size_t group_of(const ModelDims& m, std::size_t head) {
  return head / (m.heads / m.groups);
}

/// The token's dt * B [heads, d_state], or dt * x [heads, headdim].
void first_product(const ScanView& s, std::size_t t, bool dt_x_first, std::span<float> out) {
  const ModelDims& m = *s.dims;
  const std::size_t n = dt_x_first ? m.headdim : m.d_state;
  for (std::size_t h = 0; h < m.heads; ++h) {
    const float* source = dt_x_first ? s.x.data() + t * m.d_inner + h * m.headdim
                                     : s.b.data() + (t * m.groups + group_of(m, h)) * m.d_state;
    kernels::scale(s.dt[t * m.heads + h], {source, n}, out.subspan(h * n, n));
  }
}

/// Vectors of one head: what the outer product dt B x is made of.
struct HeadInputs {
  std::span<const float> b;
  std::span<const float> x;
  std::span<const float> c;
  float decay;
};

HeadInputs head_inputs(const ScanView& s, std::size_t t, std::size_t h, bool dt_x_first,
                       std::span<const float> product) {
  const ModelDims& m = *s.dims;
  const std::size_t group = (t * m.groups + group_of(m, h)) * m.d_state;
  HeadInputs in;
  in.b = dt_x_first ? s.b.subspan(group, m.d_state) : product.subspan(h * m.d_state, m.d_state);
  in.x = dt_x_first ? product.subspan(h * m.headdim, m.headdim)
                    : s.x.subspan(t * m.d_inner + h * m.headdim, m.headdim);
  in.c = s.c.subspan(group, m.d_state);
  in.decay = s.decay[t * m.heads + h];
  return in;
}

void scan_fused(const ScanView& s, bool dt_x_first) {
  const ModelDims& m = *s.dims;
  std::vector<float> product(std::max(m.d_inner, m.heads * m.d_state));
  for (std::size_t t = 0; t < s.tokens; ++t) {
    first_product(s, t, dt_x_first, product);
    for (std::size_t h = 0; h < m.heads; ++h) {
      const HeadInputs in = head_inputs(s, t, h, dt_x_first, product);
      const std::span<float> y = s.y.subspan(t * m.d_inner + h * m.headdim, m.headdim);
      std::fill(y.begin(), y.end(), 0.0F);
      kernels::state_step(in.decay, in.b, in.x, in.c, s.state.data() + h * m.d_state * m.headdim, m.headdim,
                          y);
    }
  }
}

void scan_materialised(const ScanView& s, bool dt_x_first, ForwardHook& hook, std::size_t layer) {
  const ModelDims& m = *s.dims;
  const std::size_t head_size = m.d_state * m.headdim;
  const bool copy_for_c = hook.wants(Tap::kStateForC);
  std::vector<float> product(dt_x_first ? m.d_inner : m.heads * m.d_state);
  std::vector<float> outer(m.heads * head_size);
  for (std::size_t t = 0; t < s.tokens; ++t) {
    first_product(s, t, dt_x_first, product);
    show(hook, Tap::kDtB, layer, product, dt_x_first ? m.headdim : m.d_state);
    for (std::size_t h = 0; h < m.heads; ++h) {
      const HeadInputs in = head_inputs(s, t, h, dt_x_first, product);
      kernels::outer_product(in.b, in.x, outer.data() + h * head_size, m.headdim);
      kernels::scale(in.decay, s.state.subspan(h * head_size, head_size),
                     s.state.subspan(h * head_size, head_size));
    }
    show(hook, Tap::kDtBx, layer, outer, m.headdim);
    show(hook, Tap::kDecayedState, layer, s.state, m.headdim);
    kernels::add_in_place(s.state, outer);
    if (copy_for_c) std::copy(s.state.begin(), s.state.end(), outer.begin());
    show(hook, Tap::kState, layer, s.state, m.headdim);
    if (copy_for_c) show(hook, Tap::kStateForC, layer, outer, m.headdim);
    const std::span<const float> read = copy_for_c ? std::span<const float>(outer) : s.state;
    for (std::size_t h = 0; h < m.heads; ++h) {
      const HeadInputs in = head_inputs(s, t, h, dt_x_first, product);
      const std::span<float> y = s.y.subspan(t * m.d_inner + h * m.headdim, m.headdim);
      std::fill(y.begin(), y.end(), 0.0F);
      kernels::state_readout(in.c, read.data() + h * head_size, m.headdim, y);
    }
  }
}

/// Sum over states of b[n] * c[n].
double dot(std::span<const float> b, std::span<const float> c) {
  double sum = 0.0;
  for (std::size_t n = 0; n < b.size(); ++n) sum += static_cast<double>(b[n]) * static_cast<double>(c[n]);
  return sum;
}

/// One head, one chunk of tokens [begin, begin + length).
void chunk_of_head(const ScanView& s, std::size_t h, std::size_t begin, std::size_t length,
                   std::span<const double> scores) {
  const ModelDims& m = *s.dims;
  const std::size_t group = group_of(m, h);
  const auto b = [&](std::size_t t) {
    return s.b.subspan(((begin + t) * m.groups + group) * m.d_state, m.d_state);
  };
  const auto c = [&](std::size_t t) {
    return s.c.subspan(((begin + t) * m.groups + group) * m.d_state, m.d_state);
  };
  const auto x = [&](std::size_t t) {
    return s.x.subspan((begin + t) * m.d_inner + h * m.headdim, m.headdim);
  };
  const auto dt = [&](std::size_t t) { return s.dt[(begin + t) * m.heads + h]; };
  std::vector<double> cumulated(length);  // inclusive sum of dt A inside the chunk
  double sum = 0.0;
  for (std::size_t t = 0; t < length; ++t) {
    sum += static_cast<double>(dt(t)) * static_cast<double>(s.a[h]);
    cumulated[t] = sum;
  }
  const std::span<float> state = s.state.subspan(h * m.d_state * m.headdim, m.d_state * m.headdim);
  std::vector<float> coefficient(m.d_state);
  for (std::size_t i = 0; i < length; ++i) {
    const std::span<float> y = s.y.subspan((begin + i) * m.d_inner + h * m.headdim, m.headdim);
    std::fill(y.begin(), y.end(), 0.0F);
    // Only j <= i is formed: above the diagonal e^(s_i - s_j) would overflow where dt is large.
    for (std::size_t j = 0; j <= i; ++j) {
      const double weight =
          std::exp(cumulated[i] - cumulated[j]) * scores[i * length + j] * static_cast<double>(dt(j));
      const std::span<const float> xj = x(j);
      for (std::size_t p = 0; p < m.headdim; ++p) y[p] += static_cast<float>(weight) * xj[p];
    }
    kernels::scale(static_cast<float>(std::exp(cumulated[i])), c(i), coefficient);
    kernels::state_readout(coefficient, state.data(), m.headdim, y);
  }
  kernels::scale(static_cast<float>(std::exp(sum)), state, state);
  for (std::size_t t = 0; t < length; ++t) {
    kernels::scale(static_cast<float>(std::exp(sum - cumulated[t])) * dt(t), b(t), coefficient);
    kernels::state_update(1.0F, coefficient, x(t), state.data(), m.headdim);
  }
}

}  // namespace

void scan_recurrent(const ScanView& scan, bool dt_x_first, ForwardHook* hook, std::size_t layer) {
  if (wants_inside(hook)) {
    scan_materialised(scan, dt_x_first, *hook, layer);
  } else {
    scan_fused(scan, dt_x_first);
  }
}

void scan_chunked(const ScanView& scan, std::size_t chunk) {
  const ModelDims& m = *scan.dims;
  const std::size_t per_group = m.heads / m.groups;
  for (std::size_t begin = 0; begin < scan.tokens; begin += chunk) {
    const std::size_t length = std::min(chunk, scan.tokens - begin);
    std::vector<double> scores(length * length);  // C_i . B_j, shared by the heads of a group
    for (std::size_t g = 0; g < m.groups; ++g) {
      const auto row = [&](std::span<const float> v, std::size_t t) {
        return v.subspan(((begin + t) * m.groups + g) * m.d_state, m.d_state);
      };
      for (std::size_t i = 0; i < length; ++i) {
        for (std::size_t j = 0; j <= i; ++j) scores[i * length + j] = dot(row(scan.c, i), row(scan.b, j));
      }
      for (std::size_t h = g * per_group; h < (g + 1) * per_group; ++h) {
        chunk_of_head(scan, h, begin, length, scores);
      }
    }
  }
}

}  // namespace statelane
