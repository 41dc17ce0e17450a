// SPDX-License-Identifier: Apache-2.0
#include "models/base/fields.h"

#include <gtest/gtest.h>

#include "tests/base/example_structs.h"

namespace statelane {
namespace {

using example::Machine;
using example::Order;
using example::Port;

template <class T>
T good(std::string_view text) {
  Diagnostics d;
  T out{};
  const auto json = parse_json(text, "f.json", d);
  if (json) {
    EXPECT_TRUE(read(*json, out, d));
  }
  EXPECT_TRUE(d.ok()) << d.text();
  return out;
}

template <class T>
Diagnostics bad(std::string_view text) {
  Diagnostics d;
  T out{};
  const auto json = parse_json(text, "f.json", d);
  EXPECT_TRUE(json.has_value()) << d.text();
  if (json) {
    EXPECT_FALSE(read(*json, out, d));
  }
  EXPECT_GE(d.error_count(), 1U);
  return d;
}

TEST(Fields, DefaultsAreTheStructsOwn) {
  Machine expected;
  expected.name = "m";
  EXPECT_EQ(good<Machine>(R"({"name": "m"})"), expected);
  // A nested object starts from the outer default, an element of a list from its own type's.
  const Machine m = good<Machine>(R"({"name": "m", "port": {"note": "x"}, "ports": [{}], "spare": {}})");
  EXPECT_EQ(m.port.width, Bits{64});
  EXPECT_EQ(m.ports.at(0).width, Bits{128});
  EXPECT_EQ(m.spare->width, Bits{128});
}

TEST(Fields, ReadStartsFromTheDefaults) {
  Machine m;
  m.lanes = 8;
  m.ports.resize(3);
  Diagnostics d;
  ASSERT_TRUE(read(JsonValue::object().set("name", "m"), m, d));
  EXPECT_EQ(m.lanes, 4);
  EXPECT_TRUE(m.ports.empty());
}

TEST(Fields, ReadsEveryKindOfMember) {
  const Machine m = good<Machine>(R"({
    "$schema": "machine.schema.json", "name": "m", "fast": true, "lanes": 8, "seed": -9007199254740993, "ratio": 0.25,
    "limit": "-inf", "fill": 12, "size": "8 GiB", "delay": "2 us", "energy": "3 nJ", "power": "250 mW",
    "bandwidth": "14.375 GB/s", "port": {"width": 256, "clock": "300 MHz", "order": "split", "note": "n"},
    "retries": 2, "spare": {"width": "512 bit"}, "ports": [{"order": "split"}, {}], "weights": [1, 2.5],
    "buffers": {"a": "1 KiB", "b": "2 kB"}, "extra": {"kind": [1, {"x": null}]}})");
  EXPECT_TRUE(m.fast);
  EXPECT_EQ(m.lanes, 8);
  EXPECT_EQ(m.seed, -9007199254740993);
  EXPECT_EQ(m.limit, -std::numeric_limits<double>::infinity());
  EXPECT_EQ(m.fill, Cycles{12});
  EXPECT_EQ(m.delay, Seconds{2e-6});
  EXPECT_EQ(m.port.order, Order::split);
  EXPECT_EQ(m.retries, 2);
  EXPECT_EQ(m.spare->width, Bits{512});
  EXPECT_EQ(m.ports.size(), 2U);
  EXPECT_EQ(m.weights, (std::vector<double>{1, 2.5}));
  EXPECT_EQ(m.buffers.at("b"), Bytes{2000});
  EXPECT_EQ(find_pointer(m.extra, "/kind/0")->where().pointer, "/extra/kind/0");
  EXPECT_EQ(good<Machine>(write(m)), m);
}

TEST(Fields, NullUnsetsAnOptionalOnly) {
  const Machine m = good<Machine>(R"({"name": "m", "retries": null, "spare": null})");
  EXPECT_FALSE(m.retries.has_value());
  EXPECT_FALSE(m.spare.has_value());
  bad<Machine>(R"({"name": null})");
  bad<Machine>(R"({"name": "m", "lanes": null})");
}

TEST(Fields, AllProblemsAtOnce) {
  const Diagnostics d = bad<Machine>(R"({
  "lane": 4,
  "lanes": 3,
  "ratio": 1.5,
  "port": {"widht": 1, "width": 16, "order": "spilt", "clock": "400 MB"},
  "ports": [{}, {"note": 1}],
  "weights": [1, 11],
  "buffers": {"x": "0 B"},
  "retries": -1,
  "limit": "infinite",
  "seed": 1.5,
  "fill": 1001})");
  EXPECT_EQ(d.text(),
            "f.json:2:3: error: /lane: unknown key in machine; found 'lane', allowed name, fast, lanes, "
            "seed, ratio, limit, "
            "fill, size, delay, energy, power, bandwidth, port, retries, spare, ports, weights, buffers, "
            "extra (did you mean "
            "'lanes'?)\n"
            "f.json:3:12: error: /lanes: not one of the values allowed; found 3, allowed 1, 2, 4, 8\n"
            "f.json:4:12: error: /ratio: the value is too large; found 1.5, allowed 0.0 ... 1.0\n"
            "f.json:5:12: error: /port/widht: unknown key in port; found 'widht', allowed width, clock, "
            "order, note (did you "
            "mean 'width'?)\n"
            "f.json:5:33: error: /port/width: the value is too small; found 16, allowed 32 bit ... 4096 bit\n"
            "f.json:5:46: error: /port/order: unknown name; found \"spilt\", allowed naive, split (did you "
            "mean 'split'?)\n"
            "f.json:5:64: error: /port/clock: 'MB' is no unit of a frequency; found \"400 MB\", allowed GHz, "
            "MHz, kHz, Hz\n"
            "f.json:6:26: error: /ports/1/note: wrong type of value; found 1, allowed a string\n"
            "f.json:7:18: error: /weights/1: the value is too large; found 11, allowed 0.0 ... 10.0\n"
            "f.json:8:20: error: /buffers/x: the value is too small; found \"0 B\", allowed >= 1 B\n"
            "f.json:9:14: error: /retries: the value is too small; found -1, allowed >= 0\n"
            "f.json:10:12: error: /limit: wrong type of value; found \"infinite\", allowed a number\n"
            "f.json:11:11: error: /seed: wrong type of value; found 1.5, allowed an integer\n"
            "f.json:12:11: error: /fill: the value is too large; found 1001, allowed 0 ... 1000\n"
            "f.json:1:1: error: the key 'name' is missing; allowed a string\n");
}

