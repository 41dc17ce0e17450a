// SPDX-License-Identifier: Apache-2.0
#include "sim/tile_fifo.h"

#include <gtest/gtest.h>

namespace statelane {
namespace {

Femtoseconds at(std::int64_t t) {
  return Femtoseconds(t);
}

TEST(TileFifo, TilesCarryTheTimeTheyBecomeVisible) {
  TileFifo fifo(3, 0);
  EXPECT_EQ(fifo.tiles(), 0);
  EXPECT_EQ(fifo.places(), 3);
  fifo.claim(2, at(5));
  EXPECT_EQ(fifo.places(), 1);
  fifo.publish(2, at(10));
  EXPECT_EQ(fifo.tiles(), 2);
  EXPECT_EQ(fifo.tiles_at(2), at(10));
}

TEST(TileFifo, APlaceIsFreeFromTheTimeOfItsRelease) {
  TileFifo fifo(2, 0);
  fifo.claim(2, at(0));
  fifo.publish(2, at(1));
  EXPECT_EQ(fifo.places(), 0);
  fifo.take(1);
  fifo.release(1, at(20));
  EXPECT_EQ(fifo.places(), 1);
  EXPECT_EQ(fifo.places_at(1), at(20));
}

TEST(TileFifo, InitialTilesAreThereFromTheStart) {
  TileFifo fifo(4, 3);
  EXPECT_EQ(fifo.tiles(), 3);
  EXPECT_EQ(fifo.tiles_at(3), at(0));
  EXPECT_EQ(fifo.places(), 1);
  EXPECT_EQ(fifo.peak(), 3);
}

TEST(TileFifo, TimesNeverGoBackAlongTheRing) {
  TileFifo fifo(2, 0);
  fifo.claim(1, at(0));
  fifo.publish(1, at(50));
  fifo.claim(1, at(1));
  fifo.publish(1, at(40));  // a shorter pipeline cannot overtake
  EXPECT_EQ(fifo.tiles_at(2), at(50));
}

TEST(TileFifo, PeakCountsPlacesInUseAtOneTimeNotPlacesDecidedAhead) {
  TileFifo fifo(4, 0);
  // One tile in, out at 10; the next claimed only at 11: never two at once.
  fifo.claim(1, at(0));
  fifo.publish(1, at(1));
  fifo.take(1);
  fifo.release(1, at(10));
  fifo.claim(1, at(11));
  fifo.publish(1, at(12));
  EXPECT_EQ(fifo.peak(), 1);
  // Claimed at 13 while the second is still there until 20.
  fifo.claim(1, at(13));
  fifo.publish(1, at(14));
  fifo.take(1);
  fifo.release(1, at(20));
  EXPECT_EQ(fifo.peak(), 2);
}

}  // namespace
}  // namespace statelane
