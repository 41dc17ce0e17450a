// SPDX-License-Identifier: Apache-2.0
#include "models/units/fabric/memory_mapping.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "models/units/fabric/memory_shapes.h"
#include "tests/evaluate/lowered.h"

namespace statelane {
namespace {

using fabric::bram18_blocks;
using fabric::uram_blocks;

TEST(MemoryShapes, BlockRamHalvesHaveTheVendorsShapes) {
  EXPECT_EQ(bram18_blocks(512, 36), 1);
  EXPECT_EQ(bram18_blocks(512, 37), 2);
  EXPECT_EQ(bram18_blocks(513, 36), 2);  // 1K x 18, twice
  EXPECT_EQ(bram18_blocks(1024, 18), 1);
  EXPECT_EQ(bram18_blocks(2048, 9), 1);
  EXPECT_EQ(bram18_blocks(4096, 4), 1);
  EXPECT_EQ(bram18_blocks(4096, 8), 2);  // a table of 4,096 bytes: 2K x 9 twice, or 4K x 4 twice
  EXPECT_EQ(bram18_blocks(8192, 2), 1);
  EXPECT_EQ(bram18_blocks(16384, 1), 1);
  EXPECT_EQ(bram18_blocks(16385, 1), 2);
  EXPECT_EQ(bram18_blocks(512, 72), 2);   // one BRAM36
  EXPECT_EQ(bram18_blocks(1024, 36), 2);  // one BRAM36
  EXPECT_EQ(bram18_blocks(512, 12288), 342);
  EXPECT_EQ(bram18_blocks(0, 8), 0);
}

TEST(MemoryShapes, UltraRamIsFourThousandBy72) {
  EXPECT_EQ(uram_blocks(1, 1), 1);
  EXPECT_EQ(uram_blocks(4096, 72), 1);
  EXPECT_EQ(uram_blocks(4097, 72), 2);
  EXPECT_EQ(uram_blocks(4096, 73), 2);
  // LightMamba's public code: one layer of h as 256 bit x 20,480.
  EXPECT_EQ(uram_blocks(20480, 256), 20);
}

TEST(MemoryShapes, LutMemories) {
  EXPECT_EQ(fabric::lutram_luts(32, 6, 4), 4);    // RAM32M
  EXPECT_EQ(fabric::lutram_luts(64, 3, 4), 4);    // RAM64M
  EXPECT_EQ(fabric::lutram_luts(32, 14, 8), 8);   // RAM32M16
  EXPECT_EQ(fabric::lutram_luts(32, 15, 8), 10);  // a second slice: two bits and its write port
  EXPECT_EQ(fabric::lutram_luts(64, 7, 8), 8);    // RAM64M8
  // Two banks with a write enable each, and a multiplexer for each bit.
  EXPECT_EQ(fabric::lutram_luts(128, 6, 4), 2 * 8 + 2 + 6);
  EXPECT_EQ(fabric::shift_register_luts(16, 8), 4);  // two SRL16 a LUT
  EXPECT_EQ(fabric::shift_register_luts(17, 8), 8);  // SRL32
  EXPECT_EQ(fabric::shift_register_luts(64, 8), 16);
  EXPECT_EQ(fabric::rom_luts(64, 5, 256), 5);
  EXPECT_EQ(fabric::rom_luts(65, 5, 256), 10);
  EXPECT_EQ(fabric::rom_luts(512, 5, 512), 40);
  EXPECT_EQ(fabric::rom_luts(512, 5, 256), 45);  // a LUT joins two groups
  EXPECT_EQ(fabric::rom_luts(256, 5, 64), 25);   // ... or four
  EXPECT_EQ(fabric::rom_luts(4, 16, 256), 7);    // bits of four words have seven different patterns
}

RC_GTEST_PROP(MemoryShapes, NeverFewerBlocksThanBitsAndNeverMoreForLess, ()) {
  const auto depth = *rc::gen::inRange<std::int64_t>(1, 200000);
  const auto width = *rc::gen::inRange<std::int64_t>(1, 5000);
  const std::int64_t blocks = bram18_blocks(depth, width);
  RC_ASSERT(blocks * 18432 >= depth * width);
  RC_ASSERT(bram18_blocks(depth + 1, width) >= blocks);
  RC_ASSERT(bram18_blocks(depth, width + 1) >= blocks);
  RC_ASSERT(uram_blocks(depth, width) * 294912 >= depth * width);
}

/// The same by brute force: whole columns of every shape the vendor has (AMD UG473, UG573), halves and
/// 36 Kb blocks counted in halves; a cascade of blocks is as many blocks.
RC_GTEST_PROP(MemoryShapes, TheFewestBlocksOfAnyOneShape, ()) {
  const auto depth = *rc::gen::inRange<std::int64_t>(1, 100000);
  const auto width = *rc::gen::inRange<std::int64_t>(1, 3000);
  const struct {
    std::int64_t words, bits, halves;
  } shapes[] = {{512, 36, 1},  {1024, 18, 1}, {2048, 9, 1},  {4096, 4, 1},  {8192, 2, 1},
                {16384, 1, 1}, {512, 72, 2},  {1024, 36, 2}, {2048, 18, 2}, {4096, 9, 2},
                {8192, 4, 2},  {16384, 2, 2}, {32768, 1, 2}};
  std::int64_t fewest = std::numeric_limits<std::int64_t>::max();
  for (const auto& s : shapes)
    fewest = std::min(fewest, s.halves * ceil_div(depth, s.words) * ceil_div(width, s.bits));
  RC_ASSERT(bram18_blocks(depth, width) == fewest);
  RC_ASSERT(uram_blocks(depth, width) ==
            ceil_div<std::int64_t>(depth, 4096) * ceil_div<std::int64_t>(width, 72));
}

Channel channel(std::int64_t elements, Bits element, std::int32_t tiles,
                Storage storage = Storage::automatic) {
  Channel c;
  c.tile_elements = elements;
  c.element = element;
  c.capacity = tiles;
  c.storage = storage;
  return c;
}

TEST(ChannelMapping, PicksStorageByDepthAndSize) {
  const FabricConstants constants = testing::constants();
  const FabricCosts& us = constants.family("ultrascale_plus");
  EXPECT_EQ(map_channel(channel(8, Bits{8}, 1), 64, us).storage, Storage::registers);
  EXPECT_EQ(map_channel(channel(8, Bits{8}, 2), 64, us).storage, Storage::lutram);
  EXPECT_EQ(map_channel(channel(8, Bits{8}, 16), 64, us).storage, Storage::lutram);  // 1,024 bits
  EXPECT_EQ(map_channel(channel(8, Bits{8}, 17), 64, us).storage, Storage::bram);
  EXPECT_EQ(map_channel(channel(8, Bits{8}, 16383), 64, us).storage, Storage::bram);
  EXPECT_EQ(map_channel(channel(8, Bits{8}, 16384), 64, us).storage, Storage::uram);
  const FabricCosts& v7 = constants.family("series7");
  EXPECT_EQ(map_channel(channel(8, Bits{8}, 16384), 64, v7).storage, Storage::bram);  // has no UltraRAM
}

/// A second tile is a second buffer: ping-pong takes twice the words, and a BRAM36 where one took a half.
TEST(ChannelMapping, PingPongHoldsBothTiles) {
  const FabricCosts us = testing::constants().family("ultrascale_plus");
  const ChannelMapping one = map_channel(channel(512, Bits{36}, 1), 36, us);
  const ChannelMapping two = map_channel(channel(512, Bits{36}, 2), 36, us);
  EXPECT_EQ(one.depth, 512);
  EXPECT_EQ(two.depth, 1024);
  EXPECT_EQ(one.resources.bram18, 1);
  EXPECT_EQ(one.resources.bram36(), 1);  // half of it is left
  EXPECT_EQ(two.resources.bram18, 2);
  EXPECT_EQ(two.resources.bram36(), 1);
  EXPECT_EQ(two.blocks_per_access, 1);  // a word lies in one of them
}

TEST(ChannelMapping, StorageOfAChannelOverridesTheRule) {
  const FabricConstants constants = testing::constants();
  const FabricCosts& us = constants.family("ultrascale_plus");
  EXPECT_EQ(map_channel(channel(8, Bits{8}, 4, Storage::uram), 64, us).resources.uram, 1);
  EXPECT_EQ(map_channel(channel(8, Bits{8}, 4, Storage::bram), 64, us).resources.bram18, 2);
  const ChannelMapping registers = map_channel(channel(8, Bits{8}, 4, Storage::registers), 64, us);
  EXPECT_EQ(registers.resources.bram18, 0);
  EXPECT_EQ(registers.resources.ff, us.channel_control.ff + 4 * 64);
}

TEST(ChannelMapping, AWordIsABeatOfTheWiderEndButAtMostATile) {
  Channel c = channel(8, Bits{32}, 4);
  EXPECT_EQ(word_bits(c, 4), 128);
  EXPECT_EQ(word_bits(c, 16), 256);
  c.word = Bits{64};
  EXPECT_EQ(word_bits(c, 16), 64);
}

}  // namespace
}  // namespace statelane
