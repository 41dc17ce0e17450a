// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "models/base/fields.h"

namespace statelane::testing {

/// Gives the part at `pointer` another value than it has; false where nothing that was tried is allowed.
inline bool change(const TableBase& table, void* object, const FieldPoint& point) {
  std::vector<JsonValue> candidates = point.choices;
  for (const char* quantity :
       {"5 bit", "64 bit", "7 GB/s", "300 MHz", "40 ns", "3 pJ", "5 mW", "128 KiB", "128 B"})
    candidates.emplace_back(quantity);
  for (const std::int64_t n : {1, 2, 3, 5, 8, 16, 64, 256}) candidates.emplace_back(n);
  for (const double x : {0.125, 0.25, 0.75}) candidates.emplace_back(x);
  candidates.emplace_back("other");
  const JsonValue before = table.write(object);
  for (const JsonValue& value : candidates) {
    Diagnostics refused;
    if (set_field(table, object, point.pointer, value, refused) && !(table.write(object) == before))
      return true;
  }
  return false;
}

/// `object` with each scalar of its field table changed alone: (JSON pointer, changed object). A field that
/// no value could be found for stands there unchanged, so that a test of it fails.
template <Described T>
std::vector<std::pair<std::string, T>> perturbed(const T& object) {
  std::vector<std::pair<std::string, T>> out;
  for (const FieldPoint& point : list_fields(object)) {
    T other = object;
    (void)change(Describe<T>::table(), &other, point);
    out.emplace_back(point.pointer, std::move(other));
  }
  return out;
}

}  // namespace statelane::testing
