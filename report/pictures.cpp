// SPDX-License-Identifier: Apache-2.0
#include "report/pictures.h"

#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

#include "explore/front/plot.h"
#include "models/evaluate/energy.h"
#include "models/units/fabric/resource_kinds.h"

namespace statelane::report {
namespace {

namespace fs = std::filesystem;

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text)
    out += c == '\'' ? std::string("''") : c == '\n' ? std::string(" ") : std::string(1, c);
  return out + "'";
}

/// A file of our own that goes when the object does.
class ScratchFile {
 public:
  ScratchFile() : path_(fs::temp_directory_path() / ("statelane-" + std::to_string(getpid()) + ".svg")) {}
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  ~ScratchFile() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  [[nodiscard]] std::string name() const { return path_.string(); }
  [[nodiscard]] std::string text() const {
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  fs::path path_;
};

/// What gnuplot makes of a script; empty if it fails.
std::string drawn(const std::string& script) {
  const ScratchFile out;
  FILE* pipe = popen("gnuplot 2>/dev/null", "w");
  if (pipe == nullptr) return {};
  const std::string all = "set output " + quoted(out.name()) + "\n" + script;
  const bool written = std::fwrite(all.data(), 1, all.size(), pipe) == all.size();
  return pclose(pipe) == 0 && written ? out.text() : std::string();
}

struct Series {
  std::string name;
  std::string colour;
  std::vector<double> values;
};

constexpr std::string_view share_of_run = "share of the run (%)";

/// Bars of stacked parts, one a name.
std::string stacked(const std::string& axis, const std::vector<std::string>& names,
                    const std::vector<Series>& series) {
  std::string s = fmt::format(
      "set terminal svg size 860,{} font 'Helvetica,13' background rgb 'white'\nset termoption noenhanced\n"
      "set style fill solid 0.95 border rgb 'white'\nset ylabel {}\nset grid y\nset yrange {}\n"
      "set key outside top center horizontal\nset xtics rotate by -45\nset style data histograms\n"
      "set style histogram rowstacked\nset boxwidth 0.8\n$data << EOD\n",
      460, quoted(axis), axis == share_of_run ? "[0:100]" : "[*:*]");
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::string name = names[i];
    for (char& c : name) {
      if (c == '"' || c == '\n') c = ' ';
    }
    constexpr std::size_t longest = 30;
    if (name.size() > longest) name = name.substr(0, longest - 3) + "...";
    s += "\"" + name + "\"";
    for (const Series& one : series) s += fmt::format(" {:.6g}", one.values[i]);
    s += "\n";
  }
  s += "EOD\nplot";
  for (std::size_t k = 0; k < series.size(); ++k) {
    s += fmt::format("{} $data using {}{} lc rgb '{}' title {}", k == 0 ? "" : ",", k + 2,
                     k == 0 ? ":xtic(1)" : "", series[k].colour, quoted(series[k].name));
  }
  return drawn(s + "\n");
}

double number(const JsonValue* v) {
  return v != nullptr && v->is_number() ? v->as_number() : 0.0;
}

std::string text_of(const JsonValue* v) {
  return v != nullptr && v->is_string() ? v->as_string() : std::string();
}

std::string stalls(const JsonValue& result) {
  const JsonValue* actors = result.find("actors");
  if (actors == nullptr || !actors->is_array()) return {};
  std::vector<Series> series = {{"works", "#0072b2", {}},
                                {"waits for memory", "#d55e00", {}},
                                {"waits for another unit", "#e3e7ed", {}},
                                {"waits for room", "#e69f00", {}}};
  constexpr const char* keys[] = {"busy", "stalled_on_memory", "stalled_on_input", "stalled_on_output"};
  std::vector<std::string> names;
  for (const JsonValue& a : actors->items()) {
    names.push_back(text_of(a.find("name")));
    for (std::size_t k = 0; k < series.size(); ++k) series[k].values.push_back(100 * number(a.find(keys[k])));
  }
  return stacked(std::string(share_of_run), names, series);
}

std::string energy(const JsonValue& result) {
  const JsonValue* components = find_pointer(result, "/energy/components");
  if (components == nullptr || !components->is_object()) return {};
  constexpr std::array colours = {"#0072b2", "#56b4e9", "#e69f00", "#009e73", "#8a94a3"};
  static_assert(colours.size() == std::size(energy_kinds));
  std::vector<Series> series;
  for (const EnergyKind& kind : energy_kinds)
    series.push_back({std::string(kind.key), colours[series.size()], {}});
  std::vector<std::string> names;
  for (const JsonMember& m : components->members()) {
    names.push_back(m.key);
    for (Series& s : series) s.values.push_back(1e3 * number(m.value.find(s.name)));
  }
  return stacked("energy (mJ/token)", names, series);
}

std::string resources(const JsonValue& result) {
  const JsonValue* components = result.find("components");
  if (components == nullptr || !components->is_object()) return {};
  constexpr const char* colours[] = {"#0072b2", "#e69f00", "#009e73", "#d55e00",
                                     "#56b4e9", "#cc79a7", "#c9b800", "#8a94a3"};
  std::vector<std::string> names;
  for (const ResourceKind& kind : resource_kinds) names.emplace_back(kind.key);
  std::vector<Series> series;
  for (const JsonMember& m : components->members()) {
    Series s{m.key, colours[series.size() % std::size(colours)], {}};
    for (const std::string& n : names)
      s.values.push_back(100 * number(find_pointer(m.value, "/of_board/" + n)));
    series.push_back(std::move(s));
  }
  return stacked("share of the board (%)", names, series);
}

void put(Pictures& out, const std::string& name, std::string svg) {
  if (!svg.empty()) out[name] = std::move(svg);
}

}  // namespace

std::string bars_svg(const std::string& axis, const std::vector<NamedValue>& rows) {
  std::vector<std::string> names;
  Series values{axis, "#0072b2", {}};
  for (const NamedValue& r : rows) {
    names.push_back(r.name);
    values.values.push_back(r.value);
  }
  return stacked(axis, names, {values});
}

Pictures run_pictures(const JsonValue& result) {
  Pictures out;
  put(out, "stalls", stalls(result));
  put(out, "energy-components", energy(result));
  put(out, "resources", resources(result));
  if (const JsonValue* bounds = result.find("bounds"); bounds != nullptr && bounds->is_object()) {
    std::vector<NamedValue> rows;
    for (const JsonMember& m : bounds->members())
      rows.push_back({m.key, 100 * number(&m.value) / number(result.find("cycles"))});
    const JsonValue* chain = result.find("chain");
    std::vector<NamedValue> steps;
    for (const JsonValue& c : chain != nullptr && chain->is_array() ? chain->items() : JsonValue::Array{})
      steps.push_back({text_of(c.find("actor")), number(c.find("cycles"))});
    if (!steps.empty()) put(out, "chain", bars_svg("chain through a layer (cycles)", steps));
    put(out, "bounds", bars_svg(std::string(share_of_run), rows));
  }
  return out;
}

Pictures front_pictures(const FrontView& view) {
  Pictures out;
  if (view.front.empty() || view.objectives.size() < 2) return out;
  for (const auto& [name, kind] :
       {std::pair{"scatter", PlotKind::flat}, std::pair{"parallel", PlotKind::parallel}}) {
    const ScratchFile file;
    plot_front(view, kind, file.name());
    put(out, name, file.text());
  }
  return out;
}

}  // namespace statelane::report
