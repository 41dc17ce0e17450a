// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/scheme.h"

#include <algorithm>

namespace statelane {
namespace {

std::vector<std::string> tap_names() {
  std::vector<std::string> names;
  for (int i = 0; i < static_cast<int>(Tap::kCount); ++i) names.emplace_back(name_of(static_cast<Tap>(i)));
  return names;
}

/// Taps inside the recurrence, which see one token at a time: only there do groups across rows stay causal.
bool inside_recurrence(const std::string& name) {
  constexpr Tap inside[] = {Tap::kDtB, Tap::kDtBx, Tap::kDecayedState, Tap::kState, Tap::kStateForC};
  return std::any_of(std::begin(inside), std::end(inside), [&](Tap tap) { return name_of(tap) == name; });
}

void check_tensors(const Scheme& scheme, const JsonValue& json, Diagnostics& diagnostics) {
  const JsonValue* tensors = json.find("tensors");
  const std::vector<std::string> names = tap_names();
  for (const auto& [name, spec] : scheme.tensors) {
    const SourcePosition where = tensors != nullptr ? tensors->where(name) : json.where();
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      diagnostics.error(where, "no tensor of that name", name, {}, nearest_hint(name, names));
    } else if (spec.axis == GroupAxis::kRows && !inside_recurrence(name)) {
      diagnostics.error(where, "groups across rows would mix tokens here", "rows", "columns");
    }
  }
}

/// Scales 2^a + 2^b are chosen offline, so only weights have them.
void check_two_term(const Scheme& scheme, const JsonValue& json, Diagnostics& diagnostics) {
  const auto refuse = [&](const QuantizerSpec& spec, const SourcePosition& where) {
    if (spec.format != ValueFormat::kInt || spec.scale != ScaleKind::kTwoTermPower) return;
    diagnostics.error(where, "only weights have scales of two terms", "two_term_power", "real, power_of_two");
  };
  refuse(scheme.activations, json.where("activations"));
  refuse(scheme.head_activations, json.where("head_activations"));
  refuse(scheme.conv_weights, json.where("conv_weights"));
  refuse(scheme.ssm_parameters, json.where("ssm_parameters"));
  const JsonValue* tensors = json.find("tensors");
  for (const auto& [name, spec] : scheme.tensors) {
    refuse(spec, tensors != nullptr ? tensors->where(name) : json.where());
  }
}

void check_integer(const Scheme& scheme, const JsonValue& json, Diagnostics& diagnostics) {
  const JsonValue* widths = json.find("widths");
  const std::vector<std::string> names = tap_names();
  for (const auto& [name, width] : scheme.widths) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      diagnostics.error(widths != nullptr ? widths->where(name) : json.where(), "no tensor of that name",
                        name, {}, nearest_hint(name, names));
    }
  }
  if (scheme.integer == IntegerArithmetic::kNone) return;
  for (const auto& [key, spec] :
       {std::pair("weights", &scheme.weights), std::pair("activations", &scheme.activations)}) {
    if (spec->format != ValueFormat::kInt) {
      diagnostics.error(json.where(key), "integer arithmetic needs integer codes here", describe(*spec),
                        "int");
    }
  }
}

}  // namespace

const Table<QuantizerSpec>& Describe<QuantizerSpec>::table() {
  static const Table<QuantizerSpec> t =
      Table<QuantizerSpec>("quantizer", "How the values of a tensor are stored.")
          .field("format", &QuantizerSpec::format, "Number format")
          .sweepable()
          .field("bits", &QuantizerSpec::bits, "Bits of an integer code, sign included")
          .range(2, 23)
          .sweepable()
          .generator()
          .field("granularity", &QuantizerSpec::granularity, "Which elements share a scale")
          .sweepable()
          .field("group", &QuantizerSpec::group, "Elements of a group, for granularity \"group\"")
          .range(1, 65536)
          .sweepable()
          .generator()
          .field("scale", &QuantizerSpec::scale, "Values a scale may take")
          .sweepable()
          .field("axis", &QuantizerSpec::axis, "Direction of a group");
  return t;
}

