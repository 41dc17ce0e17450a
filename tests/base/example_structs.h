// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/base/fields.h"

/// Described structs that use every kind of member.
namespace statelane::example {

enum class Order { naive, split };

struct Port {
  Bits width{128};
  Hertz clock{400e6};
  Order order = Order::naive;
  std::string note;
  bool operator==(const Port&) const = default;
};

/// A default that is not the type's own.
inline Port narrow_port() {
  Port p;
  p.width = Bits{64};
  return p;
}

struct Machine {
  std::string name;
  bool fast = false;
  int lanes = 4;
  std::int64_t seed = 7;
  double ratio = 0.5;
  double limit = 1.0;
  Cycles fill{3};
  Bytes size{4096};
  Seconds delay{40e-9};
  Joules energy{12e-12};
  Watts power{3.2};
  BytesPerSecond bandwidth{12e9};
  Port port = narrow_port();
  std::optional<int> retries;
  std::optional<Port> spare;
  std::vector<Port> ports;
  std::vector<double> weights;
  std::map<std::string, Bytes> buffers;
  JsonValue extra;
  bool operator==(const Machine&) const = default;
};

}  // namespace statelane::example

template <>
struct statelane::DescribeEnum<statelane::example::Order> {
  static constexpr EnumName<example::Order> names[] = {{example::Order::naive, "naive", "as written"},
                                                       {example::Order::split, "split", "by head group"}};
};

template <>
struct statelane::Describe<statelane::example::Port> {
  static const Table<example::Port>& table() {
    using example::Port;
    static const Table<Port> t = Table<Port>("port", "A port.")
                                     .field("width", &Port::width, "Width of the data bus")
                                     .range(Bits{32}, Bits{4096})
                                     .sweepable()
                                     .generator()
                                     .field("clock", &Port::clock, "Clock of the port")
                                     .range(Hertz{1e6}, Hertz{2e9})
                                     .sweepable()
                                     .field("order", &Port::order, "Order of work")
                                     .sweepable()
                                     .field("note", &Port::note, "Free text")
                                     .optional();
    return t;
  }
};

template <>
struct statelane::Describe<statelane::example::Machine> {
  static const Table<example::Machine>& table() {
    using example::Machine;
    static const Table<Machine> t = Table<Machine>("machine", "A machine.")
                                        .field("name", &Machine::name, "Name")
                                        .required()
                                        .field("fast", &Machine::fast, "Whether it is fast")
                                        .field("lanes", &Machine::lanes, "Lanes")
                                        .one_of({1, 2, 4, 8})
                                        .sweepable()
                                        .field("seed", &Machine::seed, "Seed of the generator")
                                        .field("ratio", &Machine::ratio, "A share")
                                        .range(0, 1)
                                        .source("measured")
                                        .field("limit", &Machine::limit, "A limit")
                                        .infinity()
                                        .field("fill", &Machine::fill, "Cycles until the first result")
                                        .max(Cycles{1000})
                                        .field("size", &Machine::size, "Size")
                                        .field("delay", &Machine::delay, "Delay")
                                        .field("energy", &Machine::energy, "Energy")
                                        .field("power", &Machine::power, "Power")
                                        .field("bandwidth", &Machine::bandwidth, "Bandwidth")
                                        .field("port", &Machine::port, "The port")
                                        .field("retries", &Machine::retries, "Retries")
                                        .min(0)
                                        .field("spare", &Machine::spare, "A spare port")
                                        .field("ports", &Machine::ports, "More ports")
                                        .field("weights", &Machine::weights, "Weights")
                                        .range(0.0, 10.0)
                                        .field("buffers", &Machine::buffers, "Buffers by name")
                                        .min(Bytes{1})
                                        .field("extra", &Machine::extra, "Somebody else's content")
                                        .check([](const Machine& m, const JsonValue& json, Diagnostics& d) {
                                          if (m.fast && m.lanes == 1)
                                            d.error(json.where("lanes"), "a fast machine needs two lanes");
                                        });
    return t;
  }
};
