// SPDX-License-Identifier: Apache-2.0
#include "models/blocks/mamba2/online_rotation.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace statelane {
OnlineRotation::OnlineRotation(const Design& design, std::size_t d_model, std::size_t d_inner) {
  std::size_t stride = 1;  // of the second stage: the first one's points
  for (const Operator op : {Operator::in_hadamard, Operator::out_hadamard, Operator::out_hadamard2}) {
    const int unit = design.unit_of(op);
    if (unit < 0) continue;
    const std::size_t channels = op == Operator::in_hadamard ? d_model : d_inner;
    const UnitModel& model = design.units[static_cast<std::size_t>(unit)].model();
    const auto points = static_cast<std::size_t>(model.transform_points(static_cast<std::int64_t>(channels)));
    const std::size_t across = op == Operator::out_hadamard2 ? stride : 1;
    const std::string what = std::string(operator_name(op)) + " of " + std::to_string(points) + " points";
    if (points == 0 || channels % (points * across) != 0) {
      throw InputError(what + " does not divide the vector of " + std::to_string(channels) +
                       (across > 1 ? " behind a stage of " + std::to_string(across) : std::string()));
    }
    try {
      stages_.push_back({op, Hadamard(points), across});
    } catch (const std::invalid_argument& e) {
      throw InputError(what + ": " + e.what());
    }
    if (op == Operator::out_hadamard) stride = points;
  }
}

void OnlineRotation::apply(Operator op, std::span<float> x) const {
  for (const Stage& stage : stages_) {
    if (stage.op != op) continue;
    const std::size_t points = stage.transform.size();
    std::vector<float> block(points);
    for (std::size_t first = 0; first < x.size(); first += points * stage.stride) {
      for (std::size_t s = 0; s < stage.stride; ++s) {
        for (std::size_t i = 0; i < points; ++i) block[i] = x[first + s + i * stage.stride];
        stage.transform.rotate(block);
        for (std::size_t i = 0; i < points; ++i) x[first + s + i * stage.stride] = block[i];
      }
    }
  }
}

void OnlineRotation::fold_output_row(std::span<float> row) const {
  apply(Operator::out_hadamard, row);
  apply(Operator::out_hadamard2, row);
}

}  // namespace statelane
