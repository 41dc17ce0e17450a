// SPDX-License-Identifier: Apache-2.0
#include "models/base/json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

namespace statelane {
namespace {

JsonValue parsed(std::string_view text, const JsonOptions& options = {}) {
  Diagnostics d;
  std::optional<JsonValue> value = parse_json(text, "f.json", d, options);
  EXPECT_TRUE(d.ok()) << d.text();
  return value.value_or(JsonValue());
}

/// The diagnostics of a text that must be refused.
Diagnostics refused(std::string_view text, const JsonOptions& options = {}) {
  Diagnostics d;
  EXPECT_FALSE(parse_json(text, "f.json", d, options).has_value());
  EXPECT_GE(d.error_count(), 1U);
  return d;
}

SourcePosition at(int line, int column, std::string pointer) {
  return {"f.json", line, column, std::move(pointer)};
}

TEST(Json, KeepsTypesAndOrder) {
  const JsonValue v =
      parsed(R"({"z": null, "b": true, "i": -3, "d": 2.5, "s": "x", "a": [1, 1.0], "o": {}})");
  ASSERT_TRUE(v.is_object());
  EXPECT_EQ(v.members()[0].key, "z");
  EXPECT_TRUE(v.find("z")->is_null());
  EXPECT_TRUE(v.find("b")->as_bool());
  EXPECT_EQ(v.find("i")->as_integer(), -3);
  EXPECT_EQ(v.find("d")->as_number(), 2.5);
  EXPECT_EQ(v.find("s")->as_string(), "x");
  EXPECT_TRUE(v.find("a")->items()[0].is_integer());
  EXPECT_FALSE(v.find("a")->items()[1].is_integer());
  EXPECT_EQ(v.find("missing"), nullptr);
  EXPECT_EQ(to_text(v, -1), R"({"z":null,"b":true,"i":-3,"d":2.5,"s":"x","a":[1,1.0],"o":{}})");
}

TEST(Json, EveryValueAndKeyKnowsItsPlace) {
  const JsonValue v = parsed("{\n  \"a/b\": [10,\n   {\"k\": \"v\"}],\n\t\"n\" : -1.5e3 }");
  EXPECT_EQ(v.where(), at(1, 1, ""));
  EXPECT_EQ(v.members()[0].where(), at(2, 3, "/a~1b"));
  const JsonValue& list = v.members()[0].value;
  EXPECT_EQ(list.where(), at(2, 10, "/a~1b"));
  EXPECT_EQ(list.items()[0].where(), at(2, 11, "/a~1b/0"));
  EXPECT_EQ(list.items()[1].where(), at(3, 4, "/a~1b/1"));
  EXPECT_EQ(list.items()[1].members()[0].where(), at(3, 5, "/a~1b/1/k"));
  EXPECT_EQ(list.items()[1].find("k")->where(), at(3, 10, "/a~1b/1/k"));
  EXPECT_EQ(v.find("n")->where(), at(4, 8, "/n"));
  EXPECT_EQ(v.where("n"), at(4, 8, "/n"));
  EXPECT_EQ(v.where("m"), at(1, 1, "/m"));
}

TEST(Json, ColumnsCountCharacters) {
  const JsonValue v = parsed("\xEF\xBB\xBF{\"é\": [\"\\\"µ€😀\", 7]}");
  EXPECT_EQ(v.where(), at(1, 1, ""));
  EXPECT_EQ(v.members()[0].value.where(), at(1, 7, "/é"));
  EXPECT_EQ(v.members()[0].value.items()[1].where(), at(1, 17, "/é/1"));
}

TEST(Json, SyntaxErrorsSayWhere) {
  EXPECT_EQ(refused("{\"a\": 1,\n \"b\": }")[0].where, at(2, 7, "/b"));
  EXPECT_EQ(refused("{\"a\" \"b\"}")[0].where.column, 6);
  EXPECT_EQ(refused("[1, 2\n")[0].where.line, 2);
  EXPECT_EQ(refused("{\"a\": tru}")[0].where, at(1, 7, "/a"));
  EXPECT_EQ(refused("[1] 2")[0].where.column, 5);
  EXPECT_NE(refused("[1, ")[0].message.find("unexpected end of input"), std::string::npos);
}

TEST(Json, RefusesWhatJsonIsNot) {
  refused("");
  refused("  ");
  refused("// comment\n1");
  refused("{\"a\": 1 /* comment */}");
  refused("{\"a\": 1,}");
  refused("{'a': 1}");
  refused("[01]");
  refused("[1e999]");
  refused("[Infinity]");
  refused("[NaN]");
  refused("\"\xFF\"");
  refused("\"\xC3\"");
  refused("\"\xED\xA0\x80\"");
  refused(std::string_view("[1]\0", 4));
}

TEST(Json, RefusesEveryDuplicateKey) {
  const Diagnostics d = refused("{\"a\": 1,\n \"b\": {\"c\": 1, \"c\": 2},\n \"a\": 3}");
  ASSERT_EQ(d.size(), 2U);
  EXPECT_EQ(d[0].where, at(2, 16, "/b/c"));
  EXPECT_EQ(d[1].where, at(3, 2, "/a"));
  EXPECT_EQ(d[1].found, "its first value is in line 1");
}

TEST(Json, LimitsDepthAndSize) {
  JsonOptions options;
  options.max_depth = 3;
  EXPECT_TRUE(parsed("[[[1]]]", options).is_array());
  EXPECT_EQ(refused("[[[[1]]]]", options)[0].message, "nested too deeply");
  options.max_bytes = 4;
  EXPECT_EQ(refused("[1, 2]", options)[0].found, "6 bytes");
  refused(std::string(1000000, '['));
}

TEST(Json, LargeIntegersBecomeDoubles) {
  const JsonValue v = parsed("[9223372036854775807, 9223372036854775808, -9223372036854775808]");
  EXPECT_EQ(v.items()[0].as_integer(), std::numeric_limits<std::int64_t>::max());
  EXPECT_FALSE(v.items()[1].is_integer());
  EXPECT_EQ(v.items()[1].as_number(), 9223372036854775808.0);
  EXPECT_EQ(v.items()[2].as_integer(), std::numeric_limits<std::int64_t>::min());
}

TEST(Json, PythonConstantsOnRequest) {
  JsonOptions options;
  options.python_constants = true;
  const JsonValue v =
      parsed(R"({"Infinity": [Infinity, -Infinity, NaN, 1], "s": "x Infinity NaN", "n":Infinity})", options);
  const auto& list = v.find("Infinity")->items();
  EXPECT_EQ(list[0].as_number(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(list[1].as_number(), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(list[2].as_number()));
  EXPECT_EQ(list[3].as_integer(), 1);
  EXPECT_EQ(v.find("s")->as_string(), "x Infinity NaN");
  EXPECT_EQ(v.find("n")->as_number(), std::numeric_limits<double>::infinity());
  refused("{Infinity: 1}", options);
  refused("[Infinit]", options);
  refused("[Infinityy]", options);
  refused("[+Infinity]", options);
}

TEST(JsonPointer, Tokens) {
  EXPECT_EQ(pointer_tokens("")->size(), 0U);
  EXPECT_EQ(*pointer_tokens("/a~1b/~0/0/"), (std::vector<std::string>{"a/b", "~", "0", ""}));
  EXPECT_FALSE(pointer_tokens("a").has_value());
  EXPECT_FALSE(pointer_tokens("/~2").has_value());
  EXPECT_FALSE(pointer_tokens("/a~").has_value());
}

// The examples of RFC 6901, section 5.
TEST(JsonPointer, ExamplesOfTheStandard) {
  const JsonValue v = parsed(
      R"({"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8})");
  EXPECT_EQ(find_pointer(v, ""), &v);
  EXPECT_EQ(find_pointer(v, "/foo/0")->as_string(), "bar");
  const std::vector<std::pair<const char*, int>> expected = {{"/", 0},     {"/a~1b", 1}, {"/c%d", 2},
                                                             {"/e^f", 3},  {"/g|h", 4},  {"/i\\j", 5},
                                                             {"/k\"l", 6}, {"/ ", 7},    {"/m~0n", 8}};
  for (const auto& [pointer, value] : expected) {
    ASSERT_NE(find_pointer(v, pointer), nullptr) << pointer;
    EXPECT_EQ(find_pointer(v, pointer)->as_integer(), value) << pointer;
  }
  EXPECT_EQ(find_pointer(v, "/foo/2"), nullptr);
  EXPECT_EQ(find_pointer(v, "/foo/00"), nullptr);
  EXPECT_EQ(find_pointer(v, "/foo/-"), nullptr);
  EXPECT_EQ(find_pointer(v, "/foo/0/x"), nullptr);
}

TEST(JsonSetting, ParsesTheValueOrTakesItAsText) {
  JsonValue v = parsed(R"({"a": {"b": 1}, "list": [1, 2]})");
  Diagnostics d;
  EXPECT_TRUE(apply_setting(v, "/a/b=7", d));
  EXPECT_TRUE(apply_setting(v, "/a/clock=400 MHz", d));
  EXPECT_TRUE(apply_setting(v, "/a/quoted=\"x=y\"", d));
  EXPECT_TRUE(apply_setting(v, "/new/deep=true", d));
  EXPECT_TRUE(apply_setting(v, "/list/1={\"k\": 3}", d));
  EXPECT_TRUE(apply_setting(v, "/list/-=9", d));
  EXPECT_TRUE(apply_setting(v, "/empty=", d));
  EXPECT_TRUE(d.ok()) << d.text();
  EXPECT_EQ(
      to_text(v, -1),
      R"({"a":{"b":7,"clock":"400 MHz","quoted":"x=y"},"list":[1,{"k":3},9],"new":{"deep":true},"empty":""})");
  EXPECT_EQ(find_pointer(v, "/list/1/k")->where(), (SourcePosition{"--set", 0, 0, "/list/1/k"}));
  EXPECT_EQ(find_pointer(v, "/list/2")->where(), (SourcePosition{"--set", 0, 0, "/list/2"}));
  EXPECT_EQ(find_pointer(v, "/new")->where(), (SourcePosition{"--set", 0, 0, "/new"}));
}

TEST(JsonSetting, RefusesWhatHasNoPlace) {
  JsonValue v = parsed(R"({"a": 1, "list": [1, 2]})");
  const JsonValue before = v;
  Diagnostics d;
  EXPECT_FALSE(apply_setting(v, "/a", d));
  EXPECT_FALSE(apply_setting(v, "a=1", d));
  EXPECT_FALSE(apply_setting(v, "", d));
  EXPECT_FALSE(apply_setting(v, "/a/b=1", d));
  EXPECT_FALSE(apply_setting(v, "/list/2=1", d));
  EXPECT_FALSE(apply_setting(v, "/list/x=1", d));
  EXPECT_FALSE(apply_setting(v, "/~9=1", d));
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "/a";
  EXPECT_FALSE(apply_setting(v, deep + "=1", d));
  EXPECT_EQ(d.error_count(), 8U);
  EXPECT_EQ(v, before);
}

TEST(JsonText, IsDeterministicAndCanonical) {
  const JsonValue a = parsed(R"({"b": 1, "a": {"y": 0.1, "x": [1, "é"]}})");
  const JsonValue b = parsed(R"({"a": {"x": [1, "\u00e9"], "y": 1e-1}, "b": 1})");
  EXPECT_NE(to_text(a), to_text(b));
  EXPECT_EQ(canonical_text(a), canonical_text(b));
  EXPECT_EQ(canonical_text(a), "{\"a\":{\"x\":[1,\"é\"],\"y\":0.1},\"b\":1}");
  EXPECT_EQ(to_text(JsonValue(std::numeric_limits<double>::infinity())), "\"inf\"");
}

TEST(JsonFile, ReadsAndReports) {
  const std::string path = testing::TempDir() + "statelane_json_test.json";
  std::ofstream(path) << std::string(100000, ' ') << "[1]";
  Diagnostics d;
  const auto value = read_json_file(path, d);
  ASSERT_TRUE(value.has_value()) << d.text();
  EXPECT_EQ(value->items()[0].where(), (SourcePosition{path, 1, 100002, "/0"}));
  JsonOptions options;
  options.max_bytes = 1000;
  EXPECT_FALSE(read_json_file(path, d, options).has_value());
  std::filesystem::remove(path);
  EXPECT_FALSE(read_json_file(path, d).has_value());
  EXPECT_FALSE(read_json_file(testing::TempDir(), d).has_value());
  EXPECT_EQ(d.error_count(), 3U);
}

}  // namespace
}  // namespace statelane
