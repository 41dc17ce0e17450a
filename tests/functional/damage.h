// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <string_view>

#include "models/functional/functional_model.h"

namespace statelane::test {

/// Exchanges the parts `a` and `b` in the sequence of an actor: the schedule walks them in the other order.
void swap_parts(Graph& graph, std::string_view actor, Part a, Part b);

/// Hands firings on and damages one channel the first time `hurt` can.
class Vandal final : public FiringListener {
 public:
  using Hurt = bool (*)(std::deque<TileData>&);
  Vandal(FunctionalModel& model, ChannelId channel, Hurt hurt)
      : model_(model), channel_(channel), hurt_(hurt) {}
  void fire(ActorId actor, FiringId firing) override {
    model_.fire(actor, firing);
    if (!done_) done_ = hurt_(model_.tiles(channel_));
  }
  [[nodiscard]] bool done() const { return done_; }

 private:
  FunctionalModel& model_;
  ChannelId channel_;
  Hurt hurt_;
  bool done_ = false;
};

/// Each damages a channel's tiles if it can. Tiles that hardly differ are not swapped.
bool swap_two(std::deque<TileData>& tiles);
bool lose_one(std::deque<TileData>& tiles);
bool alter_one(std::deque<TileData>& tiles);

}  // namespace statelane::test
