// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: arbitrary bytes as a safetensors file, as a model's weights, and as a scheme.
//   cmake -S . -B build/fuzz -G Ninja -DCMAKE_CXX_COMPILER=clang++ -DSSMSCOPE_FUZZ=ON
//   cmake --build build/fuzz --target fuzz_safetensors
//   build/fuzz/tests/numerics/fuzz_safetensors -max_total_time=60
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "models/numerics/scheme.h"
#include "models/numerics/weights.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ssmscope;
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
  Diagnostics diagnostics;
  const auto json = parse_json({reinterpret_cast<const char*>(data), size}, "fuzz", diagnostics);
  Scheme scheme;
  if (json && read(*json, scheme, diagnostics)) (void)parts_of(scheme);
  return 0;
}
