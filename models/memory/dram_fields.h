// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/fields.h"
#include "models/memory/dram_spec.h"

/// Field tables of the memory configuration (configs/memories/*.json).
namespace statelane {

template <>
struct DescribeEnum<RowPolicy> {
  static constexpr EnumName<RowPolicy> names[] = {
      {RowPolicy::open, "open", "Rows stay open until their bank needs another one"},
      {RowPolicy::closed, "closed", "Rows close as soon as no queued request hits them"}};
};
template <>
struct DescribeEnum<IntakeOrder> {
  static constexpr EnumName<IntakeOrder> names[] = {
      {IntakeOrder::per_direction, "per_direction", "Reads and writes enter independently, each in order"},
      {IntakeOrder::in_order, "in_order", "One order for all: a full queue blocks what comes after"}};
};

template <>
struct Describe<DramTimings> {
  static const Table<DramTimings>& table();
};
template <>
struct Describe<DramCommandBus> {
  static const Table<DramCommandBus>& table();
};
template <>
struct Describe<DramGeometry> {
  static const Table<DramGeometry>& table();
};
template <>
struct Describe<ControllerPolicy> {
  static const Table<ControllerPolicy>& table();
};
template <>
struct Describe<DramEnergy> {
  static const Table<DramEnergy>& table();
};
template <>
struct Describe<DramCurrents> {
  static const Table<DramCurrents>& table();
};
template <>
struct Describe<DramSpec> {
  static const Table<DramSpec>& table();
};

}  // namespace statelane
