// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "hls/functions.h"
#include "hls/names.h"

namespace statelane::hls {

/// What every section of a function is built from, and the function it joins.
struct FunctionBuilder {
  const Accelerator& a;
  const Wires& wires;
  const MatrixPlan& matrix;
  Function f;

  void in(const std::string& wire) { f.inputs.push_back(wire); }
  void out(const std::string& wire) { f.outputs.push_back(wire); }
  void parameter(const std::string& name, const std::string& type, std::int64_t per_layer,
                 std::int64_t of_head = 0) {
    f.parameters.push_back({name, type, per_layer, a.head() ? of_head : 0});
  }
  void section(const std::string& name, const Values& values) { f.body += render(name, values); }
  /// Binds a table of the function to a kind of memory.
  void bind(const std::string& table, HlsStorage storage) {
    constexpr const char* names[] = {"", "lutram", "bram", "uram"};
    if (storage != HlsStorage::automatic)
      f.locals += "#pragma HLS bind_storage variable=" + table +
                  " type=rom_2p impl=" + names[static_cast<std::size_t>(storage)] + "\n";
  }
  /// A constant array of the function: `static const TYPE NAME[] = {...};`
  template <class T>
  void table(const std::string& type, const std::string& name, const std::vector<T>& values) {
    f.tables += "static const " + type + " " + name + "[" + std::to_string(values.size()) + "] = {";
    for (std::size_t i = 0; i < values.size(); ++i) {
      f.tables += (i == 0 ? "\n    " : i % 16 == 0 ? ",\n    " : ", ") + std::to_string(values[i]);
    }
    f.tables += "};\n";
  }
};

// The sections, by the operators they execute.
void norm_section(FunctionBuilder& b, Operator op);
void hadamard_section(FunctionBuilder& b, Operator op);
void matrix_section(FunctionBuilder& b);
void parts_section(FunctionBuilder& b, OperatorSet ops, const std::vector<TileOfLayer>& tiles);
void scalars_section(FunctionBuilder& b, OperatorSet ops);
void delta_b_section(FunctionBuilder& b);
void ssm_section(FunctionBuilder& b, OperatorSet ops);
void residual_section(FunctionBuilder& b);
void weight_dma_section(FunctionBuilder& b);
void conv_dma_section(FunctionBuilder& b, bool write);
void state_dma_section(FunctionBuilder& b, bool write);

}  // namespace statelane::hls
