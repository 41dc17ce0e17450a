// SPDX-License-Identifier: Apache-2.0
#include "sim/simulator.h"

#include <algorithm>
#include <memory>
#include <set>
#include <stdexcept>

#include "sim/actor_module.h"
#include "sim/dma_module.h"
#include "sim/memory_system.h"

// SystemC's library has a main() of its own that calls this; the programs here bring their own main().
int sc_main(int, char**) {
  return 0;
}

namespace statelane {
namespace {

/// The kernel's state lives in SystemC itself and cannot be built twice.
bool elaborated_before() {
  return sc_core::sc_get_status() != sc_core::SC_ELABORATION || sc_core::sc_delta_count() > 0;
}

std::string module_name(const std::string& prefix, std::size_t i) {
  return prefix + std::to_string(i);
}

/// The port copies that reach each channel.
using Reach = std::vector<std::set<std::pair<std::uint16_t, std::int64_t>>>;
Reach reach_of(const Graph& graph, const std::vector<MemoryPort>& ports, std::int64_t channels) {
  Reach reach(static_cast<std::size_t>(channels));
  for (const Stream& s : graph.streams) {
    for (std::int64_t k = 0; k < s.channels; ++k) {
      const std::int64_t channel = s.first_channel + k;
      if (channel >= channels) throw std::invalid_argument("stream outside the memory's channels");
      reach[static_cast<std::size_t>(channel)].insert({s.port, channel % ports.at(s.port).copies});
    }
  }
  return reach;
}

class Run {
 public:
  Run(const Graph& graph, Hertz clock, const std::vector<MemoryPort>& ports, const MemoryDevice& device,
      const SimulationOptions& options)
      : graph_(graph), clock_(clock) {
    fabric_.graph = &graph;
    fabric_.period = period_of(clock);
    fabric_.observer = options.observer;
    memory_.graph = &graph;
    make_links();
    for (std::size_t i = 0; i < ports.size(); ++i) {
      memory_.ports.push_back(std::make_unique<MemoryPortModule>(
          module_name("port", i).c_str(), memory_, static_cast<std::uint16_t>(i), ports[i], clock));
    }
    make_memory_channels(reach_of(graph, ports, device.channels), device.spec, options.memory_latencies);
    make_actors();
  }

  SimulationResult run() {
    sc_core::sc_start();
    check_finished();
    SimulationResult result;
    Femtoseconds end{0};
    for (const auto& actor : actors_) {
      result.actors.push_back(actor->activity());
      result.firings += actor->activity().firings;
      end = std::max(end, actor->activity().last);
    }
    result.cycles = cycles_up(end, fabric_.period);
    result.time = result.cycles / clock_;
    for (Activity& a : result.actors) a.on_input += end - a.busy - a.on_input - a.on_output - a.on_memory;
    for (const Link& link : fabric_.links) result.channel_peaks.push_back(link.fifo.peak());
    for (const auto& port : memory_.ports) result.ports.push_back(port_result(*port, end));
    for (const auto& channel : memory_.channels) {
      channel->finish();
      result.memory.push_back(channel->core().stats());
    }
    result.delta_cycles = sc_core::sc_delta_count();
    return result;
  }

 private:
  void make_links() {
    fabric_.links.resize(graph_.channels.size());
    for (std::size_t i = 0; i < graph_.channels.size(); ++i) {
      const Channel& c = graph_.channels[i];
      Link& link = fabric_.links[i];
      link.fifo = TileFifo(c.capacity, c.initial);
      link.from_memory = c.producer != no_id && graph_.is_memory(c.producer);
      link.to_memory = c.consumer != no_id && graph_.is_memory(c.consumer);
    }
  }

