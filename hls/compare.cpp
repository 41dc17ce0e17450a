// SPDX-License-Identifier: Apache-2.0
#include "hls/compare.h"

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <charconv>
#include <cstdio>
#include <sstream>

#include "models/base/diagnostics.h"

namespace statelane::hls {
namespace {

using Tree = boost::property_tree::ptree;

/// A whole number, or nothing for "undef", "-" and what is not there.
std::optional<std::int64_t> number(const Tree& tree, const std::string& path) {
  const std::string text = tree.get<std::string>(path, "");
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

ReportedModule module_of(const Tree& tree, std::string name) {
  ReportedModule m;
  m.name = std::move(name);
  m.latency = number(tree, "PerformanceEstimates.SummaryOfOverallLatency.Worst-caseLatency");
  const std::string area = "AreaEstimates.Resources.";
  m.lut = number(tree, area + "LUT").value_or(0);
  m.ff = number(tree, area + "FF").value_or(0);
  m.dsp = number(tree, area + "DSP").value_or(number(tree, area + "DSP48E").value_or(0));
  m.bram18 = number(tree, area + "BRAM_18K").value_or(0);
  m.uram = number(tree, area + "URAM").value_or(0);
  return m;
}

std::string line(const char* name, const char* what, double predicted, double reported) {
  char text[160];
  char ratio[32] = "";
  if (reported != 0) std::snprintf(ratio, sizeof ratio, "%+.1f %%", 100 * (predicted - reported) / reported);
  std::snprintf(text, sizeof text, "%-24s %-16s %12.0f %12.0f %10s\n", name, what, predicted, reported,
                ratio);
  return text;
}

}  // namespace

std::vector<ReportedModule> read_csynth(const std::string& xml, const std::string& file) {
  Tree tree;
  std::istringstream in(xml);
  try {
    boost::property_tree::read_xml(in, tree);
  } catch (const boost::property_tree::xml_parser_error& error) {
    throw InputError(file + ":" + std::to_string(error.line()) + ": " + error.message());
  }
  const auto profile = tree.get_child_optional("profile");
  if (!profile) throw InputError(file + ": no synthesis report of Vitis HLS (no <profile>)");
  std::vector<ReportedModule> modules;
  modules.push_back(module_of(*profile, profile->get<std::string>("UserAssignments.TopModelName", "")));
  if (const auto list = profile->get_child_optional("ModuleInformation")) {
    for (const auto& [tag, module] : *list) {
      if (tag == "Module") modules.push_back(module_of(module, module.get<std::string>("Name", "")));
    }
  }
  return modules;
}

std::string compare(const Prediction& prediction, const std::vector<ReportedModule>& report) {
  char head[160];
  std::snprintf(head, sizeof head, "%-24s %-16s %12s %12s %10s\n", "function", "", "predicted", "reported",
                "error");
  std::string text = head;
  std::string missing;
  for (const FunctionPrediction& f : prediction.functions) {
    const ReportedModule* module = nullptr;
    for (const ReportedModule& m : report) {
      if (m.name == f.name) module = &m;
    }
    if (module == nullptr) {
      missing += (missing.empty() ? "" : ", ") + f.name;
      continue;
    }
    const char* name = f.name.c_str();
    if (module->latency) {
      text += line(name, "latency", static_cast<double>(f.report_latency()),
                   static_cast<double>(*module->latency));
      name = "";
    }
    text += line(name, "lut", f.resources.lut, static_cast<double>(module->lut));
    text += line("", "ff", f.resources.ff, static_cast<double>(module->ff));
    text += line("", "dsp", f.resources.dsp, static_cast<double>(module->dsp));
    text += line("", "bram18", f.resources.bram18, static_cast<double>(module->bram18));
    text += line("", "uram", f.resources.uram, static_cast<double>(module->uram));
  }
  if (!missing.empty()) text += "not in the report: " + missing + "\n";
  return text;
}

}  // namespace statelane::hls
