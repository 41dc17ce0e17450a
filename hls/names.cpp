// SPDX-License-Identifier: Apache-2.0
#include "hls/names.h"

#include <algorithm>

namespace statelane::hls {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr std::string_view kReserved[] = {
    "alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break", "case", "catch",
    "char", "class", "compl", "const", "constexpr", "continue", "decltype", "default", "delete", "do",
    "double", "else", "enum", "explicit", "export", "extern", "false", "float", "for", "friend", "goto", "if",
    "inline", "int", "long", "mutable", "namespace", "new", "noexcept", "not", "not_eq", "nullptr",
    "operator", "or", "or_eq", "private", "protected", "public", "register", "return", "short", "signed",
    "sizeof", "static", "struct", "switch", "template", "this", "throw", "true", "try", "typedef", "typeid",
    "typename", "union", "unsigned", "using", "virtual", "void", "volatile", "while", "xor", "xor_eq", "main",
    "accelerator", "layers", "layer", "block", "step", "std", "hls", "narrow", "saturate", "advance",
    "silu_table", "load_parameters", "run_layers", "dataflow_tasks", "csim", "load", "kept",
    // functions and types of the generated headers
    "bit_length", "shift_down", "shift_round", "table_lookup", "rsqrt_result", "rsqrt_lookup",
    "pieces_exponential", "pieces_softplus", "scale_by", "signed_field", "unsigned_field", "to_field",
    "quantise_blocks", "quantise_columns", "shift_up", "product_dsp", "product_lut", "packed_products",
    "product_pair", "ssm_walk", "as_float", "as_bits", "float_to_fixed", "fixed_to_float", "silu_of",
    "float_bits", "conv_in_unpack", "conv_out_unpack",
    // parameters and memories
    "dt_bias", "norm_weight", "gated_norm_weight", "in_fraction", "out_fraction", "head_fraction", "z_scale",
    "conv_scale", "dt_scale", "u_scale", "v_scale", "out_scale", "head_scale", "conv_weights", "state_in",
    "state_out", "conv_state_in", "conv_state_out",
    // functions of the headers the sources include
    "magnitude", "exponential", "sqrt", "exp", "abs", "signbit", "y0", "y1", "j0", "j1", "jn", "yn", "gamma",
    "div", "index", "signal", "a", "d", "in", "row", "at", "scalars"};

/// Ends of names the generated headers make from those of channels and memories.
constexpr std::string_view kEnds[] = {"_word", "_t", "_code", "_shift", "_value", "_pack", "_memory"};

}  // namespace

Names::Names() {
  for (const std::string_view word : kReserved) taken_.emplace(word);
}

std::string Names::take(std::string_view wanted, std::string_view suffix) {
  std::string name;
  for (const char c : wanted) name += is_letter(c) || is_digit(c) ? c : '_';
  // Names that begin with an underscore, or hold two in a row, belong to the implementation.
  while (name.find("__") != std::string::npos) name.erase(name.find("__"), 1);
  if (name.size() > 60) name.resize(60);
  if (name.empty() || !is_letter(name.front())) name = std::string(suffix) + "_" + name;
  while (name.find("__") != std::string::npos) name.erase(name.find("__"), 1);
  if (taken_.contains(name)) name += (name.back() == '_' ? "" : "_") + std::string(suffix);
  std::string unique = name;
  for (int i = 2; taken_.contains(unique); ++i) unique = name + std::to_string(i);
  taken_.insert(unique);
  return unique;
}

std::string Names::take_function(std::string_view wanted) {
  const bool constant =
      std::none_of(wanted.begin(), wanted.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  const bool made = std::any_of(std::begin(kEnds), std::end(kEnds),
                                [&](std::string_view end) { return wanted.ends_with(end); }) ||
                    wanted.find("_memory_") != std::string_view::npos;
  return take(constant || made ? std::string(wanted) + "_unit" : std::string(wanted));
}

std::string comment_text(std::string_view text) {
  std::string out;
  for (const char c : text) out += c >= ' ' && c <= '~' && c != '\\' ? c : ' ';
  for (std::size_t at = out.find("*/"); at != std::string::npos; at = out.find("*/")) out[at] = ' ';
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string upper(std::string_view identifier) {
  std::string out(identifier);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return out;
}

}  // namespace statelane::hls
