// SPDX-License-Identifier: Apache-2.0
#include "models/base/refusal.h"

#include <utility>

namespace statelane {

std::string Refusal::message() const {
  std::string out = text;
  if (!found.empty()) out += "; found " + found;
  if (!allowed.empty()) out += (found.empty() ? "; allowed " : ", allowed ") + allowed;
  if (!mend.empty()) out += " (" + mend + ")";
  return out;
}

Diagnostic Refusal::at(SourcePosition where) const {
  return {Severity::error, std::move(where), text, found, allowed, mend};
}

Diagnostics Refusal::alone() const {
  SourcePosition where;
  where.pointer = pointer;
  Diagnostics out;
  out.add(at(std::move(where)));
  return out;
}

std::optional<Refusal> refusal_from(const std::string& text) {
  if (text.empty()) return std::nullopt;
  Refusal refusal;
  const std::size_t colon = text.find(": ");
  if (colon != std::string::npos) refusal.what = text.substr(0, colon);
  refusal.text = text;
  return refusal;
}

std::string message_of(const std::optional<Refusal>& refusal) {
  return refusal ? refusal->message() : std::string();
}

}  // namespace statelane
