// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>

#include "models/base/codec.h"
#include "models/base/fields.h"

namespace statelane {
namespace {

template <class Q>
std::optional<Q> from(const JsonValue& json, std::string* message = nullptr) {
  Q value{};
  Diagnostics d;
  const bool good = detail::codec_of<Q>().read(json, &value, {}, d);
  EXPECT_EQ(good, d.ok());
  if (message != nullptr) *message = d.text();
  if (!good) return std::nullopt;
  return value;
}

template <class Q>
std::string text(Q value) {
  const JsonValue json = detail::codec_of<Q>().write(&value).value();
  return json.is_string() ? json.as_string() : to_text(json);
}

TEST(Quantities, ReadWithTheirUnits) {
  EXPECT_EQ(from<Hertz>("400 MHz"), Hertz{400e6});
  EXPECT_EQ(from<Hertz>("2.4 GHz"), Hertz{2.4e9});
  EXPECT_EQ(from<Hertz>("1e-3 MHz"), Hertz{1000});
  EXPECT_EQ(from<Hertz>("400MHz"), Hertz{400e6});
  EXPECT_EQ(from<BytesPerSecond>("12 GB/s"), BytesPerSecond{12e9});
  EXPECT_EQ(from<BytesPerSecond>("1 GiB/s"), BytesPerSecond{1073741824.0});
  EXPECT_EQ(from<Bytes>("8 GiB"), Bytes{std::int64_t{8} << 30});
  EXPECT_EQ(from<Bytes>("8 GB"), Bytes{8000000000});
  EXPECT_EQ(from<Bytes>("64 kB"), Bytes{64000});
  EXPECT_EQ(from<Bytes>("1.5 KiB"), Bytes{1536});
  EXPECT_EQ(from<Bytes>("9007199254740993 B"), Bytes{9007199254740993});
  EXPECT_EQ(from<Bits>("256 bit"), Bits{256});
  EXPECT_EQ(from<Bits>(8), Bits{8});
  EXPECT_EQ(from<Seconds>("40 ns"), Seconds{40e-9});
  EXPECT_EQ(from<Seconds>("3.9 us"), Seconds{3.9e-6});
  EXPECT_EQ(from<Watts>("3.2 W"), Watts{3.2});
  EXPECT_EQ(from<Joules>("12 pJ"), Joules{12e-12});
  EXPECT_EQ(from<Cycles>(17), Cycles{17});
  EXPECT_EQ(from<Cycles>(1e3), Cycles{1000});
}

TEST(Quantities, RefuseWhatIsNotOne) {
  for (const JsonValue& v :
       {JsonValue(400),        JsonValue(4e8),        JsonValue("400"),    JsonValue("400 MB"),
        JsonValue("400 mhz"),  JsonValue("MHz"),      JsonValue(""),       JsonValue("inf Hz"),
        JsonValue("nan Hz"),   JsonValue("0x10 Hz"),  JsonValue(" 1 Hz"),  JsonValue("1 Hz "),
        JsonValue("-1 Hz"),    JsonValue("1e999 Hz"), JsonValue(".5 Hz"),  JsonValue("1,5 Hz"),
        JsonValue(true),       JsonValue(),           JsonValue::object(), JsonValue("1e99999999999 Hz"),
        JsonValue("1e308 GHz")})
    EXPECT_FALSE(from<Hertz>(v).has_value()) << v.show();
  for (const char* s : {"1.5 B", "1 b", "9223372036854775808 B", "9 EiB", "8388608 TiB", "1e30 B"})
    EXPECT_FALSE(from<Bytes>(s).has_value()) << s;
  EXPECT_FALSE(from<Bits>("8").has_value());
  EXPECT_FALSE(from<Bits>(-8).has_value());
  EXPECT_FALSE(from<Bytes>(8).has_value());
  EXPECT_FALSE(from<Cycles>("17").has_value());
  EXPECT_FALSE(from<Cycles>(1.5).has_value());
  EXPECT_FALSE(from<Cycles>(-1).has_value());
}

TEST(Quantities, MessagesShowTheRightForm) {
  std::string message;
  from<Hertz>(JsonValue(400), &message);
  EXPECT_EQ(
      message,
      "error: the number needs its unit; found 400, allowed a frequency with its unit, such as \"400 MHz\" "
      "(GHz, MHz, kHz, Hz)\n");
  from<Hertz>("400 MB", &message);
  EXPECT_EQ(message, "error: 'MB' is no unit of a frequency; found \"400 MB\", allowed GHz, MHz, kHz, Hz\n");
  from<Hertz>("400 mhz", &message);
  EXPECT_NE(message.find("did you mean 'MHz'?"), std::string::npos);
}

TEST(Quantities, WrittenInTheUnitPeopleUse) {
  EXPECT_EQ(text(Hertz{400e6}), "400 MHz");
  EXPECT_EQ(text(Hertz{1e9}), "1 GHz");
  EXPECT_EQ(text(Hertz{266.5e6}), "266.5 MHz");
  EXPECT_EQ(text(Hertz{0}), "0 Hz");
  EXPECT_EQ(text(Hertz{0.5}), "0.5 Hz");
  EXPECT_EQ(text(Bytes{std::int64_t{8} << 30}), "8 GiB");
  EXPECT_EQ(text(Bytes{4096}), "4 KiB");
  EXPECT_EQ(text(Bytes{64000}), "64 kB");
  EXPECT_EQ(text(Bytes{0}), "0 B");
  EXPECT_EQ(text(Bytes{1025}), "1025 B");
  EXPECT_EQ(text(Bits{4096}), "4096 bit");
  EXPECT_EQ(text(Seconds{40e-9}), "40 ns");
  EXPECT_EQ(text(Seconds{13.75e-9}), "13.75 ns");
  EXPECT_EQ(text(Joules{12e-12}), "12 pJ");
  EXPECT_EQ(text(Joules{2e-22}), "2e-7 fJ");
  EXPECT_EQ(text(BytesPerSecond{14.375e9}), "14.375 GB/s");
  EXPECT_EQ(text(Watts{3.2}), "3.2 W");
  EXPECT_EQ(text(Cycles{17}), "17");
}

template <class Q>
void reads_back(Q value) {
  const std::optional<Q> again = from<Q>(detail::codec_of<Q>().write(&value).value());
  RC_ASSERT(again.has_value());
  RC_ASSERT(*again == value);
}

RC_GTEST_PROP(Quantities, RealOnesReadBackExactly, (double mantissa)) {
  const int exponent = *rc::gen::inRange(-250, 250);
  const double value = std::ldexp(std::abs(mantissa), exponent);
  RC_PRE(std::isfinite(value));
  // Above 1e290 a prefix could not be added and taken away without leaving the range of a double.
  RC_PRE(value < 1e290 && (value == 0 || value > 1e-290));
  reads_back(Hertz{value});
  reads_back(Seconds{value});
  reads_back(Joules{value});
  reads_back(Watts{value});
  reads_back(BytesPerSecond{value});
}

RC_GTEST_PROP(Quantities, WholeOnesReadBackExactly, ()) {
  const auto bits = *rc::gen::inRange(1, 63);
  const auto value = *rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << bits);
  reads_back(Bytes{value});
  reads_back(Bits{value});
  reads_back(Cycles{value});
  const auto multiple = *rc::gen::elementOf(std::vector<std::int64_t>{1000, 1024, 1000000, 1 << 20, 1 << 30});
  reads_back(Bytes{value % 4096 * multiple});
}

RC_GTEST_PROP(Quantities, ArbitraryTextNeverCrashes, (const std::string& s)) {
  for (const std::string& t : {s, "1" + s, "12 " + s}) {
    const auto a = from<Hertz>(JsonValue(t));
    const auto b = from<Bytes>(JsonValue(t));
    if (a) {
      RC_ASSERT(std::isfinite(a->count()) && a->count() >= 0);
    }
    if (b) RC_ASSERT(b->count() >= 0);
  }
}

}  // namespace
}  // namespace statelane