TEST(Fields, WrongShapes) {
  EXPECT_EQ(bad<Machine>("[1]")[0].text(),
            "f.json:1:1: error: wrong type of value; found an array, allowed an object (machine)");
  bad<Machine>(R"({"name": "m", "ports": {}})");
  bad<Machine>(R"({"name": "m", "buffers": []})");
  bad<Machine>(R"({"name": "m", "port": "x"})");
  bad<Machine>(R"({"name": "m", "fast": 1})");
  bad<Machine>(R"({"name": "m", "lanes": 99999999999})");
  bad<Machine>(R"({"name": "m", "limit": 1, "ratio": "inf"})");
  EXPECT_EQ(bad<Machine>(R"({"name": "m", "port": {"$schema": "x"}})")[0].where.pointer, "/port/$schema");
}

TEST(Fields, ChecksOfMeaningRunLast) {
  EXPECT_EQ(bad<Machine>(R"({"name": "m", "fast": true, "lanes": 1})").text(),
            "f.json:1:38: error: /lanes: a fast machine needs two lanes\n");
  EXPECT_EQ(bad<Machine>(R"({"fast": true, "lanes": 1})").size(), 1U);  // only the missing name
}

TEST(Fields, IgnoredKeysBelongToSomebodyElse) {
  Diagnostics d;
  Port port;
  const auto json = parse_json(R"({"kind": "axi", "width": 64, "knd": 1})", "f.json", d);
  EXPECT_FALSE(read(*json, port, d, {.ignored_keys = {"kind"}}));
  EXPECT_EQ(d.size(), 1U);
  EXPECT_EQ(d[0].hint, "did you mean 'kind'?");
}

TEST(Fields, CheckJudgesAnObjectOfTheProgram) {
  Machine m;
  m.name = "m";
  Diagnostics d;
  EXPECT_TRUE(check(m, d)) << d.text();
  m.ports.resize(2);
  m.ports[1].width = Bits{8};
  m.ports[0].order = static_cast<Order>(7);
  EXPECT_FALSE(check(m, d));
  ASSERT_EQ(d.error_count(), 2U);
  EXPECT_EQ(d[0].where.pointer, "/ports/0/order");
  EXPECT_EQ(d[1].where.pointer, "/ports/1/width");
}

TEST(Fields, EnumNames) {
  EXPECT_EQ(name_of(Order::split), "split");
  EXPECT_EQ(value_of<Order>("naive"), Order::naive);
  EXPECT_EQ(value_of<Order>("x"), std::nullopt);
}

TEST(Fields, BrokenTablesAreRefused) {
  using T = Table<Port>;
  EXPECT_THROW(T("t", "").field("a", &Port::width, "").range(1, 2), std::logic_error);
  EXPECT_THROW(T("t", "").field("a", &Port::width, "").min(Bytes{1}), std::logic_error);
  EXPECT_THROW(T("t", "").field("a", &Port::note, "").min(1), std::logic_error);
  EXPECT_THROW(T("t", "").field("a", &Port::note, "").field("a", &Port::width, ""), std::logic_error);
  EXPECT_THROW(T("t", "").sweepable(), std::logic_error);
}

}  // namespace
}  // namespace statelane
