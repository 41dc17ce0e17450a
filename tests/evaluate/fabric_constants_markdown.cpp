// SPDX-License-Identifier: Apache-2.0
#include "tests/evaluate/fabric_constants_markdown.h"

#include <cstdio>

#include "models/units/fabric/fabric_constants_fields.h"

namespace statelane {
namespace {

std::string figure(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

std::string block_text(const SourcedBlock& b) {
  std::string text;
  const auto part = [&](double value, const char* name) {
    if (value != 0) text += (text.empty() ? "" : ", ") + figure(value) + ' ' + name;
  };
  part(b.lut, "LUT");
  part(b.ff, "FF");
  part(b.dsp, "DSP");
  part(b.bram18, "BRAM18");
  return text.empty() ? "0" : text;
}

void section_markdown(const char* title, const JsonValue& section, std::string& text) {
  Diagnostics ignored;
  FabricDocument values;
  Describe<FabricDocument>::table().read(section, &values, ignored);
  text += std::string("\n**") + title +
          "**\n\n| constant | value | for each | source |\n| --- | --- | --- | --- |\n";
  for (const BlockField& f : block_fields()) {
    const SourcedBlock& b = values.*f.document;
    if (!b.source.empty()) {
      text += std::string("| `") + f.key + "` | " + block_text(b) + " | " + f.per + " | " + b.source + " |\n";
    }
  }
  for (const NumberField& f : number_fields()) {
    const SourcedNumber& n = values.*f.document;
    if (!n.source.empty()) {
      text +=
          std::string("| `") + f.key + "` | " + figure(n.value) + " | " + f.unit + " | " + n.source + " |\n";
    }
  }
}

}  // namespace

std::string fabric_constants_markdown(const JsonValue& json, const std::vector<FamilyJson>& families) {
  std::string text;
  if (const JsonValue* common = json.find("common")) section_markdown("common", *common, text);
  for (const FamilyJson& family : families) section_markdown(family.name.c_str(), family.json, text);
  return text;
}

}  // namespace statelane