const Table<NonlinearSpec>& Describe<NonlinearSpec>::table() {
  static const Table<NonlinearSpec> t =
      Table<NonlinearSpec>("nonlinear", "How a nonlinear function is computed.")
          .field("form", &NonlinearSpec::form, "Exact, table or straight pieces")
          .sweepable()
          .field("segments", &NonlinearSpec::segments, "Straight pieces of 2^v over (-1, 0]")
          .range(1, 256)
          .sweepable()
          .generator()
          .field("log2_e", &NonlinearSpec::log2_e, "Multiplier in place of log2(e)")
          .range(1.0, 2.0)
          .sweepable()
          .generator()
          .source("FastMamba section IV-C: (1.0111)_2 = 1.4375")
          .field("centred", &NonlinearSpec::centred, "Pieces with their error centred instead of chords")
          .field("entries", &NonlinearSpec::entries, "Entries of the table")
          .range(2, 1 << 20)
          .sweepable()
          .generator()
          .field("low", &NonlinearSpec::low, "Start of the table's range")
          .field("high", &NonlinearSpec::high, "End of the table's range")
          .check([](const NonlinearSpec& s, const JsonValue& json, Diagnostics& d) {
            if (!(s.low < s.high)) d.error(json.where("high"), "the table's range is empty");
          });
  return t;
}

const Table<Scheme>& Describe<Scheme>::table() {
  static const Table<Scheme> t =
      Table<Scheme>("scheme", "A quantisation scheme; what is left out stays in float.")
          .field("name", &Scheme::name, "Name in tables")
          .required()
          .field("description", &Scheme::description, "One sentence")
          .field("source", &Scheme::source, "Where the scheme comes from")
          .field("rotation", &Scheme::rotation, "Where Hadamard rotations stand")
          .sweepable()
          .field("smoothquant_alpha", &Scheme::smoothquant_alpha, "SmoothQuant's migration strength; 0 = off")
          .range(0.0, 1.0)
          .sweepable()
          .field("weights", &Scheme::weights, "Weights of in_proj and out_proj")
          .field("activations", &Scheme::activations, "Inputs of in_proj and out_proj, after any rotation")
          .field("head_weights", &Scheme::head_weights, "Weights of the language-model head")
          .field("head_activations", &Scheme::head_activations, "Input of the language-model head")
          .field("conv_weights", &Scheme::conv_weights, "Weights of the convolution, a row a channel")
          .field("ssm_parameters", &Scheme::ssm_parameters, "A, D and dt_bias")
          .field("tensors", &Scheme::tensors, "Quantisers of tensors between operators, by name")
          .field("silu", &Scheme::silu, "SiLU of x, B, C and z")
          .field("softplus", &Scheme::softplus, "Softplus of dt")
          .field("exp", &Scheme::exponential, "Exponential of dt * A")
          .field("input_product", &Scheme::input_product, "Which product of dt * B * x comes first")
          .field("integer", &Scheme::integer, "Integer-exact arithmetic the scheme defines")
          .field("widths", &Scheme::widths, "Bits of tensors in integer arithmetic, by name; 32 if not named")
          .range(8, 32)
          .check(check_tensors)
          .check(check_two_term)
          .check(check_integer);
  return t;
}

bool Scheme::needs_calibration() const {
  if (smoothquant_alpha > 0.0 || activations.needs_calibration() || head_activations.needs_calibration())
    return true;
  if (integer != IntegerArithmetic::kNone) return true;
  return std::any_of(tensors.begin(), tensors.end(),
                     [](const auto& t) { return t.second.needs_calibration(); });
}

std::vector<Scheme> parts_of(const Scheme& scheme) {
  Scheme base;
  base.rotation = scheme.rotation;
  base.smoothquant_alpha = scheme.smoothquant_alpha;
  base.input_product = scheme.input_product;
  std::vector<Scheme> parts;
  const auto add = [&](const std::string& part, auto change) {
    Scheme one = base;
    one.name = scheme.name + ": only " + part;
    change(one);
    parts.push_back(std::move(one));
  };
  const auto member = [&](const char* part, auto Scheme::*field) {
    if (!(scheme.*field == base.*field)) add(part, [&](Scheme& one) { one.*field = scheme.*field; });
  };
  member("weights", &Scheme::weights);
  member("activations", &Scheme::activations);
  member("head_weights", &Scheme::head_weights);
  member("head_activations", &Scheme::head_activations);
  member("conv_weights", &Scheme::conv_weights);
  member("ssm_parameters", &Scheme::ssm_parameters);
  for (const auto& [name, spec] : scheme.tensors) {
    add(name, [&, tensor = name, quantizer = spec](Scheme& one) { one.tensors[tensor] = quantizer; });
  }
  member("silu", &Scheme::silu);
  member("softplus", &Scheme::softplus);
  member("exp", &Scheme::exponential);
  return parts;
}

Scheme read_scheme(const std::filesystem::path& path) {
  Diagnostics diagnostics;
  Scheme scheme;
  const auto json = read_json_file(path.string(), diagnostics);
  if (json) (void)read(*json, scheme, diagnostics);
  throw_if_errors(diagnostics);
  return scheme;
}

}  // namespace statelane
