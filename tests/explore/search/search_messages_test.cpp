// SPDX-License-Identifier: Apache-2.0
#include "explore/search/search_messages.h"

#include <gtest/gtest.h>

namespace statelane {
namespace {

TEST(SearchMessages, ReadBack) {
  SimulationAnswer a;
  a.records = {{SimulatedRun{Cycles(5), Joules(0.25)}, ""}, {std::nullopt, "crashed"}};
  a.seconds = 0.5;
  const SimulationAnswer b = decode_simulations(encode(a));
  ASSERT_EQ(b.records.size(), 2U);
  EXPECT_EQ(b.records[0].run->cycles, Cycles(5));
  EXPECT_EQ(b.records[0].run->dram.count(), 0.25);
  EXPECT_FALSE(b.records[1].run.has_value());
  EXPECT_EQ(b.records[1].error, "crashed");
  const std::string whole = encode(a);
  for (std::size_t n = 0; n < whole.size(); ++n)
    EXPECT_THROW((void)decode_simulations(whole.substr(0, n)), std::runtime_error) << n;
  EXPECT_EQ(decode_simulation_task(encode_simulations({3, 1, 2})), (std::vector<std::uint64_t>{3, 1, 2}));
  EXPECT_THROW((void)decode_scan_task(encode_simulations({})), std::runtime_error);
}

}  // namespace
}  // namespace statelane
