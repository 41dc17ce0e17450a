// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "models/numerics/weights.h"

namespace ssmscope {

/// Extents from a model's config.json, in the form of state-spaces/mamba or of Hugging Face transformers.
[[nodiscard]] ModelDims read_model_dims(const std::filesystem::path& config);

}  // namespace ssmscope
