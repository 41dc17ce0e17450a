// SPDX-License-Identifier: Apache-2.0
#include "hls/render.h"

#include <array>
#include <kainjow/mustache.hpp>
#include <sstream>
#include <stdexcept>

namespace statelane::hls {

struct Values::Data {
  kainjow::mustache::data object{kainjow::mustache::data::type::object};
};

Values::Values() : data_(std::make_unique<Data>()) {}
Values::Values(const Values& o) : data_(std::make_unique<Data>(*o.data_)) {}
Values& Values::operator=(const Values& o) {
  data_ = std::make_unique<Data>(*o.data_);
  return *this;
}
Values::~Values() = default;

Values& Values::set(const std::string& name, const std::string& text) {
  data_->object.set(name, text);
  return *this;
}
Values& Values::set(const std::string& name, bool on) {
  using Kind = kainjow::mustache::data::type;
  data_->object.set(name, kainjow::mustache::data(on ? Kind::bool_true : Kind::bool_false));
  return *this;
}
Values& Values::set(const std::string& name, const std::vector<Values>& list) {
  kainjow::mustache::data items{kainjow::mustache::data::type::list};
  for (const Values& item : list) items.push_back(item.data_->object);
  data_->object.set(name, items);
  return *this;
}

std::string render(std::string_view name, const Values& values) {
  kainjow::mustache::mustache view{std::string(template_text(name))};
  if (!view.is_valid()) throw std::logic_error("template " + std::string(name) + ": " + view.error_message());
  view.set_custom_escape([](const std::string& text) { return text; });
  std::string text = view.render(values.data_->object);
  if (!view.is_valid()) throw std::logic_error("template " + std::string(name) + ": " + view.error_message());
  return text;
}

namespace {

/// One access line as statements, each on a line of the same indentation.
std::string statement(const std::string& indent, const std::string& line, Access access) {
  std::istringstream words(line);
  std::string what;
  std::string var;
  std::string of;
  words >> what >> var >> of;
  std::string index;
  std::getline(words, index);
  if (!index.empty()) index.erase(0, 1);
  const bool streams = access == Access::streams;
  const auto lines = [&](std::initializer_list<std::string> all) {
    std::string out;
    for (const std::string& one : all) out += indent + one + "\n";
    return out;
  };
  if (what == "@read") {
    if (streams) return lines({"const " + of + "_word " + var + " = " + of + ".read();"});
    return lines({of + "_word " + var + ";", "take_word(" + of + ", " + of + "_at, " + var + ");"});
  }
  if (what == "@next")
    return lines(
        {streams ? var + " = " + of + ".read();" : "take_word(" + of + ", " + of + "_at, " + var + ");"});
  if (what == "@write")
    return lines(
        {streams ? of + ".write(" + var + ");" : "give_word(" + of + ", " + of + "_at, " + var + ");"});
  if (what == "@line") return lines({of + "_word " + var + ";"});
  if (what == "@load") {
    if (streams) return lines({"const " + of + "_word " + var + " = " + of + "[" + index + "];"});
    return lines({of + "_word " + var + ";", "load_word(" + of + ", " + index + ", " + var + ");"});
  }
  if (what == "@store") {
    return lines({streams ? of + "[" + index + "] = " + var + ";"
                          : "store_word(" + of + ", " + index + ", " + var + ");"});
  }
  throw std::logic_error("template: unknown access line " + line);
}

}  // namespace

std::string expand(const std::string& text, Access access) {
  std::string out;
  std::istringstream in(text);
  int blank = 0;
  for (std::string line; std::getline(in, line);) {
    const std::size_t first = line.find_first_not_of(' ');
    // Sections that were left out leave blank lines: none stays within a function, one between others.
    if (first == std::string::npos) {
      ++blank;
      continue;
    }
    if (blank > 0 && first == 0 && line[0] != '}' && !line.starts_with("#pragma HLS")) out += "\n";
    blank = 0;
    if (line[first] == '@') {
      out += statement(line.substr(0, first), line.substr(first), access);
    } else if (access == Access::streams || !line.substr(first).starts_with("#pragma HLS")) {
      out += line + "\n";
    }
  }
  return out;
}

}  // namespace statelane::hls
