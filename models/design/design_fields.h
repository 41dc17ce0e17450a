// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/fields.h"
#include "models/design/design.h"

// Field tables of what a design file holds beside its units.
namespace statelane {

template <>
struct DescribeEnum<NumberFormat> {
  static constexpr EnumName<NumberFormat> names[] = {
      {NumberFormat::integer, "integer", "integers and shifts"},
      {NumberFormat::floating, "floating", "floating point"},
  };
};
template <>
struct DescribeEnum<ProjectionOrder> {
  static constexpr EnumName<ProjectionOrder> names[] = {
      {ProjectionOrder::naive, "naive", "z, x, B, C, dt"},
      {ProjectionOrder::reordered, "reordered", "B, C, then dt and alternately x and z by head group"},
  };
};
template <>
struct DescribeEnum<SsmBuffers> {
  static constexpr EnumName<SsmBuffers> names[] = {
      {SsmBuffers::tile, "tile", "fused: some tiles between SSM operators"},
      {SsmBuffers::tensor, "tensor", "whole tensors between SSM operators"},
  };
};
template <>
struct DescribeEnum<StatePlace> {
  static constexpr EnumName<StatePlace> names[] = {
      {StatePlace::off_chip, "off_chip", "moved by a DMA, layer by layer"},
      {StatePlace::on_chip, "on_chip", "held in an on-chip buffer for all layers"},
  };
};
template <>
struct DescribeEnum<HeadPlace> {
  static constexpr EnumName<HeadPlace> names[] = {
      {HeadPlace::none, "none", "not part of the run"},
      {HeadPlace::host, "host", "on the processor beside the fabric"},
      {HeadPlace::fabric, "fabric", "on the matrix unit"},
  };
};
template <>
struct DescribeEnum<PrefillLoop> {
  static constexpr EnumName<PrefillLoop> names[] = {
      {PrefillLoop::layer_outer, "layer_outer", "a layer processes all tokens, weights are reused"},
      {PrefillLoop::token_outer, "token_outer", "a token runs through all layers before the next"},
  };
};
template <>
struct DescribeEnum<Duplex> {
  static constexpr EnumName<Duplex> names[] = {
      {Duplex::full, "full", "reads and writes at the same time (AXI4)"},
      {Duplex::half, "half", "one transfer after the other"},
  };
};

template <>
struct Describe<Precision> {
  static const Table<Precision>& table();
};
template <>
struct Describe<Schedule> {
  static const Table<Schedule>& table();
};
template <>
struct Describe<MemoryPort> {
  static const Table<MemoryPort>& table();
};
template <>
struct Describe<Placement> {
  static const Table<Placement>& table();
};
template <>
struct Describe<MemoryConfig> {
  static const Table<MemoryConfig>& table();
};

/// A design as its file writes it: the units still in JSON, since their fields depend on their kind.
struct DesignDocument : Design {
  JsonValue unit_list;
};
template <>
struct Describe<DesignDocument> {
  static const Table<DesignDocument>& table();
};

/// What every unit of a design file says beside the parameters of its kind.
struct UnitHeader {
  std::string kind;
  std::string component;
  std::vector<std::string> operators;
};
template <>
struct Describe<UnitHeader> {
  static const Table<UnitHeader>& table();
};

}  // namespace statelane