  void make_memory_channels(const Reach& reach, const DramSpec& spec, bool latencies) {
    for (std::size_t i = 0; i < reach.size(); ++i) {
      const auto shares = [&](std::size_t j) {
        return std::ranges::any_of(reach[i], [&](const auto& copy) { return reach[j].contains(copy); });
      };
      std::vector<std::size_t> sharing;
      for (std::size_t j = 0; j < reach.size(); ++j) {
        if (j != i && shares(j)) sharing.push_back(j);
      }
      // Reached by one port copy only it gets its bursts in order; none sooner than a port can send it.
      MemoryChannelOptions o{.exclusive = reach[i].size() <= 1, .latencies = latencies};
      o.private_copy = o.exclusive && sharing.empty();
      o.lookahead = one_way_latency(MemoryPort{});
      for (const auto& [port, copy] : reach[i]) {
        o.lookahead = std::min(o.lookahead, one_way_latency(memory_.ports[port]->port()));
        o.private_copy = o.private_copy && memory_.ports[port]->port().duplex == Duplex::full;
      }
      memory_.channels.push_back(
          std::make_unique<MemoryChannelModule>(module_name("dram", i).c_str(), memory_, spec, o));
      for (const std::size_t j : sharing) {
        if (j < i) memory_.channels[i]->goes_after(*memory_.channels[j]);
      }
    }
  }

  void make_actors() {
    memory_.clients.resize(graph_.actors.size(), nullptr);
    for (std::size_t i = 0; i < graph_.actors.size(); ++i) {
      const auto id = static_cast<ActorId>(i);
      // Names may repeat or hold characters SystemC dislikes; the kernel's names are ours alone.
      const std::string name = module_name("actor", i);
      if (graph_.is_memory(id)) {
        auto dma = std::make_unique<DmaModule>(name.c_str(), fabric_, memory_, id);
        memory_.clients[i] = dma.get();
        actors_.push_back(std::move(dma));
      } else {
        actors_.push_back(std::make_unique<ActorModule>(name.c_str(), fabric_, id));
      }
    }
    for (std::size_t i = 0; i < graph_.channels.size(); ++i) {
      const Channel& c = graph_.channels[i];
      if (c.producer != no_id) fabric_.links[i].producer = actors_[c.producer].get();
      if (c.consumer != no_id) fabric_.links[i].consumer = actors_[c.consumer].get();
    }
  }

  void check_finished() const {
    std::string blocked;
    for (const auto& actor : actors_) {
      if (actor->done()) continue;
      if (!blocked.empty()) blocked += ", ";
      blocked += std::string(graph_.actors[actor->id()].name);
      if (const ChannelId channel = actor->blocked_on(); channel != no_id) {
        blocked += " on channel " + std::string(graph_.channels[channel].name);
      }
    }
    if (!blocked.empty()) throw std::runtime_error("deadlock: blocked are " + blocked);
  }

  [[nodiscard]] PortResult port_result(const MemoryPortModule& port, Femtoseconds end) const {
    const PortStats& s = port.stats();
    const double all = static_cast<double>(end.count()) * static_cast<double>(port.port().copies);
    PortResult r;
    r.name = port.port().name;
    r.copies = port.port().copies;
    r.read = s.read;
    r.written = s.written;
    r.bursts = s.bursts;
    if (all > 0) {
      r.read_busy = static_cast<double>(s.read_busy.count()) / all;
      r.write_busy = static_cast<double>(s.write_busy.count()) / all;
    }
    return r;
  }

  const Graph& graph_;
  Hertz clock_;
  Fabric fabric_;
  MemoryFabric memory_;
  std::vector<std::unique_ptr<ActorModule>> actors_;
};

}  // namespace

SimulationResult simulate(const Graph& graph, Hertz clock, const std::vector<MemoryPort>& ports,
                          const MemoryDevice& memory, const SimulationOptions& options) {
  if (elaborated_before())
    throw std::logic_error("SystemC elaborates once a process: use simulate_isolated()");
  sc_core::sc_set_time_resolution(1, sc_core::SC_FS);
  Run run(graph, clock, ports, memory, options);
  return run.run();
}

}  // namespace statelane
