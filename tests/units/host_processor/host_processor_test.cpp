// SPDX-License-Identifier: Apache-2.0
#include "tests/units/unit_case.h"

namespace statelane::test {
namespace {

TEST(HostProcessorKind, StreamsTheHeadsWeightsOnce) {
  UnitCase unit("host_processor");
  unit.set("bandwidth", "1GB/s").set("weight", 16);
  const Work work{.op = Operator::lm_head, .rows = 1000, .reduce = 500, .columns = 3};
  EXPECT_EQ(unit.busy(work), 200000);  // a megabyte in a millisecond at 200 MHz, whatever the columns
  EXPECT_EQ(unit.set("weight", 8).busy(work), 100000);
  EXPECT_EQ(unit.set("bandwidth", "2GB/s").busy(work), 50000);
  EXPECT_EQ(unit.model().row_lanes(), 1);
  EXPECT_EQ(unit.refuses(Operator::lm_head, 1000), "");
}

TEST(HostProcessorKind, TakesNothingOfTheFabric) {
  const UnitCase unit("host_processor");
  const Circuit c = unit.circuit(OperatorSet(Operator::lm_head));
  EXPECT_FALSE(c.on_fabric());
  EXPECT_EQ(c.total().lut + c.total().ff + c.total().dsp + c.total().bram18, 0);
}

}  // namespace
}  // namespace statelane::test
