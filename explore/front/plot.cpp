// SPDX-License-Identifier: Apache-2.0
#include "explore/front/plot.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>

namespace statelane {
namespace {

/// A gnuplot string; a quote in it is doubled.
std::string gnuplot_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

std::string label(const std::string& figure) {
  const FigureInfo* f = figure_named(figure);
  return f == nullptr ? figure : label_of(*f);
}

using Points = std::vector<const ViewPoint*>;

Points all(const std::vector<ViewPoint>& points) {
  Points out;
  for (const ViewPoint& p : points) out.push_back(&p);
  return out;
}

/// Designs that are not on the front: they are drawn beneath it.
Points behind(const FrontView& v) {
  std::vector<std::uint64_t> front;
  for (const ViewPoint& p : v.front) front.push_back(p.record.index);
  std::sort(front.begin(), front.end());
  Points out;
  for (const ViewPoint& p : v.simulated) {
    if (!std::binary_search(front.begin(), front.end(), p.record.index)) out.push_back(&p);
  }
  return out;
}

class Script {
 public:
  explicit Script(const FrontView& v) : v_(v) {}

  /// A named block of data: the objectives of each point in a row.
  void data(const std::string& name, const Points& points) {
    text_ += "$" + name + " << EOD\n";
    for (const ViewPoint* p : points) {
      for (const Objective& o : v_.objectives)
        text_ += fmt::format("{:.9g} ", objective_value(p->record, o.figure));
      text_ += "\n";
    }
    // gnuplot refuses to plot a block without any number.
    if (points.empty()) text_ += std::string(v_.objectives.size() * 4, ' ') + "\n";
    text_ += "EOD\n";
    if (points.empty()) empty_.push_back(name);
  }
  void references() {
    for (std::size_t i = 0; i < v_.references.size(); ++i)
      data("mark" + std::to_string(i), {&v_.references[i].point});
  }
  void line(const std::string& text) { text_ += text + "\n"; }
  /// `plot a, b, ...` of those curves whose data are not empty.
  void plot(const std::string& verb, const std::vector<std::pair<std::string, std::string>>& curves) {
    std::string list;
    for (const auto& [name, how] : curves) {
      if (std::find(empty_.begin(), empty_.end(), name) != empty_.end()) continue;
      list += (list.empty() ? " " : ", ") + ("$" + name) + " " + how;
    }
    text_ += verb + list + "\n";
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  const FrontView& v_;
  std::string text_;
  std::vector<std::string> empty_;
};

std::string front_title(const FrontView& v) {
  return fmt::format("{} ({} designs)", v.exact ? "exact front" : "front found", v.front.size());
}

/// Numbers of an axis: those of thousands with a suffix, so that they take no more room than others.
std::string number_format(const FrontView& v, std::size_t objective) {
  double most = 0;
  for (const ViewPoint& p : v.front) most = std::max(most, std::abs(p.vector.value[objective]));
  return most >= 10000 ? "'%.0s %c'" : "'%g'";
}

void flat(const FrontView& v, Script& s) {
  s.line("set format x " + number_format(v, 0) + "\nset format y " + number_format(v, 1));
  const bool colour = v.objectives.size() > 2;
  s.line("set xlabel " + gnuplot_quoted(label(v.objectives[0].figure)));
  s.line("set ylabel " + gnuplot_quoted(label(v.objectives[1].figure)));
  if (colour)
    s.line("set cblabel " + gnuplot_quoted(label(v.objectives[2].figure)) + "\nset format cb " +
           number_format(v, 2) +
           "\nset palette defined (0 '#440154', 0.25 '#3b528b', 0.5 '#21918c', 0.75 '#5ec962', 1 '#fde725')");
  s.line("set key outside top center horizontal maxrows 3");
  std::vector<std::pair<std::string, std::string>> curves = {
      {"cloud",
       "using 1:2 with points pt 7 ps 0.4 lc rgb '#c8c8c8' title " +
           gnuplot_quoted(fmt::format("legal designs, closed form (sample of {})", v.sample.size()))},
      {"others", "using 1:2 with points pt 7 ps 0.6 lc rgb '#7f9fbf' title 'simulated'"},
      {"front", std::string("using 1:2") + (colour ? ":3" : "") + " with points pt 7 ps 1.1 " +
                    (colour ? "palette" : "lc rgb '#c03020'") + " title " + gnuplot_quoted(front_title(v))},
      {"knee", "using 1:2 with points pt 6 ps 2.2 lw 2 lc rgb 'black' title 'knee'"}};
  const char* shapes[] = {"pt 3", "pt 1", "pt 2", "pt 8", "pt 4"};
  const char* colours[] = {"#d00000", "#0050d0", "#008030", "#a000a0", "#c07000"};
  for (std::size_t i = 0; i < v.references.size(); ++i) {
    curves.emplace_back("mark" + std::to_string(i),
                        fmt::format("using 1:2 with points {} ps 2 lw 3 lc rgb '{}' title {}", shapes[i % 5],
                                    colours[i % 5], gnuplot_quoted(v.references[i].point.record.label)));
  }
  s.plot("plot", curves);
}

void solid(const FrontView& v, Script& s) {
  s.line("set xlabel " + gnuplot_quoted(label(v.objectives[0].figure)) + " rotate parallel");
  s.line("set ylabel " + gnuplot_quoted(label(v.objectives[1].figure)) + " rotate parallel");
  s.line("set zlabel " + gnuplot_quoted(label(v.objectives[2].figure)) + " rotate parallel");
  s.line(
      "set view 62, 38\nset ticslevel 0\nset grid\nset key outside top center horizontal\nset palette "
      "defined (0 '#440154', 0.25 '#3b528b', 0.5 "
      "'#21918c', 0.75 '#5ec962', 1 '#fde725')\nunset colorbox");
  std::vector<std::pair<std::string, std::string>> curves = {
      {"cloud", "using 1:2:3 with points pt 7 ps 0.2 lc rgb '#d0d0d0' title 'legal designs (closed form)'"},
      {"front", "using 1:2:3:3 with points pt 7 ps 1 palette title " + gnuplot_quoted(front_title(v))}};
  for (std::size_t i = 0; i < v.references.size(); ++i) {
    curves.emplace_back("mark" + std::to_string(i),
                        "using 1:2:3 with points pt 3 ps 2 lw 3 lc rgb '#d00000' title " +
                            gnuplot_quoted(v.references[i].point.record.label));
  }
  s.plot("splot", curves);
}

void matrix(const FrontView& v, Script& s) {
  const std::size_t n = v.objectives.size();
  s.line(
      fmt::format("set multiplot layout {},{} margins 0.1,0.97,0.09,0.96 spacing 0.11,0.11", n - 1, n - 1));
  for (std::size_t row = 1; row < n; ++row) {
    for (std::size_t column = 0; column + 1 < n; ++column) {
      if (column >= row) {
        s.line("set multiplot next");
        continue;
      }
      s.line("set xlabel " + gnuplot_quoted(label(v.objectives[column].figure)) + "\nset ylabel " +
             gnuplot_quoted(label(v.objectives[row].figure)) + "\nset format x " + number_format(v, column) +
             "\nset format y " + number_format(v, row));
      // One key for all, in the room beside the first panel.
      s.line(row == 1 ? "set key at graph 1.2, graph 0.9 left" : "unset key");
      const std::string axes = fmt::format("using {}:{}", column + 1, row + 1);
      std::vector<std::pair<std::string, std::string>> curves = {
          {"cloud", axes + " with points pt 7 ps 0.2 lc rgb '#c8c8c8' title 'legal designs, closed form'"},
          {"front",
           axes + " with points pt 7 ps 0.7 lc rgb '#c03020' title " + gnuplot_quoted(front_title(v))}};
      for (std::size_t i = 0; i < v.references.size(); ++i)
        curves.emplace_back("mark" + std::to_string(i),
                            axes + " with points pt 3 ps 1.6 lw 3 lc rgb '#0050d0' title " +
                                gnuplot_quoted(v.references[i].point.record.label));
      s.plot("plot", curves);
    }
  }
  s.line("unset multiplot");
}

void parallel(const FrontView& v, Script& s) {
  // A line a design over scaled axes, best at the top.
  const std::size_t n = v.objectives.size();
  std::vector<Contender> vectors;
  for (const ViewPoint& p : v.front) vectors.push_back(p.vector);
  for (const ReferenceView& m : v.references) vectors.push_back(m.point.vector);
  const Extent extent = extent_of(vectors, n);
  const auto row = [&](const Contender& c) {
    std::string text;
    for (std::size_t i = 0; i < n; ++i) {
      const double width = extent.worst.value[i] - extent.best.value[i];
      text +=
          fmt::format("{} {:.6f}\n", i + 1, width > 0 ? (extent.worst.value[i] - c.value[i]) / width : 1.0);
    }
    return text + "\n\n";
  };
  std::string lines;
  for (const ViewPoint& p : v.front) lines += row(p.vector);
  s.line("$lines << EOD\n" + lines + "EOD");
  std::string tics;
  for (std::size_t i = 0; i < n; ++i) {
    const double best =
        v.objectives[i].direction == Direction::maximize ? -extent.best.value[i] : extent.best.value[i];
    const double worst =
        v.objectives[i].direction == Direction::maximize ? -extent.worst.value[i] : extent.worst.value[i];
    tics +=
        (i == 0 ? "" : ", ") + gnuplot_quoted(label(v.objectives[i].figure)) + " " + std::to_string(i + 1);
    s.line(fmt::format("set label {} {} at {},1.04 center", 2 * i + 1,
                       gnuplot_quoted(fmt::format("{:.4g}", best)), i + 1));
    s.line(fmt::format("set label {} {} at {},-0.04 center", 2 * i + 2,
                       gnuplot_quoted(fmt::format("{:.4g}", worst)), i + 1));
  }
  s.line("set xtics (" + tics +
         ") offset 0,-1\nset xrange [0.7:" + fmt::format("{}", static_cast<double>(n) + 0.3) +
         "]\nset yrange [-0.1:1.1]\nunset ytics\nunset border\nset bmargin 5\nset grid xtics\nset key "
         "outside top center horizontal");
  std::string plot =
      "plot $lines using 1:2 with lines lc rgb '#40c03020' title " + gnuplot_quoted(front_title(v));
  for (std::size_t i = 0; i < v.references.size(); ++i) {
    s.line("$line" + std::to_string(i) + " << EOD\n" + row(v.references[i].point.vector) + "EOD");
    plot += fmt::format(", $line{} using 1:2 with linespoints lw 3 lc {} title {}", i, i + 3,
                        gnuplot_quoted(v.references[i].point.record.label));
  }
  s.line(plot);
}

}  // namespace

std::string plot_script(const FrontView& v, PlotKind kind, const std::string& path) {
  const std::string ending = std::filesystem::path(path).extension().string();
  const char* terminal = ending == ".svg"   ? "svg size 900,650 font 'Helvetica,14' background rgb 'white'"
                         : ending == ".png" ? "pngcairo size 1200,860 font 'Helvetica,15'"
                         : ending == ".pdf" ? "pdfcairo size 18cm,13cm font 'Helvetica,11'"
                                            : nullptr;
  if (terminal == nullptr) throw InputError(path + ": a plot ends in .png, .svg or .pdf");
  const std::size_t needed = kind == PlotKind::solid ? 3 : 2;
  if (v.objectives.size() < needed)
    throw InputError("a plot of this kind needs " + std::to_string(needed) + " objectives");
  Script s(v);
  s.line(std::string("set terminal ") + terminal + "\nset termoption noenhanced\nset output " +
         gnuplot_quoted(path) + "\nset grid lc rgb '#e0e0e0'");
  s.data("cloud", all(v.sample));
  s.data("others", behind(v));
  s.data("front", all(v.front));
  s.data("knee", v.front.empty() ? Points{} : Points{&v.front[v.knee]});
  s.references();
  switch (kind) {
    case PlotKind::flat:
      flat(v, s);
      break;
    case PlotKind::solid:
      solid(v, s);
      break;
    case PlotKind::matrix:
      matrix(v, s);
      break;
    case PlotKind::parallel:
      parallel(v, s);
      break;
  }
  return s.text();
}

void plot_front(const FrontView& v, PlotKind kind, const std::string& path) {
  if (v.front.empty()) throw InputError("there is no front to draw yet");
  const std::string script = plot_script(v, kind, path);
  // gnuplot would draw on stdout if it could not write the file.
  if (!std::ofstream(path)) throw InputError(path + ": cannot be written");
  FILE* pipe = popen("gnuplot", "w");
  if (pipe == nullptr) throw InputError("gnuplot cannot be started");
  const bool written = std::fwrite(script.data(), 1, script.size(), pipe) == script.size();
  if (pclose(pipe) != 0 || !written) throw InputError(path + ": gnuplot could not draw it");
}

}  // namespace statelane
