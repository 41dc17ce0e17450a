// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "models/base/diagnostics.h"
#include "models/units/fabric/circuit.h"
#include "models/units/fabric/fabric_constants.h"
#include "models/units/unit_registry.h"

namespace statelane::test {

/// A unit of a kind, alone: its parameters by their keys, the time of one firing, what it is built of.
class UnitCase {
 public:
  explicit UnitCase(std::string_view kind) : model_(builtin_units().make(kind)) {
    Diagnostics d;
    const auto constants = load_fabric_constants(Catalog::standard(), "fabric", d);
    EXPECT_TRUE(d.ok()) << d.text();
    costs_ = constants->family("ultrascale_plus");
    shape.n_layer = 2;
    shape.d_model = 256;
    shape.headdim = 64;
    shape.d_state = 64;
  }

  UnitCase& set(const std::string& key, const JsonValue& value) {
    Diagnostics d;
    EXPECT_TRUE(set_field(model_->table(), model_->parameters(), "/" + key, value, d)) << d.text();
    return *this;
  }
  [[nodiscard]] FiringTime time(const Work& work) const { return model_->time(work, Hertz(200e6)); }
  [[nodiscard]] std::int64_t busy(const Work& work) const { return time(work).busy().count(); }
  [[nodiscard]] std::string refuses(Operator op, std::int64_t rows) const {
    return model_->refuses({op, rows, 1, 1, 1});
  }
  [[nodiscard]] Circuit circuit(OperatorSet operators) const { return circuit(operators, operators); }
  [[nodiscard]] Circuit circuit(OperatorSet operators, OperatorSet design) const {
    Circuit c(costs_);
    model_->circuit({precision, shape, operators, design}, c);
    return c;
  }
  [[nodiscard]] double lut(OperatorSet operators) const { return circuit(operators).total().lut; }
  [[nodiscard]] double dsp(OperatorSet operators) const { return circuit(operators).total().dsp; }
  [[nodiscard]] const UnitModel& model() const { return *model_; }

  Precision precision;
  Mamba2Shape shape;

 private:
  std::unique_ptr<UnitModel> model_;
  FabricCosts costs_;
};

}  // namespace statelane::test
