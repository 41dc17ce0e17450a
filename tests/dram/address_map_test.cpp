// SPDX-License-Identifier: Apache-2.0
#include "models/memory/address_map.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <stdexcept>

#include "tests/dram/random_traffic.h"

namespace statelane {
namespace {

DramGeometry ddr4() {
  return DramGeometry{};
}

TEST(AddressMap, FieldsLieWhereTheNameSays) {
  // DDR4: 7 column bits (8 KiB rows of 64-byte bursts), 2 bank group bits, 2 bank bits, 16 row bits.
  struct Case {
    const char* map;
    int first_bit_of_column, lane_bits, stretch_bits;
  };
  for (const Case& c : {Case{"rbc", 0, 0, 7},
                        {"bgil", 2, 2, 9},
                        {"vbgo", 1, 1, 8},
                        {"rcb", 4, 4, 11},
                        {"brc", 0, 0, 7},
                        {"rgbcg", 1, 1, 8}}) {
    const AddressMap map(c.map, ddr4());
    EXPECT_EQ(map.burst_bits(), 27) << c.map;
    EXPECT_EQ(map.lane_bits(), c.lane_bits) << c.map;
    EXPECT_EQ(map.stretch_bits(), c.stretch_bits) << c.map;
    EXPECT_EQ(map.locate(std::uint64_t{1} << c.first_bit_of_column).column, 1) << c.map;
  }
  const AddressMap vbgo("vbgo", ddr4());
  EXPECT_EQ(vbgo.locate(1), (DramLocation{1, 0, 0}));        // bank group bit 0
  EXPECT_EQ(vbgo.locate(1 << 8), (DramLocation{2, 0, 0}));   // bank group bit 1
  EXPECT_EQ(vbgo.locate(1 << 9), (DramLocation{4, 0, 0}));   // bank bit 0
  EXPECT_EQ(vbgo.locate(1 << 11), (DramLocation{0, 1, 0}));  // row bit 0
  const AddressMap spelt("bo,bg(1),co,bg(1),ba,ro", ddr4());
  for (std::uint64_t burst = 0; burst < 5000; burst += 7) EXPECT_EQ(spelt.locate(burst), vbgo.locate(burst));
}

TEST(AddressMap, MemoriesWithoutBankGroupsTakeTheNamedMaps) {
  const DramGeometry ddr3{1, 8, 65536, Bytes(8192), Bytes(64)};
  for (const NamedMap& m : AddressMap::names())
    EXPECT_EQ(AddressMap(m.name, ddr3).burst_bits(), 26) << m.name;
  EXPECT_THROW(AddressMap("bo,bg(1),co,ba,ro", ddr3), std::invalid_argument);
}

TEST(AddressMap, WhatIsWrongIsSaid) {
  const auto message = [](const char* text) -> std::string {
    try {
      (void)AddressMap(text, ddr4());
    } catch (const std::invalid_argument& e) {
      return e.what();
    }
    return "accepted";
  };
  EXPECT_EQ(message("bo,co,bg,ba,ro"), "accepted");
  EXPECT_NE(message("bo,co,bg,ro").find("2 bank,"), std::string::npos);
  EXPECT_NE(message("bo,co(3),bg,ba,ro").find("4 column"), std::string::npos);
  EXPECT_NE(message("bo,co,bg(3),ba,ro").find("more 'bg' bits"), std::string::npos);
  EXPECT_NE(message("bo,co,bx,ba,ro").find("'bx'"), std::string::npos);
  EXPECT_NE(message("bo,co(),bg,ba,ro").find("'co()'"), std::string::npos);
  EXPECT_NE(message("co,bo,bg,ba,ro").find("'bo' stands first"), std::string::npos);
  EXPECT_NE(message("").find("does not cover"), std::string::npos);
  EXPECT_NE(message("bo,co(1),bg(1),co(1),bg(1),co(1),ba,co(1),ro(1),co(1),ro").find("four pieces"),
            std::string::npos);
}

RC_GTEST_PROP(AddressMap, IsAOneToOneMapping, ()) {
  DramSpec spec = test::preset(*rc::gen::elementOf(test::preset_names()));
  test::random_policy(spec);
  const AddressMap map(spec.controller.map, spec.geometry);
  const std::uint64_t bursts = std::uint64_t{1} << map.burst_bits();
  RC_ASSERT(bursts * static_cast<std::uint64_t>(spec.geometry.burst.count()) ==
            static_cast<std::uint64_t>(spec.geometry.capacity().count()));
  const auto burst = *rc::gen::inRange<std::uint64_t>(0, bursts);
  const DramLocation at = map.locate(burst);
  RC_ASSERT(map.burst_at(at) == burst);
  RC_ASSERT(at.bank < spec.geometry.banks());
  RC_ASSERT(at.row < spec.geometry.rows);
  RC_ASSERT(at.column < spec.geometry.row / spec.geometry.burst);
  RC_ASSERT(map.locate(burst + bursts) == at);
}

RC_GTEST_PROP(AddressMap, StretchesStayInOneRowPerBank, ()) {
  DramSpec spec = test::preset(*rc::gen::elementOf(test::preset_names()));
  test::random_policy(spec);
  const AddressMap map(spec.controller.map, spec.geometry);
  const std::uint64_t size = std::uint64_t{1} << map.stretch_bits();
  const std::uint64_t lanes = std::uint64_t{1} << map.lane_bits();
  const auto stretch = *rc::gen::inRange<std::uint64_t>(0, (std::uint64_t{1} << map.burst_bits()) / size);
  const DramLocation first = map.locate(stretch * size);
  std::set<std::int32_t> banks;
  for (std::uint64_t i = 0; i < size; ++i) {
    const DramLocation at = map.locate(stretch * size + i);
    RC_ASSERT(at.row == first.row);
    RC_ASSERT(at.bank == map.locate(stretch * size + i % lanes).bank);
    banks.insert(at.bank);
  }
  RC_ASSERT(banks.size() == lanes);
}

RC_GTEST_PROP(Interleave, IsAOneToOneMapping, ()) {
  const Interleave i{*rc::gen::inRange<std::int64_t>(1, 33), Bytes(64 << *rc::gen::inRange(0, 8))};
  const auto address = *rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << 34);
  const Interleave::Place place = i.locate(address);
  RC_ASSERT(place.channel >= 0 && place.channel < i.channels);
  RC_ASSERT(i.address(place) == address);
}

TEST(Interleave, GoesRoundTheChannels) {
  const Interleave i{3, Bytes(256)};
  EXPECT_EQ(i.locate(0), (Interleave::Place{0, 0}));
  EXPECT_EQ(i.locate(255), (Interleave::Place{0, 255}));
  EXPECT_EQ(i.locate(256), (Interleave::Place{1, 0}));
  EXPECT_EQ(i.locate(768), (Interleave::Place{0, 256}));
}

}  // namespace
}  // namespace statelane
