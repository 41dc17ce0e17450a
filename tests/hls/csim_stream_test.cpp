// SPDX-License-Identifier: Apache-2.0
// Streams of bounded depth between cooperative tasks.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

#include "ap_int.h"
#include "hls_stream.h"
#include "hls_vector.h"

namespace {

RC_GTEST_PROP(CsimStream, TasksPassEverythingOnWithinTheDepth, ()) {
  const int n = *rc::gen::inRange(0, 200);
  const int burst = *rc::gen::inRange(1, 9);
  hls::stream<ap_int<16>, 3> first("first");
  hls::stream<ap_int<16>> second("second");
  second.csim_depth(static_cast<std::size_t>(burst));
  std::vector<int> got;
  csim::Tasks tasks;
  tasks.start("sink", [&] {
    for (int i = 0; i < n; ++i) got.push_back(second.read());
  });
  tasks.start("middle", [&] {
    for (int i = 0; i < n; ++i) second.write(first.read() * 2);
  });
  tasks.start("source", [&] {
    for (int i = 0; i < n; ++i) first.write(i);
  });
  tasks.join();
  RC_ASSERT(static_cast<int>(got.size()) == n);
  for (int i = 0; i < n; ++i) RC_ASSERT(got[static_cast<std::size_t>(i)] == 2 * i);
  RC_ASSERT(first.csim_peak() <= 3U);
  RC_ASSERT(second.csim_peak() <= static_cast<std::size_t>(burst));
}

/// The writer wants room for four words before the reader takes the first from the other stream.
void cross(int depth) {
  hls::stream<int> a("a");
  hls::stream<int> b("b");
  a.csim_depth(static_cast<std::size_t>(depth));
  csim::Tasks tasks;
  tasks.start("writer", [&] {
    for (int i = 0; i < 4; ++i) a.write(i);
    b.write(1);
  });
  tasks.start("reader", [&] {
    (void)b.read();
    for (int i = 0; i < 4; ++i) (void)a.read();
  });
  tasks.join();
}

TEST(CsimStream, ADeadlockEndsTheSimulationAndNamesWhoWaits) {
  cross(4);
  EXPECT_EXIT(cross(3), ::testing::ExitedWithCode(csim::Tasks::deadlock_status),
              "writer waits for room in a");
  EXPECT_EXIT(cross(3), ::testing::ExitedWithCode(csim::Tasks::deadlock_status),
              "reader waits for data of b");
  hls::stream<int> alone("alone");
  EXPECT_EXIT((void)alone.read(), ::testing::ExitedWithCode(csim::Tasks::deadlock_status), "data of alone");
}

TEST(CsimStream, NonBlockingAccess) {
  hls::stream<int, 1> s("s");
  int v = 0;
  EXPECT_FALSE(s.read_nb(v));
  EXPECT_TRUE(s.write_nb(7));
  EXPECT_FALSE(s.write_nb(8));
  EXPECT_TRUE(s.full());
  EXPECT_TRUE(s.read_nb(v));
  EXPECT_EQ(v, 7);
  EXPECT_TRUE(s.empty());
}

TEST(CsimVector, ElementsAndEquality) {
  hls::vector<ap_int<5>, 4> a;
  hls::vector<ap_int<5>, 4> b;
  a[2] = 17;  // wraps
  EXPECT_EQ(a[2], -15);
  EXPECT_TRUE(a != b);
  b[2] = -15;
  EXPECT_TRUE(a == b);
  EXPECT_EQ((hls::vector<int, 6>::size()), 6U);
}

}  // namespace
