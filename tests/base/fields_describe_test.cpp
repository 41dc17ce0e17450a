// SPDX-License-Identifier: Apache-2.0
// Schema, documentation, hash, and access by pointer.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/base/example_structs.h"

namespace statelane {
namespace {

using example::Machine;
using example::Order;
using example::Port;

const JsonValue& at(const JsonValue& root, std::string_view pointer) {
  const JsonValue* found = find_pointer(root, pointer);
  if (found == nullptr) throw std::runtime_error("no " + std::string(pointer));
  return *found;
}

TEST(Schema, SaysWhatTheReaderAccepts) {
  Diagnostics d;
  const JsonValue s = parse_json(schema<Machine>(), "schema", d).value();
  EXPECT_EQ(at(s, "/$schema").as_string(), "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(at(s, "/title").as_string(), "machine");
  EXPECT_EQ(to_text(at(s, "/required"), -1), R"(["name"])");
  EXPECT_FALSE(at(s, "/additionalProperties").as_bool());
  EXPECT_EQ(at(s, "/properties/$schema/type").as_string(), "string");
  EXPECT_EQ(to_text(at(s, "/properties/lanes/enum"), -1), "[1,2,4,8]");
  EXPECT_EQ(at(s, "/properties/lanes/default").as_integer(), 4);
  EXPECT_EQ(at(s, "/properties/ratio/maximum").as_number(), 1.0);
  EXPECT_EQ(at(s, "/properties/delay/default").as_string(), "40 ns");
  EXPECT_EQ(at(s, "/properties/fill/maximum").as_integer(), 1000);
  EXPECT_EQ(at(s, "/properties/fill/minimum").as_integer(), 0);
  EXPECT_EQ(at(s, "/properties/port/$ref").as_string(), "#/$defs/port");
  EXPECT_EQ(at(s, "/properties/ports/items/$ref").as_string(), "#/$defs/port");
  EXPECT_EQ(at(s, "/properties/spare/anyOf/0/$ref").as_string(), "#/$defs/port");
  EXPECT_EQ(at(s, "/properties/buffers/additionalProperties/type").as_string(), "string");
  EXPECT_EQ(to_text(at(s, "/$defs/port/properties/order/enum"), -1), R"(["naive","split"])");
  EXPECT_FALSE(at(s, "/$defs/port/additionalProperties").as_bool());
  EXPECT_EQ(at(s, "/properties/name/description").as_string(), "Name");
}

TEST(Markdown, HasARowForEveryField) {
  const std::string text = markdown<Machine>();
  EXPECT_EQ(text.rfind("### machine\n", 0), 0U);
  EXPECT_NE(text.find("| `lanes` | integer | `4` | 1, 2, 4, 8 | yes | Lanes |"), std::string::npos) << text;
  EXPECT_NE(text.find("| `clock` | frequency | `400 MHz` | 1 MHz ... 2 GHz | yes | Clock of the port |"),
            std::string::npos);
  EXPECT_NE(text.find("| `ratio` | number | `0.5` | 0.0 ... 1.0 |  | A share Source: measured. |"),
            std::string::npos);
  EXPECT_EQ(std::count(text.begin(), text.end(), '#'),
            6);  // the struct it uses once, though it uses it thrice
  for (const Field& f : Describe<Machine>::table().fields())
    EXPECT_NE(text.find("| `" + f.key + "` |"), std::string::npos) << f.key;
}

Machine read_machine(std::string_view text) {
  Diagnostics d;
  Machine m;
  read(parse_json(text, "f.json", d).value(), m, d);
  EXPECT_TRUE(d.ok()) << d.text();
  return m;
}

TEST(Hash, DependsOnContentOnly) {
  const std::string a = hash(read_machine(R"({"name": "m", "port": {"clock": "0.3 GHz", "note": "n"}})"));
  EXPECT_EQ(
      a,
      hash(read_machine(R"({"port": {"note": "n", "clock": "300 MHz", "width": "64 bit"}, "name": "m"})")));
  EXPECT_EQ(a,
            hash(read_machine(R"({"name": "m", "lanes": 4, "port": {"clock": "300e6 Hz", "note": "n"}})")));
  EXPECT_NE(a, hash(read_machine(R"({"name": "m", "port": {"clock": "301 MHz", "note": "n"}})")));
  EXPECT_NE(a, hash(read_machine(R"({"name": "n", "port": {"clock": "300 MHz", "note": "n"}})")));
  EXPECT_EQ(hash(read_machine(R"({"name": "m", "extra": {"a": 1, "b": [2]}})")),
            hash(read_machine(R"({"name": "m", "extra": {"b": [2], "a": 1}})")));
}

// XXH3 of the empty input with seed 0, from xxHash's own test vectors.
TEST(Hash, IsXxh3) {
  EXPECT_EQ(content_hash(""), "99aa06d3014798d86001c324468d497f");
}

TEST(FieldAccess, ListsEveryScalar) {
  const Machine m =
      read_machine(R"({"name": "m", "ports": [{}], "weights": [1], "buffers": {"a/b": "1 B"}})");
  std::vector<std::string> pointers;
  for (const FieldPoint& p : list_fields(m)) pointers.push_back(p.pointer);
  EXPECT_EQ(pointers, (std::vector<std::string>{
                          "/name",         "/fast",      "/lanes",         "/seed",          "/ratio",
                          "/limit",        "/fill",      "/size",          "/delay",         "/energy",
                          "/power",        "/bandwidth", "/port/width",    "/port/clock",    "/port/order",
                          "/port/note",    "/retries",   "/ports/0/width", "/ports/0/clock", "/ports/0/order",
                          "/ports/0/note", "/weights/0", "/buffers/a~1b"}));
}

TEST(FieldAccess, SaysWhatAnAxisMayBe) {
  const std::vector<FieldPoint> points = list_fields(Machine{});
  const auto named = [&](std::string_view pointer) {
    return *std::find_if(points.begin(), points.end(),
                         [&](const FieldPoint& p) { return p.pointer == pointer; });
  };
  EXPECT_TRUE(named("/port/clock").sweepable);
  EXPECT_EQ(named("/port/clock").kind, FieldKind::quantity);
  EXPECT_EQ(named("/port/clock").min, 1e6);
  EXPECT_EQ(named("/port/clock").max, 2e9);
  EXPECT_TRUE(named("/port/width").generator);
  EXPECT_FALSE(named("/port/note").sweepable);
  EXPECT_EQ(named("/port/order").choices, (std::vector<JsonValue>{"naive", "split"}));
  EXPECT_EQ(named("/lanes").choices, (std::vector<JsonValue>{1, 2, 4, 8}));
  EXPECT_EQ(named("/fast").choices, (std::vector<JsonValue>{false, true}));
  EXPECT_EQ(named("/retries").kind, FieldKind::integer);
}

TEST(FieldAccess, GetsAndSets) {
  Machine m =
      read_machine(R"({"name": "m", "ports": [{}, {}], "spare": {}, "extra": {"kind": "x", "n": 1}})");
  Diagnostics d;
  EXPECT_TRUE(set_field(m, "/port/clock", "250 MHz", d));
  EXPECT_TRUE(set_field(m, "/ports/1/order", "split", d));
  EXPECT_TRUE(set_field(m, "/lanes", 8, d));
  EXPECT_TRUE(set_field(m, "/fast", true, d));
  EXPECT_TRUE(set_field(m, "/retries", 3, d));
  EXPECT_TRUE(set_field(m, "/spare/width", 256, d));
  EXPECT_TRUE(set_field(m, "/extra/n", 2, d));
  EXPECT_TRUE(d.ok()) << d.text();
  EXPECT_EQ(m.port.clock, Hertz{250e6});
  EXPECT_EQ(m.ports[1].order, Order::split);
  EXPECT_EQ(m.retries, 3);
  EXPECT_EQ(m.spare->width, Bits{256});
  EXPECT_EQ(get_field(m, "/port/clock"), JsonValue("250 MHz"));
  EXPECT_EQ(get_field(m, "/extra/n"), JsonValue(2));
  EXPECT_EQ(get_field(m, "/ports/2"), std::nullopt);
  EXPECT_EQ(get_field(m, "/nothing"), std::nullopt);
  EXPECT_EQ(get_field(m, "/name/x"), std::nullopt);
  EXPECT_EQ(get_field(m, ""), to_json(m));
}

TEST(FieldAccess, RefusesByTheRulesOfReading) {
  Machine m;
  Diagnostics d;
  EXPECT_FALSE(set_field(m, "/lanes", 3, d));
  EXPECT_FALSE(set_field(m, "/port/clok", "1 GHz", d));
  EXPECT_FALSE(set_field(m, "/port", JsonValue::object().set("width", 1), d));
  EXPECT_FALSE(set_field(m, "/spare/width", 64, d));  // unset: it has no parts
  EXPECT_FALSE(set_field(m, "", 64, d));
  ASSERT_EQ(d.size(), 5U);
  EXPECT_EQ(d[0].where.pointer, "/lanes");
  EXPECT_EQ(d[1].hint, "did you mean '/port/clock'?");
  EXPECT_EQ(d[2].where.pointer, "/port");
}

}  // namespace
}  // namespace statelane
