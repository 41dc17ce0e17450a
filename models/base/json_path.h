// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "models/base/json.h"

/// Private to the JSON sources: how values share their place in a file.
namespace statelane {

/// A chain from a value to the root of its file. Values share it, so that a long key over a large array costs
/// its length once. The root's token is the file's name.
struct JsonPath {
  std::shared_ptr<const JsonPath> parent;
  std::string token;
};

/// Gives values their places.
class JsonPlacer {
 public:
  static void place(JsonValue& value, std::shared_ptr<const JsonPath> path, int line, int column) {
    value.path_ = std::move(path);
    value.line_ = line;
    value.column_ = column;
  }
  [[nodiscard]] static std::shared_ptr<const JsonPath> path_of(const JsonValue& value) { return value.path_; }
  /// Places `value` and everything below it at `path`, without lines or with those they have.
  static void place_tree(JsonValue& value, const std::shared_ptr<const JsonPath>& path,
                         bool keep_lines = false);
};

}  // namespace statelane
