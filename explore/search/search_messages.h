// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "explore/search/block_scan.h"
#include "explore/search/scan.h"

/// What is said between the process that leads an exploration and those that work for it. A leader announces
/// a scan, then gives out tasks; each is answered by one message. Workers read the sweep themselves.
namespace statelane {

enum class SearchMessage : std::uint8_t { request, scan, simulate };
[[nodiscard]] SearchMessage search_message_of(std::string_view message);

/// A scan's request, with what it points to.
struct ReceivedRequest {
  ScanRequest request;
  std::unordered_set<std::uint64_t> skip;
  KnownSimulations known;
};
[[nodiscard]] std::string encode(const ScanRequest& request);
/// `out` holds what `out.request` points to.
void decode_request(std::string_view message, ReceivedRequest& out);

/// Blocks [first, end) of the announced scan's shard.
struct ScanTask {
  std::uint64_t first = 0;
  std::uint64_t end = 0;
  bool collect = false;  ///< whether candidates are still wanted
};
struct ScanAnswer {
  ScanPart part;
  std::uint64_t blocks = 0;
  double seconds = 0;
};
[[nodiscard]] std::string encode(const ScanTask& task);
[[nodiscard]] ScanTask decode_scan_task(std::string_view message);
[[nodiscard]] std::string encode(const ScanAnswer& answer);
[[nodiscard]] ScanAnswer decode_scan(std::string_view answer);

/// Points to simulate, by index.
[[nodiscard]] std::string encode_simulations(const std::vector<std::uint64_t>& indices);
[[nodiscard]] std::vector<std::uint64_t> decode_simulation_task(std::string_view message);
/// Their runs, in that order.
struct SimulationAnswer {
  std::vector<SimulationRecord> records;
  double seconds = 0;
};
[[nodiscard]] std::string encode(const SimulationAnswer& answer);
[[nodiscard]] SimulationAnswer decode_simulations(std::string_view answer);

}  // namespace statelane
