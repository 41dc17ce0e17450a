// SPDX-License-Identifier: Apache-2.0
#include "apps/reports/accuracy_report.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <sstream>

#include "models/base/json.h"

namespace statelane {
namespace {

template <class... Args>
std::string format(const char* pattern, Args... args) {
  std::array<char, 256> buffer{};
  std::snprintf(buffer.data(), buffer.size(), pattern, args...);
  return buffer.data();
}

/// Text between gnuplot's single quotes, where a quote is written twice.
std::string gnuplot_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

JsonValue json_of(const CandidateScore& score, const CandidateScore& reference) {
  const Estimate loss = difference(score, reference);
  JsonValue out = JsonValue::object();
  out.set("scheme", score.name)
      .set("bits_per_token", score.bits_per_token())
      .set("perplexity", score.perplexity())
      .set("bits_above_reference", loss.mean)
      .set("bits_above_reference_standard_error", loss.standard_error)
      .set("top1_agreement", score.top1_agreement())
      .set("kl_bits", score.kl_bits());
  JsonValue layers = JsonValue::array();
  for (const double e : score.layer_error()) layers.push_back(e);
  JsonValue windows = JsonValue::array();
  for (const WindowScore& w : score.windows) windows.push_back(w.bits_per_token());
  return out.set("layer_relative_error", std::move(layers))
      .set("bits_per_token_by_window", std::move(windows));
}

}  // namespace

std::string accuracy_table(std::span<const CandidateScore> scores) {
  std::string out =
      "| scheme | bits/token | above fp32 (paired, +- s.e.) | perplexity | top-1 agreement | KL bits | "
      "last-layer error |\n"
      "| --- | --- | --- | --- | --- | --- | --- |\n";
  for (const CandidateScore& score : scores) {
    const Estimate loss = difference(score, scores[0]);
    const std::vector<double> layers = score.layer_error();
    out += format("| %s | %.5f | %+.5f +- %.5f (%+.2f %%) | %.4f | %.2f %% | %.5f | %.4f |\n",
                  score.name.c_str(), score.bits_per_token(), loss.mean, loss.standard_error,
                  100.0 * loss.mean / scores[0].bits_per_token(), score.perplexity(),
                  100.0 * score.top1_agreement(), score.kl_bits(), layers.empty() ? 0.0 : layers.back());
  }
  return out;
}

std::string pairs_table(std::span<const CandidateScore> scores) {
  std::string out =
      "| a | b | a - b in bits/token (paired, +- s.e.) | difference / s.e. | windows where a is better |\n"
      "| --- | --- | --- | --- | --- |\n";
  for (std::size_t i = 1; i < scores.size(); ++i) {
    for (std::size_t j = i + 1; j < scores.size(); ++j) {
      const Estimate gap = difference(scores[i], scores[j]);
      std::size_t better = 0;
      for (std::size_t w = 0; w < scores[i].windows.size(); ++w) {
        better += scores[i].windows[w].bits_per_token() < scores[j].windows[w].bits_per_token() ? 1U : 0U;
      }
      out += format("| %s | %s | %+.5f +- %.5f | %+.1f | %zu of %zu |\n", scores[i].name.c_str(),
                    scores[j].name.c_str(), gap.mean, gap.standard_error,
                    gap.standard_error > 0.0 ? gap.mean / gap.standard_error : 0.0, better,
                    scores[i].windows.size());
    }
  }
  return out;
}

std::string accuracy_json(std::span<const CandidateScore> scores, const std::string& model,
                          const std::string& text) {
  JsonValue out = JsonValue::object();
  out.set("model", model).set("text", text);
  out.set("windows", static_cast<std::int64_t>(scores[0].windows.size()));
  JsonValue list = JsonValue::array();
  for (const CandidateScore& score : scores) list.push_back(json_of(score, scores[0]));
  return to_text(out.set("schemes", std::move(list))) + "\n";
}

std::string operator_table(const OperatorRows& rows) {
  std::string out = "| scheme | linear layer | what |";
  const std::size_t layers = rows.empty() ? 0 : rows.front().second.in_proj.size();
  for (std::size_t i = 0; i < layers; ++i) out += " layer " + std::to_string(i) + " |";
  out += "\n| --- | --- | --- |";
  for (std::size_t i = 0; i < layers; ++i) out += " --- |";
  out += "\n";
  for (const auto& [name, errors] : rows) {
    for (const auto& [linear, of] :
         {std::pair("in_proj", &errors.in_proj), std::pair("out_proj", &errors.out_proj)}) {
      for (const auto& [what, member] :
           {std::pair("input", &LinearError::input), std::pair("product", &LinearError::output)}) {
        out += "| " + name + " | " + linear + " | " + what + " |";
        for (const LinearError& e : *of) out += format(" %.4f |", e.*member);
        out += "\n";
      }
    }
  }
  return out;
}

std::string operator_json(const OperatorRows& rows) {
  JsonValue list = JsonValue::array();
  for (const auto& [name, errors] : rows) {
    JsonValue row = JsonValue::object();
    row.set("scheme", name);
    for (const auto& [linear, of] :
         {std::pair("in_proj", &errors.in_proj), std::pair("out_proj", &errors.out_proj)}) {
      JsonValue layers = JsonValue::array();
      for (const LinearError& e : *of) {
        layers.push_back(JsonValue::object().set("input_error", e.input).set("product_error", e.output));
      }
      row.set(linear, std::move(layers));
    }
    list.push_back(std::move(row));
  }
  return to_text(JsonValue::object().set("schemes", std::move(list))) + "\n";
}

void plot_accuracy(std::span<const CandidateScore> scores, const std::string& path) {
  const std::string ending = std::filesystem::path(path).extension().string();
  const char* terminal = ending == ".svg"   ? "svg size 1000,900"
                         : ending == ".png" ? "pngcairo size 1000,900"
                         : ending == ".pdf" ? "pdfcairo size 25cm,22cm"
                                            : nullptr;
  if (terminal == nullptr) throw InputError(path + ": a plot ends in .svg, .png or .pdf");
  std::ostringstream script;
  script << "set terminal " << terminal << "\nset output " << gnuplot_quoted(path)
         << "\nset multiplot layout 2,1\n"
         << "set logscale y\nset xlabel 'layer'\nset ylabel 'relative error of the residual stream'\nset key "
            "outside "
            "right center\nset xtics 1\n"
         << "set grid\nplot ";
  for (std::size_t i = 1; i < scores.size(); ++i) {
    script << (i > 1 ? ", " : "") << "'-' using 1:2 with linespoints title "
           << gnuplot_quoted(scores[i].name);
  }
  script << "\n";
  for (std::size_t i = 1; i < scores.size(); ++i) {
    const std::vector<double> layers = scores[i].layer_error();
    for (std::size_t l = 0; l < layers.size(); ++l) script << l << " " << layers[l] << "\n";
    script << "e\n";
  }
  script << "unset logscale y\nset xlabel ''\nset ylabel 'bits per token above float'\nset style fill "
            "solid\nunset key\n"
         << "set bmargin 11\nset xtics rotate by 40 right\nset boxwidth 0.7\nplot '-' using 0:2:xtic(1) with "
            "boxes, '-' using "
            "0:2:3 with "
            "yerrorbars pt 0 lw 2 lc 'black'\n";
  for (int copy = 0; copy < 2; ++copy) {
    for (std::size_t i = 1; i < scores.size(); ++i) {
      const Estimate loss = difference(scores[i], scores[0]);
      script << std::quoted(scores[i].name) << " " << loss.mean << " " << loss.standard_error << "\n";
    }
    script << "e\n";
  }
  // gnuplot would draw on stdout if it could not write the file.
  if (!std::ofstream(path)) throw InputError(path + ": cannot be written");
  FILE* pipe = popen("gnuplot", "w");
  if (pipe == nullptr) throw InputError("gnuplot cannot be started");
  const std::string text = script.str();
  const bool written = std::fwrite(text.data(), 1, text.size(), pipe) == text.size();
  if (pclose(pipe) != 0 || !written) throw InputError(path + ": gnuplot could not draw it");
}

}  // namespace statelane
