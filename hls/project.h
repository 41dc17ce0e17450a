// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "hls/accelerator.h"
#include "hls/render.h"
#include "models/numerics/integer_model.h"
#include "models/units/fabric/fabric_constants.h"

namespace statelane::hls {

struct ProjectOptions {
  Access access = Access::streams;
  std::string version;  ///< of the program, for the header comments
  const FabricConstants* constants =
      nullptr;             ///< constants of the predictions; null: no scripts and predictions
  std::size_t prompt = 4;  ///< decode: tokens that come before the golden ones
  std::size_t runs = 3;    ///< decode: golden tokens
};

/// A project's files by path, text or bytes; sorted, so that the same input gives the same project.
using Files = std::map<std::string, std::string>;

/// The sources, test bench and scripts of an accelerator.
[[nodiscard]] Files make_project(const Accelerator& a, const ProjectOptions& options);
/// The memory images and golden vectors (data/...) of a model on it. Throws InputError if the model has other
/// sizes.
[[nodiscard]] Files make_data(const Accelerator& a, const IntegerModel& model, const ProjectOptions& options);

/// Writes files below `directory`, which must be empty or not there. Throws InputError otherwise.
void write_project(const std::filesystem::path& directory, const Files& files);

}  // namespace statelane::hls
