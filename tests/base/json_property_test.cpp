// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "models/base/json.h"

namespace statelane {
namespace {

rc::Gen<std::string> text() {
  return rc::gen::container<std::string>(rc::gen::oneOf(
      rc::gen::inRange<char>('a', 'e'), rc::gen::elementOf(std::string("/~\"\\ 01{}[],:\n\t"))));
}

/// Random trees; keys of an object differ.
rc::Gen<JsonValue> tree(int depth) {
  const auto scalar = rc::gen::oneOf(
      rc::gen::just(JsonValue()),
      rc::gen::map(rc::gen::arbitrary<bool>(), [](bool b) { return JsonValue(b); }),
      rc::gen::map(rc::gen::arbitrary<std::int64_t>(), [](std::int64_t i) { return JsonValue(i); }),
      rc::gen::map(rc::gen::arbitrary<double>(), [](double d) { return JsonValue(d); }),
      rc::gen::map(text(), [](const std::string& s) { return JsonValue(s); }));
  if (depth == 0) return scalar;
  const auto array = rc::gen::map(rc::gen::container<std::vector<JsonValue>>(tree(depth - 1)),
                                  [](std::vector<JsonValue> items) { return JsonValue(std::move(items)); });
  const auto object =
      rc::gen::map(rc::gen::container<std::map<std::string, JsonValue>>(text(), tree(depth - 1)),
                   [](const std::map<std::string, JsonValue>& members) {
                     JsonValue out = JsonValue::object();
                     for (const auto& [key, value] : members) out.set(key, value);
                     return out;
                   });
  return rc::gen::oneOf(scalar, array, object);
}

/// Every value's position names the value.
void expect_pointers_lead_back(const JsonValue& root, const JsonValue& value) {
  RC_ASSERT(find_pointer(root, value.where().pointer) == &value);
  RC_ASSERT(value.where().line > 0);
  if (value.is_array())
    for (const JsonValue& item : value.items()) expect_pointers_lead_back(root, item);
  if (value.is_object())
    for (const JsonMember& m : value.members()) expect_pointers_lead_back(root, m.value);
}

RC_GTEST_PROP(JsonProperty, TextReadsBackTheSame, ()) {
  const JsonValue value = *rc::gen::scale(0.15, tree(3));
  for (const int indent : {-1, 0, 2}) {
    Diagnostics d;
    const auto again = parse_json(to_text(value, indent), "t", d);
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == value);
    expect_pointers_lead_back(*again, *again);
  }
}

/// The position of a value is where its text starts: parsing from there on gives the value.
RC_GTEST_PROP(JsonProperty, PositionsPointAtTheText, ()) {
  const JsonValue value = *rc::gen::scale(0.15, tree(3));
  const std::string all = to_text(value, 1);
  Diagnostics d;
  const auto root = parse_json(all, "t", d);
  RC_ASSERT(root.has_value());
  std::vector<const JsonValue*> queue{&*root};
  while (!queue.empty()) {
    const JsonValue* next = queue.back();
    queue.pop_back();
    std::size_t offset = 0;
    for (int line = 1; line < next->where().line; ++line) offset = all.find('\n', offset) + 1;
    offset += static_cast<std::size_t>(next->where().column - 1);
    const std::string start = to_text(*next, -1);
    RC_ASSERT(all[offset] == start[0]);
    if (!next->is_array() && !next->is_object()) {
      RC_ASSERT(all.compare(offset, start.size(), start) == 0);
    }
    if (next->is_array())
      for (const JsonValue& item : next->items()) queue.push_back(&item);
    if (next->is_object())
      for (const JsonMember& m : next->members()) queue.push_back(&m.value);
  }
}

RC_GTEST_PROP(JsonProperty, ArbitraryBytesNeverCrash, (const std::string& bytes, bool python)) {
  JsonOptions options;
  options.python_constants = python;
  Diagnostics d;
  const auto value = parse_json(bytes, "t", d, options);
  RC_ASSERT(value.has_value() == d.ok());
  (void)d.json();
}

/// Text that is nearly JSON reaches further into the parser than bytes.
RC_GTEST_PROP(JsonProperty, BrokenJsonNeverCrashes, ()) {
  std::string bytes = to_text(*rc::gen::scale(0.15, tree(3)), *rc::gen::inRange(-1, 2));
  const auto edits = *rc::gen::inRange(1, 4);
  for (int i = 0; i < edits && !bytes.empty(); ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
    bytes[at] =
        *rc::gen::oneOf(rc::gen::arbitrary<char>(), rc::gen::elementOf(std::string("{}[]\":,\\eE-+.0N")));
    if (*rc::gen::arbitrary<bool>()) bytes.erase(at, 1);
  }
  Diagnostics d;
  const auto value = parse_json(bytes, "t", d);
  RC_ASSERT(value.has_value() == d.ok());
  if (value) expect_pointers_lead_back(*value, *value);
  (void)d.json();
}

RC_GTEST_PROP(JsonProperty, SetThenGet, ()) {
  JsonValue root = *rc::gen::scale(0.3, tree(2));
  const auto keys = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(text()));
  const JsonValue value = *rc::gen::scale(0.3, tree(1));
  std::string pointer;
  for (const std::string& key : keys) pointer += "/" + pointer_escape(key);
  Diagnostics d;
  const bool done = set_pointer(root, pointer, value, d);
  RC_ASSERT(done == d.ok());
  if (!done) return;
  const JsonValue* found = find_pointer(root, pointer);
  RC_ASSERT(found != nullptr);
  RC_ASSERT(*found == value);
  RC_ASSERT(found->where() == (SourcePosition{"--set", 0, 0, pointer}));
}

}  // namespace
}  // namespace statelane
