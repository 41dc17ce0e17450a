// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/evaluate/simulation.h"

namespace statelane {

/// Several observers of one run, told in their order.
class ObserverList final : public FiringObserver {
 public:
  /// `observer` must outlive the run; nullptr is left out.
  void add(FiringObserver* observer) {
    if (observer != nullptr) observers_.push_back(observer);
  }
  [[nodiscard]] bool empty() const { return observers_.empty(); }
  void fired(ActorId actor, FiringId firing, Femtoseconds start, Femtoseconds end,
             Femtoseconds visible) override {
    for (FiringObserver* o : observers_) o->fired(actor, firing, start, end, visible);
  }

 private:
  std::vector<FiringObserver*> observers_;
};

}  // namespace statelane
