// SPDX-License-Identifier: Apache-2.0
#include "explore/space/expression.h"

#include <gtest/gtest.h>

namespace statelane {
namespace {

const double lanes = 8;
const double heads = 80;
const double share = 0.5;
const std::vector<Symbol> symbols = {
    {"lanes", &lanes}, {"network.heads", &heads}, {"resources.dsp.of_board", &share}};

double value(const std::string& text) {
  Diagnostics d;
  const auto e = Expression::compile(text, symbols, {}, d);
  EXPECT_TRUE(e.has_value()) << text << "\n" << d.text();
  return e ? e->value() : -12345;
}

std::string error(const std::string& text) {
  Diagnostics d;
  EXPECT_FALSE(Expression::compile(text, symbols, {"s.json", 3, 5, "/constraints/0"}, d).has_value()) << text;
  EXPECT_EQ(d.error_count(), 1U) << text;
  return d.text();
}

TEST(Expression, Computes) {
  EXPECT_EQ(value("lanes * 2 + 1"), 17);
  EXPECT_EQ(value("2 ^ 3 ^ 2"), 512);
  EXPECT_EQ(value("network.heads / lanes"), 10);
  EXPECT_EQ(value("min(lanes, 3) + max(lanes, 9)"), 12);
  EXPECT_EQ(value("floor(7.9) + ceil(7.1) + round(2.5) "), 18);
  EXPECT_EQ(value("mod(network.heads, 7)"), 3);
  EXPECT_EQ(value("ceil_div(network.heads, 7)"), 12);
  EXPECT_EQ(value("log2(lanes)"), 3);
  EXPECT_EQ(value("lanes == 8 ? 1.5e3 : 2"), 1500);
}

TEST(Expression, Compares) {
  EXPECT_EQ(value("resources.dsp.of_board <= 0.5"), 1);
  EXPECT_EQ(value("resources.dsp.of_board < 0.5"), 0);
  EXPECT_EQ(value("lanes >= 8 && network.heads != 80 || lanes == 8"), 1);
  EXPECT_EQ(value("!(lanes > 4)"), 0);
  EXPECT_EQ(value("divides(lanes, network.heads)"), 1);
  EXPECT_EQ(value("divides(3, network.heads)"), 0);
  EXPECT_EQ(value("divides(0, network.heads)"), 0);
}

TEST(Expression, FollowsItsSymbols) {
  double x = 1;
  Diagnostics d;
  const auto e = Expression::compile("x * 2", {{"x", &x}}, {}, d);
  ASSERT_TRUE(e.has_value());
  EXPECT_EQ(e->value(), 2);
  x = 21;
  EXPECT_EQ(e->value(), 42);
  EXPECT_EQ(e->used(), std::vector<std::size_t>{0});
}

TEST(Expression, NanDoesNotHold) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Diagnostics d;
  const auto e = Expression::compile("x", {{"x", &nan}}, {}, d);
  ASSERT_TRUE(e.has_value());
  EXPECT_FALSE(e->holds());
}

TEST(Expression, MistakesAreNamedWithTheirPlace) {
  EXPECT_EQ(error("lane * 2"),
            "s.json:3:5: error: /constraints/0: unknown name in the expression \"lane * 2\"; found \"lane\" "
            "(did you mean "
            "'lanes'?)\n");
  EXPECT_NE(error("lanes +").find("not an expression"), std::string::npos);
  EXPECT_NE(error("").find("not an expression"), std::string::npos);
  EXPECT_NE(error("(lanes").find("not an expression"), std::string::npos);
  EXPECT_NE(error("divides(lanes)").find("not an expression"), std::string::npos);
  EXPECT_NE(error("lanes = 3").find("changes nothing"), std::string::npos);
  EXPECT_NE(error("lanes, 3").find("one value"), std::string::npos);
}

}  // namespace
}  // namespace statelane
