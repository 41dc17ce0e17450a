// SPDX-License-Identifier: Apache-2.0
#include "tests/evaluate/synthesis.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "models/units/fabric/circuit.h"
#include "models/units/fabric/resource_kinds.h"

namespace statelane {
namespace {

/// Parameters as whole numbers.
class Reader {
 public:
  explicit Reader(const SynthesisPoint& point) : point_(point) {}
  std::int64_t operator()(const char* name, std::int64_t otherwise = 0) const {
    const auto at = point_.parameters.find(name);
    return at == point_.parameters.end() ? otherwise : static_cast<std::int64_t>(at->second);
  }

 private:
  const SynthesisPoint& point_;
};

/// HadamardFht's circuit with one lane, every delay line in shift registers, and for each stage a count of
/// its span's beats and two flags.
Resources butterflies(Circuit& c, std::int64_t points, std::int64_t width) {
  Resources lines;
  for (std::int64_t span = points / 2; span >= 1; span /= 2) {
    if (span > 3) {
      lines.lut += 2 * fabric::shift_register_luts(span - 1, width);
      lines.ff += static_cast<double>(2 * width);
    } else {
      c.delay(2, span, width);
    }
    c.logic(1, width);
    c.add(1, ++width);
    c.logic(1, bits_to_count(2 * span));
    c.registers(bits_to_count(2 * span) + 2);
  }
  return c.total() + lines;
}

void pieces(Circuit& c, std::int64_t width, std::int64_t fraction, std::int64_t segments, bool softplus) {
  c.straight_pieces(1, width, fraction + 2, segments, Multiplier::dsp);
  if (softplus) {
    c.delay(1, 6, width);
    c.add(1, width + 1);
  } else {
    c.registers(fraction + 2);
  }
}

/// Bits of an a x b product, from bit `from` on, that slices below the last one of a cascade give: those are
/// the last one's own registers, these lie in the fabric.
std::int64_t lower_bits(const FabricCosts& costs, std::int64_t a, std::int64_t b, std::int64_t from) {
  const auto wide = static_cast<std::int64_t>(costs.dsp_a);
  const auto narrow = static_cast<std::int64_t>(costs.dsp_b);
  const auto parts = [&](std::int64_t w) { return w <= narrow ? 1 : ceil_div(w - 1, narrow - 1); };
  std::int64_t below = 2;  // of four slices the middle two give the same bits
  if (a <= wide || b <= wide)
    below = std::min(a <= wide ? parts(b) : parts(a), b <= wide ? parts(a) : parts(b)) - 1;
  return std::max<std::int64_t>(below * (narrow - 1) - from, 0);
}

/// Pointers: a count, the oldest word's place, and the comparisons of both ends.
void fifo_control(Circuit& c, std::int64_t depth) {
  const std::int64_t bits = bits_to_count(depth);
  c.logic(3, bits);
  c.registers(2 * bits + 1);
}

}  // namespace

const Table<SynthesisPoint>& Describe<SynthesisPoint>::table() {
  using P = SynthesisPoint;
  static const Table<P> t = Table<P>("synthesis_point", "A synthesised block.")
                                .field("block", &P::block, "Module of models/units/*/*.sv")
                                .required()
                                .field("parameters", &P::parameters, "Its parameters")
                                .required()
                                .field("sites", &P::sites, "lut, ff, dsp, bram18, uram")
                                .required();
  return t;
}

const Table<SynthesisRun>& Describe<SynthesisRun>::table() {
  using R = SynthesisRun;
  static const Table<R> t = Table<R>("synthesis", "What calibration blocks take, by synthesis.")
                                .field("family", &R::family, "FPGA family")
                                .required()
                                .field("tool", &R::tool, "Synthesis tool, its version and its target")
                                .required()
                                .field("points", &R::points, "Synthesised blocks")
                                .required();
  return t;
}

std::optional<SynthesisRun> load_synthesis(const Catalog& catalog, const std::string& family,
                                           Diagnostics& diagnostics) {
  const std::optional<JsonValue> json = catalog.read("calibration/synthesis", family, {}, diagnostics);
  SynthesisRun run;
  if (!json || !read(*json, run, diagnostics)) return std::nullopt;
  return run;
}

Resources structure_of(const SynthesisPoint& point, const FabricCosts& costs) {
  Circuit c(costs);
  const Reader p(point);
  const std::string& b = point.block;
  if (b == "multiply_lut") {
    c.multiply(1, p("A"), p("B"), Multiplier::lut);
  } else if (b == "multiply_dsp") {
    c.multiply(1, p("A"), p("B"), Multiplier::dsp);
    c.registers(lower_bits(costs, p("A"), p("B"), 0));
  } else if (b == "multiply_packed") {
    c.multiply(2, p("B"), p("B"), Multiplier::dsp_packed);
  } else if (b == "adder_tree") {
    c.adder_tree(1, p("N"), p("W"));
  } else if (b == "accumulator") {
    c.add(1, p("W"));
  } else if (b == "shifter") {
    c.shift(1, p("W"), p("S"));
  } else if (b == "requantise_shift") {
    c.shift(1, p("W"), p("S"));
    c.registers(1);  // the bit below the binary point
    c.saturate(1, p("W") + 1, p("OUT"));
  } else if (b == "requantise_multiply" || b == "requantise_multiply_lut") {
    const bool slice = b == "requantise_multiply";
    c.multiply(1, p("W"), p("SCALE"), slice ? Multiplier::dsp : Multiplier::lut);
    // Registers hold the product but for what is cut off below the rounding bit.
    c.registers(slice ? lower_bits(costs, p("W"), p("SCALE"), p("SHIFT") - 1) : -(p("SHIFT") - 1));
    c.saturate(1, p("W") + p("SCALE") - p("SHIFT") + 1, p("OUT"));
  } else if (b == "hadamard_fht") {
    return butterflies(c, p("POINTS"), p("W"));
  } else if (b == "hadamard_matrix") {
    c.adder_tree(1, p("ADDERS"), p("W"));
    c.logic(1, p("ADDERS"));  // signs
    c.add(1, p("SUM"));
  } else if (b == "nonlinear_pieces") {
    pieces(c, p("W"), p("FRACTION"), p("SEGMENTS"), p("SOFTPLUS") != 0);
  } else if (b == "state_lane") {
    const std::int64_t h = p("H", 32);
    c.multiply(1, p("A", 28), h, Multiplier::dsp);
    c.multiply(1, p("B", 16), p("X", 30), Multiplier::dsp);
    c.multiply(1, h, p("C", 23), Multiplier::dsp);
    c.registers(lower_bits(costs, p("A", 28), h, p("SA", 27)) +
                lower_bits(costs, p("B", 16), p("X", 30), p("SB", 20)) + lower_bits(costs, h, p("C", 23), 0));
    c.add(1, h);
    c.logic(1, h);  // the sum, or a limit
  } else if (b == "fifo") {
    Resources line;
    line.lut = fabric::shift_register_luts(p("DEPTH"), p("W"));
    fifo_control(c, p("DEPTH"));
    return c.total() + line;
  } else if (b == "memory_lut") {
    Resources r;
    r.lut = fabric::lutram_luts(p("DEPTH"), p("W"), static_cast<std::int64_t>(costs.slice_luts));
    r.ff = static_cast<double>(p("W"));
    return r;
  } else if (b == "memory_block") {
    Resources r;
    r.bram18 = static_cast<double>(fabric::bram18_blocks(p("DEPTH"), p("W")));
    return r;
  } else if (b == "memory_ultra") {
    Resources r;
    r.uram = static_cast<double>(fabric::uram_blocks(p("DEPTH"), p("W")));
    // Banks of 4,096 words read through LUTs here, in the dedicated cascade of a column in a vendor's hands
    // (AMD UG573), and so in designs.
    const std::int64_t banks = ceil_div<std::int64_t>(p("DEPTH"), 4096);
    if (banks > 1) r.lut = static_cast<double>(banks + (banks + 1) / 3 * p("W"));
    r.ff = static_cast<double>(bits_to_count(banks));
    return r;
  } else if (b == "table_rom") {
    Resources r;
    r.lut = fabric::rom_luts(p("DEPTH"), p("W"), static_cast<std::int64_t>(costs.joined_words));
    r.ff = static_cast<double>(p("W"));
    return r;
  } else {
    throw std::invalid_argument("no structure is known of block '" + b + "'");
  }
  return c.total();
}

std::vector<BlockError> block_errors(const SynthesisRun& run, const FabricCosts& costs) {
  struct Ratio {
    double value;
    const SynthesisPoint* point;
  };
  std::map<std::pair<std::string, std::string>, std::vector<Ratio>> ratios;
  for (const SynthesisPoint& point : run.points) {
    const Resources structure = structure_of(point, costs);
    for (const ResourceKind& kind : resource_kinds) {
      const std::string name(kind.key);
      const double own = structure.*kind.count;
      const auto found = point.sites.find(name);
      const double synthesised = found == point.sites.end() ? 0 : found->second;
      if (own > 0 || synthesised > 0)  // where only one of them has some, the error is 100 %
        ratios[{point.block, name}].push_back({synthesised > 0 ? own / synthesised : 2, &point});
    }
  }
  std::vector<BlockError> errors;
  for (const auto& [key, list] : ratios) {
    BlockError e{key.first, key.second, list.size(), 1, 0, 0, {}};
    double sum = 0, squares = 0;
    for (const Ratio& r : list) {
      sum += r.value;
      squares += r.value * r.value;
    }
    e.factor = squares > 0 ? sum / squares : 0;
    for (const Ratio& r : list) {
      e.structure = std::max(e.structure, std::abs(r.value - 1));
      if (list.size() < 2) continue;
      const double rest = squares - r.value * r.value;
      const double others = rest > 0 ? (sum - r.value) / rest : 0;
      const double error = std::abs(others * r.value - 1);
      if (error < e.leave_one_out) continue;
      e.leave_one_out = error;
      e.worst.clear();
      for (const auto& [name, value] : r.point->parameters)
        e.worst +=
            (e.worst.empty() ? "" : ", ") + name + " " + std::to_string(static_cast<std::int64_t>(value));
    }
    errors.push_back(std::move(e));
  }
  return errors;
}

}  // namespace statelane
