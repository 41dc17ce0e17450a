// SPDX-License-Identifier: Apache-2.0
#include "explore/space/cursor.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "explore/space/identifier.h"

namespace statelane {
namespace {

constexpr std::uint32_t switched_off = 0xFFFFFFFF;

/// The symbols a `when` of `axis` may use: those of earlier axes and of the network.
std::vector<Symbol> earlier(const std::vector<Symbol>& symbols, std::size_t first_of_axis,
                            std::size_t first_of_network) {
  std::vector<Symbol> out(symbols.begin(), symbols.begin() + static_cast<std::ptrdiff_t>(first_of_axis));
  out.insert(out.end(), symbols.begin() + static_cast<std::ptrdiff_t>(first_of_network), symbols.end());
  return out;
}

}  // namespace

/// A base experiment being changed, and for every typed axis where its values come from and go to.
struct DesignCursor::Base {
  explicit Base(const Experiment& from) : experiment(from) { experiment.resolved = JsonValue(); }

  /// One place an axis sets; sources by digit, and the base's own value at the end.
  struct Place {
    Slot slot;
    std::vector<const void*> sources;
  };
  Experiment experiment;
  std::vector<std::unique_ptr<Experiment>> palette;  ///< hold the values
  std::vector<std::vector<Place>> places;            ///< by axis
  std::vector<std::uint32_t> applied;
  std::vector<double> own;  ///< by axis: the base's own value, for expressions where the axis is switched off
};

DesignCursor::DesignCursor(const DesignSpace& space) : space_(space), active_(space.axes().size(), true) {
  values_.assign(space.parameter_names().size(), std::nan(""));
  std::size_t at = 0;
  for (const std::string& name : space.parameter_names()) symbols_.push_back({name, &values_[at++]});
  at = 0;
  for (const Axis& axis : space.axes()) {
    Symbols& s = symbols_of_.emplace_back();
    s.first = at;
    for (std::uint32_t k = 0; k < axis.values.size(); ++k) {
      if (is_identifier(axis.values[k].label)) s.labels.push_back(k);
    }
    at += 1 + s.labels.size() + axis.values.front().numbers.size();
    if (axis.structural) structural_ = symbols_of_.size();
  }
  first_of_network_ = at;
  Diagnostics ignored;  // check_conditions() reports them
  for (std::size_t i = 0; i < space.axes().size(); ++i) {
    const Axis& axis = space.axes()[i];
    when_.emplace_back();
    if (!axis.when.empty())
      when_.back() = Expression::compile(
          axis.when, earlier(symbols_, symbols_of_[i].first, first_of_network_), {}, ignored);
  }
  bases_.resize(space.bases().size());
}

DesignCursor::~DesignCursor() = default;

void check_conditions(const DesignSpace& space, Diagnostics& diagnostics) {
  const double zero = 0;
  for (std::size_t i = 0; i < space.axes().size(); ++i) {
    const Axis& axis = space.axes()[i];
    if (axis.when.empty()) continue;
    std::vector<Symbol> symbols;
    for (const std::string& name : space.parameter_names()) {
      const std::string owner = name.substr(0, name.find('.'));
      const auto of = std::find_if(space.axes().begin(), space.axes().end(),
                                   [&](const Axis& a) { return a.name == owner; });
      if (of - space.axes().begin() < static_cast<std::ptrdiff_t>(i) || of == space.axes().end())
        symbols.push_back({name, &zero});
    }
    (void)Expression::compile(axis.when, symbols, axis.when_at, diagnostics);
  }
}

const Experiment& DesignCursor::experiment() const {
  return bases_[base_]->experiment;
}

void DesignCursor::set_parameters(std::size_t axis) {
  const Axis& a = space_.axes()[axis];
  const bool on = active_[axis];
  const std::uint32_t digit = digits_[axis];
  const Symbols& s = symbols_of_[axis];
  std::size_t at = s.first;
  values_[at++] = on ? a.values[digit].number : bases_[base_]->own[axis];
  for (const std::uint32_t k : s.labels) values_[at++] = on && k == digit ? 1 : 0;
  for (const auto& [name, number] : a.values[digit].numbers) values_[at++] = on ? number : 0;
}

void DesignCursor::enter_base() {
  if (bases_[base_]) return;
  bases_[base_] = std::make_unique<Base>(space_.bases()[base_]);
  Base& base = *bases_[base_];
  base.applied.assign(space_.axes().size(), switched_off);
  base.own.assign(space_.axes().size(), std::nan(""));
  Experiment* const original = base.palette.emplace_back(std::make_unique<Experiment>(base.experiment)).get();
  for (std::size_t i = 0; i < space_.axes().size(); ++i) {
    const Axis& axis = space_.axes()[i];
    base.places.emplace_back();
    if (axis.structural) continue;
    std::vector<std::string> pointers;
    for (const AxisValue& v : axis.values) {
      for (const auto& [pointer, value] : v.set) {
        if (std::find(pointers.begin(), pointers.end(), pointer) == pointers.end())
          pointers.push_back(pointer);
      }
    }
    for (const std::string& pointer : pointers) {
      const Slot own = typed_slot(*original, pointer);
      base.places.back().push_back({typed_slot(base.experiment, pointer),
                                    std::vector<const void*>(axis.values.size() + 1, own.object)});
      if (axis.numeric) base.own[i] = own.codec->number(own.object).value_or(std::nan(""));
    }
    for (std::size_t k = 0; k < axis.values.size(); ++k) {
      if (axis.values[k].set.empty()) continue;
      Experiment* const holder = base.palette.emplace_back(std::make_unique<Experiment>(*original)).get();
      for (const auto& [pointer, value] : axis.values[k].set) {
        const Slot slot = typed_slot(*holder, pointer);
        Diagnostics found;
        if (!slot.codec->read(value, slot.object, slot.field->rules, found)) throw InputError(found);
        const auto p =
            static_cast<std::size_t>(std::find(pointers.begin(), pointers.end(), pointer) - pointers.begin());
        base.places.back()[p].sources[k] = slot.object;
      }
    }
  }
}

void DesignCursor::apply(Base& base, std::size_t axis, std::uint32_t digit) {
  base.applied[axis] = digit;
  for (const Base::Place& place : base.places[axis]) {
    const std::size_t source = digit == switched_off ? place.sources.size() - 1 : digit;
    place.slot.codec->copy(place.slot.object, place.sources[source]);
  }
}

bool DesignCursor::go_to(std::uint64_t index) {
  if (started_ && index == index_ + 1) {  // the next point of a scan: no divisions
    next_ = digits_;
    for (std::size_t i = next_.size(); i-- > 0;) {
      if (++next_[i] < space_.axes()[i].values.size()) break;
      next_[i] = 0;
    }
  } else {
    space_.digits(index, next_);
  }
  index_ = index;
  return step_to(next_);
}

bool DesignCursor::go_to(const Digits& digits) {
  index_ = space_.index(digits);
  return step_to(digits);
}

bool DesignCursor::step_to(const Digits& next) {
  std::size_t changed = 0;
  if (started_) {
    while (changed < next.size() && next[changed] == digits_[changed]) ++changed;
  }
  digits_ = next;
  const std::size_t base = started_ && changed >= structural_ ? base_ : space_.base_of(digits_);
  if (!started_ || base != base_) {
    base_ = base;
    enter_base();
    changed = 0;
    const auto network = network_numbers(space_.bases()[base].network);
    for (std::size_t i = 0; i < network.size(); ++i) values_[first_of_network_ + i] = network[i].second;
  }
  started_ = true;
  bool point = true;
  Base& b = *bases_[base_];
  for (std::size_t i = changed; i < digits_.size(); ++i) {
    active_[i] = !when_[i] || when_[i]->holds();
    point = point && (active_[i] || digits_[i] == 0);
    const std::uint32_t digit = active_[i] ? digits_[i] : switched_off;
    if (b.applied[i] != digit) apply(b, i, digit);
    set_parameters(i);
  }
  // Axes before the first change were points themselves, or this cannot be one.
  for (std::size_t i = 0; i < changed && point; ++i) point = active_[i] || digits_[i] == 0;
  return point;
}

}  // namespace statelane
