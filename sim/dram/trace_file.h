// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "sim/dram/access_source.h"

namespace statelane {

/// Opens a trace of 64-byte accesses. Two forms, told apart by their first bytes, each plain or compressed
/// with gzip or zstd (told by theirs too, so the file's name does not matter):
///
///   text    one access a line, "R 0x1f40" or "W 8000": direction, byte address in hexadecimal (0x) or
///           decimal. Empty lines and lines that begin with '#' are skipped.
///   binary  the 8 bytes "SSMTRC1\n", then one little-endian 64-bit word an access: its byte address with
///           bit 0 set for a write.
///
/// The file is read in pieces: memory does not grow with its length. Throws InputError if it cannot be
/// opened; fill() throws InputError naming file and line (or byte) of what is malformed.
[[nodiscard]] std::unique_ptr<AccessSource> open_trace(const std::string& path);

}  // namespace statelane
