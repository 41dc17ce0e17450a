// SPDX-License-Identifier: Apache-2.0
#include "report/page.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <functional>
#include <stdexcept>

#include "models/base/fields.h"
#include "models/evaluate/figures.h"
#include "models/units/fabric/resource_kinds.h"
#include "report/embedded.h"

namespace statelane::report {
namespace {

constexpr std::array libraries = {"library/d3.min.js", "library/plot.umd.min.js", "library/dagre.min.js"};
/// What every page runs, in order; the page's own script comes between and main.js last.
constexpr std::array shared = {"web/base.js", "web/table.js", "web/charts.js"};

/// Scripts of a kind of page beyond the shared ones.
std::vector<std::string> scripts_of(PageKind kind) {
  switch (kind) {
    case PageKind::run:
      return {"web/diagram.js", "web/timeline.js", "web/memory.js", "web/run.js"};
    case PageKind::store:
      return {"web/columns.js", "web/scatter.js", "web/parallel.js", "web/design.js", "web/store.js"};
    case PageKind::whatif:
    case PageKind::compare:
    case PageKind::reproduction:
      break;
  }
  return {"web/" + std::string(name_of(kind)) + ".js"};
}

std::string_view text_of(std::string_view name) {
  for (const EmbeddedText& t : embedded_texts()) {
    if (t.name == name) return t.text;
  }
  throw std::logic_error("no embedded text " + std::string(name));
}

/// The template with each @NAME@ replaced, in one pass: what a value contains is not looked at again.
std::string filled(std::string_view text, const std::map<std::string, std::string, std::less<>>& values) {
  std::string out;
  std::size_t at = 0;
  for (std::size_t mark = text.find('@'); mark != std::string_view::npos; mark = text.find('@', at)) {
    const std::size_t end = text.find('@', mark + 1);
    if (end == std::string_view::npos) break;
    const auto value = values.find(text.substr(mark + 1, end - mark - 1));
    if (value == values.end()) throw std::logic_error("page.html names something unknown");
    out += text.substr(at, mark - at);
    out += value->second;
    at = end + 1;
  }
  return out += text.substr(at);
}

/// JSON that may stand inside a script element.
std::string embeddable(const JsonValue& json) {
  const std::string text = to_text(json, -1);
  std::string out;
  out.reserve(text.size() + text.size() / 64);
  for (const char c : text) {
    if (c == '<') {
      out += "\\u003c";
    } else {
      out += c;
    }
  }
  return out;
}

/// What figures and resources are called, for the pages' axes and headings.
void add_names(JsonValue& data) {
  JsonValue names = JsonValue::object();
  for (const FigureInfo& f : figures()) {
    const bool words = !f.quantity.empty();
    const std::string title(words ? f.quantity : f.title), unit(words ? f.counted : f.unit);
    names.set(std::string(f.name), JsonValue::object()
                                       .set("title", title)
                                       .set("unit", unit)
                                       .set("label", words ? title + " (" + unit + ")" : label_of(f)));
  }
  JsonValue kinds = JsonValue::array();
  for (const ResourceKind& kind : resource_kinds)
    kinds.push_back(JsonValue::array().push_back(std::string(kind.key)).push_back(std::string(kind.title)));
  data.set("figure_names", std::move(names)).set("resource_kinds", std::move(kinds));
}

}  // namespace

bool has_charts() {
  const std::vector<EmbeddedText>& texts = embedded_texts();
  return std::any_of(texts.begin(), texts.end(),
                     [](const EmbeddedText& t) { return t.name == libraries[0]; });
}

bool is_html(const std::string& path) {
  return path.ends_with(".html") || path.ends_with(".htm");
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    unsigned value = 0;
    for (std::size_t k = 0; k < 3; ++k)
      value = value << 8 | (k < n ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) out += k <= n ? alphabet[value >> (18 - 6 * k) & 63u] : '=';
  }
  return out;
}

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  constexpr int window_with_gzip_header = 15 + 16;
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, window_with_gzip_header, 9, Z_DEFAULT_STRATEGY) !=
      Z_OK)
    throw std::runtime_error("zlib cannot start");
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int state = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (state != Z_STREAM_END) throw std::runtime_error("zlib failed");
  return out;
}

std::string html(const Page& page) {
  JsonValue data = page.data;
  add_names(data);
  data.set("kind", std::string(name_of(page.kind))).set("version", page.version);
  if (page.plain) {
    JsonValue pictures = JsonValue::object();
    for (const auto& [name, svg] : page.pictures) pictures.set(name, base64(svg));
    data.set("pictures", std::move(pictures));
  }
  const std::string json = embeddable(data);
  // Scripts run by this number only, which differs from page to page and is the same for the same page.
  const std::string nonce = content_hash(json);
  std::string scripts;
  const auto add = [&](std::string_view name) {
    scripts += "<script nonce=\"" + nonce + "\">\n" + std::string(text_of(name)) + "\n</script>\n";
  };
  if (!page.plain) {
    for (const char* name : libraries) add(name);
  }
  for (const char* name : shared) add(name);
  for (const std::string& name : scripts_of(page.kind)) add(name);
  add("web/main.js");
  return filled(text_of("web/page.html"), {{"VERSION", escaped(page.version)},
                                           {"NONCE", nonce},
                                           {"TITLE", escaped(page.title)},
                                           {"STYLE", std::string(text_of("web/style.css"))},
                                           {"DATA", json},
                                           {"SCRIPTS", scripts}});
}

}  // namespace statelane::report
