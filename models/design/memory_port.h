// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/base/units.h"
#include "models/blocks/tensor.h"

namespace statelane {

enum class Duplex : std::uint8_t {
  full,  ///< AXI4: read and write data channels run at the same time
  half,  ///< one transfer after the other, as a single HLS function that serves all streams does
};

/// An AXI (or NoC) master between DMA actors and memory channels.
struct MemoryPort {
  std::string name = "axi";
  Bits width{512};                ///< data bus
  Hertz clock{0};                 ///< 0: the fabric clock
  Bytes burst{4096};              ///< longest burst; AXI4 allows 256 beats and no crossing of 4 KiB
  std::int64_t outstanding = 16;  ///< bursts in flight
  Seconds latency{100e-9};        ///< there and back, beyond the DRAM's own time
  BytesPerSecond bandwidth{0};    ///< stated limit of the path (NoC); 0: width * clock
  Duplex duplex = Duplex::full;
  std::int64_t copies = 1;  ///< identical ports, each on a channel of its own

  bool operator==(const MemoryPort&) const = default;

  /// Peak of one copy in one direction.
  [[nodiscard]] BytesPerSecond peak(Hertz fabric) const {
    const double f = clock.count() > 0 ? clock.count() : fabric.count();
    const double raw = static_cast<double>(width.count()) / 8.0 * f;
    return BytesPerSecond(bandwidth.count() > 0 && bandwidth.count() < raw ? bandwidth.count() : raw);
  }
};

/// Where a family of tensors lies and through which port it is reached.
struct Placement {
  std::string port = "axi";
  std::int64_t first_channel = 0;
  std::int64_t channels = 1;
  Bytes stripe{4096};  ///< consecutive bytes in one channel before the next

  bool operator==(const Placement&) const = default;
};

/// The off-chip memory of a design.
struct MemoryConfig {
  std::string memory = "ddr";  ///< name of one of the board's memories
  std::string address_map;     ///< empty: the board's default
  std::vector<MemoryPort> ports{MemoryPort{}};
  Placement weights;
  Placement state;
  Placement conv;

  bool operator==(const MemoryConfig&) const = default;

  [[nodiscard]] const Placement& placement(StreamKind kind) const {
    switch (kind) {
      case StreamKind::weights:
        break;
      case StreamKind::history:
        return conv;
      case StreamKind::state:
        return state;
    }
    return weights;
  }
};

}  // namespace statelane
