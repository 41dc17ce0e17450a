// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/catalog.h"
#include "models/base/fields.h"

namespace statelane {

/// The DSP slice: DSP48E1 25x18, DSP48E2 27x18, DSP58 27x24 (two's complement multiplier widths).
enum class DspKind : std::uint8_t { dsp48e1, dsp48e2, dsp58 };

template <>
struct DescribeEnum<DspKind> {
  static constexpr EnumName<DspKind> names[] = {{DspKind::dsp48e1, "dsp48e1", "25 x 18 multiplier"},
                                                {DspKind::dsp48e2, "dsp48e2", "27 x 18 multiplier"},
                                                {DspKind::dsp58, "dsp58", "27 x 24 multiplier"}};
};

/// What the fabric offers.
struct BoardResources {
  std::int64_t lut = 0;     ///< 6-input look-up tables
  std::int64_t ff = 0;      ///< flip-flops
  std::int64_t dsp = 0;     ///< DSP slices
  std::int64_t bram36 = 0;  ///< block RAMs of 36 Kib; each is two of 18 Kib
  std::int64_t uram = 0;    ///< UltraRAMs of 288 Kib
  bool operator==(const BoardResources&) const = default;
};

/// Where the controller of a memory is.
enum class MemoryController : std::uint8_t { hard, soft };

template <>
struct DescribeEnum<MemoryController> {
  static constexpr EnumName<MemoryController> names[] = {
      {MemoryController::hard, "hard", "a block of the device"},
      {MemoryController::soft, "soft", "built in the fabric, at the family's cost"}};
};

/// One kind of off-chip memory of a board.
struct BoardMemory {
  std::string name;           ///< what designs call it; in capitals the vendor's linker, too
  std::string memory;         ///< name of a configuration of kind "memories": one channel
  std::int64_t channels = 1;  ///< independent channels (HBM: pseudo channels)
  MemoryController controller = MemoryController::soft;
  std::string controller_source;
  bool in_package = false;                         ///< stacked beside the device: no pins in between
  std::optional<BytesPerSecond> bandwidth;         ///< stated for all channels together
  std::optional<Bytes> capacity;                   ///< stated for all channels together
  std::optional<BytesPerSecond> fabric_bandwidth;  ///< stated limit between this memory and the fabric
  std::string fabric_source;
  std::optional<std::string> address_map;  ///< the controller's default map; unset: the memory's own default
  std::string address_map_source;
  std::string source;
  bool operator==(const BoardMemory&) const = default;
};

/// A board: its device and its memories. Data only.
struct Board {
  std::string name;
  std::string device;
  std::string family = "ultrascale_plus";  ///< fabric generation: a configuration of kind "families"
  std::string speed_grade;
  std::string part;                 ///< the vendor tools' full part name; empty: not known
  std::optional<DspKind> dsp_kind;  ///< if it says one: checked against the family's multiplier ports
  BoardResources resources;
  std::string resources_source;
  std::vector<BoardMemory> memories;
  std::optional<BytesPerSecond> noc_link;  ///< physical link of a network on chip, each direction
  std::string noc_source;
  std::string note;

  /// The memory of that name, or nullptr.
  [[nodiscard]] const BoardMemory* memory(std::string_view memory_name) const;
  bool operator==(const Board&) const = default;
};

template <>
struct Describe<BoardResources> {
  static const Table<BoardResources>& table();
};
template <>
struct Describe<BoardMemory> {
  static const Table<BoardMemory>& table();
};
template <>
struct Describe<Board> {
  static const Table<Board>& table();
};

/// Finds a board by name or path and reads it; its family must be one the catalog knows. `from` is the place
/// that names the board. Nothing, with errors added, on failure.
[[nodiscard]] std::optional<Board> load_board(const Catalog& catalog, std::string_view reference,
                                              Diagnostics& diagnostics, const SourcePosition& from = {});

}  // namespace statelane
