// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "explore/space/expression.h"
#include "explore/space/space.h"

namespace statelane {

/// Stands on a point of a space and holds its design. Going to another point changes in place what differs:
/// no JSON is read, nothing is allocated. One object a thread.
class DesignCursor {
 public:
  /// `space` must outlive the cursor.
  explicit DesignCursor(const DesignSpace& space);
  DesignCursor(const DesignCursor&) = delete;
  DesignCursor& operator=(const DesignCursor&) = delete;
  ~DesignCursor();

  /// Goes to the point of that index. False where the index is no point: an axis that is switched off there
  /// has a digit other than 0.
  bool go_to(std::uint64_t index);
  bool go_to(const Digits& digits);

  [[nodiscard]] const Digits& digits() const { return digits_; }
  /// Which axes are switched on.
  [[nodiscard]] const std::vector<bool>& active() const { return active_; }
  [[nodiscard]] const Experiment& experiment() const;
  /// Index of the base the design was made from.
  [[nodiscard]] std::size_t base() const { return base_; }
  /// Names and values of the parameters for expressions; the values follow the cursor.
  [[nodiscard]] const std::vector<Symbol>& symbols() const { return symbols_; }

 private:
  struct Base;
  /// Where an axis' values go: its own number, one for each label that is a name, and further numbers.
  struct Symbols {
    std::size_t first = 0;
    std::vector<std::uint32_t> labels;  ///< digits whose labels are names
  };
  bool step_to(const Digits& next);
  void enter_base();
  void apply(Base& base, std::size_t axis, std::uint32_t digit);
  void set_parameters(std::size_t axis);

  const DesignSpace& space_;
  Digits digits_;
  Digits next_;              ///< scratch
  std::uint64_t index_ = 0;  ///< of digits_
  std::vector<bool> active_;
  std::vector<std::optional<Expression>> when_;
  std::vector<std::unique_ptr<Base>> bases_;
  std::size_t base_ = 0;
  std::vector<double> values_;
  std::vector<Symbols> symbols_of_;  ///< by axis
  std::size_t first_of_network_ = 0;
  std::vector<Symbol> symbols_;
  std::size_t structural_ = 0;  ///< axes up to the last structural one
  bool started_ = false;
};

/// Checks the `when` expressions of a space: they may use the axes before their own and the network. Errors
/// are added.
void check_conditions(const DesignSpace& space, Diagnostics& diagnostics);

}  // namespace statelane
