// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace statelane {

/// A place in an input. A `file` may also be "--set" for a command-line override.
struct SourcePosition {
  std::string file;     ///< as the user named it; empty where a value was built by the program
  int line = 0;         ///< 1-based; 0 = unknown
  int column = 0;       ///< 1-based, in characters (UTF-8 code points); 0 = unknown
  std::string pointer;  ///< RFC 6901 JSON pointer from the root of `file`; "" is the root

  bool operator==(const SourcePosition&) const = default;
};

enum class Severity { warning, error };

/// One finding at an input border: where, what was found, what is allowed and how to mend it.
struct Diagnostic {
  Severity severity = Severity::error;
  SourcePosition where;
  std::string message;  ///< what is wrong, without a final full stop
  std::string found;    ///< what stands there; empty = not applicable
  std::string allowed;  ///< what may stand there; empty = not applicable
  std::string hint;     ///< how to mend it, e.g. "did you mean 'width'?"; may be empty

  /// "file:line:column: error: /json/pointer: message; found X, allowed Y (hint)"; unknown parts are left
  /// out.
  [[nodiscard]] std::string text() const;

  bool operator==(const Diagnostic&) const = default;
};

/// Collects every finding of a run over an input, so that the user sees all of them at once. The first
/// `max_kept` are kept, the others only counted: a hostile file cannot fill the memory.
class Diagnostics {
 public:
  static constexpr std::size_t max_kept = 1000;

  void add(Diagnostic diagnostic);
  void error(SourcePosition where, std::string message, std::string found = {}, std::string allowed = {},
             std::string hint = {});
  void warning(SourcePosition where, std::string message, std::string found = {}, std::string allowed = {},
               std::string hint = {});
  void append(const Diagnostics& other);

  /// True while no error was added; warnings do not count.
  [[nodiscard]] bool ok() const { return errors_ == 0; }
  [[nodiscard]] std::size_t error_count() const { return errors_; }
  [[nodiscard]] bool empty() const { return kept_.empty(); }
  [[nodiscard]] std::size_t size() const { return kept_.size(); }
  [[nodiscard]] const Diagnostic& operator[](std::size_t i) const { return kept_[i]; }
  [[nodiscard]] auto begin() const { return kept_.begin(); }
  [[nodiscard]] auto end() const { return kept_.end(); }

  /// One line a finding, each ending in a newline, in the order of adding.
  [[nodiscard]] std::string text() const;
  /// A JSON array of objects {severity, file, line, column, pointer, message, found, allowed, hint}; empty or
  /// unknown parts are left out.
  [[nodiscard]] std::string json(int indent = 2) const;

 private:
  std::vector<Diagnostic> kept_;
  std::size_t errors_ = 0;
  std::size_t dropped_ = 0;
};

/// Base of the failures a subcommand may end with. what() is the text of the diagnostics.
class Failure : public std::exception {
 public:
  explicit Failure(Diagnostics diagnostics);
  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }
  [[nodiscard]] const Diagnostics& diagnostics() const { return diagnostics_; }
  /// The process exit code this failure stands for (docs: 2 bad input, 1 infeasible or failed).
  [[nodiscard]] virtual int exit_code() const noexcept = 0;

 private:
  Diagnostics diagnostics_;
  std::string text_;
};

/// The input is wrong: exit code 2.
class InputError : public Failure {
 public:
  explicit InputError(Diagnostics diagnostics) : Failure(std::move(diagnostics)) {}
  /// One error without a position in a file, e.g. a bad option.
  explicit InputError(std::string message);
  [[nodiscard]] int exit_code() const noexcept override { return 2; }
};

/// The input is well-formed but the design cannot exist (does not fit, deadlocks ...): exit code 1.
class Infeasible : public Failure {
 public:
  explicit Infeasible(Diagnostics diagnostics) : Failure(std::move(diagnostics)) {}
  explicit Infeasible(std::string message);
  [[nodiscard]] int exit_code() const noexcept override { return 1; }
};

/// Throws InputError if `diagnostics` has an error.
void throw_if_errors(const Diagnostics& diagnostics);

/// Edits that turn `a` into `b`: insertion, deletion, substitution and transposition of neighbours, each 1
/// (optimal string alignment distance), letter case ignored.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `name` by edit_distance, the first among equals; empty if none is near enough to
/// be a misspelling (more than a third of the longer one's letters, at least 1, differ).
[[nodiscard]] std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates);

/// "did you mean 'Z'?" for the nearest candidate, or empty.
[[nodiscard]] std::string nearest_hint(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace statelane
