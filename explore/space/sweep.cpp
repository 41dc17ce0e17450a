// SPDX-License-Identifier: Apache-2.0
#include "explore/space/sweep.h"

#include <algorithm>
#include <set>

#include "explore/space/identifier.h"

namespace statelane {
namespace {

void check_axis(const SweepAxis& a, const JsonValue& json, Diagnostics& d) {
  const int sources = (a.values.empty() ? 0 : 1) + (a.range ? 1 : 0) + (a.powers_of_two ? 1 : 0) +
                      (a.divisors_of.empty() ? 0 : 1) + (a.choices.empty() ? 0 : 1);
  if (sources != 1) {
    d.error(json.where(), "an axis takes its values from exactly one place", std::to_string(sources),
            "one of values, range, powers_of_two, divisors_of, choices");
  }
  if (!a.choices.empty() && (!a.pointer.empty() || !a.pointers.empty())) {
    d.error(json.where("pointer"), "choices say themselves what they set", {}, "no pointer");
  }
  if (a.choices.empty() && a.pointer.empty() && a.pointers.empty())
    d.error(json.where("pointer"), "the axis does not say what it varies", {}, "a JSON pointer");
  if (!a.name.empty() && !is_identifier(a.name)) {
    d.error(json.where("name"), "not a name that expressions can use", '"' + a.name + '"',
            "letters, digits and _");
  }
}

void check_names(const SweepDocument& s, const JsonValue& json, Diagnostics& d) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < s.axes.size(); ++i) {
    if (names.insert(s.axes[i].name).second) continue;
    const JsonValue* axis = find_pointer(json, "/axes/" + std::to_string(i));
    d.error(axis != nullptr ? axis->where("name") : json.where(), "two axes have this name",
            '"' + s.axes[i].name + '"');
  }
}

}  // namespace

const Table<AxisRange>& Describe<AxisRange>::table() {
  using R = AxisRange;
  static const Table<R> t = Table<R>("axis_range", "First and last value; quantities with one unit.")
                                .field("from", &R::from, "First value")
                                .required()
                                .field("to", &R::to, "Largest value")
                                .required()
                                .field("step", &R::step, "Distance of two values (range only); by default 1");
  return t;
}

const Table<AxisChoice>& Describe<AxisChoice>::table() {
  using C = AxisChoice;
  static const Table<C> t =
      Table<C>("axis_choice", "One value of an axis that changes several things together.")
          .field("name", &C::name, "What tables call it; letters, digits and _")
          .required()
          .field("set", &C::set, "Values by JSON pointer")
          .field("numbers", &C::numbers, "Figures that come with the choice, such as a measured loss")
          .field("source", &C::source, "Where the numbers come from");
  return t;
}

const Table<SweepAxis>& Describe<SweepAxis>::table() {
  using A = SweepAxis;
  static const Table<A> t =
      Table<A>("axis", "One dimension of the space.")
          .field("name", &A::name, "Name in expressions and tables; letters, digits and _")
          .required()
          .field("pointer", &A::pointer, "What is varied: a JSON pointer into the experiment")
          .field("pointers", &A::pointers, "Further places that take the same value")
          .field("values", &A::values, "The values")
          .field("range", &A::range, "Evenly spaced values")
          .field("powers_of_two", &A::powers_of_two, "Powers of two from .. to")
          .field("divisors_of", &A::divisors_of,
                 "All divisors of this expression, e.g. network.headdim; see from and to")
          .field("from", &A::from, "Smallest divisor")
          .field("to", &A::to, "Largest divisor")
          .field("choices", &A::choices, "Values that change several things together")
          .field("when", &A::when, "Expression over the other axes; the axis is varied where it is not 0")
          .check(check_axis);
  return t;
}

const Table<Objective>& Describe<Objective>::table() {
  using O = Objective;
  static const Table<O> t = Table<O>("objective", "A figure to make small or large.")
                                .field("figure", &O::figure, "A figure of the result, or a choice's number")
                                .required()
                                .field("direction", &O::direction, "min or max")
                                .required();
  return t;
}

const Table<SweepBudget>& Describe<SweepBudget>::table() {
  using B = SweepBudget;
  static const Table<B> t =
      Table<B>("budget", "What a search may spend.")
          .field("simulations", &B::simulations, "Most simulations; 0: no limit")
          .range(0, std::int64_t{1} << 40)
          .field("points", &B::points, "Strategy random: designs drawn; 0: as many as simulations")
          .range(0, std::int64_t{1} << 40)
          .field("population", &B::population, "Strategy nsga2: designs a generation")
          .range(4, 100000)
          .field("generations", &B::generations, "Strategy nsga2: generations")
          .range(1, 1000000)
          .field("simulation_time", &B::simulation_time, "Processor time of one simulation before it fails")
          .field("simulation_memory", &B::simulation_memory, "Memory of one simulation before it fails");
  return t;
}

const Table<ReferencePoint>& Describe<ReferencePoint>::table() {
  using M = ReferencePoint;
  static const Table<M> t = Table<M>("mark", "A design shown among the explored ones.")
                                .field("name", &M::name, "What tables and plots call it")
                                .required()
                                .field("experiment", &M::experiment, "Experiment: a name or a path")
                                .required();
  return t;
}

const Table<SweepDocument>& Describe<SweepDocument>::table() {
  using S = SweepDocument;
  static const Table<S> t =
      Table<S>("sweep", "A space of designs, what they must obey, and what is wanted of them.")
          .field("note", &S::note, "Free text")
          .field("experiment", &S::experiment, "The experiment that is varied: a name or a path")
          .required()
          .field("settings", &S::settings, "Changes of it that all designs share, by JSON pointer")
          .field("axes", &S::axes, "What is varied; the last axis varies fastest")
          .required()
          .field("constraints", &S::constraints, "Expressions over axes and figures that must not be 0")
          .field("objectives", &S::objectives, "What the Pareto front is of")
          .required()
          .field("allow_oversize", &S::allow_oversize, "Keep designs that do not fit their board")
          .field("budget", &S::budget, "What a search may spend")
          .field("seed", &S::seed, "Of strategies that draw")
          .range(0, (std::int64_t{1} << 53))
          .field("marks", &S::references, "Designs to show among the explored ones")
          .check(check_names);
  return t;
}

std::optional<SweepFile> load_sweep(const Catalog& catalog, const std::string& reference,
                                    Diagnostics& diagnostics) {
  std::optional<JsonValue> json = catalog.read("sweeps", reference, {}, diagnostics);
  if (!json) return std::nullopt;
  SweepFile file;
  if (!read(*json, file.sweep, diagnostics)) return std::nullopt;
  const bool path = reference.find('/') != std::string::npos || reference.ends_with(".json");
  file.name = path ? name_from_path(reference) : reference;
  file.json = std::move(*json);
  return file;
}

}  // namespace statelane
