// SPDX-License-Identifier: Apache-2.0
#include "explore/space/point_evaluator.h"

#include <algorithm>
#include <limits>

namespace statelane {
namespace {

std::string trimmed(std::string text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// Whether the text names a figure that is not exact in closed form.
bool names_inexact(const std::string& text) {
  for (const FigureInfo& f : figures()) {
    if (!f.exact && text.find(f.name) != std::string::npos) return true;
  }
  return false;
}

/// "figure >= limit" can be judged by an optimistic figure where more is better, "figure <= limit" where less
/// is: if not even the optimistic value obeys, no simulation will. The limit must not depend on the run.
bool optimism_decides(const std::string& text) {
  if (text.find("&&") != std::string::npos || text.find("||") != std::string::npos ||
      text.find('?') != std::string::npos || text.find('!') != std::string::npos) {
    return false;
  }
  const std::size_t at = text.find_first_of("<>");
  if (at == std::string::npos || text.find_first_of("<>", at + 1) != std::string::npos) return false;
  const bool equal = at + 1 < text.size() && text[at + 1] == '=';
  std::string left = trimmed(text.substr(0, at));
  std::string right = trimmed(text.substr(at + (equal ? 2 : 1)));
  bool at_least = text[at] == '>';
  if (figure_named(left) == nullptr) {
    std::swap(left, right);
    at_least = !at_least;
  }
  const FigureInfo* f = figure_named(left);
  return f != nullptr && !f->exact && !names_inexact(right) && f->more_is_better == at_least;
}

std::vector<Symbol> all_symbols(const DesignCursor& cursor, const Figures& values) {
  std::vector<Symbol> symbols = cursor.symbols();
  for (const FigureInfo& f : figures())
    symbols.push_back({std::string(f.name), &values[static_cast<std::size_t>(f.figure)]});
  return symbols;
}

}  // namespace

PointEvaluator::PointEvaluator(const Problem& problem)
    : problem_(problem), cursor_(problem.space()), closed_form_(problem.constants()) {
  Diagnostics ignored;  // Problem::load() has reported them
  compile(ignored, JsonValue());
}

void PointEvaluator::compile(Diagnostics& d, const JsonValue& json) {
  constraints_.clear();
  aims_.clear();
  const std::vector<Symbol> symbols = all_symbols(cursor_, figures_);
  const std::size_t parameters = cursor_.symbols().size();
  for (std::size_t i = 0; i < problem_.sweep().constraints.size(); ++i) {
    const std::string& text = problem_.sweep().constraints[i];
    const JsonValue* at = find_pointer(json, "/constraints/" + std::to_string(i));
    auto e = Expression::compile(text, symbols, at != nullptr ? at->where() : SourcePosition{}, d);
    if (!e) continue;
    const bool only =
        std::all_of(e->used().begin(), e->used().end(), [&](std::size_t k) { return k < parameters; });
    const bool exact = std::all_of(e->used().begin(), e->used().end(), [&](std::size_t k) {
      return k < parameters || statelane::figures()[k - parameters].exact;
    });
    constraints_.push_back({std::move(*e), only, exact || optimism_decides(text)});
  }
  std::vector<std::string> names;
  for (const Symbol& s : symbols) names.push_back(s.name);
  const std::vector<Objective>& objectives = problem_.sweep().objectives;
  if (objectives.empty() || objectives.size() > max_objectives) {
    d.error(json.where("objectives"), "a sweep has some objectives, but not too many",
            std::to_string(objectives.size()), "1 ... " + std::to_string(max_objectives));
  }
  for (std::size_t i = 0; i < objectives.size(); ++i) {
    const auto found = std::find(names.begin(), names.end(), objectives[i].figure);
    if (found == names.end()) {
      const JsonValue* at = find_pointer(json, "/objectives/" + std::to_string(i) + "/figure");
      d.error(at != nullptr ? at->where() : SourcePosition{}, "no figure has this name",
              '"' + objectives[i].figure + '"', {}, nearest_hint(objectives[i].figure, names));
      continue;
    }
    const FigureInfo* f = figure_named(objectives[i].figure);
    if (f != nullptr && !f->exact && f->more_is_better != (objectives[i].direction == Direction::maximize)) {
      const JsonValue* at = find_pointer(json, "/objectives/" + std::to_string(i) + "/direction");
      d.error(at != nullptr ? at->where() : SourcePosition{}, "nobody wants this figure to get worse",
              std::string(f->name), f->more_is_better ? "max" : "min");
    }
    aims_.push_back({symbols[static_cast<std::size_t>(found - names.begin())].value,
                     objectives[i].direction == Direction::maximize});
  }
}

bool PointEvaluator::obeys(bool parameters_only, bool simulated) {
  for (const Constraint& c : constraints_) {
    if (c.parameters_only != parameters_only || (!simulated && !c.closed_form)) continue;
    if (!c.expression.holds()) {
      ++violation_;
      return false;
    }
  }
  return true;
}

void PointEvaluator::fill_vector() {
  for (std::size_t i = 0; i < aims_.size(); ++i)
    vector_.value[i] = aims_[i].maximize ? -*aims_[i].value : *aims_[i].value;
}

PointEvaluator::Verdict PointEvaluator::evaluate(std::uint64_t index) {
  violation_ = 0;
  why_ = Legality::legal;
  if (!cursor_.go_to(index)) return Verdict::no_point;
  why_ = Legality::constraint;
  if (!obeys(true, false)) return Verdict::refused;
  why_ = closed_form_.evaluate(cursor_.experiment());
  if (why_ != Legality::legal) {
    violation_ = std::numeric_limits<double>::infinity();
    return Verdict::refused;
  }
  figures_ = closed_form_.figures();
  vector_.index = index;
  fill_vector();
  const double largest = get(figures_, Figure::max_of_board);
  if (largest > 1 && !problem_.sweep().allow_oversize) {
    why_ = Legality::oversize;
    violation_ += largest - 1;
    return Verdict::refused;
  }
  why_ = Legality::constraint;
  if (!obeys(false, false)) return Verdict::refused;
  why_ = Legality::legal;
  return Verdict::good;
}

bool PointEvaluator::take(const SimulatedRun& run) {
  figures_ = closed_form_.simulated(cursor_.experiment(), run);
  fill_vector();
  why_ = Legality::constraint;
  if (!obeys(false, true)) return false;
  why_ = Legality::legal;
  return true;
}

}  // namespace statelane
