// SPDX-License-Identifier: Apache-2.0
#include "models/memory/address_map.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <stdexcept>

namespace statelane {
namespace {

struct MapField {
  std::string_view kind;
  int bits = -1;  ///< -1: all that are left
};

[[noreturn]] void fail(std::string_view text, const std::string& what) {
  throw std::invalid_argument("address map '" + std::string(text) + "': " + what);
}

MapField parse_field(std::string_view text, std::string_view token) {
  MapField f{token.substr(0, 2), -1};
  const bool known = f.kind == "bo" || f.kind == "bg" || f.kind == "ba" || f.kind == "co" || f.kind == "ro";
  if (!known) {
    fail(text, "'" + std::string(token) + "' is not a field (bo, bg, ba, co, ro) nor a known map");
  }
  if (token.size() == 2) return f;
  const std::string_view rest = token.substr(2);
  const char* const end = rest.data() + rest.size() - 1;
  const auto [stop, error] = std::from_chars(rest.data() + 1, end, f.bits);
  const bool good = rest.size() >= 3 && rest.front() == '(' && rest.back() == ')' && error == std::errc{} &&
                    stop == end && f.bits >= 1;
  if (!good) fail(text, "'" + std::string(token) + "' should read like 'bg' or 'bg(1)'");
  return f;
}

std::vector<MapField> parse(std::string_view text, std::string_view fields) {
  std::vector<MapField> result;
  while (!fields.empty()) {
    const std::size_t comma = std::min(fields.find(','), fields.size());
    result.push_back(parse_field(text, fields.substr(0, comma)));
    fields.remove_prefix(std::min(comma + 1, fields.size()));
  }
  return result;
}

int log2_of(std::int64_t n) {
  return std::countr_zero(static_cast<std::uint64_t>(n));
}

}  // namespace

const std::vector<NamedMap>& AddressMap::names() {
  static const std::vector<NamedMap> maps = {
      {"rbc", "bo,co,bg,ba,ro", "a whole row before the next bank group"},
      {"bgil", "bo,bg,co,ba,ro", "bank groups interleaved by burst"},
      {"vbgo", "bo,bg(1),co,bg(1),ba,ro", "Versal DDR controller's default (AMD PG313)"},
      {"rcb", "bo,bg,ba,co,ro", "MIG UltraScale ROW_COLUMN_BANK (AMD PG150)"},
      {"brc", "bo,co,ro,bg,ba", "MIG 7 series BANK_ROW_COLUMN (AMD UG586)"},
      {"rgbcg", "bo,bg(1),co,ba,bg(1),ro", "U280 HBM controller's default (AMD PG276)"}};
  return maps;
}

void AddressMap::append(Pieces& p, int shift, int width, int to) {
  if (width == 0) return;
  p.piece[static_cast<std::size_t>(p.count)] = {shift, (std::uint64_t{1} << width) - 1, to};
  ++p.count;
}

AddressMap::AddressMap(std::string_view text, const DramGeometry& g) {
  const auto named =
      std::find_if(names().begin(), names().end(), [&](const NamedMap& m) { return m.name == text; });
  const bool by_name = named != names().end();
  const int columns = log2_of(g.row / g.burst);
  int left_bg = log2_of(g.bank_groups), left_ba = log2_of(g.banks_per_group), left_co = columns,
      left_ro = log2_of(g.rows);
  const int bg_bits = left_bg;
  bool before_columns = true;
  bool in_columns = false;
  for (const MapField& f : parse(text, by_name ? named->fields : text)) {
    if (f.kind == "bo") {
      if (burst_bits_ != 0 || f.bits != -1) fail(text, "'bo' stands first, without a count");
      continue;
    }
    int& left = f.kind == "bg" ? left_bg : f.kind == "ba" ? left_ba : f.kind == "co" ? left_co : left_ro;
    // A named map also serves memories without bank groups: there its bg fields are empty.
    const int width = f.bits == -1 || (by_name && f.bits > left) ? left : f.bits;
    if (width > left) {
      fail(text, "asks for more '" + std::string(f.kind) + "' bits than the memory has");
    }
    Pieces& pieces = f.kind == "co" ? column_ : f.kind == "ro" ? row_ : bank_;
    if (pieces.count == static_cast<int>(pieces.piece.size()) && width > 0) {
      fail(text, "splits '" + std::string(f.kind) + "' into more than four pieces");
    }
    const int of_kind = f.kind == "bg"   ? bg_bits - left
                        : f.kind == "ba" ? bg_bits + log2_of(g.banks_per_group) - left
                        : f.kind == "co" ? columns - left
                                         : log2_of(g.rows) - left;
    append(pieces, burst_bits_, width, of_kind);
    left -= width;
    burst_bits_ += width;
    if (width == 0) continue;
    // The regular stretch: bank bits, then column bits, up to whatever follows.
    if (f.kind == "co") {
      if (before_columns) in_columns = true;
      before_columns = false;
      if (in_columns) stretch_bits_ = burst_bits_;
    } else {
      in_columns = false;
      if (f.kind == "ro") before_columns = false;
      if (before_columns) lane_bits_ = burst_bits_;
    }
  }
  if (stretch_bits_ == 0) lane_bits_ = 0;
  if (left_bg + left_ba + left_co + left_ro != 0) {
    fail(text, "does not cover the capacity: left over are " + std::to_string(left_bg) + " bank group, " +
                   std::to_string(left_ba) + " bank, " + std::to_string(left_co) + " column and " +
                   std::to_string(left_ro) + " row bits");
  }
}

void AddressMap::scatter(const Pieces& p, std::int32_t value, std::uint64_t& burst) {
  for (int i = 0; i < p.count; ++i) {
    const Piece& q = p.piece[static_cast<std::size_t>(i)];
    burst |= ((static_cast<std::uint64_t>(value) >> q.to) & q.mask) << q.shift;
  }
}

std::uint64_t AddressMap::burst_at(const DramLocation& location) const {
  std::uint64_t burst = 0;
  scatter(bank_, location.bank, burst);
  scatter(row_, location.row, burst);
  scatter(column_, location.column, burst);
  return burst;
}

}  // namespace statelane
