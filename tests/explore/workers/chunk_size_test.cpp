// SPDX-License-Identifier: Apache-2.0
#include "explore/workers/chunk_size.h"

#include <gtest/gtest.h>

namespace statelane {
namespace {

TEST(ChunkSize, IsAtLeastTenMilliseconds) {
  ChunkSize c(1'000'000);
  EXPECT_EQ(c.items(4, 1'000'000), 1U) << "nothing is known yet";
  c.took(1, 1e-4);
  EXPECT_EQ(c.items(4, 1'000'000), 500U);
  EXPECT_EQ(c.items(4, 120), 100U) << "10 ms, though it leaves the others without";
  ChunkSize slow(10);
  slow.took(1, 3.0);
  EXPECT_EQ(slow.items(2, 10), 1U);
}

}  // namespace
}  // namespace statelane
