// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/random_design.h"

#include <algorithm>
#include <random>

#include "models/base/catalog.h"
#include "models/design/design_reader.h"
#include "models/evaluate/experiment.h"
#include "models/memory/memory_config.h"

namespace statelane::testing {
namespace {

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : engine_(seed) {}
  std::int64_t one_of(std::initializer_list<std::int64_t> values) {
    return *(values.begin() + static_cast<std::ptrdiff_t>(below(static_cast<std::int64_t>(values.size()))));
  }
  std::int64_t below(std::int64_t n) {
    return static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(n));
  }
  bool coin() { return below(2) == 1; }

 private:
  std::mt19937_64 engine_;
};

Mamba2Shape random_network(Draw& draw) {
  Mamba2Shape n;
  n.name = "random";
  n.headdim = draw.one_of({16, 32, 64});
  n.d_model = n.headdim * draw.one_of({2, 3, 4, 6, 8});
  n.d_state = draw.one_of({16, 32, 64, 128});
  n.n_layer = draw.one_of({1, 2, 3, 5});
  n.vocab_size = draw.one_of({96, 250, 512, 1000});
  const std::int64_t groups = draw.one_of({1, 1, 2});
  n.ngroups = n.nheads() % groups == 0 ? groups : 1;
  return n;
}

void set(Unit& unit, const char* field, std::int64_t value) {
  Diagnostics diagnostics;
  set_field(unit.model().table(), unit.model().parameters(), std::string("/") + field, JsonValue(value),
            diagnostics);
}

void random_units(Draw& draw, Design& design) {
  for (Unit& unit : design.units) {
    if (unit.model().kind() == "matrix_unit") {
      set(unit, "inputs", draw.one_of({1, 4, 8, 16, 24, 64}));
      set(unit, "outputs", draw.one_of({4, 8, 16, 64}));
      set(unit, "latency", draw.below(40));
    } else {
      set(unit, "lanes", draw.one_of({1, 2, 4, 8, 16, 32}));
      set(unit, "latency", draw.below(40));
      set(unit, "fill", draw.below(100));
    }
    set(unit, "ii", draw.one_of({1, 1, 1, 2, 5}));
  }
}

void random_schedule(Draw& draw, Design& design, const Mamba2Shape& network) {
  Schedule& s = design.schedule;
  s.order = draw.coin() ? ProjectionOrder::naive : ProjectionOrder::reordered;
  s.head_group = draw.one_of({1, 2, 3, 8});
  s.projection_rows = draw.one_of({0, 0, 16, 48, 128});
  s.tile_rows = std::min(network.headdim, draw.one_of({4, 8, 16, 64}));
  s.tile_states = std::min(network.d_state, draw.one_of({8, 16, 128}));
  s.ssm_buffers = draw.coin() ? SsmBuffers::tile : SsmBuffers::tensor;
  s.tile_depth = draw.one_of({1, 2, 3, 8});
  s.barrier = draw.below(6) == 0;
  s.weight_buffer = Bytes(draw.one_of({64, 4096, 65536, 1 << 20}));
  s.state_buffer = draw.one_of({1, 2, 8});
  s.state = draw.below(4) == 0 ? StatePlace::on_chip : StatePlace::off_chip;
  s.conv_state = draw.below(4) == 0 ? StatePlace::on_chip : StatePlace::off_chip;
  s.prefill = draw.coin() ? PrefillLoop::layer_outer : PrefillLoop::token_outer;
}

void random_memory(Draw& draw, RandomCase& c) {
  static const Catalog catalog = Catalog::standard();
  constexpr const char* names[] = {"ddr3-1866", "ddr4-2400", "ddr4-3200", "hbm2", "lpddr4-3733"};
  Diagnostics diagnostics;
  c.dram = *load_memory(catalog, names[draw.below(5)], diagnostics);
  c.channels = draw.one_of({1, 2, 4});
  MemoryPort& port = c.design.memory.ports.front();
  port.width = Bits(draw.one_of({32, 64, 256, 512}));
  port.clock = Hertz(draw.coin() ? 0 : 450e6);
  port.burst = Bytes(draw.one_of({64, 256, 4096}));
  port.outstanding = draw.one_of({1, 2, 16});
  port.latency = Seconds(static_cast<double>(draw.below(200)) * 1e-9);
  port.bandwidth = BytesPerSecond(draw.coin() ? 0 : 5e9);
  port.duplex = draw.coin() ? Duplex::full : Duplex::half;
  port.copies = draw.coin() ? 1 : c.channels;
  for (Placement* p : {&c.design.memory.weights, &c.design.memory.state, &c.design.memory.conv}) {
    p->port = port.name;
    p->channels = 1 + draw.below(c.channels);
    p->first_channel = draw.below(c.channels - p->channels + 1);
    p->stripe = Bytes(draw.one_of({64, 512, 4096}));
  }
  c.design.clock = Hertz(static_cast<double>(draw.one_of({100, 250, 333, 500})) * 1e6);
}

Design base_design(Draw& draw, const Mamba2Shape& network) {
  static const Catalog catalog = Catalog::standard();
  Diagnostics diagnostics;
  const char* name = draw.coin() ? "lightmamba-vck190-w4a4" : "fastmamba-vc709-w8a8";
  const std::optional<JsonValue> json = catalog.read("designs", name, {}, diagnostics);
  Design design = *read_design(*resolve_design(catalog, *json, diagnostics), builtin_units(), diagnostics);
  // Hadamard units ask for sizes that random networks need not have.
  std::erase_if(design.units, [&](const Unit& u) {
    const std::int64_t points = u.model().kind() == "hadamard_radix" ? 1 : 128;
    return u.operators().intersects(
               OperatorSet(Operator::in_hadamard, Operator::out_hadamard, Operator::out_hadamard2)) &&
           (points != 1 || network.d_model % 4 != 0);
  });
  return design;
}

}  // namespace

RandomCase random_case(std::uint64_t seed) {
  Draw draw(seed);
  RandomCase c;
  c.network = random_network(draw);
  c.design = base_design(draw, c.network);
  const bool host =
      c.design.unit_of(Operator::lm_head) >= 0 &&
      c.design.units[static_cast<std::size_t>(c.design.unit_of(Operator::lm_head))].model().kind() ==
          "host_processor";
  random_units(draw, c.design);
  random_schedule(draw, c.design, c.network);
  c.design.schedule.lm_head = draw.below(3) == 0 ? HeadPlace::none
                              : host             ? HeadPlace::host
                                                 : HeadPlace::fabric;
  random_memory(draw, c);
  c.phase.kind = draw.coin() ? PhaseKind::decode : PhaseKind::prefill;
  c.phase.length = draw.one_of({1, 2, 3, 6});
  c.phase.batch = draw.one_of({1, 1, 2, 3});
  if (c.phase.kind == PhaseKind::prefill && draw.coin()) {
    c.design.schedule.token_block = c.phase.length % 2 == 0 ? c.phase.length / 2 : 0;
  }
  return c;
}

std::string describe(const RandomCase& c) {
  return to_text(to_json(c.network), -1) + " phase " + std::to_string(static_cast<int>(c.phase.kind)) +
         " x " + std::to_string(c.phase.length) + " x " + std::to_string(c.phase.batch) + " dram " +
         c.dram.name + " x " + std::to_string(c.channels) + " " + to_text(design_to_json(c.design), -1);
}

}  // namespace statelane::testing
