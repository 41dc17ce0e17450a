// SPDX-License-Identifier: Apache-2.0
#include "tests/numerics/trained_model.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/numerics/golden_case.h"
#include "tests/source_folder.h"

namespace statelane::test {
namespace {

CalibrationText text_of(const std::string& file, std::size_t windows, std::size_t length) {
  std::ifstream in(data_path(file), std::ios::binary);
  const std::vector<unsigned char> bytes{std::istreambuf_iterator<char>(in),
                                         std::istreambuf_iterator<char>()};
  return windows_of(bytes, length, windows);
}

}  // namespace

const ModelWeights& trained_model() {
  static const ModelWeights weights = load_model(data_path("models/tiny-mamba2-en"));
  return weights;
}

const ModelWeights& outlier_model() {
  static const ModelWeights weights = load_model(data_path("models/tiny-mamba2-en-outliers"));
  return weights;
}

CalibrationText calibration_text(std::size_t windows, std::size_t length) {
  return text_of("models/tiny-mamba2-en/calib.bin", windows, length);
}

CalibrationText held_out_text(std::size_t windows, std::size_t length) {
  return text_of("models/tiny-mamba2-en/eval.bin", windows, length);
}

Scheme shipped_scheme(const std::string& name) {
  return read_scheme(std::filesystem::path(source_folder()) / "configs/schemes" / (name + ".json"));
}

}  // namespace statelane::test
