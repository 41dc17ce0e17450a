// SPDX-License-Identifier: Apache-2.0
// Norms, transforms, projections and the residual stream.
#include <algorithm>
#include <stdexcept>

#include "models/blocks/mamba2/operand_types.h"
#include "models/numerics/integer_ops.h"
#include "models/numerics/kernels.h"
#include "models/numerics/packed_matrix.h"

namespace statelane::mamba2 {
namespace {

// norm

void norm(FloatNetwork& n, const Operands& o) {
  const ModelWeights& w = n.model.weights();
  const std::vector<float>& weight = o.at.layer == n.dims().layers ? w.final_norm : n.layer(o.at).norm;
  o.out[0].reals.resize(o.reals(0).size());
  kernels::rms_norm(o.reals(0), weight, 1, n.dims().norm_eps, o.out[0].reals);
}

void norm(IntegerNetwork& n, const Operands& o) {
  const IntegerLayer& layer = n.layer(o.at);
  if (n.fixed()) {
    const std::span<const float> weight =
        n.behind_layers(o.at) ? std::span<const float>(n.model.folded().final_norm) : layer.norm_weight();
    o.out[0].reals.resize(o.reals(0).size());
    return kernels::rms_norm(o.reals(0), weight, 1, n.dims().norm_eps, o.out[0].reals);
  }
  lay(n.token.residual, 0, o.codes(0));
  layer.norm(n.token, nullptr);
  take(n.token.u, 0, n.token.u.size(), o.out[0]);
}

// in_hadamard

void in_hadamard(FloatNetwork& n, const Operands& o) {
  o.out[0].reals = o.reals(0);
  n.rotation.apply(Operator::in_hadamard, o.out[0].reals);
}

void in_hadamard(IntegerNetwork& n, const Operands& o) {
  const IntegerLayer& layer = n.layer(o.at);
  const FixedScale& scale =
      n.behind_layers(o.at) ? n.model.integer_head()->input : layer.weights().in_proj.input;
  layer.fixed_transform(o.reals(0), Tap::kNormUnrotated, scale, Tap::kNormOut, n.token.u, nullptr);
  take(n.token.u, 0, n.token.u.size(), o.out[0]);
}

// in_proj, out_proj, lm_head: inputs [columns, inputs], weights [rows, inputs]

void project(FloatNetwork&, const Operands& o) {
  const std::size_t inputs = o.reals(0).size() / o.at.columns;
  o.out[0].reals.resize(o.at.columns * o.at.rows());
  matmul(PackedMatrix(o.reals(1), o.at.rows(), inputs), o.reals(0), o.at.columns, o.out[0].reals);
}

/// The accumulators [columns, rows].
std::vector<double> accumulate(const Operands& o) {
  const std::size_t inputs = o.codes(0).size() / o.at.columns;
  const std::vector<double> x(o.codes(0).begin(), o.codes(0).end());
  const std::vector<double> w(o.codes(1).begin(), o.codes(1).end());
  std::vector<double> acc(o.at.columns * o.at.rows());
  matmul(ExactMatrix(w, o.at.rows(), inputs), x, o.at.columns, acc);
  return acc;
}

void in_proj(IntegerNetwork& n, const Operands& o) {
  const std::vector<double> acc = accumulate(o);
  const std::size_t conv = n.dims().d_inner;
  const std::size_t dt = conv + n.dims().conv_channels();
  const std::size_t rows = o.at.rows();
  for (std::size_t c = 0; c < o.at.columns; ++c) {
    n.layer(o.at).take_in_proj(n.token, o.rows(), std::span(acc).subspan(c * rows, rows), nullptr);
    if (o.at.first_row < conv) {
      take(n.token.z, o.at.first_row, rows, o.out[0]);
    } else if (o.at.first_row < dt) {
      take(n.token.conv_in, o.at.first_row - conv, rows, o.out[0]);
    } else {
      take(n.token.dt_in, o.at.first_row - dt, rows, o.out[0]);
    }
  }
}

void out_proj(IntegerNetwork& n, const Operands& o) {
  const std::vector<double> acc = accumulate(o);
  const std::size_t rows = o.at.rows();
  for (std::size_t c = 0; c < o.at.columns; ++c) {
    n.layer(o.at).take_out_proj(n.token, o.rows(), std::span(acc).subspan(c * rows, rows), nullptr);
    if (n.fixed()) {
      const auto first = n.token.mixer_float.begin() + static_cast<std::ptrdiff_t>(o.at.first_row);
      o.out[0].reals.insert(o.out[0].reals.end(), first, first + static_cast<std::ptrdiff_t>(rows));
    } else {
      take(n.token.mixer, o.at.first_row, rows, o.out[0]);
    }
  }
}

void lm_head(IntegerNetwork& n, const Operands& o) {
  o.out[0].reals = n.model.logits_of(accumulate(o));
}

// gated_norm

void gated_norm(FloatNetwork& n, const Operands& o) {
  o.out[0].reals.resize(o.reals(0).size());
  kernels::rms_norm(o.reals(0), n.layer(o.at).gated_norm, n.dims().groups, n.dims().norm_eps, o.out[0].reals);
}

void gated_norm(IntegerNetwork& n, const Operands& o) {
  const IntegerLayer& layer = n.layer(o.at);
  if (n.fixed()) {
    o.out[0].reals.resize(o.reals(0).size());
    return kernels::rms_norm(o.reals(0), layer.gated_norm_weight(), n.dims().groups, n.dims().norm_eps,
                             o.out[0].reals);
  }
  lay(n.token.gated, 0, o.codes(0));
  layer.normalise_gated(n.token, nullptr);
  take(n.token.normed, 0, n.token.normed.size(), o.out[0]);
}

// out_hadamard, out_hadamard2. In integers the last stage computes both: the unit rounds once, behind it.

void out_hadamard(FloatNetwork& n, const Operands& o) {
  o.out[0].reals = o.reals(0);
  n.rotation.apply(Operator::out_hadamard, o.out[0].reals);
}
void out_hadamard2(FloatNetwork& n, const Operands& o) {
  o.out[0].reals = o.reals(0);
  n.rotation.apply(Operator::out_hadamard2, o.out[0].reals);
}

void transform_gated(IntegerNetwork& n, const Operands& o) {
  const IntegerLayer& layer = n.layer(o.at);
  if (n.fixed()) {
    layer.fixed_transform(o.reals(0), Tap::kGatedNormUnrotated, layer.weights().out_proj.input,
                          Tap::kGatedNormOut, n.token.g, nullptr);
  } else {
    lay(n.token.normed, 0, o.codes(0));
    layer.transform_gated(n.token, nullptr);
  }
  take(n.token.g, 0, n.token.g.size(), o.out[0]);
}
void out_hadamard(IntegerNetwork& n, const Operands& o) {
  if (!n.two_stages) return transform_gated(n, o);
  o.out[0] = *o.in[0];
}

// residual: the mixer's output, then the stream that the unit holds

void residual(FloatNetwork&, const Operands& o) {
  o.out[0].reals = o.reals(1);
  kernels::add_in_place(o.out[0].reals, o.reals(0));
}

void residual(IntegerNetwork& n, const Operands& o) {
  if (n.fixed()) {
    o.out[0].reals = o.reals(1);
    return kernels::add_in_place(o.out[0].reals, o.reals(0));
  }
  const std::size_t rows = o.at.rows();
  for (std::size_t c = 0; c < o.at.columns; ++c) {
    lay(n.token.mixer, o.at.first_row, o.codes(0), c * rows, rows);
    lay(n.token.residual, o.at.first_row, o.codes(1), c * rows, rows);
    n.layer(o.at).residual(n.token, o.rows(), nullptr);
    take(n.token.residual, o.at.first_row, rows, o.out[0]);
  }
}

constexpr OperatorFunctions functions[] = {
    {"norm", norm, norm},
    {"in_hadamard", in_hadamard, in_hadamard},
    {"in_proj", project, in_proj},
    {"gated_norm", gated_norm, gated_norm},
    {"out_hadamard", out_hadamard, out_hadamard},
    {"out_hadamard2", out_hadamard2, transform_gated},
    {"out_proj", project, out_proj},
    {"residual", residual, residual},
    {"lm_head", project, lm_head},
};

}  // namespace

std::span<const OperatorFunctions> linear_functions() {
  return functions;
}

}  // namespace statelane::mamba2
