// SPDX-License-Identifier: Apache-2.0
// Arbitrary bytes as every kind of configuration: networks in their three forms, designs, boards, memories,
// schemes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "models/blocks/network.h"
#include "models/design/board.h"
#include "models/design/design_reader.h"
#include "models/memory/dram_fields.h"
#include "models/numerics/scheme.h"

namespace {

using namespace statelane;

/// What reads without an error must write and read again as itself.
template <class T>
void through_field_table(const JsonValue& json) {
  Diagnostics d;
  T value;
  if (!read(json, value, d) || !d.ok()) return;
  T copy;
  if (!read(to_json(value), copy, d) || hash(copy) != hash(value)) std::abort();
}

void as_design(const JsonValue& json) {
  Diagnostics d;
  const auto design = read_design(json, builtin_units(), d);
  if (!design) return;
  const JsonValue written = design_to_json(*design);
  const auto copy = read_design(written, builtin_units(), d);
  if (!copy || design_to_json(*copy) != written) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  JsonOptions options;
  options.python_constants = true;
  Diagnostics d;
  const auto json = parse_json({reinterpret_cast<const char*>(data), size}, "fuzz", d, options);
  if (!json) return 0;
  if (const auto network = read_network(*json, d, "fuzz")) {
    if (network->parameters() < 0 || network->state_elements() <= 0) std::abort();
  }
  as_design(*json);
  through_field_table<Board>(*json);
  DramSpec memory;  // written with both its energies and the currents they follow from, which cannot be read
  (void)read(*json, memory, d);
  through_field_table<Scheme>(*json);
  Scheme scheme;
  Diagnostics again;
  if (read(*json, scheme, again) && again.ok()) (void)parts_of(scheme);
  return 0;
}
