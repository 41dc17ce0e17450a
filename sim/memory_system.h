// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <queue>
#include <span>
#include <systemc>
#include <vector>

#include "models/base/simulated_time.h"
#include "models/design/memory_port.h"
#include "models/graph/graph.h"
#include "sim/dram/dram_channel.h"
#include "sim/dram/transaction_ring.h"

namespace statelane {

/// A transfer of one firing of a memory actor.
struct MemoryRequest {
  ActorId actor = no_id;
  std::uint16_t stream = 0;
  Bytes offset{0};  ///< within the stream
  Bytes bytes{0};
  bool write = false;
  Femtoseconds at{0};  ///< when the actor asks
};

/// From the port to the memory, or back: half of its latency.
[[nodiscard]] inline Femtoseconds one_way_latency(const MemoryPort& port) {
  return to_femtoseconds(port.latency) / 2;
}

/// Who is told when a request is complete.
class MemoryClient {
 public:
  MemoryClient() = default;
  MemoryClient(const MemoryClient&) = delete;
  MemoryClient& operator=(const MemoryClient&) = delete;
  virtual ~MemoryClient() = default;
  /// The oldest request of this client is complete at time `at` (not before now); `first` is when it got its
  /// first turn on the port's data bus, `bus` how long it held it.
  virtual void completed(Femtoseconds first, Femtoseconds bus, Femtoseconds at) = 0;
};

struct PortStats {
  Femtoseconds read_busy{0};  ///< data bus occupied, all copies together
  Femtoseconds write_busy{0};
  std::int64_t bursts = 0;
  Bytes read{0};
  Bytes written{0};
};

struct MemoryFabric;

struct MemoryChannelOptions {
  /// Only one port reaches the channel, so that its bursts arrive in order and can be handed to the core at
  /// once, arrival times in the future included.
  bool exclusive = false;
  /// Least time from now to the arrival of a burst not yet announced, whatever happens next: what the ports
  /// need to send one. All commands of that time can be decided at once.
  Femtoseconds lookahead{0};
  /// Its one port copy reaches no other channel and carries reads and writes apart: what it is told depends
  /// on the times only, and completions can be reported as soon as they are decided.
  bool private_copy = false;
  bool latencies = false;  ///< keep the distributions of latencies
};

/// One DRAM channel: a thin shell that runs the timing core whenever it may complete something.
class MemoryChannelModule : public sc_core::sc_module {
 public:
  MemoryChannelModule(sc_core::sc_module_name name, MemoryFabric& memory, const DramSpec& spec,
                      const MemoryChannelOptions& options);

  /// A burst that reaches the channel at time `arrival`, not before now.
  void request(std::uint64_t id, Bytes address, Bytes bytes, bool write, Femtoseconds arrival);
  [[nodiscard]] const DramChannel& core() const { return core_; }
  [[nodiscard]] Femtoseconds period() const { return period_; }
  /// Where several channels share a port copy, completions of one moment reach it in the order of channels:
  /// `other` goes before this one.
  void goes_after(MemoryChannelModule& other) { before_.push_back(&other); }
  /// Runs what is still under way, so that the statistics are complete.
  void finish() {
    done_.clear();
    core_.finish(done_);
  }

 private:
  struct Arrival {
    Cycles at;
    std::uint64_t order;
    DramTransaction transaction;
    bool operator>(const Arrival& o) const { return at != o.at ? at > o.at : order > o.order; }
  };

  void run();
  void schedule_next();

  MemoryFabric& memory_;
  MemoryChannelOptions options_;
  Femtoseconds period_;
  DramChannel core_;
  std::priority_queue<Arrival, std::vector<Arrival>, std::greater<>> arrivals_;
  std::vector<DramCompletion> done_;
  std::uint64_t order_ = 0;
  std::vector<MemoryChannelModule*> before_;
  sc_core::sc_event wake_;
  Femtoseconds next_wake_{-1};
  bool running_ = false;
};

/// A group of identical AXI (or NoC) masters: splits requests into stripes and bursts, keeps a bounded number
/// in flight, and carries the data over its bus. Requests are served first come, first served, ties by actor.
class MemoryPortModule : public sc_core::sc_module {
 public:
  MemoryPortModule(sc_core::sc_module_name name, MemoryFabric& memory, std::uint16_t index,
                   const MemoryPort& port, Hertz fabric);

