// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "models/blocks/arithmetic.h"
#include "models/blocks/dims.h"
#include "models/blocks/operators.h"
#include "models/blocks/tap.h"
#include "models/blocks/tensor.h"

/// How a block of a network is declared: its tensors and its operators, once. Lowering, legality, the bound's
/// path, the functional check and the generated code walk these tables (docs/add-a-block.md).
namespace statelane {

/// The loops that one operator's firings run in. Operators of one unit in the same domain (but `column`,
/// `projection` and `rows`) are one fused pipeline: tiles cross inside it.
enum class Domain : std::uint8_t {
  column,      ///< a firing a column (token or sequence), on the whole vector
  projection,  ///< a firing a tile of output rows of all parts, all columns; the order is the schedule's
  part,        ///< as projection, for what follows it element by element
  head_group,  ///< a firing a group of heads, all columns; fused operators come one after the other
  head,        ///< a firing a head, all columns
  tile,        ///< head > column > row tile > state tile, a firing each
  rows,        ///< a firing a tile of output rows, all columns
  vocabulary,  ///< a firing a tile of rows of the vocabulary, after the last layer
};
/// Whether operators of this domain that share a unit form a pipeline.
[[nodiscard]] constexpr bool is_pipeline(Domain d) {
  return d == Domain::part || d == Domain::head_group || d == Domain::tile;
}

/// What one tile of a tensor holds, and so which loops it moves with.
enum class Tile : std::uint8_t {
  vector,        ///< the whole vector of one column
  head_rows,     ///< tile_rows rows of a head, one column
  group_states,  ///< a piece of the states of all groups, all columns; a whole tensor is used again by every
                 ///< head
  head_scalar,   ///< one number a head, all columns
  head_states,   ///< d_state numbers a head, all columns
  state_tile,    ///< tile_rows x tile_states of a head, one column
  output_rows,   ///< a piece of a projection's output, all columns
  logit_rows,    ///< a piece of the logits, one column
  history,       ///< the last inputs of some channels of the convolution, of every sequence
  bytes,         ///< as it lies in memory; sized by the actor that reads it
  permit,        ///< nothing: keeps a read behind the write of what it reads
};

/// Which of a design's widths an element has (models/units/precision.h).
enum class Width : std::uint8_t { residual, activations, ssm, ssm_product, state, conv_state, byte, none };

struct TensorRow {
  std::string_view name = {};  ///< of its channel
  Tile tile = Tile::vector;
  Dim dim = Dim::one;  ///< of a column, for vectors and projections
  Width width = Width::ssm_product;
  Tap tap =
      Tap::kCount;  ///< where the reference models see it, and so its format in integers; kCount: nowhere
  std::string_view doc = {};
  Border border = Border::none;
  Tensor part = no_tensor;  ///< the projection's output whose rows these are; no_tensor: not one of its parts
};

/// A tensor that an operator takes. Where two operators exclude each other, what they leave to the operators
/// behind differs: `only_with` is the operator that must be mapped for this use to exist.
struct Use {
  Tensor tensor = no_tensor;
  std::int16_t only_with = -1;  ///< index of an operator, or -1
};

/// Whether a design must map an operator to a unit.
enum class Need : std::uint8_t { always, optional, with_head };

struct OperatorRow {
  std::string_view name = {};
  std::string_view doc = {};
  Arithmetic arithmetic = {};  ///< what feeds a linear layer is derived
  Domain domain = Domain::column;
  std::vector<Use> inputs = {};
  std::vector<Tensor> outputs = {};
  Dim rows = Dim::one;          ///< outputs a column (column, rows, head and vocabulary domains)
  Dim reduce = Dim::one;        ///< elements each output is reduced over
  bool reduces_states = false;  ///< its sum runs over the state tiles: results come at the last one
  Need need = Need::always;
  std::int16_t needs = -1;        ///< an operator that must be mapped where this one is
  std::int16_t instead_of = -1;   ///< exactly one of the two is mapped
  bool repeated_at_head = false;  ///< works once more between the last layer and the logits
};

/// A recurrent tensor: what a column leaves, the next one takes.
struct Carried {
  Tensor in = no_tensor;       ///< at the start of a block of columns, from memory
  Tensor out = no_tensor;      ///< after its last column, to memory
  Tensor loop = no_tensor;     ///< from column to column, where reader and writer are different units
  Tensor on_chip = no_tensor;  ///< in place of `in` and `out`, in a buffer that goes round all layers
};

/// A stream of off-chip memory and the actors that move it.
struct StreamRow {
  StreamKind kind = StreamKind::weights;
  std::string_view name;             ///< what is read
  std::string_view write_name = {};  ///< what is written, where it lies apart from what is read
  std::string_view reader = {};      ///< actors
  std::string_view writer = {};
  Tensor read = no_tensor;     ///< what the reader puts ...
  Tensor written = no_tensor;  ///< ... and the writer takes
  Tensor order = no_tensor;    ///< keeps reads behind writes
};

/// One kind of block: tables, and what follows from them alone. A value; a program may take one of ours and
/// add to it.
class Block {
 public:
  explicit Block(std::string_view name) : name_(name) {}

  Tensor add(TensorRow row);
  Operator add(OperatorRow row);
  void add(StreamRow row);
  void set_carried(Carried carried) { carried_ = carried; }
  /// Puts an operator behind a tensor: it takes `t` and gives a new one, described by `made`, which whatever
  /// took `t` now takes. Where it is optional and left out, everything is as before.
  Operator insert_behind(Tensor t, OperatorRow op, TensorRow made);
  /// Derives what follows from the tables; to be called after the last addition. Throws std::logic_error
  /// where the tables contradict themselves (a tensor that nobody makes, two consumers at a time ...).
  void close();

