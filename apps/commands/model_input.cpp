// SPDX-License-Identifier: Apache-2.0
#include "apps/commands/model_input.h"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

namespace statelane {
std::vector<unsigned char> read_bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw InputError(path + ": cannot be read");
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write_text(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush()) throw InputError(path + ": cannot be written");
}

CalibrationText read_calibration(const std::string& model_directory, const std::string& path,
                                 std::size_t window, std::size_t count, const ModelDims& dims) {
  const std::string file = path.empty() ? model_directory + "/calib.bin" : path;
  if (path.empty() && !std::filesystem::exists(file)) return {};
  CalibrationText text = windows_of(read_bytes(file), window, count);
  check_tokens(text, dims, file);
  return text;
}

std::vector<std::int64_t> read_tokens(const std::string& path, bool bytes) {
  const std::vector<unsigned char> file = read_bytes(path);
  if (bytes) return {file.begin(), file.end()};
  const std::string text(file.begin(), file.end());
  std::vector<std::int64_t> tokens;
  for (std::size_t i = text.find_first_not_of(" \t\r\n,[]"); i != std::string::npos;
       i = text.find_first_not_of(" \t\r\n,[]", i)) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data() + i, text.data() + text.size(), value);
    const auto next = static_cast<std::size_t>(end - text.data());
    if (error != std::errc{} ||
        (next < text.size() && std::string_view(" \t\r\n,[]").find(text[next]) == std::string_view::npos)) {
      throw InputError(path + ": not a whole number at byte " + std::to_string(i) +
                       " (for text as bytes use --bytes)");
    }
    tokens.push_back(value);
    i = next;
  }
  return tokens;
}

void check_tokens(const std::vector<std::vector<std::int64_t>>& windows, const ModelDims& dims,
                  const std::string& file) {
  for (const auto& window : windows) {
    for (const std::int64_t token : window) {
      if (token < 0 || static_cast<std::size_t>(token) >= dims.vocab) {
        throw InputError(file + ": token " + std::to_string(token) + " is outside the vocabulary 0.." +
                         std::to_string(dims.vocab - 1));
      }
    }
  }
}

Scheme find_scheme(const Catalog& catalog, const std::string& reference) {
  Diagnostics diagnostics;
  const std::optional<std::string> file = catalog.find("schemes", reference, {}, diagnostics);
  throw_if_errors(diagnostics);
  return read_scheme(file.value());
}

Candidate float_candidate(const ModelWeights& weights, const Scheme& scheme,
                          const CalibrationText& calibration) {
  const auto model = std::make_shared<const QuantizedModel>(weights, scheme, calibration);
  return {scheme.name, [model](std::span<const std::int64_t> tokens, ResidualTrace* trace) {
            ModelCache cache = model->make_cache();
            return model->forward(tokens, cache, trace);
          }};
}

Candidate integer_candidate(const ModelWeights& weights, const Scheme& scheme,
                            const CalibrationText& calibration) {
  const auto model = std::make_shared<const IntegerModel>(weights, scheme, calibration);
  return {scheme.name + " (integer)", [model](std::span<const std::int64_t> tokens, ResidualTrace* trace) {
            std::vector<IntegerCache> cache = model->make_cache();
            return model->forward(tokens, cache, nullptr, trace);
          }};
}

Scheme reference_scheme() {
  Scheme scheme;
  scheme.name = "fp32 reference";
  return scheme;
}

}  // namespace statelane
