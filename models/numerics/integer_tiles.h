// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/numerics/integer_model.h"
#include "models/numerics/tile_executor.h"

namespace statelane {

/// Tile by tile execution of an integer-exact model: the same bits as IntegerModel::forward.
class IntegerTiles : public TileExecutor {
 public:
  /// `model` must outlive this.
  explicit IntegerTiles(const IntegerModel& model, TileOptions options = {});
  [[nodiscard]] const std::vector<IntegerCache>& caches() const { return caches_; }
  [[nodiscard]] const IntegerStats& stats() const { return stats_; }

 protected:
  void start(std::size_t column, std::int64_t token) override;
  void resize(std::size_t columns) override;
  void compute(const TileWork& work) override;
  [[nodiscard]] std::size_t row_block(const TileWork& work) const override;
  [[nodiscard]] std::size_t state_block(const TileWork& work) const override;
  [[nodiscard]] bool has_in_hadamard() const override { return fixed(); }
  [[nodiscard]] bool has_out_hadamard() const override { return true; }
  [[nodiscard]] bool dt_x_first() const override {
    return model_.scheme().input_product == InputProduct::kDtX;
  }

 private:
  struct Work {
    explicit Work(const ModelDims& dims) : token(dims) {}
    IntegerToken token;
    std::vector<std::int64_t> entering;  ///< dt B x, [heads, d_state, headdim]
    std::vector<std::int64_t> decayed;
    std::vector<std::int32_t> for_c;
    std::vector<double> u, g;
  };
  [[nodiscard]] bool fixed() const { return model_.plan().arithmetic == IntegerArithmetic::kFixedPoint; }
  void project(const TileWork& work, Work& w);
  void state(const TileWork& work, Work& w);
  void mix(const TileWork& work, Work& w);
  template <class T>
  [[nodiscard]] std::vector<T> tile(const std::vector<T>& from, const TileWork& work) const;
  template <class T>
  void put(const std::vector<T>& tile, const TileWork& work, std::vector<T>& to) const;

  const IntegerModel& model_;
  std::vector<IntegerCache> caches_;
  std::vector<Work> work_;
  IntegerStats stats_;
};

}  // namespace statelane
