// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "models/base/units.h"
#include "models/blocks/network.h"
#include "models/blocks/operators.h"
#include "models/blocks/phase.h"

namespace statelane {

/// What an operator does and touches, in operations and elements (no widths yet).
struct OperatorCount {
  std::int64_t macs =
      0;  ///< multiply-accumulates of reductions: matrix products, convolution, h C, sums of squares
  std::int64_t multiplies = 0;  ///< element-wise products
  std::int64_t adds = 0;        ///< element-wise additions
  std::int64_t nonlinear = 0;   ///< evaluations of exp, softplus, SiLU or an inverse square root
  std::int64_t parameters = 0;  ///< elements that belong to the operator, counted once however often it runs
  std::int64_t inputs = 0;      ///< activation elements read
  std::int64_t outputs = 0;     ///< activation elements written
  std::int64_t state = 0;       ///< elements of recurrent or convolution state read; as many are written

  /// All multiplications, with an addition behind them or not.
  [[nodiscard]] std::int64_t products() const { return macs + multiplies; }

  OperatorCount& operator+=(const OperatorCount& other);
  /// Operations and activations times `n`; the parameters stay.
  [[nodiscard]] OperatorCount times(std::int64_t n) const;
  bool operator==(const OperatorCount&) const = default;
};

/// Bits an element of each family of tensors has.
struct ElementWidths {
  Bits parameters{16};
  Bits activations{16};
  Bits state{16};
};

/// An operator's counts in bytes.
struct OperatorBytes {
  Bytes parameters{0};
  Bytes inputs{0};
  Bytes outputs{0};
  Bytes state{0};  ///< read; as many are written
};
[[nodiscard]] OperatorBytes bytes_of(const OperatorCount& count, const ElementWidths& widths);

struct CountOptions {
  /// Tokens of a chunk of the chunked SSD form of a prefill; 0: the recurrence, token by token.
  std::int64_t chunk = 0;
  bool lm_head = true;
  /// Operators a design may or may not have: in_hadamard, out_hadamard (with or without a second stage), and
  /// delta_x in place of delta_b.
  OperatorSet optional{Operator::delta_b};
};

/// A whole network's work for a phase.
struct WorkloadCount {
  /// Of one layer, all tokens of the phase, indexed by Operator. In the chunked form `outer` builds the
  /// chunks' states, `decay` and `state_add` carry them from chunk to chunk, and `state_c` holds the scores,
  /// the product inside a chunk and the readout of the carried state.
  std::array<OperatorCount, operator_count> layer{};
  OperatorCount final_norm;  ///< zero operations without the head, which alone needs it
  OperatorCount lm_head;     ///< parameters only where the head is not the embedding
  std::int64_t layers = 0;
  std::int64_t embedding_parameters = 0;

  [[nodiscard]] const OperatorCount& of(Operator op) const { return layer[static_cast<std::size_t>(op)]; }
  [[nodiscard]] OperatorCount layer_total() const;
  /// All layers, the final norm, the head; parameters with the embedding.
  [[nodiscard]] OperatorCount total() const;
};

/// Counts the operators of Mamba2 (Dao and Gu 2024, sections 6 and 7; shapes as in state-spaces/mamba,
/// modules/mamba2.py) for decode of a batch or prefill of prompts. A prefill computes logits for the last
/// token of each prompt only. A last chunk shorter than the others is counted with its own length; the scores
/// of a chunk are the full square, the causal half not being skipped.
[[nodiscard]] WorkloadCount count_workload(const Mamba2Shape& shape, const Phase& phase,
                                           const CountOptions& options = {});

/// Additions of a Hadamard transform of n = K * 2^k points with the smallest K of 1, 12, 20, 28, 36: n k in
/// its fast stages and n (K - 1) in its dense one. Both 0 where no such K exists.
struct HadamardAdds {
  std::int64_t fast = 0;
  std::int64_t dense = 0;
};
[[nodiscard]] HadamardAdds hadamard_adds(std::int64_t points);

}  // namespace statelane
