// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "models/base/codec.h"
#include "models/base/json.h"

/// Self-contained HTML pages: one file with its style, its scripts and its data, which fetches nothing.
namespace statelane {

namespace report {
/// What a page shows, which is also the name of the script that draws it.
enum class PageKind : std::uint8_t { run, store, whatif, compare, reproduction };
}  // namespace report

template <>
struct DescribeEnum<report::PageKind> {
  static constexpr EnumName<report::PageKind> names[] = {
      {report::PageKind::run, "run", "one simulated design"},
      {report::PageKind::store, "store", "an exploration"},
      {report::PageKind::whatif, "whatif", "changes of a design"},
      {report::PageKind::compare, "compare", "runs beside each other"},
      {report::PageKind::reproduction, "reproduction", "what papers printed, and what comes out here"}};
};

}  // namespace statelane

namespace statelane::report {

/// Whether this program was built with the charting libraries; without them pages are plain.
[[nodiscard]] bool has_charts();

/// What a page is made of.
struct Page {
  PageKind kind = PageKind::run;
  std::string title;  ///< of the window
  std::string version;
  JsonValue data = JsonValue::object();         ///< what the script gets, as ssm.data
  bool plain = !has_charts();                   ///< static pictures instead of the charting libraries
  std::map<std::string, std::string> pictures;  ///< of a plain page: SVG by chart name
};

/// The page as HTML. Its data stand in a script element of type JSON with every "<" written as an escape, so
/// that no text in them can end it; the scripts put strings into text nodes only; and a content security
/// policy lets nothing run but the page's own scripts and nothing be fetched.
[[nodiscard]] std::string html(const Page& page);

/// Whether a file name asks for a page: it ends in .html or .htm.
[[nodiscard]] bool is_html(const std::string& path);

/// Text with the five characters that mean something in HTML replaced.
[[nodiscard]] std::string escaped(std::string_view text);

/// Bytes in the alphabet of RFC 4648, section 4.
[[nodiscard]] std::string base64(std::string_view bytes);
/// gzip (RFC 1952), the same for the same bytes. Throws std::runtime_error.
[[nodiscard]] std::string gzip(std::string_view bytes);

}  // namespace statelane::report
