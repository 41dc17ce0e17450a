// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>

#include "sim/actor_module.h"
#include "sim/memory_system.h"

namespace statelane {

/// A memory actor: each firing is a transfer through a port. Firings are issued in order as soon as their
/// places (read) or tiles (write) are there, several may be under way, and complete in order.
class DmaModule : public ActorModule, public MemoryClient {
 public:
  DmaModule(sc_core::sc_module_name name, Fabric& fabric, MemoryFabric& memory, ActorId id);

  void completed(Femtoseconds first, Femtoseconds bus, Femtoseconds at) override;
  [[nodiscard]] bool done() const override { return cursor_.done() && in_flight_.empty(); }

 protected:
  void run() override;

 private:
  struct InFlight {
    FiringId firing;
    Femtoseconds issued;
  };

  MemoryFabric& memory_;
  std::uint16_t stream_;
  bool write_;
  Bytes cursor_bytes_{0};
  std::deque<InFlight> in_flight_;
  Femtoseconds last_issue_{0};
};

}  // namespace statelane
