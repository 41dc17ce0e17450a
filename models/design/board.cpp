// SPDX-License-Identifier: Apache-2.0
#include "models/design/board.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/base/codec_rules.h"

namespace statelane {

const BoardMemory* Board::memory(std::string_view memory_name) const {
  const auto found = std::find_if(memories.begin(), memories.end(),
                                  [memory_name](const BoardMemory& m) { return m.name == memory_name; });
  return found == memories.end() ? nullptr : &*found;
}

const Table<BoardResources>& Describe<BoardResources>::table() {
  using R = BoardResources;
  static const Table<R> t = Table<R>("board_resources", "What the fabric offers.")
                                .field("lut", &R::lut, "6-input look-up tables")
                                .min(1)
                                .required()
                                .field("ff", &R::ff, "Flip-flops")
                                .min(1)
                                .required()
                                .field("dsp", &R::dsp, "DSP slices")
                                .min(0)
                                .required()
                                .field("bram36", &R::bram36, "Block RAMs of 36 Kib")
                                .min(0)
                                .required()
                                .field("uram", &R::uram, "UltraRAMs of 288 Kib")
                                .min(0)
                                .required();
  return t;
}

const Table<BoardMemory>& Describe<BoardMemory>::table() {
  using M = BoardMemory;
  static const Table<M> t =
      Table<M>("board_memory", "One kind of off-chip memory of a board.")
          .field("name", &M::name, "What designs call it; in capitals, the vendor's linker too")
          .required()
          .field("memory", &M::memory, "Name of the memory's configuration, which describes one channel")
          .required()
          .field("channels", &M::channels, "Independent channels (pseudo channels, where a channel is split)")
          .range(1, 1024)
          .field("controller", &M::controller, "Where its controller is")
          .required()
          .field("controller_source", &M::controller_source, "Where that is documented")
          .field("in_package", &M::in_package, "Stacked in the device's package: no pins in between")
          .field("bandwidth", &M::bandwidth, "Stated bandwidth of all channels together")
          .field("capacity", &M::capacity, "Stated capacity of all channels together")
          .field("fabric_bandwidth", &M::fabric_bandwidth, "Stated limit between this memory and the fabric")
          .field("fabric_source", &M::fabric_source, "Where that limit is stated")
          .field("address_map", &M::address_map,
                 "The controller's default address map; unset, the memory's default")
          .field("address_map_source", &M::address_map_source, "Where the map is documented")
          .field("source", &M::source, "Where the rest comes from; [V] vendor document, [U] usual figure");
  return t;
}

namespace {

void check_board(const Board& board, const JsonValue& json, Diagnostics& diagnostics) {
  const JsonValue* list = json.find("memories");
  for (std::size_t i = 0; i < board.memories.size(); ++i) {
    if (board.memory(board.memories[i].name) == &board.memories[i]) continue;
    SourcePosition where = json.where("memories");
    if (list != nullptr && list->is_array() && i < list->items().size())
      where = list->items()[i].where("name");
    diagnostics.error(std::move(where), "two memories have the same name",
                      "'" + board.memories[i].name + "'");
  }
}

}  // namespace

const Table<Board>& Describe<Board>::table() {
  using B = Board;
  static const Table<B> t =
      Table<B>("board", "A board: its device and its memories.")
          .field("name", &B::name, "Name of the board; left out, the file's")
          .field("device", &B::device, "The device on it")
          .field("family", &B::family, "Fabric generation: a configuration of kind families")
          .required()
          .field("speed_grade", &B::speed_grade, "Speed grade, where it is known")
          .field("part", &B::part, "Full part name for the vendor's tools")
          .field("dsp_kind", &B::dsp_kind, "Its DSP slice; where it is said, the family must have the same")
          .field("resources", &B::resources, "What the fabric offers")
          .required()
          .field("resources_source", &B::resources_source, "Where the resources come from")
          .field("memories", &B::memories, "Off-chip memories")
          .required()
          .field("noc_link", &B::noc_link, "Physical link of the network on chip, each direction")
          .field("noc_source", &B::noc_source, "Where that figure comes from")
          .field("note", &B::note, "Free text")
          .check(check_board);
  return t;
}

namespace {

/// The multiplier ports of a kind of slice, bits.
std::pair<double, double> ports_of(DspKind kind) {
  switch (kind) {
    case DspKind::dsp48e1:
      return {25, 18};
    case DspKind::dsp48e2:
      return {27, 18};
    case DspKind::dsp58:
      break;
  }
  return {27, 24};
}

/// Whether the catalog has the board's family, with the slices the board says.
bool check_family(const Catalog& catalog, const Board& board, const JsonValue& json,
                  Diagnostics& diagnostics) {
  const std::vector<std::string> known = catalog.names("families");
  if (std::find(known.begin(), known.end(), board.family) == known.end()) {
    diagnostics.error(json.where("family"), "there is no FPGA family of that name", "'" + board.family + "'",
                      detail::join(known), nearest_hint(board.family, known));
    return false;
  }
  if (!board.dsp_kind) return true;
  const std::optional<JsonValue> family = catalog.read("families", board.family, {}, diagnostics);
  if (!family) return false;
  const auto port = [&](const char* key) {
    const JsonValue* constant = family->find(key);
    const JsonValue* value = constant != nullptr ? constant->find("value") : nullptr;
    return value != nullptr && value->is_number() ? value->as_number() : 0;
  };
  const std::pair<double, double> found = ports_of(*board.dsp_kind);
  if (found.first == port("dsp_a") && found.second == port("dsp_b")) return true;
  const auto text = [](double a, double b) {
    return std::to_string(std::lround(a)) + " x " + std::to_string(std::lround(b)) + " bits";
  };
  diagnostics.error(json.where("dsp_kind"), "the family has other DSP slices",
                    std::string(name_of(*board.dsp_kind)) + ", " + text(found.first, found.second),
                    text(port("dsp_a"), port("dsp_b")));
  return false;
}

}  // namespace

std::optional<Board> load_board(const Catalog& catalog, std::string_view reference, Diagnostics& diagnostics,
                                const SourcePosition& from) {
  const std::optional<std::string> path = catalog.find("boards", reference, from, diagnostics);
  if (!path) return std::nullopt;
  const std::optional<JsonValue> json = read_json_file(*path, diagnostics);
  Board board;
  if (!json || !read(*json, board, diagnostics)) return std::nullopt;
  if (!check_family(catalog, board, *json, diagnostics)) return std::nullopt;
  if (board.name.empty()) board.name = name_from_path(*path);
  return board;
}

}  // namespace statelane
