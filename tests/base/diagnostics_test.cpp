// SPDX-License-Identifier: Apache-2.0
#include "models/base/diagnostics.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>

#include "models/base/refusal.h"

namespace statelane {
namespace {

TEST(Diagnostics, TextShowsEveryPart) {
  Diagnostics d;
  d.error({"a.json", 3, 7, "/port/widht"}, "unknown key", "'widht'", "width, clock", "did you mean 'width'?");
  EXPECT_EQ(d.text(),
            "a.json:3:7: error: /port/widht: unknown key; found 'widht', allowed width, clock (did you mean "
            "'width'?)\n");
}

TEST(Diagnostics, UnknownPartsAreLeftOut) {
  Diagnostics d;
  d.warning({}, "odd");
  d.error({"--set", 0, 0, "/a"}, "bad", {}, "an integer");
  EXPECT_EQ(d.text(), "warning: odd\n--set: error: /a: bad; allowed an integer\n");
}

TEST(Diagnostics, OnlyErrorsMakeItFail) {
  Diagnostics d;
  EXPECT_TRUE(d.ok());
  d.warning({}, "odd");
  EXPECT_TRUE(d.ok());
  EXPECT_NO_THROW(throw_if_errors(d));
  d.error({}, "bad");
  EXPECT_FALSE(d.ok());
  EXPECT_EQ(d.error_count(), 1U);
  EXPECT_EQ(d.size(), 2U);
  EXPECT_THROW(throw_if_errors(d), InputError);
}

TEST(Diagnostics, CountsBeyondWhatItKeeps) {
  Diagnostics d;
  for (std::size_t i = 0; i < Diagnostics::max_kept + 5; ++i) d.error({}, "bad");
  EXPECT_EQ(d.size(), Diagnostics::max_kept);
  EXPECT_EQ(d.error_count(), Diagnostics::max_kept + 5);
  EXPECT_NE(d.text().find("... and 5 more\n"), std::string::npos);
  Diagnostics sum;
  sum.warning({}, "odd");
  sum.append(d);
  EXPECT_EQ(sum.error_count(), Diagnostics::max_kept + 5);
  EXPECT_NE(sum.text().find("... and 6 more\n"), std::string::npos);
}

TEST(Diagnostics, JsonHoldsTheSame) {
  Diagnostics d;
  d.error({"a.json", 3, 7, "/p"}, "bad \xFF byte", "1", "2", "3");
  const auto json = nlohmann::json::parse(d.json());
  ASSERT_EQ(json.size(), 1U);
  EXPECT_EQ(json[0]["severity"], "error");
  EXPECT_EQ(json[0]["line"], 3);
  EXPECT_EQ(json[0]["column"], 7);
  EXPECT_EQ(json[0]["pointer"], "/p");
  EXPECT_EQ(json[0]["message"], "bad \uFFFD byte");
  EXPECT_EQ(json[0]["found"], "1");
  EXPECT_EQ(json[0]["allowed"], "2");
  EXPECT_EQ(json[0]["hint"], "3");
}

TEST(Failures, CarryTheirExitCode) {
  EXPECT_EQ(InputError("bad option").exit_code(), 2);
  EXPECT_EQ(Infeasible("too large").exit_code(), 1);
  EXPECT_STREQ(Infeasible("too large").what(), "error: too large\n");
}

TEST(Refusal, SaysTheSameToEverybody) {
  const Refusal r{.what = "lanes",
                  .pointer = "/units/norm/lanes",
                  .text = "lanes do not divide the tile",
                  .found = "3",
                  .allowed = "a divisor of 16",
                  .mend = "take 4"};
  EXPECT_EQ(r.message(), "lanes do not divide the tile; found 3, allowed a divisor of 16 (take 4)");
  EXPECT_EQ(r.at({"d.json", 3, 7, "/design/units/norm/lanes"}).text(),
            "d.json:3:7: error: /design/units/norm/lanes: " + r.message());
  EXPECT_STREQ(Infeasible(r.alone()).what(), ("error: /units/norm/lanes: " + r.message() + "\n").c_str());
}

TEST(Refusal, IsMadeOfABareTextAndBack) {
  EXPECT_EQ(refusal_from(""), std::nullopt);
  EXPECT_EQ(message_of(std::nullopt), "");
  const auto conv = refusal_from("conv: no unit executes it");
  ASSERT_TRUE(conv);
  EXPECT_EQ(conv->what, "conv");
  EXPECT_EQ(message_of(conv), "conv: no unit executes it");
  EXPECT_EQ(refusal_from("too many ports")->what, "");
}

TEST(NearestName, FindsMisspellings) {
  const std::vector<std::string> names = {"width", "clock", "headdim", "d_state"};
  EXPECT_EQ(nearest_name("widht", names), "width");
  EXPECT_EQ(nearest_name("Clock", names), "clock");
  EXPECT_EQ(nearest_name("head_dim", names), "headdim");
  EXPECT_EQ(nearest_name("banana", names), "");
  EXPECT_EQ(nearest_name("", names), "");
  EXPECT_EQ(nearest_name("x", {}), "");
  EXPECT_EQ(nearest_hint("widht", names), "did you mean 'width'?");
}

TEST(EditDistance, KnownValues) {
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("ab", "ba"), 1U);
  EXPECT_EQ(edit_distance("MHz", "mhz"), 0U);
}

RC_GTEST_PROP(EditDistance, IsSymmetricAndBounded, (const std::string& a, const std::string& b)) {
  const std::size_t d = edit_distance(a, b);
  RC_ASSERT(d == edit_distance(b, a));
  RC_ASSERT(d <= std::max(a.size(), b.size()));
  RC_ASSERT(d >= std::max(a.size(), b.size()) - std::min(a.size(), b.size()));
}

}  // namespace
}  // namespace statelane
