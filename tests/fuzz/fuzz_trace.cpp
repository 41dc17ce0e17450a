// SPDX-License-Identifier: Apache-2.0
// Arbitrary bytes as a trace of memory accesses: text, binary, compressed.
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "models/base/diagnostics.h"
#include "sim/dram/trace_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace statelane;
  const int file = memfd_create("trace", 0);
  if (file < 0 || write(file, data, size) != static_cast<ssize_t>(size)) std::abort();
  try {
    const auto trace = open_trace("/proc/self/fd/" + std::to_string(file));
    std::array<Access, 512> some{};
    // A small compressed file may expand to gigabytes, which is no error: stop after a while.
    for (int piece = 0; piece < 64; ++piece) {
      const std::size_t n = trace->fill(some);
      for (std::size_t i = 0; i < n; ++i) {
        if (some[i].address % 64 != 0) std::abort();
      }
      if (n < some.size()) break;
    }
  } catch (const InputError&) {
  }
  close(file);
  return 0;
}
