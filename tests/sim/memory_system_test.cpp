// SPDX-License-Identifier: Apache-2.0
// Ports, channels and the SystemC shell around the DRAM core, with the smallest graph there is: a reader or
// writer and the one at its other end.
#include <gtest/gtest.h>

#include "models/base/catalog.h"
#include "models/graph/builder.h"
#include "models/memory/memory_config.h"
#include "sim/dram/dram_channel.h"
#include "sim/isolated.h"
#include "sim/simulator.h"
#include "tests/sim/published.h"

namespace statelane {
namespace {

constexpr Hertz fabric{250e6};

DramSpec memory(const std::string& name) {
  Diagnostics diagnostics;
  const std::optional<DramSpec> spec = load_memory(Catalog::standard(), name, diagnostics);
  throw_if_errors(diagnostics);
  return *spec;
}

/// Adds an actor that reads `transfers` times `bytes`, `held` of them at a time at most, and one that takes
/// them at once.
void add_reader(Graph& graph, const Stream& stream, std::int64_t transfers, Bytes bytes,
                std::int64_t held = 64) {
  GraphBuilder build(graph);
  graph.streams.push_back(stream);
  const ChannelId tiles = build.channel("tiles", bytes.count(), Bits{8}, held);
  build.begin_actor("reader", ActorKind::memory_read, no_id,
                    static_cast<std::uint16_t>(graph.streams.size() - 1));
  const FiringId read = build.firing(Cycles{0}, Cycles{0}, FiringShape{});
  build.out(tiles, 1);
  build.transfer(bytes);
  build.fire(read, transfers);
  build.end_actor();
  build.begin_actor("sink", ActorKind::host, no_id);
  const FiringId take = build.firing(Cycles{0}, Cycles{0}, FiringShape{});
  build.in(tiles, 1);
  build.fire(take, transfers);
  build.end_actor();
}

std::string figures(const DramStats& s) {
  std::string text;
  for (const std::int64_t n : {s.read_bursts, s.activates, s.precharges, s.refreshes, s.row_misses,
                               s.last_data.count(), s.time.bus.count(), s.time.total().count()}) {
    text += std::to_string(n) + " ";
  }
  return text;
}

TEST(MemorySystem, TheShellGivesTheCoresCycles) {
  for (const char* name : {"ddr4-3200", "ddr3-1866", "hbm2", "lpddr4-4266"}) {
    const DramSpec spec = memory(name);
    constexpr std::int64_t burst = 4096, bursts = 512;
    // A port that is faster than any memory and lets all bursts go at once.
    MemoryPort port;
    port.width = Bits{1 << 16};
    port.burst = Bytes{burst};
    port.outstanding = bursts;
    port.latency = Seconds{0};
    const IsolatedResult run = run_isolated([&] {
      Graph graph;
      add_reader(graph, {.name = "data", .size = Bytes{burst * bursts}}, 1, Bytes{burst * bursts});
      const SimulationResult r = simulate(graph, fabric, {port}, {spec, 1});
      return figures(r.memory[0]) + std::to_string(r.cycles.count());
    });
    ASSERT_TRUE(run.value) << name << ": " << run.error;

    DramChannel core(spec);
    for (std::int64_t i = 0; i < bursts; ++i) {
      core.enqueue({.id = static_cast<std::uint64_t>(i),
                    .address = static_cast<std::uint64_t>(i * burst),
                    .bytes = Bytes{burst}});
    }
    std::vector<DramCompletion> done;
    const Cycles end = core.finish(done);
    const Cycles cycles = cycles_up(end * to_femtoseconds(spec.clock_period), period_of(fabric));
    EXPECT_EQ(*run.value, figures(core.stats()) + std::to_string(cycles.count())) << name;
  }
}

/// Seconds that `bytes` take from `channels` channels of HBM2 on a U280's ports, in transfers of 256 KiB.
double seconds_from_hbm(std::int64_t channels, std::int64_t stripe, std::int64_t bytes,
                        std::int64_t held = 64) {
  const IsolatedResult run = run_isolated([&] {
    MemoryPort port;
    port.width = Bits{256};
    port.clock = Hertz{450e6};
    port.burst = Bytes{2048};
    port.copies = 32;
    Stream stream;
    stream.name = "data";
    stream.channels = static_cast<std::uint16_t>(channels);
    stream.stripe = Bytes{stripe};
    stream.size = Bytes{bytes};
    Graph graph;
    constexpr std::int64_t transfer = 1 << 18;
    add_reader(graph, stream, bytes / transfer, Bytes{transfer}, held);
    return std::to_string(simulate(graph, fabric, {port}, {memory("hbm2"), 32}).time.count());
  });
  EXPECT_TRUE(run.value) << run.error;
  return std::stod(run.value.value_or("1"));
}

// Shuhai (FCCM 2020) measured 425 GB/s on all 32 pseudo channels of a U280.
TEST(MemorySystem, All32PseudoChannelsOfAU280) {
  constexpr std::int64_t bytes = std::int64_t{1} << 28;
  const double rate = static_cast<double>(bytes) / seconds_from_hbm(32, 2048, bytes);
  std::printf("32 pseudo channels: %.1f GB/s\n", rate / 1e9);
  EXPECT_NEAR(rate, 425e9, 0.02 * 425e9);
}

TEST(MemorySystem, StripingOverChannelsMultipliesBandwidth) {
  constexpr std::int64_t bytes = std::int64_t{1} << 25;
  const double one = seconds_from_hbm(1, 2048, bytes);
  for (const std::int64_t channels : {2, 8}) {
    EXPECT_NEAR(one / seconds_from_hbm(channels, 2048, bytes), static_cast<double>(channels),
                0.05 * static_cast<double>(channels));
  }
}

TEST(MemorySystem, AStripeAsLongAsATransferUsesOneChannelAtATime) {
  constexpr std::int64_t bytes = std::int64_t{1} << 25;
  // Two transfers in flight, each in one channel: two channels' bandwidth of eight.
  EXPECT_NEAR(seconds_from_hbm(8, 1 << 18, bytes, 2) / seconds_from_hbm(8, 2048, bytes, 2), 4.0, 0.4);
}

TEST(MemorySystem, ReadersOfOneChannelShareIt) {
  const DramSpec spec = memory("ddr4-3200");
  MemoryPort port;
  port.width = Bits{1 << 12};
  constexpr std::int64_t transfers = 64;
  const Bytes transfer{65536};
  const auto time = [&](int readers) {
    const IsolatedResult run = run_isolated([&] {
      Graph graph;
      for (int i = 0; i < readers; ++i) {
        Stream stream;
        stream.name = "data";
        stream.base = Bytes{std::int64_t{i} << 28};
        stream.size = transfer * transfers;
        add_reader(graph, stream, transfers, transfer);
      }
      return std::to_string(simulate(graph, fabric, {port}, {spec, 1}).time.count());
    });
    EXPECT_TRUE(run.value) << run.error;
    return std::stod(run.value.value_or("1"));
  };
  const double one = time(1), two = time(2);
  EXPECT_GT(two, 1.99 * one);
  EXPECT_LT(two, 2.6 * one);  // two streams meet in banks, but no worse than that
}

TEST(MemorySystem, WhereTensorsLieMatters) {
  using ::statelane::testing::number;
  using ::statelane::testing::simulate_shipped;
  const auto latency = [](const char* channels) {
    return number(simulate_shipped(
                      "lightmamba-u280-w4a4-decode-2.7b",
                      {"/network=mamba2-130m", std::string("/design/memory/weights/channels=") + channels}),
                  "/latency_s");
  };
  EXPECT_GT(latency("4"), 1.2 * latency("28"));
}

}  // namespace
}  // namespace statelane
