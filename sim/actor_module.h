// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <systemc>
#include <vector>

#include "models/evaluate/simulation.h"
#include "models/graph/graph.h"
#include "models/graph/program.h"
#include "sim/tile_fifo.h"

namespace statelane {

class ActorModule;

/// A channel with the modules at its ends, which wake each other.
struct Link {
  TileFifo fifo;
  ActorModule* producer = nullptr;
  ActorModule* consumer = nullptr;
  std::int64_t wanted_tiles = 0;  ///< the consumer sleeps until so many tiles are known; 0: it does not sleep
  std::int64_t wanted_places = 0;  ///< the producer sleeps until so many places are known
  bool from_memory = false;
  bool to_memory = false;
};

/// What every module of a run shares.
struct Fabric {
  const Graph* graph = nullptr;
  Femtoseconds period{0};
  std::vector<Link> links;
  FiringObserver* observer = nullptr;
};

/// A hardware unit: fires through its sequence as its channels allow. One SC_METHOD without a clock; it runs
/// when a neighbour's firing may have unblocked it and decides all firings whose tiles and places are known.
class ActorModule : public sc_core::sc_module {
 public:
  ActorModule(sc_core::sc_module_name name, Fabric& fabric, ActorId id);

  [[nodiscard]] ActorId id() const { return id_; }
  [[nodiscard]] const Activity& activity() const { return activity_; }
  [[nodiscard]] virtual bool done() const { return cursor_.done(); }
  /// Channel the actor is blocked on, for a deadlock's message; no_id if none.
  [[nodiscard]] ChannelId blocked_on() const { return blocked_on_; }
  /// Lets the module run in the next delta cycle.
  void wake() { wake_.notify(sc_core::SC_ZERO_TIME); }

 protected:
  /// Decides firings until the actor blocks.
  virtual void run();

  /// True when the firing's tiles and places are known; otherwise the actor sleeps on the first channel
  /// missing some.
  bool ready(const Firing& firing);
  /// Earliest start, and the waiting time by cause.
  Femtoseconds start_of(const Firing& firing);
  /// Publishes tiles and wakes a consumer that sleeps on them.
  void publish(ChannelId channel, std::int64_t tiles, Femtoseconds at);
  /// Releases places and wakes a producer that sleeps on them.
  void release(ChannelId channel, std::int64_t tiles, Femtoseconds at);
  void report(FiringId firing, Femtoseconds start, Femtoseconds end, Femtoseconds visible);

  Fabric& fabric_;
  const Graph& graph_;
  ActorId id_;
  ProgramCursor cursor_;
  Activity activity_;
  Femtoseconds free_{0};  ///< end of the last firing
  ChannelId blocked_on_ = no_id;

 private:
  sc_core::sc_event wake_;
};

}  // namespace statelane
