// SPDX-License-Identifier: Apache-2.0
#include "models/units/hls_view.h"
#include "models/units/matrix_unit/matrix_unit.h"

namespace statelane {
namespace {

/// The sums of some rows of weights at once: `rows` is 2 where a slice multiplies two weights by an input.
void write_rows(const MatrixUnit& unit, const HlsMatrixBeat& beat, HlsWriter& out, int rows,
                const std::string& first, const std::string& label) {
  const auto row = [&](int r) { return r == 0 ? first : "(" + first + " + 1)"; };
  const auto name = [](const char* what, int r) { return std::string(what) + std::to_string(r); };
  const std::int64_t together = beat.together > 0 ? beat.together : beat.inputs;
  for (int r = 0; r < rows; ++r) out.line("std::int64_t " + name("tree", r) + " = 0;");
  out.unrolled(label + "blocks", "of", beat.inputs, together);
  for (int r = 0; r < rows; ++r)
    out.line((beat.together > 0 ? "std::int32_t " : "std::int64_t ") + name("products", r) + " = 0;");
  out.unrolled(label + "inputs", "i", together);
  const auto add = [&](int r, const std::string& product) {
    out.line(name("products", r) +
             " += " + (beat.together > 0 ? "static_cast<std::int32_t>(" + product + ")" : product) + ";");
  };
  if (rows == 2) {
    out.line("const product_pair pair = packed_products(" + beat.weight(row(0), "of + i") + ",");
    out.line("                                              " + beat.weight(row(1), "of + i") + ",");
    out.line("                                              " + HlsMatrixBeat::input("of + i") + ", " +
             std::to_string(beat.weight_bits + beat.input_bits + 1) + ");");
    add(0, "pair.low");
    add(1, "pair.high");
  } else {
    add(0, std::string(hls_product(unit.multiplier)) + "(" + HlsMatrixBeat::input("of + i") + ", " +
               beat.weight(row(0), "of + i") + ")");
  }
  out.close();
  for (int r = 0; r < rows; ++r) {
    const std::string products = name("products", r);
    out.line(name("tree", r) + " += " +
             (beat.together > 0
                  ? "static_cast<std::int64_t>(" + products + ") * (1 << " + HlsMatrixBeat::shift("of") + ")"
                  : products) +
             ";");
  }
  out.close();
  for (int r = 0; r < rows; ++r) out.line(HlsMatrixBeat::sum(row(r)) + " = " + name("tree", r) + ";");
}

/// An adder tree for every output, over blocks of inputs that share a shift. Packed, two rows of weights at a
/// time share the slices that multiply them by an input; an odd last row has slices of its own.
void write_trees(const MatrixUnit& unit, const HlsMatrixBeat& beat, HlsWriter& out) {
  const bool packed = unit.multiplier == Multiplier::dsp_packed;
  const std::int64_t pairs = packed ? beat.outputs / 2 * 2 : 0;
  if (pairs > 0) {
    out.unrolled("pairs", "output", pairs, 2);
    write_rows(unit, beat, out, 2, "output", "pair_");
    out.close();
  }
  if (pairs == beat.outputs) return;
  out.unrolled("rows", "row", beat.outputs - pairs);
  write_rows(unit, beat, out, 1, pairs > 0 ? "(row + " + std::to_string(pairs) + ")" : "row", "");
  out.close();
}

}  // namespace

HlsView MatrixUnit::hls_view(const Arithmetic& /*arithmetic*/) const {
  HlsView v;
  v.ii = ii;
  v.lanes = outputs;
  v.reduce = v.banks = inputs;
  v.multiplier = multiplier;
  v.products = [unit = *this](const HlsMatrixBeat& beat, HlsWriter& out) { write_trees(unit, beat, out); };
  return v;
}

}  // namespace statelane
