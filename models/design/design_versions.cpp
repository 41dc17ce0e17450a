// SPDX-License-Identifier: Apache-2.0
#include "models/design/design_versions.h"

namespace statelane {

void DesignVersions::update_units(const std::vector<Unit>& units) {
  if (units_.size() != units.size()) {
    units_.resize(units.size());
    frame_ = now_;
  }
  for (std::size_t i = 0; i < units.size(); ++i) {
    Known& known = units_[i];
    if (!(known.operators == units[i].operators())) {
      known.operators = units[i].operators();
      frame_ = now_;
    }
    if (known.model && known.model->equals(units[i].model())) continue;
    known.number = now_;
    if (!known.model || !known.model->assign(units[i].model())) known.model = units[i].model().clone();
  }
}

void DesignVersions::update(const Design& design, const Mamba2Shape& network, const Phase& phase,
                            const Board& board) {
  const bool first = now_ == 0;
  ++now_;
  update_units(design.units);
  if (first ||
      !(schedule_ == design.schedule && precision_ == design.precision && memory_ == design.memory)) {
    schedule_ = design.schedule;
    precision_ = design.precision;
    memory_ = design.memory;
    frame_ = now_;
  }
  if (first || !(phase_ == phase && network_ == network)) {
    phase_ = phase;
    network_ = network;
    workload_ = now_;
  }
  if (first || !(known_board_ == board)) {
    known_board_ = board;
    board_ = now_;
  }
}

}  // namespace statelane
