// SPDX-License-Identifier: Apache-2.0
#include "models/blocks/mamba2/functions.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

#include "models/base/diagnostics.h"
#include "models/blocks/mamba2/mamba2.h"
#include "models/blocks/mamba2/operand_types.h"
#include "models/numerics/kernels.h"

namespace statelane {
namespace mamba2 {

IntegerNetwork::IntegerNetwork(const IntegerModel& m) : model(m), token(m.dims()) {
  cache.state.resize(m.dims().state_elements());
}

namespace {

Operator operator_of(std::string_view name) {
  const std::optional<Operator> op = mamba2_block().operator_named(name);
  if (!op) throw std::logic_error("the mamba2 block has no operator " + std::string(name));
  return *op;
}

bool maps(const Design& design, std::string_view name) {
  return design.unit_of(operator_of(name)) >= 0;
}

/// The functions by operator; null: none.
class Table {
 public:
  Table() {
    for (const auto& list : {linear_functions(), recurrence_functions()}) {
      for (const OperatorFunctions& f : list) rows_[static_cast<std::size_t>(operator_of(f.name))] = &f;
    }
  }
  [[nodiscard]] const OperatorFunctions& operator[](Operator op) const {
    const OperatorFunctions* f = rows_[static_cast<std::size_t>(op)];
    if (f == nullptr) throw TileError("has no function on tiles");
    return *f;
  }

 private:
  std::array<const OperatorFunctions*, OperatorSet::capacity> rows_{};
};

/// Results that an operator did not make are copies of its first.
void copy_results(std::span<TileData> out) {
  for (std::size_t i = 1; i < out.size(); ++i) {
    if (out[i].empty()) out[i] = out[0];
  }
}

class FloatFunctions final : public TileFunctions {
 public:
  FloatFunctions(const Mamba2Model& model, const Design& design)
      : n_{model, OnlineRotation(design, model.dims().d_model, model.dims().d_inner),
           maps(design, "delta_x")},
        out_proj_(operator_of("out_proj")),
        lm_head_(operator_of("lm_head")) {}

  void run(Operator op, const TilePlace& at, std::span<TileData* const> in,
           std::span<TileData> out) override {
    table_[op].real(n_, {at, in, out});
    copy_results(out);
  }
  [[nodiscard]] std::size_t heads_together(Operator) const override { return 1; }

  [[nodiscard]] TileData weights(Operator op, const TilePlace& at) const override {
    const ModelDims& m = n_.dims();
    const std::vector<float>& matrix = op == lm_head_    ? n_.model.weights().head_matrix()
                                       : op == out_proj_ ? n_.layer(at).out_proj
                                                         : n_.layer(at).in_proj;
    const std::size_t inputs = op == out_proj_ ? m.d_inner : m.d_model;
    if (at.last_row * inputs > matrix.size()) throw TileError("reads beyond the weights");
    const auto from = matrix.begin() + static_cast<std::ptrdiff_t>(at.first_row * inputs);
    TileData tile(std::vector<float>(from, from + static_cast<std::ptrdiff_t>(at.rows() * inputs)));
    for (std::size_t r = 0; r < at.rows(); ++r) {
      const auto row = std::span(tile.reals).subspan(r * inputs, inputs);
      if (op == out_proj_) {
        n_.rotation.fold_output_row(row);
      } else {
        n_.rotation.fold_input_row(row);
      }
    }
    return tile;
  }
  [[nodiscard]] TileData history_parameters(std::size_t layer) const override {
    const std::span<const float> taps = n_.model.conv_taps(layer);
    TileData data(std::vector<float>(taps.begin(), taps.end()));
    data.append(TileData(n_.model.weights().layers[layer].conv_bias));
    return data;
  }
  [[nodiscard]] TileData zeros(std::size_t elements) const override {
    return TileData(std::vector<float>(elements));
  }

  [[nodiscard]] TileData embedding(std::int64_t token) const override {
    const std::size_t n = n_.dims().d_model;
    const auto first = n_.model.weights().embedding.begin() +
                       static_cast<std::ptrdiff_t>(token) * static_cast<std::ptrdiff_t>(n);
    return TileData(std::vector<float>(first, first + static_cast<std::ptrdiff_t>(n)));
  }
  [[nodiscard]] std::vector<float> logits(const TileData& column) const override {
    std::vector<float> x = column.reals;
    kernels::rms_norm(x, n_.model.weights().final_norm, 1, n_.dims().norm_eps, x);
    std::vector<float> logits(n_.dims().vocab);
    matmul(n_.model.head(), x, 1, logits);
    return logits;
  }

 private:
  Table table_;
  FloatNetwork n_;
  Operator out_proj_, lm_head_;
};

class IntegerFunctions final : public TileFunctions {
 public:
  IntegerFunctions(const IntegerModel& model, const Design& design)
      : n_(model), out_proj_(operator_of("out_proj")), lm_head_(operator_of("lm_head")) {
    check_operators(design, model.scheme());
    n_.delta_x = maps(design, "delta_x");
    n_.two_stages = maps(design, "out_hadamard2");
    add_block("conv", {Tap::kConvOut});
    add_block("silu_xbc", {Tap::kX, Tap::kB, Tap::kC});
    add_block("silu_z", {Tap::kGate});
    add_block("softplus", {Tap::kDt});
    add_block("decay_exp", {Tap::kDtA, Tap::kDecay});
    add_block("state_add", {Tap::kState});
    add_block("d_skip", {Tap::kSsmOut});
    add_block("gate", {Tap::kGated});
    if (block(Tap::kDtB) > 1 && n_.format(Tap::kDtB).axis == GroupAxis::kRows)
      add_block("delta_b", {Tap::kDtB});
    in_proj_ = operator_of("in_proj");
    state_add_ = operator_of("state_add");
  }

