// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/units/unit.h"

namespace statelane {

/// The kinds of unit a design file may name. One explicit table: `builtin_units()` lists ours, a program that
/// has a kind of its own adds it: `registry.add<MyUnit>()`.
class UnitRegistry {
 public:
  using Make = std::function<std::unique_ptr<UnitModel>()>;

  template <class Kind>
  void add() {
    kinds_.push_back({std::string(Kind::kind_name), [] { return std::make_unique<Kind>(); }});
  }
  /// A unit of that kind with default parameters; null where the kind is unknown.
  [[nodiscard]] std::unique_ptr<UnitModel> make(std::string_view kind) const;
  [[nodiscard]] std::vector<std::string> kinds() const;

 private:
  struct Entry {
    std::string kind;
    Make make;
  };
  std::vector<Entry> kinds_;
};

/// The kinds of models/units/.
[[nodiscard]] UnitRegistry builtin_units();

}  // namespace statelane
