// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/resources.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include "models/evaluate/roll_up.h"
#include "models/units/fabric/resource_kinds.h"

namespace statelane {
namespace {

using cost::Infrastructure;

class Reporter {
 public:
  Reporter(const Design& design, const Graph& graph, ResourceReport& report)
      : design_(design), graph_(graph), report_(report) {}

  void unit(std::size_t i, const Resources& r) {
    add(design_.units[i].name(), design_.units[i].component(), r);
  }
  void channel(std::size_t i, const ChannelMapping& m) {
    add(std::string(graph_.channels[i].name), "buffer", m.resources);
  }
  void infrastructure(Infrastructure kind, std::size_t i, const Resources& r) {
    switch (kind) {
      case Infrastructure::parameters:
        add(design_.units[i].name() + " parameters", "buffer", r);
        break;
      case Infrastructure::conversion:
        add(design_.units[i].name() + " to floating point", "others", r);
        break;
      case Infrastructure::dma:
        add(std::string(graph_.actors[i].name), "others", r);
        break;
      case Infrastructure::port:
        add("port " + design_.memory.ports[i].name, "others", r);
        break;
      case Infrastructure::controller:
        add("memory controller", "others", r);
        break;
      case Infrastructure::control:
        add("control", "others", r);
        break;
    }
  }

 private:
  void add(std::string name, const std::string& component, const Resources& r) {
    if (r == Resources{}) return;
    auto at = std::find_if(report_.components.begin(), report_.components.end(),
                           [&](const ComponentResources& c) { return c.name == component; });
    if (at == report_.components.end()) at = report_.components.insert(at, {component, component, {}});
    at->resources += r;
    report_.total += r;
    report_.parts.push_back({std::move(name), component, r});
  }

  const Design& design_;
  const Graph& graph_;
  ResourceReport& report_;
};

double share(double used, double available) {
  if (used == 0) return 0;
  return available > 0 ? used / available : std::numeric_limits<double>::infinity();
}

}  // namespace

const Resources* ResourceReport::component(std::string_view name) const {
  for (const ComponentResources& c : components) {
    if (c.name == name) return &c.resources;
  }
  return nullptr;
}

Resources offered_by(const BoardResources& board) {
  return {static_cast<double>(board.lut), static_cast<double>(board.ff), static_cast<double>(board.dsp),
          2 * static_cast<double>(board.bram36), static_cast<double>(board.uram)};
}

Resources share_of(const Resources& used, const BoardResources& board) {
  const Resources all = offered_by(board);
  Resources shares;
  for (const ResourceKind& kind : resource_kinds)
    shares.*kind.count = share(used.*kind.count, all.*kind.count);
  return shares;
}

bool fits(const Resources& used, const BoardResources& board) {
  const Resources shares = share_of(used, board);
  return std::all_of(std::begin(resource_kinds), std::end(resource_kinds),
                     [&](const ResourceKind& kind) { return shares.*kind.count <= 1; });
}

ResourceReport estimate_resources(const Design& design, const Mamba2Shape& shape, const Graph& graph,
                                  const Board& board, const FabricConstants& constants) {
  ResourceReport report;
  report.board = board.resources;
  cost::visit(design, shape, graph, board, constants.family(board.family), Reporter(design, graph, report));
  return report;
}

}  // namespace statelane
