// SPDX-License-Identifier: Apache-2.0
#include "explore/space/space.h"

#include <algorithm>
#include <set>

#include "explore/space/axis_values.h"
#include "explore/space/identifier.h"
#include "models/design/design_fields.h"
#include "models/evaluate/experiment_fields.h"

namespace statelane {
namespace {

constexpr std::size_t most_bases = 4096;

bool is_scalar(FieldKind kind) {
  switch (kind) {
    case FieldKind::boolean:
    case FieldKind::integer:
    case FieldKind::number:
    case FieldKind::quantity:
    case FieldKind::enumeration:
      return true;
    default:
      return false;
  }
}

std::string setting(const std::string& pointer, const JsonValue& value) {
  return pointer + "=" + to_text(value, -1);
}

/// Whether setting one of two pointers changes what the other names.
bool overlap(const std::string& a, const std::string& b) {
  const std::string& shorter = a.size() < b.size() ? a : b;
  const std::string& longer = a.size() < b.size() ? b : a;
  return longer.starts_with(shorter) && (longer.size() == shorter.size() || longer[shorter.size()] == '/');
}

std::optional<Experiment> load_base(const Catalog& catalog, const UnitRegistry& registry,
                                    ExperimentSource source, Diagnostics& diagnostics) {
  source.unchecked = true;  // each point is checked; the base need not be one of them
  return load_experiment(catalog, registry, source, diagnostics);
}

}  // namespace

std::vector<std::pair<std::string, double>> network_numbers(const Mamba2Shape& n) {
  const auto d = [](std::int64_t v) { return static_cast<double>(v); };
  return {{"network.d_model", d(n.d_model)},
          {"network.n_layer", d(n.n_layer)},
          {"network.d_inner", d(n.d_inner())},
          {"network.heads", d(n.nheads())},
          {"network.headdim", d(n.headdim)},
          {"network.d_state", d(n.d_state)},
          {"network.groups", d(n.ngroups)},
          {"network.vocab", d(n.padded_vocab())},
          {"network.conv_channels", d(n.conv_channels())}};
}

namespace {

template <class Part>
Slot part_slot(Part& part, std::string_view rest) {
  return rest.empty() ? Slot{} : find_field(Describe<Part>::table(), &part, rest);
}

/// The parts of a design whose values lie in memory as in its file. What the file says in a form of its own
/// (units, base designs) is not among them.
struct DesignPart {
  std::string_view key;
  Slot (*find)(Design& design, std::string_view rest);  ///< `rest`: the pointer below the part
};
constexpr DesignPart design_parts[] = {
    {"clock",
     [](Design& d, std::string_view rest) {
       if (!rest.empty()) return Slot{};
       return Slot{&detail::codec_of<Hertz>(), &d.clock, Describe<DesignDocument>::table().find("clock")};
     }},
    {"precision", [](Design& d, std::string_view rest) { return part_slot(d.precision, rest); }},
    {"schedule", [](Design& d, std::string_view rest) { return part_slot(d.schedule, rest); }},
    {"memory", [](Design& d, std::string_view rest) { return part_slot(d.memory, rest); }},
};

}  // namespace

Slot typed_slot(Experiment& e, std::string_view pointer) {
  const auto tokens = pointer_tokens(pointer);
  if (!tokens || tokens->size() < 2) return {};
  Slot slot;
  const std::string_view below = pointer.substr(pointer.find('/', 1));
  if (tokens->front() == "phase") {
    slot = find_field(Describe<Phase>::table(), &e.phase, below);
  } else if (tokens->front() == "design" && (*tokens)[1] == "units") {
    if (tokens->size() < 4) return {};
    for (Unit& unit : e.design.units) {
      if (unit.name() != (*tokens)[2]) continue;
      std::string rest;
      for (std::size_t i = 3; i < tokens->size(); ++i) rest += "/" + pointer_escape((*tokens)[i]);
      slot = find_field(unit.model().table(), unit.model().parameters(), rest);
    }
  } else if (tokens->front() == "design") {
    const std::string_view rest = tokens->size() > 2 ? below.substr(below.find('/', 1)) : std::string_view();
    for (const DesignPart& part : design_parts) {
      if (part.key == (*tokens)[1]) slot = part.find(e.design, rest);
    }
  }
  if (slot.codec == nullptr || !is_scalar(slot.codec->kind())) return {};
  return slot;
}

bool DesignSpace::resolve_axes(const SweepFile& file, const Experiment& base, Diagnostics& d) {
  const std::size_t before = d.error_count();
  Experiment scratch = base;
  const JsonValue* list = file.json.find("axes");
  std::vector<std::pair<std::string, std::string>> owners;  // pointer, axis
  for (std::size_t i = 0; i < file.sweep.axes.size(); ++i) {
    const SweepAxis& from = file.sweep.axes[i];
    const JsonValue& json = list->items()[i];
    Axis axis;
    axis.name = from.name;
    axis.when = from.when;
    axis.when_at = json.where("when");
    axis.values = axis_values(from, base.network, json, d);
    if (!is_identifier(axis.name))
      d.error(json.where("name"), "an axis needs a name", '"' + axis.name + '"', "letters, digits and _");
    std::set<std::string> pointers;
    for (const AxisValue& v : axis.values) {
      for (const auto& [pointer, value] : v.set) pointers.insert(pointer);
    }
    for (const std::string& pointer : pointers) {
      for (const auto& [other, owner] : owners) {
        // An earlier axis may replace the part as a whole, a design by its name, and this one changes it
        // then.
        if (typed_slot(scratch, other).codec == nullptr && pointer.starts_with(other + "/")) continue;
        if (overlap(pointer, other))
          d.error(json.where(), "two axes vary the same thing", '"' + pointer + '"',
                  "not also axis " + owner);
      }
      axis.structural = axis.structural || typed_slot(scratch, pointer).codec == nullptr;
    }
    for (const std::string& pointer : pointers) owners.emplace_back(pointer, axis.name);
    for (AxisValue& v : axis.values) {
      if (axis.structural) break;
      for (const auto& [pointer, value] : v.set) {
        const Slot slot = typed_slot(scratch, pointer);
        Diagnostics found;
        if (!slot.codec->read(value, slot.object, slot.field->rules, found)) {
          for (const Diagnostic& one : found) {
            Diagnostic placed = one;
            if (placed.where.line == 0) placed.where = json.where();
            placed.message += " for " + pointer;
            d.add(placed);
          }
        } else if (from.choices.empty()) {
          v.number = slot.codec->number(slot.object).value_or(v.number);
        }
      }
    }
    axis.numeric =
        !axis.values.empty() && std::all_of(axis.values.begin(), axis.values.end(),
                                            [](const AxisValue& v) { return v.number == v.number; });
    if (axis.structural && !axis.when.empty())
      d.error(axis.when_at, "only axes that change numbers inside the design can be conditional");
    if (axis.values.empty() && d.error_count() == before) d.error(json.where(), "the axis has no values");
    axes_.push_back(std::move(axis));
  }
  return d.error_count() == before;
}

bool DesignSpace::load_bases(const Catalog& catalog, const UnitRegistry& registry, const SweepFile& file,
                             Diagnostics& d) {
  const std::size_t before = d.error_count();
  std::size_t count = 1;
  base_strides_.assign(axes_.size(), 0);
  for (std::size_t i = axes_.size(); i-- > 0;) {
    if (!axes_[i].structural) continue;
    base_strides_[i] = static_cast<std::uint32_t>(count);
    count *= axes_[i].values.size();
    if (count > most_bases) {
      d.error(file.json.where("axes"), "too many combinations of axes that change the design's structure",
              std::to_string(count), "at most " + std::to_string(most_bases));
      return false;
    }
  }
  for (std::size_t b = 0; b < count; ++b) {
    ExperimentSource source{experiment_, shared_settings_};
    for (std::size_t i = 0; i < axes_.size(); ++i) {
      if (!axes_[i].structural) continue;
      const AxisValue& v = axes_[i].values[b / base_strides_[i] % axes_[i].values.size()];
      for (const auto& [pointer, value] : v.set) source.settings.push_back(setting(pointer, value));
    }
    Diagnostics found;
    std::optional<Experiment> e = load_base(catalog, registry, source, found);
    for (Diagnostic one : found) {
      if (one.where.file == "--set") {  // what a setting says stands in the sweep
        if (!one.where.pointer.empty()) one.message = one.where.pointer + ": " + one.message;
        one.where = file.json.where("axes");
      }
      d.add(std::move(one));
    }
    if (!e || d.error_count() != before) return false;
    for (const Axis& axis : axes_) {
      if (axis.structural) continue;
      for (const auto& [pointer, value] : axis.values.front().set) {
        if (typed_slot(*e, pointer).codec != nullptr) continue;
        d.error(file.json.where("axes"),
                "axis " + axis.name + " varies what a design of the sweep does not have",
                '"' + pointer + '"');
        return false;
      }
    }
    bases_.push_back(std::move(*e));
  }
  return true;
}

void DesignSpace::name_parameters() {
  for (const Axis& axis : axes_) {
    parameters_.push_back(axis.name);
    for (const AxisValue& v : axis.values) {
      if (is_identifier(v.label)) parameters_.push_back(axis.name + "." + v.label);
    }
    for (const auto& [name, number] : axis.values.front().numbers)
      parameters_.push_back(axis.name + "." + name);
  }
  for (const auto& [name, value] : network_numbers(bases_.front().network)) parameters_.push_back(name);
}

std::optional<DesignSpace> DesignSpace::load(const Catalog& catalog, const UnitRegistry& registry,
                                             const SweepFile& file, Diagnostics& d) {
  DesignSpace space;
  space.experiment_ = file.sweep.experiment;
  for (const auto& [pointer, value] : file.sweep.settings)
    space.shared_settings_.push_back(setting(pointer, value));
  const std::size_t before = d.error_count();
  if (!catalog.find("experiments", space.experiment_, file.json.where("experiment"), d)) return std::nullopt;
  const std::optional<Experiment> base =
      load_base(catalog, registry, {space.experiment_, space.shared_settings_}, d);
  if (!base || d.error_count() != before) return std::nullopt;
  if (!space.resolve_axes(file, *base, d)) return std::nullopt;
  space.strides_.assign(space.axes_.size(), 1);
  for (std::size_t i = space.axes_.size(); i-- > 0;) {
    space.strides_[i] = space.size_;
    const std::uint64_t n = space.axes_[i].values.size();
    if (space.size_ > (std::uint64_t{1} << 62) / n) {
      d.error(file.json.where("axes"), "the space has more than 2^62 points");
      return std::nullopt;
    }
    space.size_ *= n;
  }
  if (!space.load_bases(catalog, registry, file, d)) return std::nullopt;
  space.name_parameters();
  return space;
}

void DesignSpace::digits(std::uint64_t index, Digits& out) const {
  out.resize(axes_.size());
  for (std::size_t i = axes_.size(); i-- > 0;) {
    const std::uint64_t n = axes_[i].values.size();
    out[i] = static_cast<std::uint32_t>(index % n);
    index /= n;
  }
}

Digits DesignSpace::digits(std::uint64_t index) const {
  Digits out;
  digits(index, out);
  return out;
}

std::uint64_t DesignSpace::index(const Digits& digits) const {
  std::uint64_t index = 0;
  for (std::size_t i = 0; i < axes_.size(); ++i) index += digits[i] * strides_[i];
  return index;
}

std::size_t DesignSpace::base_of(const Digits& digits) const {
  std::size_t base = 0;
  for (std::size_t i = 0; i < axes_.size(); ++i) base += digits[i] * base_strides_[i];
  return base;
}

std::vector<std::string> DesignSpace::settings(const Digits& digits, const std::vector<bool>& active) const {
  std::vector<std::string> out = shared_settings_;
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    if (!active[i]) continue;
    for (const auto& [pointer, value] : axes_[i].values[digits[i]].set)
      out.push_back(setting(pointer, value));
  }
  return out;
}

}  // namespace statelane
