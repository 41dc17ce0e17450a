// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/numerics/mamba2_model.h"
#include "models/numerics/rotation.h"
#include "models/numerics/tile_executor.h"

namespace statelane {

/// Tile by tile execution of the float model: the bits of Mamba2Model::forward, or, with a rotation (whose
/// folded weights `model` must hold), of QuantizedModel::forward under a scheme that rotates and rounds
/// nothing.
class FloatTiles : public TileExecutor {
 public:
  /// `model` must outlive this.
  explicit FloatTiles(const Mamba2Model& model, TileOptions options = {}, Rotation rotation = Rotation::kNone,
                      InputProduct input_product = InputProduct::kDtB);
  [[nodiscard]] const ModelCache& cache() const { return cache_; }

 protected:
  void start(std::size_t column, std::int64_t token) override;
  void resize(std::size_t columns) override;
  void compute(const TileWork& work) override;
  [[nodiscard]] std::size_t row_block(const TileWork&) const override { return 1; }
  [[nodiscard]] std::size_t state_block(const TileWork&) const override { return 1; }
  [[nodiscard]] bool has_in_hadamard() const override { return rotation_.online(Tap::kNormOut); }
  [[nodiscard]] bool has_out_hadamard() const override { return rotation_.online(Tap::kGatedNormOut); }
  [[nodiscard]] bool dt_x_first() const override { return input_product_ == InputProduct::kDtX; }

 private:
  struct Work {
    std::vector<float> residual, u, projected, xbc, gate, dt, decay, product, outer, decayed, y, gated, g,
        mixer;
  };
  void front(const TileWork& work, Work& w);
  void scalars(const TileWork& work, Work& w) const;
  void state(const TileWork& work, Work& w);
  void back(const TileWork& work, Work& w);
  void norm_tile(std::span<const float> x, std::span<const float> weight, std::size_t groups, Range rows,
                 std::span<float> out) const;

  const Mamba2Model& model_;
  RotationPlan rotation_;
  InputProduct input_product_;
  ModelCache cache_;
  std::vector<Work> work_;
};

}  // namespace statelane
