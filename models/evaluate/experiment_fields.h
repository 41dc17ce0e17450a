// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>

#include "models/base/fields.h"
#include "models/blocks/phase.h"

namespace statelane {

template <>
struct DescribeEnum<PhaseKind> {
  static constexpr EnumName<PhaseKind> names[] = {
      {PhaseKind::decode, "decode", "tokens one after the other, for each sequence of a batch"},
      {PhaseKind::prefill, "prefill", "a prompt"},
  };
};
template <>
struct Describe<Phase> {
  static const Table<Phase>& table();
};

/// An experiment file.
struct ExperimentDocument {
  std::string note;
  JsonValue design;
  JsonValue network;
  Phase phase;
  std::string board;
  std::map<std::string, JsonValue> overrides;
};
template <>
struct Describe<ExperimentDocument> {
  static const Table<ExperimentDocument>& table();
};

}  // namespace statelane
