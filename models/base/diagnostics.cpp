// SPDX-License-Identifier: Apache-2.0
#include "models/base/diagnostics.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <utility>

namespace statelane {

std::string Diagnostic::text() const {
  std::string out;
  if (!where.file.empty()) {
    out += where.file;
    if (where.line > 0) {
      out += ':' + std::to_string(where.line);
      if (where.column > 0) out += ':' + std::to_string(where.column);
    }
    out += ": ";
  }
  out += severity == Severity::error ? "error: " : "warning: ";
  if (!where.pointer.empty()) out += where.pointer + ": ";
  out += message;
  if (!found.empty()) out += "; found " + found;
  if (!allowed.empty()) out += (found.empty() ? "; allowed " : ", allowed ") + allowed;
  if (!hint.empty()) out += " (" + hint + ")";
  return out;
}

void Diagnostics::add(Diagnostic diagnostic) {
  if (diagnostic.severity == Severity::error) ++errors_;
  if (kept_.size() < max_kept) {
    kept_.push_back(std::move(diagnostic));
  } else {
    ++dropped_;
  }
}

void Diagnostics::error(SourcePosition where, std::string message, std::string found, std::string allowed,
                        std::string hint) {
  add({Severity::error, std::move(where), std::move(message), std::move(found), std::move(allowed),
       std::move(hint)});
}

void Diagnostics::warning(SourcePosition where, std::string message, std::string found, std::string allowed,
                          std::string hint) {
  add({Severity::warning, std::move(where), std::move(message), std::move(found), std::move(allowed),
       std::move(hint)});
}

void Diagnostics::append(const Diagnostics& other) {
  const std::size_t errors_before = errors_;
  const std::size_t other_errors = other.errors_;
  const std::size_t other_dropped = other.dropped_;
  const std::size_t n = other.kept_.size();
  for (std::size_t i = 0; i < n; ++i) add(Diagnostic(other.kept_[i]));
  errors_ = errors_before + other_errors;
  dropped_ += other_dropped;
}

std::string Diagnostics::text() const {
  std::string out;
  for (const Diagnostic& d : kept_) out += d.text() + '\n';
  if (dropped_ > 0) out += "... and " + std::to_string(dropped_) + " more\n";
  return out;
}

std::string Diagnostics::json(int indent) const {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Diagnostic& d : kept_) {
    nlohmann::ordered_json one;
    one["severity"] = d.severity == Severity::error ? "error" : "warning";
    const auto put = [&one](const char* key, const std::string& text) {
      if (!text.empty()) one[key] = text;
    };
    put("file", d.where.file);
    if (d.where.line > 0) one["line"] = d.where.line;
    if (d.where.column > 0) one["column"] = d.where.column;
    put("pointer", d.where.pointer);
    put("message", d.message);
    put("found", d.found);
    put("allowed", d.allowed);
    put("hint", d.hint);
    list.push_back(std::move(one));
  }
  return list.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Failure::Failure(Diagnostics diagnostics)
    : diagnostics_(std::move(diagnostics)), text_(diagnostics_.text()) {}

namespace {
Diagnostics one_error(std::string message) {
  Diagnostics d;
  d.error({}, std::move(message));
  return d;
}
}  // namespace

InputError::InputError(std::string message) : Failure(one_error(std::move(message))) {}
Infeasible::Infeasible(std::string message) : Failure(one_error(std::move(message))) {}

void throw_if_errors(const Diagnostics& diagnostics) {
  if (!diagnostics.ok()) throw InputError(diagnostics);
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  // Three rows of the dynamic programme suffice: transposition looks two rows back.
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t cost = lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + cost});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates) {
  constexpr std::size_t longest = 100;  // nobody misspells more; bounds the work on hostile input
  if (name.empty() || name.size() > longest) return {};
  const std::string* best = nullptr;
  std::size_t best_distance = 0;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > longest) continue;
    const std::size_t distance = edit_distance(name, candidate);
    const std::size_t tolerated = std::max<std::size_t>(1, std::max(name.size(), candidate.size()) / 3);
    if (distance <= tolerated && distance < std::max(name.size(), candidate.size()) &&
        (best == nullptr || distance < best_distance)) {
      best = &candidate;
      best_distance = distance;
    }
  }
  return best == nullptr ? std::string() : *best;
}

std::string nearest_hint(std::string_view name, const std::vector<std::string>& candidates) {
  const std::string nearest = nearest_name(name, candidates);
  return nearest.empty() ? std::string() : "did you mean '" + nearest + "'?";
}

}  // namespace statelane
