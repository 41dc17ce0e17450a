// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/base/diagnostics.h"

namespace statelane {

/// A name an expression may use, and where its value will stand.
struct Symbol {
  std::string name;
  const double* value = nullptr;
};

/// An arithmetic expression over named numbers: + - * / ^, comparisons, && || !, a ? b : c, min, max, abs,
/// sqrt, log2, floor, ceil, round, mod(a, b), ceil_div(a, b), divides(a, b) (1 if a divides b). Names may
/// hold dots. Compiled once; evaluating does not allocate. Not to be shared by threads.
class Expression {
 public:
  /// Compiles `text`; nothing, with an error at `where` that names the nearest symbol, if it is wrong.
  [[nodiscard]] static std::optional<Expression> compile(const std::string& text,
                                                         const std::vector<Symbol>& symbols,
                                                         const SourcePosition& where,
                                                         Diagnostics& diagnostics);
  Expression(Expression&&) noexcept;
  Expression& operator=(Expression&&) noexcept;
  ~Expression();

  /// The value now. A division by zero gives an infinity or nan, as in floating point.
  [[nodiscard]] double value() const;
  /// Whether the value is neither 0 nor nan.
  [[nodiscard]] bool holds() const {
    const double v = value();
    return v < 0 || v > 0;
  }
  /// Indices into the symbols it was compiled with, those it uses.
  [[nodiscard]] const std::vector<std::size_t>& used() const { return used_; }

 private:
  struct Impl;
  explicit Expression(std::unique_ptr<Impl> impl, std::vector<std::size_t> used);
  std::unique_ptr<Impl> impl_;
  std::vector<std::size_t> used_;
};

}  // namespace statelane
