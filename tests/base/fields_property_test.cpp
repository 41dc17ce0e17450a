// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/base/example_structs.h"

namespace statelane {
namespace {

using example::Machine;
using example::Order;
using example::Port;

std::string name() {
  return *rc::gen::container<std::string>(rc::gen::inRange<char>(' ', '~'));
}
std::int64_t whole(std::int64_t lo, std::int64_t hi) {
  return *rc::gen::inRange<std::int64_t>(lo, hi + 1);
}
/// A double of [lo, hi] with a random fraction.
double real(double lo, double hi) {
  const double share =
      static_cast<double>(whole(0, std::int64_t{1} << 53)) / static_cast<double>(std::int64_t{1} << 53);
  return std::min(hi, lo + (hi - lo) * share);
}

Port port() {
  Port p;
  p.width = Bits{whole(32, 4096)};
  p.clock = Hertz{real(1e6, 2e9)};
  p.order = *rc::gen::element(Order::naive, Order::split);
  p.note = name();
  return p;
}

Machine machine() {
  Machine m;
  m.name = name();
  m.fast = *rc::gen::arbitrary<bool>();
  m.lanes = *rc::gen::element(2, 4, 8);
  m.seed = *rc::gen::arbitrary<std::int64_t>();
  m.ratio = real(0, 1);
  m.limit = *rc::gen::element(std::numeric_limits<double>::infinity(),
                              -std::numeric_limits<double>::infinity(), real(-1e9, 1e9));
  m.fill = Cycles{whole(0, 1000)};
  m.size = Bytes{whole(0, std::int64_t{1} << 40)};
  m.delay = Seconds{real(0, 1e-3)};
  m.energy = Joules{real(0, 1e-6)};
  m.power = Watts{real(0, 100)};
  m.bandwidth = BytesPerSecond{real(0, 1e12)};
  m.port = port();
  if (*rc::gen::arbitrary<bool>()) m.retries = static_cast<int>(whole(0, 9));
  if (*rc::gen::arbitrary<bool>()) m.spare = port();
  for (auto n = whole(0, 3); n > 0; --n) m.ports.push_back(port());
  for (auto n = whole(0, 3); n > 0; --n) m.weights.push_back(real(0, 10));
  for (auto n = whole(0, 3); n > 0; --n) m.buffers[name()] = Bytes{whole(1, 1 << 30)};
  if (*rc::gen::arbitrary<bool>()) m.extra = JsonValue::object().set(name(), whole(0, 9));
  return m;
}

RC_GTEST_PROP(FieldsProperty, WhatIsWrittenReadsBackEqual, ()) {
  const Machine m = machine();
  Diagnostics d;
  const auto json = parse_json(write(m, *rc::gen::inRange(-1, 3)), "t", d);
  RC_ASSERT(json.has_value());
  Machine again;
  RC_ASSERT(read(*json, again, d));
  RC_ASSERT(again == m);
  RC_ASSERT(hash(again) == hash(m));
}

RC_GTEST_PROP(FieldsProperty, HashForgetsTheOrderOfKeys, ()) {
  const Machine m = machine();
  JsonValue json = to_json(m);
  const auto n = json.members().size();
  for (int i = 0; i < 5; ++i)
    std::swap(json.members()[*rc::gen::inRange<std::size_t>(0, n)],
              json.members()[*rc::gen::inRange<std::size_t>(0, n)]);
  Machine again;
  Diagnostics d;
  RC_ASSERT(read(json, again, d));
  RC_ASSERT(hash(again) == hash(m));
}

/// Whatever list_fields offers can be got, and copied into another object by set_field.
RC_GTEST_PROP(FieldsProperty, FieldsCanBeCopiedOneByOne, ()) {
  const Machine m = machine();
  Machine copy;
  copy.spare = m.spare ? std::optional<Port>(Port{}) : std::nullopt;
  copy.ports.resize(m.ports.size());
  copy.weights.resize(m.weights.size());
  for (const auto& [key, value] : m.buffers) copy.buffers[key] = Bytes{1};
  copy.extra = m.extra;
  Diagnostics d;
  for (const FieldPoint& p : list_fields(m)) {
    const std::optional<JsonValue> value = get_field(m, p.pointer);
    if (value) {
      RC_ASSERT(set_field(copy, p.pointer, *value, d));
    }
  }
  RC_ASSERT(copy == m);
}

/// A key that is no field is reported, wherever it stands and whatever else is wrong.
RC_GTEST_PROP(FieldsProperty, AnUnknownKeyIsNeverAccepted, ()) {
  JsonValue json = to_json(machine());
  const std::string pointer = *rc::gen::element<std::string>("/x", "/port/x", "/ports/-/x");
  Diagnostics d;
  RC_ASSERT(set_pointer(json, pointer, 1, d));
  Machine again;
  RC_ASSERT(!read(json, again, d));
  RC_ASSERT(std::any_of(d.begin(), d.end(), [](const Diagnostic& one) {
    return one.message.find("unknown key") == 0 && one.where.pointer.ends_with("/x");
  }));
}

}  // namespace
}  // namespace statelane