  void run(Operator op, const TilePlace& at, std::span<TileData* const> in,
           std::span<TileData> out) override {
    check_blocks(op, at);
    table_[op].integer(n_, {at, in, out});
    copy_results(out);
  }
  [[nodiscard]] std::size_t heads_together(Operator op) const override {
    return row_block_[static_cast<std::size_t>(op)];
  }

  [[nodiscard]] TileData weights(Operator op, const TilePlace& at) const override {
    const IntegerLinear& linear = op == lm_head_    ? *n_.model.integer_head()
                                  : op == out_proj_ ? n_.layer(at).weights().out_proj
                                                    : n_.layer(at).weights().in_proj;
    const ExactMatrix& codes = linear.codes;
    if (at.last_row > codes.rows()) throw TileError("reads beyond the weights");
    TileData tile;
    tile.codes.reserve(at.rows() * codes.cols());
    for (std::size_t r = at.first_row; r < at.last_row; ++r) {
      for (std::size_t k = 0; k < codes.cols(); ++k)
        tile.codes.push_back(static_cast<std::int64_t>(codes.at(r, k)));
    }
    return tile;
  }
  [[nodiscard]] TileData history_parameters(std::size_t layer) const override {
    const IntegerLayerWeights& w = n_.model.layer(layer).weights();
    TileData data{std::span<const std::int32_t>(w.conv)};
    data.append(TileData(w.conv_bias));
    return data;
  }
  [[nodiscard]] TileData zeros(std::size_t elements) const override {
    return TileData(std::vector<std::int64_t>(elements));
  }

  [[nodiscard]] TileData embedding(std::int64_t token) const override {
    IntegerToken t(n_.dims());
    n_.model.embed(token, t);
    if (n_.fixed()) return TileData(t.residual_float);
    return TileData(std::span<const std::int32_t>(t.residual));
  }
  [[nodiscard]] std::vector<float> logits(const TileData& column) const override {
    IntegerToken t(n_.dims());
    if (n_.fixed()) {
      t.residual_float = column.reals;
    } else {
      mamba2::lay(t.residual, 0, column.codes);
    }
    return n_.model.head(t);
  }

 private:
  [[nodiscard]] std::size_t block(Tap tap) const {
    const TensorFormat& f = n_.format(tap);
    return f.block_bits > 0 ? f.block : 1;
  }
  void add_block(std::string_view op, std::initializer_list<Tap> taps) {
    std::size_t& most = row_block_[static_cast<std::size_t>(operator_of(op))];
    for (const Tap tap : taps) most = std::max(most, block(tap));
  }
  [[nodiscard]] Tap projected(const TilePlace& at) const {
    const std::size_t conv = n_.dims().d_inner;
    if (at.first_row < conv) return Tap::kZ;
    return at.first_row < conv + n_.dims().conv_channels() ? Tap::kConvIn : Tap::kDtIn;
  }
  /// Blocks start at the beginning of a part, of a head, or of the heads: all of them multiples of a block
  /// or at the end of a tensor.
  void check_blocks(Operator op, const TilePlace& at) const {
    const std::size_t rows = op == in_proj_ ? block(projected(at)) : row_block_[static_cast<std::size_t>(op)];
    const std::size_t states = op == state_add_ ? block(Tap::kStateForC) : 1;
    const bool heads = at.last_row == n_.dims().heads;
    if ((at.rows() % rows != 0 && !heads) || at.states() % states != 0)
      throw TileError("works on a tile that cuts a quantiser's block of " +
                      std::to_string(std::max(rows, states)));
  }

  struct Blocks : std::array<std::size_t, OperatorSet::capacity> {
    Blocks() { fill(1); }
  };
  Table table_;
  mamba2::IntegerNetwork n_;
  Operator out_proj_, lm_head_;
  Operator in_proj_{}, state_add_{};
  Blocks row_block_;
};

}  // namespace
}  // namespace mamba2

std::unique_ptr<TileFunctions> mamba2_float_functions(const Mamba2Model& model, const Design& design) {
  return std::make_unique<mamba2::FloatFunctions>(model, design);
}

std::unique_ptr<TileFunctions> mamba2_integer_functions(const IntegerModel& model, const Design& design) {
  return std::make_unique<mamba2::IntegerFunctions>(model, design);
}

void check_operators(const Design& design, const Scheme& scheme) {
  const bool dt_x = mamba2::maps(design, "delta_x");
  if (dt_x != (scheme.input_product == InputProduct::kDtX)) {
    throw InputError("scheme \"" + scheme.name + "\" does not fit the design: the design multiplies dt by " +
                     (dt_x ? "x" : "B") + " first, the scheme by " + (dt_x ? "B" : "x"));
  }
  const auto check = [&](std::string_view op, bool wanted, const char* what) {
    if (mamba2::maps(design, op) == wanted) return;
    throw InputError("scheme \"" + scheme.name + "\" does not fit the design: it " +
                     (wanted ? "needs" : "has no use for") + " a Hadamard unit in front of " + what);
  };
  check("in_hadamard", scheme.integer == IntegerArithmetic::kFixedPoint, "in_proj");
  check("out_hadamard", true, "out_proj");
}

}  // namespace statelane
