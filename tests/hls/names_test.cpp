// SPDX-License-Identifier: Apache-2.0
#include "hls/names.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>

namespace statelane::hls {
namespace {

bool is_identifier(const std::string& s) {
  return !s.empty() && std::isalpha(static_cast<unsigned char>(s[0])) != 0 &&
         s.find("__") == std::string::npos && std::all_of(s.begin(), s.end(), [](unsigned char c) {
           return c < 128 && (std::isalnum(c) != 0 || c == '_');
         });
}

TEST(HlsNames, KeepsWhatIsAnIdentifier) {
  Names names;
  EXPECT_EQ(names.take("mmu"), "mmu");
  EXPECT_EQ(names.take("h_in"), "h_in");
}

TEST(HlsNames, KeywordsRepetitionsAndTextsAreMadeSafe) {
  Names names;
  EXPECT_EQ(names.take("int"), "int_unit");
  EXPECT_EQ(names.take("a b"), "a_b");
  EXPECT_EQ(names.take("a-b"), "a_b_unit");
  EXPECT_EQ(names.take("a.b"), "a_b_unit2");
  EXPECT_EQ(names.take("8x8"), "unit_8x8");
  EXPECT_EQ(names.take("x(); } [exec rm -rf /] $(boom)"), "x_exec_rm_rf_boom_");
}

RC_GTEST_PROP(HlsNames, EveryTextGivesANewIdentifier, (const std::vector<std::string>& texts)) {
  Names names;
  std::set<std::string> seen;
  for (const std::string& text : texts) {
    const std::string name = names.take(text);
    RC_ASSERT(is_identifier(name));
    RC_ASSERT(seen.insert(name).second);
  }
}

RC_GTEST_PROP(HlsNames, ACommentStaysOne, (const std::string& text)) {
  const std::string c = comment_text(text);
  RC_ASSERT(c.find('\n') == std::string::npos && c.find('\\') == std::string::npos &&
            c.find("*/") == std::string::npos);
}

}  // namespace
}  // namespace statelane::hls
