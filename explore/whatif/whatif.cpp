// SPDX-License-Identifier: Apache-2.0
#include "explore/whatif/whatif.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>

#include "models/evaluate/evaluation.h"
#include "models/evaluate/evaluation_json.h"
#include "models/evaluate/lowering.h"
#include "sim/isolated.h"
#include "sim/simulator.h"

namespace statelane {
namespace {

using Settings = std::vector<std::string>;

std::string setting(const std::string& pointer, const JsonValue& value) {
  return pointer + "=" + to_text(value, -1);
}

/// A number or quantity times a factor; integers stay whole.
std::optional<JsonValue> scaled(const JsonValue& value, double factor) {
  if (value.is_integer())
    return JsonValue(
        static_cast<std::int64_t>(std::llround(static_cast<double>(value.as_integer()) * factor)));
  if (value.is_number()) return JsonValue(value.as_number() * factor);
  if (!value.is_string()) return std::nullopt;
  const std::string& text = value.as_string();
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  return JsonValue(to_text(JsonValue(number * factor), -1) + end);
}

/// One thing to simulate: a name and what to set.
struct Case {
  std::string name;
  Settings settings;
  std::string problem;
};

void add_change(const WhatIfChange& c, const JsonValue& resolved, std::vector<Case>& out) {
  Case one{c.name, {}, {}};
  for (const auto& [pointer, value] : c.set) one.settings.push_back(setting(pointer, value));
  for (const auto& [pointer, factor] : c.scale) {
    const JsonValue* value = find_pointer(resolved, pointer);
    const auto now = value != nullptr ? scaled(*value, factor) : std::nullopt;
    if (now) {
      one.settings.push_back(setting(pointer, *now));
    } else {
      one.problem = "nothing to multiply at " + pointer;
    }
  }
  if (c.vary.empty()) out.push_back(one);
  for (const auto& [pointer, values] : c.vary) {
    for (const JsonValue& v : values) {
      Case each = one;
      each.name += " " + (v.is_string() ? v.as_string() : to_text(v, -1));
      each.settings.push_back(setting(pointer, v));
      out.push_back(each);
    }
  }
}

std::vector<Case> cases_of(const WhatIfDocument& document, const JsonValue& resolved) {
  std::vector<Case> out;
  for (const WhatIfChange& c : document.changes) add_change(c, resolved, out);
  const std::vector<Case> single = out;
  for (const std::vector<std::string>& names : document.combinations) {
    Case together;
    for (const std::string& name : names) {
      const auto found =
          std::find_if(single.begin(), single.end(), [&](const Case& c) { return c.name == name; });
      if (found == single.end()) {
        std::vector<std::string> known;
        for (const Case& c : single) known.push_back(c.name);
        const std::string hint = nearest_hint(name, known);
        throw InputError("no change is called '" + name + "'" + (hint.empty() ? "" : " (" + hint + ")"));
      }
      together.name += (together.name.empty() ? "" : " + ") + name;
      together.settings.insert(together.settings.end(), found->settings.begin(), found->settings.end());
      if (!found->problem.empty()) together.problem = found->problem;
    }
    out.push_back(std::move(together));
  }
  return out;
}

std::string simulated(const Experiment& e, const FabricConstants& constants, const std::string& version) {
  return to_text(evaluation_json(e, evaluate(e, constants, {.simulator = simulate}), version), -1);
}

}  // namespace

WhatIfResult what_if(const Catalog& catalog, const UnitRegistry& registry, const ExperimentSource& source,
                     const WhatIfDocument& document, const FabricConstants& constants,
                     const std::string& version, std::size_t jobs) {
  Diagnostics diagnostics;
  const std::optional<Experiment> base = load_experiment(catalog, registry, source, diagnostics);
  throw_if_errors(diagnostics);
  std::vector<Case> cases = {{"as it is", {}, {}}};
  for (Case& c : cases_of(document, base->resolved)) cases.push_back(std::move(c));
  std::vector<std::optional<Experiment>> experiments;
  for (Case& c : cases) {
    ExperimentSource changed = source;
    changed.settings.insert(changed.settings.end(), c.settings.begin(), c.settings.end());
    Diagnostics found;
    experiments.push_back(c.problem.empty() ? load_experiment(catalog, registry, changed, found)
                                            : std::nullopt);
    if (!experiments.back() && c.problem.empty() && !found.empty()) c.problem = found[0].text();
  }
  Graph graph;
  if (std::string why = lower(base->design, base->network, base->phase, graph); !why.empty())
    throw Infeasible(why);
  const std::vector<Speedup> speedups =
      document.tornado ? speedups_of(*base, graph, document.tornado_factor) : std::vector<Speedup>{};

  std::vector<std::function<std::string()>> work;
  for (const auto& e : experiments) {
    work.emplace_back(
        [&e, &constants, &version] { return e ? simulated(*e, constants, version) : std::string("{}"); });
  }
  for (const Speedup& s : speedups) work.emplace_back([&base, &s] { return rate_with(*base, s); });
  const std::vector<IsolatedResult> results = run_isolated(work, jobs);

  WhatIfResult out;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    WhatIfRow row{cases[i].name, cases[i].problem, {}, cases[i].settings};
    Diagnostics ignored;
    if (results[i].value)
      row.result = parse_json(*results[i].value, "result", ignored).value_or(JsonValue::object());
    if (row.problem.empty()) row.problem = results[i].error;
    (i == 0 ? out.base : out.changes.emplace_back()) = std::move(row);
  }
  const JsonValue* rate = out.base.result.find("throughput_tokens_per_s");
  if (rate == nullptr) throw Infeasible("the experiment cannot be simulated: " + out.base.problem);
  for (std::size_t k = 0; k < speedups.size(); ++k) {
    const IsolatedResult& r = results[cases.size() + k];
    if (!r.value) continue;
    const double now = std::stod(*r.value);
    out.tornado.push_back({speedups[k].name, now, now / rate->as_number() - 1});
  }
  std::stable_sort(out.tornado.begin(), out.tornado.end(),
                   [](const TornadoRow& a, const TornadoRow& b) { return a.gain > b.gain; });
  return out;
}

}  // namespace statelane
