// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/blocks/operators.h"
#include "models/numerics/packed_matrix.h"
#include "models/numerics/weights.h"

namespace statelane {

/// A schedule asked for a tile whose inputs were not there yet, or overwrote what was still needed.
class ScheduleError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// One firing's work. `rows` counts, by operator:
///   norm, in_hadamard, out_proj, residual       elements of d_model
///   in_proj, conv, silu_xbc                     rows of `part`
///   silu_z, d_skip, gate, gated_norm,
///   out_hadamard, out_hadamard2                 elements of d_inner
///   softplus, decay_exp                         heads
///   delta_b                                     heads, with `states` of each
///   delta_x                                     elements of d_inner
///   outer, decay, state_add, state_c            channels of `head`, with `states`
///   lm_head                                     rows of the vocabulary; it includes the final norm
/// The final norm, where it is a firing of its own, is `norm` of layer dims().layers.
struct TileWork {
  Operator op = Operator::norm;
  Part part = Part::z;
  std::size_t layer = 0;
  std::size_t column = 0;  ///< token of the block
  std::size_t head = 0;
  Range rows;
  Range states;
};

/// Options of the hardware a schedule is for.
struct TileOptions {
  bool hadamard_in_two_stages = false;  ///< out_hadamard2 completes what out_hadamard begins
};

/// Runs a model tile by tile in whatever order a schedule fires: the functional mode of a simulation. Each
/// tile checks that its inputs were produced (for this layer and token) and that it overwrites nothing still
/// needed, then computes. The logits have the bits of the model's own forward pass. A violation throws
/// ScheduleError, a tile that cuts a quantiser's block or leaves its tensor std::invalid_argument.
class TileExecutor {
 public:
  explicit TileExecutor(const ModelDims& dims, TileOptions options);
  virtual ~TileExecutor() = default;
  TileExecutor(const TileExecutor&) = delete;
  TileExecutor& operator=(const TileExecutor&) = delete;

  /// Starts a block of tokens of one sequence, which continues from the state the last block left; all layers
  /// of it run before the next block starts.
  void begin(std::span<const std::int64_t> tokens);
  void run(const TileWork& work);
  /// Logits [tokens, vocab]; throws ScheduleError if a row was not produced.
  [[nodiscard]] std::vector<float> logits() const;

  /// Logits [vocab] of one token of the block.
  [[nodiscard]] std::vector<float> logits(std::size_t column) const;

  [[nodiscard]] const ModelDims& dims() const { return m_; }

 protected:
  virtual void start(std::size_t column, std::int64_t token) = 0;
  virtual void resize(std::size_t columns) = 0;
  virtual void compute(const TileWork& work) = 0;
  /// Quantiser blocks along the rows of an operator's output; tiles must respect them. 1 = none.
  [[nodiscard]] virtual std::size_t row_block(const TileWork& work) const = 0;
  /// The same along d_state.
  [[nodiscard]] virtual std::size_t state_block(const TileWork& work) const = 0;
  [[nodiscard]] virtual bool has_in_hadamard() const = 0;
  [[nodiscard]] virtual bool has_out_hadamard() const = 0;
  [[nodiscard]] virtual bool dt_x_first() const = 0;
  [[nodiscard]] std::span<float> logits_of(std::size_t column) {
    return std::span(logits_).subspan(column * m_.vocab, m_.vocab);
  }
  /// Rows of in_proj at which a part begins.
  [[nodiscard]] std::size_t first_row(Part part) const;
  [[nodiscard]] std::size_t part_rows(Part part) const;

 private:
  enum class Tensor {
    kResidual,
    kNormed,
    kU,
    kProjected,
    kConvOut,
    kSilu,
    kGate,
    kDt,
    kDecay,
    kProduct,
    kOuter,
    kDecayedState,
    kState,
    kScan,
    kY,
    kGated,
    kNormedInner,
    kStage,
    kG,
    kMixer,
    kLogits,
    kCount
  };
  struct Column {
    /// Layer + 1 for which an element is valid; for the residual stream the number of layers it has passed.
    std::array<std::vector<std::uint32_t>, static_cast<std::size_t>(Tensor::kCount)> stamps;
  };

  [[nodiscard]] std::vector<std::uint32_t>& stamps(const TileWork& work, Tensor tensor);
  void need(const TileWork& work, Tensor tensor, Range range, const char* what);
  void mark(const TileWork& work, Tensor tensor, Range range);
  void fresh(const TileWork& work, Tensor tensor, Range range, const char* what);
  void check_tile(const TileWork& work, std::size_t rows) const;
  void check_states(const TileWork& work) const;
  void front(const TileWork& work);
  void scalars(const TileWork& work);
  void state(const TileWork& work);
  void back(const TileWork& work);
  [[nodiscard]] std::size_t output_rows(const TileWork& work) const;

  ModelDims m_;
  TileOptions options_;
  std::vector<Column> columns_;
  /// Tokens a layer's state elements and convolution channels have absorbed, [layer][element].
  std::vector<std::vector<std::uint32_t>> state_tokens_;
  std::vector<std::vector<std::uint32_t>> conv_tokens_;
  std::uint32_t first_token_ = 0;  ///< of the block, counted from the sequence's start
  std::vector<float> logits_;
};

}  // namespace statelane
