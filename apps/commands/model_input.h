// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/base/catalog.h"
#include "models/base/codec.h"
#include "models/numerics/accuracy.h"
#include "models/numerics/integer_model.h"

namespace statelane {

/// How a model is computed.
enum class ModelArithmetic : std::uint8_t { floating, integer, both };
template <>
struct DescribeEnum<ModelArithmetic> {
  static constexpr EnumName<ModelArithmetic> names[] = {
      {ModelArithmetic::floating, "float", "quantised values in float operators"},
      {ModelArithmetic::integer, "integer", "the bit-exact integer model, for schemes that define one"},
      {ModelArithmetic::both, "both", "one after the other"}};
};

/// A whole file. Throws InputError.
[[nodiscard]] std::vector<unsigned char> read_bytes(const std::string& path);
/// Throws InputError if the file cannot be written.
void write_text(const std::string& path, const std::string& text);

/// Calibration windows from `path`, or from model_directory/calib.bin if `path` is empty and that file exists
/// (else none).
[[nodiscard]] CalibrationText read_calibration(const std::string& model_directory, const std::string& path,
                                               std::size_t window, std::size_t count, const ModelDims& dims);

/// Tokens of a file: whole numbers separated by white space, commas or brackets (so a JSON array too), or one
/// a byte. Throws InputError.
[[nodiscard]] std::vector<std::int64_t> read_tokens(const std::string& path, bool bytes);

/// Throws InputError if a token is not below the vocabulary's size; `file` stands in the message.
void check_tokens(const std::vector<std::vector<std::int64_t>>& windows, const ModelDims& dims,
                  const std::string& file);

/// The scheme of a file or of a name in the catalog. Throws InputError naming the nearest name.
[[nodiscard]] Scheme find_scheme(const Catalog& catalog, const std::string& reference);

/// A model under a scheme in float arithmetic, ready to be judged or run.
[[nodiscard]] Candidate float_candidate(const ModelWeights& weights, const Scheme& scheme,
                                        const CalibrationText& calibration);
/// The same in the scheme's integer-exact arithmetic; "(integer)" is added to its name.
[[nodiscard]] Candidate integer_candidate(const ModelWeights& weights, const Scheme& scheme,
                                          const CalibrationText& calibration);
/// The scheme that changes nothing.
[[nodiscard]] Scheme reference_scheme();

}  // namespace statelane
