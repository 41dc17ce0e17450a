// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "models/base/diagnostics.h"

namespace statelane {

/// Why something cannot be done with a design. Functions that may refuse return std::optional<Refusal>,
/// nothing where all is well: one reason with all a person needs, which the caller renders as a diagnostic
/// with its position, as the text of an exception, or only counts by `what`.
///
///   return Refusal{.what = "conv", .pointer = "/units/conv/lanes", .text = "...", .mend = "..."};
struct Refusal {
  std::string what{};     ///< what refuses: a rule ("tile") or an operator ("conv")
  std::string pointer{};  ///< JSON pointer, in the design, of the value at fault; empty: not one value
  std::string text{};     ///< what is wrong, without a final full stop
  std::string found{};    ///< what stands there; may be empty
  std::string allowed{};  ///< what may stand there; may be empty
  std::string mend{};     ///< how to mend it; may be empty

  /// "text; found X, allowed Y (mend)" in one line, without the position.
  [[nodiscard]] std::string message() const;
  /// The finding at a place of an input, and as the only one, at its pointer: for `throw Infeasible(...)`.
  [[nodiscard]] Diagnostic at(SourcePosition where) const;
  [[nodiscard]] Diagnostics alone() const;

  bool operator==(const Refusal&) const = default;
};

/// The refusal that a bare text says; `what` is what stands in front of its first ": ". Nothing for an empty
/// text.
[[nodiscard]] std::optional<Refusal> refusal_from(const std::string& text);

/// The message of a refusal, or an empty text.
[[nodiscard]] std::string message_of(const std::optional<Refusal>& refusal);

}  // namespace statelane