  [[nodiscard]] std::string_view name() const { return name_; }
  [[nodiscard]] std::span<const TensorRow> tensors() const { return tensors_; }
  [[nodiscard]] std::span<const OperatorRow> operators() const { return operators_; }
  [[nodiscard]] const TensorRow& operator[](Tensor t) const { return tensors_[index_of(t)]; }
  [[nodiscard]] const OperatorRow& operator[](Operator op) const {
    return operators_[static_cast<std::size_t>(op)];
  }
  /// The stream of that kind; null where the block has none.
  [[nodiscard]] const StreamRow* stream(StreamKind kind) const;
  [[nodiscard]] std::optional<Operator> operator_named(std::string_view name) const;
  [[nodiscard]] std::optional<Tensor> tensor_named(std::string_view name) const;
  /// All operators, each behind those whose tensors it takes; among equals in the table's order.
  [[nodiscard]] std::span<const Operator> order() const { return order_; }
  /// What each operator computes, by its number.
  [[nodiscard]] std::span<const Arithmetic> arithmetic() const { return arithmetic_; }
  [[nodiscard]] const Carried& carried() const { return carried_; }

  /// Operators of a domain, and those a design must have.
  [[nodiscard]] OperatorSet in(Domain domain) const { return by_domain_[static_cast<std::size_t>(domain)]; }
  [[nodiscard]] OperatorSet mandatory() const { return mandatory_; }
  [[nodiscard]] OperatorSet at_head() const { return at_head_; }
  /// The operator that projects to parts: the weight tiles of a layer begin with its tiles.
  [[nodiscard]] bool has_projection() const { return has_projection_; }
  [[nodiscard]] Operator projection() const { return projection_; }
  /// The operator whose unit's lanes the tiles of projections follow: the projection, else the first by rows.
  [[nodiscard]] Operator widest() const { return widest_; }
  /// The operator that makes the logits, if any.
  [[nodiscard]] int head() const { return head_; }
  /// Tensors that enter from outside, pass from layer to layer, and leave.
  [[nodiscard]] Tensor entering() const { return entering_; }
  [[nodiscard]] Tensor residual() const { return residual_; }
  [[nodiscard]] Tensor leaving() const { return leaving_; }

  /// The parts of the projection in the order of the weights' rows (the naive order of the schedule), and
  /// the reordered one: what all heads share first, then by head group the scalars, then rows alternately;
  /// among equals what is needed first.
  struct Part {
    Tensor tensor = no_tensor;  ///< as the projection makes it
    Tile tile = Tile::head_rows;
    Dim dim = Dim::one;
  };
  [[nodiscard]] std::span<const Part> parts() const { return parts_; }
  [[nodiscard]] std::span<const std::uint8_t> shared_parts() const { return shared_parts_; }
  [[nodiscard]] std::span<const std::uint8_t> scalar_parts() const { return scalar_parts_; }
  [[nodiscard]] std::span<const std::uint8_t> row_parts() const { return row_parts_; }
  /// Index of the part a tensor belongs to, or -1.
  [[nodiscard]] int part_of(Tensor t) const { return part_of_[index_of(t)]; }

  /// The optional operator that only passes a tensor on, -1 if there is none: where it is left out, its input
  /// is its output.
  [[nodiscard]] int bypass(Tensor t) const { return bypass_[index_of(t)]; }
  /// Tensors for which there is one.
  [[nodiscard]] std::span<const Tensor> bypassed() const { return bypassed_; }
  /// The stream that brings a tensor as bytes.
  [[nodiscard]] StreamKind stream_of(Tensor t) const;

  /// Operators that can be reached from `op` through tensors.
  [[nodiscard]] OperatorSet reachable(Operator op) const { return reachable_[static_cast<std::size_t>(op)]; }
  /// Operators that take a tensor of `op`.
  [[nodiscard]] OperatorSet successors(Operator op) const {
    return successors_[static_cast<std::size_t>(op)];
  }
  /// Operators of the tile domain whose results move with the state tiles ...
  [[nodiscard]] OperatorSet along_states() const { return along_states_; }
  /// ... and those behind a sum over them, which work at the last one.
  [[nodiscard]] OperatorSet after_states() const { return after_states_; }
  /// Operators of the tile domain that can take what all heads share.
  [[nodiscard]] OperatorSet sharing() const { return sharing_; }

 private:
  void derive_sets();
  void derive_linear();
  void derive_order();
  void derive_reachability();
  void derive_parts();
  [[nodiscard]] int first_need(Tensor part) const;
  std::string_view name_;
  std::vector<TensorRow> tensors_;
  std::vector<OperatorRow> operators_;
  std::vector<StreamRow> streams_;
  std::vector<Arithmetic> arithmetic_;
  std::vector<Operator> order_;
  Carried carried_;

  OperatorSet by_domain_[8];
  OperatorSet mandatory_, at_head_, along_states_, after_states_, sharing_;
  Operator projection_{}, widest_{};
  bool has_projection_ = false;
  int head_ = -1;
  Tensor entering_ = no_tensor, residual_ = no_tensor, leaving_ = no_tensor;
  std::vector<Part> parts_;
  std::vector<std::uint8_t> shared_parts_, scalar_parts_, row_parts_;
  std::vector<std::int8_t> part_of_, bypass_;
  std::vector<Tensor> bypassed_;
  std::vector<OperatorSet> reachable_, successors_;
};

}  // namespace statelane