  void submit(const MemoryRequest& request);
  /// The DRAM has served burst `id`: first and last data beat.
  void served(std::uint64_t id, Femtoseconds first_data, Femtoseconds last_data);
  [[nodiscard]] const PortStats& stats() const { return stats_; }
  [[nodiscard]] const MemoryPort& port() const { return port_; }

 private:
  struct Pending {  // a request whose time has not come
    MemoryRequest request;
    std::uint64_t order;
    bool operator>(const Pending& o) const {
      if (request.at != o.request.at) return request.at > o.request.at;
      return request.actor != o.request.actor ? request.actor > o.request.actor : order > o.order;
    }
  };
  struct Active {
    MemoryRequest request;
    std::int64_t left = 0;  ///< bursts not yet complete
    Femtoseconds first{-1};
    Femtoseconds last{0};
    Femtoseconds bus{0};
  };
  struct Piece {  // the part of a request in one stripe
    std::uint32_t active;
    std::uint16_t channel;
    Bytes address;
    Bytes bytes;
    bool write;
  };
  struct Burst {
    std::uint32_t active;
    std::uint16_t copy;
    Bytes bytes;
    bool write;
    Femtoseconds bus_start;
  };
  struct Copy {
    std::deque<Piece> waiting[2];  ///< by direction; half duplex uses one queue
    /// For each burst that may be sent, from when on: when the one before it in its slot was complete.
    dram::Fifo<Femtoseconds> slots[2];
    Femtoseconds bus_free[2] = {Femtoseconds{0}, Femtoseconds{0}};
  };

  void run();
  void accept(const MemoryRequest& request);
  /// Sends bursts of a copy, as many as may be in flight, not before `at`.
  void issue(std::uint16_t copy, int direction, Femtoseconds at);
  void arm();
  [[nodiscard]] Femtoseconds transfer_time(Bytes bytes) const {
    return Femtoseconds(static_cast<std::int64_t>(static_cast<double>(bytes.count()) * femtoseconds_a_byte_));
  }
  void finish_requests(ActorId actor);
  [[nodiscard]] int lane(bool write) const { return port_.duplex == Duplex::half ? 0 : (write ? 1 : 0); }

  MemoryFabric& memory_;
  std::uint16_t index_;
  MemoryPort port_;
  double femtoseconds_a_byte_ = 0;
  Femtoseconds half_latency_{0};
  std::vector<Copy> copies_;
  std::priority_queue<Pending, std::vector<Pending>, std::greater<>> pending_;
  std::vector<Active> active_;
  std::vector<std::uint32_t> free_active_;
  std::vector<std::deque<std::uint32_t>> by_actor_;  ///< open requests of each actor, oldest first
  std::vector<Burst> bursts_;
  std::vector<std::uint32_t> free_bursts_;
  std::uint64_t order_ = 0;
  PortStats stats_;
  sc_core::sc_event wake_;
  Femtoseconds next_wake_{-1};
};

/// Ports, channels and clients of one run.
struct MemoryFabric {
  const Graph* graph = nullptr;
  std::vector<std::unique_ptr<MemoryPortModule>> ports;
  std::vector<std::unique_ptr<MemoryChannelModule>> channels;
  std::vector<MemoryClient*> clients;  ///< by actor; null for actors that are none
};

[[nodiscard]] inline Femtoseconds now() {
  return Femtoseconds(static_cast<std::int64_t>(sc_core::sc_time_stamp().value()));
}
[[nodiscard]] inline sc_core::sc_time to_sc(Femtoseconds t) {
  return sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(t.count()));
}

}  // namespace statelane
