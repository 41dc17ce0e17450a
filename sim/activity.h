// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/graph/graph.h"
#include "sim/time.h"

namespace statelane {

/// Where an actor's time went. Together with what is left until the end of the run (spent waiting for input
/// that never came again) the four parts are the whole run.
struct Activity {
  std::int64_t firings = 0;
  Femtoseconds busy{0};
  Femtoseconds on_input{0};   ///< waiting for tiles of another unit
  Femtoseconds on_output{0};  ///< waiting for places in an output channel
  Femtoseconds on_memory{0};  ///< waiting for tiles (or places) of a memory actor
  Femtoseconds last{0};       ///< end of the last firing
};

/// Sees every firing as it is decided; firings of one actor come in order, those of different actors
/// interleave as the run allows. `visible` is the time from which the produced tiles can be used.
class FiringObserver {
 public:
  FiringObserver() = default;
  FiringObserver(const FiringObserver&) = delete;
  FiringObserver& operator=(const FiringObserver&) = delete;
  virtual ~FiringObserver() = default;
  virtual void fired(ActorId actor, FiringId firing, Femtoseconds start, Femtoseconds end,
                     Femtoseconds visible) = 0;
};

}  // namespace statelane
