// SPDX-License-Identifier: Apache-2.0
// Arbitrary bytes as a safetensors file and as the weights of a model of two words.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "models/numerics/weights.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace statelane;
  ModelDims dims;
  dims.d_model = 2;
  dims.layers = 1;
  dims.vocab = 2;
  dims.d_inner = 4;
  dims.heads = 1;
  dims.headdim = 4;
  dims.d_state = 1;
  try {
    const SafetensorsFile file(std::as_bytes(std::span(data, size)), "fuzz");
    for (const auto& [name, view] : file.tensors()) {
      if (view.to_floats().size() != view.elements()) std::abort();
    }
    (void)read_weights(file, dims);
  } catch (const InputError&) {
  }
  return 0;
}
