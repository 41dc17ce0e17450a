// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <typeinfo>
#include <vector>

#include "models/base/fields.h"
#include "models/base/units.h"
#include "models/blocks/arithmetic.h"
#include "models/blocks/operators.h"
#include "models/units/work.h"

namespace statelane {

class Circuit;
struct CircuitInputs;
struct HlsView;

/// Occupation of a unit by one firing: fill + ii * beats cycles, results visible `latency` cycles later.
/// ii is the initiation interval between beats; fill is the pipeline refill a firing cannot overlap with its
/// predecessor (0 for a unit that streams from tile to tile).
struct FiringTime {
  Cycles fill{0};
  std::int64_t ii = 1;
  std::int64_t beats = 0;
  Cycles latency{0};

  [[nodiscard]] Cycles busy() const { return fill + Cycles(ii * beats); }
};

/// The timing and the structure of one kind of hardware unit with its parameters (lanes ...). Kinds live in
/// one folder each and are listed in unit_registry.cpp; other programs may add their own to a UnitRegistry.
class UnitModel {
 public:
  UnitModel() = default;
  UnitModel(const UnitModel&) = default;
  UnitModel& operator=(const UnitModel&) = default;
  virtual ~UnitModel() = default;

  [[nodiscard]] virtual std::unique_ptr<UnitModel> clone() const = 0;
  /// Whether the other one is of the same kind and has the same parameters.
  [[nodiscard]] virtual bool equals(const UnitModel& other) const = 0;
  /// Becomes equal to the other one, if that is of the same kind; false, unchanged, if it is not.
  [[nodiscard]] virtual bool assign(const UnitModel& other) = 0;
  [[nodiscard]] virtual std::string_view kind() const = 0;
  /// Whether a unit of this kind can execute operators of that arithmetic.
  [[nodiscard]] virtual bool executes(const Arithmetic& arithmetic) const = 0;
  /// The operators it can execute, of all there are.
  [[nodiscard]] virtual OperatorSet supports() const = 0;
  /// Time of one firing. `clock` is the fabric clock, for units whose speed is set elsewhere (a host).
  [[nodiscard]] virtual FiringTime time(const Work& work, Hertz clock) const = 0;
  /// Results a beat: the size a tile should be a multiple of, along rows.
  [[nodiscard]] virtual std::int64_t row_lanes() const = 0;
  /// Operators that this unit needs to see as one unbroken power-of-two (or otherwise sized) vector may
  /// refuse a size: an empty string where `work` is possible, otherwise what is wrong with it.
  [[nodiscard]] virtual std::string refuses(const Work& /*work*/) const { return {}; }
  /// Adds what the unit is built of (models/units/fabric/circuit.h): resources and energy follow from it.
  /// A kind that says nothing is charged its control logic only.
  virtual void circuit(const CircuitInputs& /*inputs*/, Circuit& /*circuit*/) const {}

  /// The unit as generated code has it for an operator of that arithmetic (models/units/hls_view.h). A kind
  /// that says nothing has no code: a design with it is refused by the generator.
  [[nodiscard]] virtual HlsView hls_view(const Arithmetic& arithmetic) const;

  /// Points of one block of the Hadamard transform this unit applies to a vector of `rows`; 0 for other
  /// units.
  [[nodiscard]] virtual std::int64_t transform_points(std::int64_t /*rows*/) const { return 0; }

  /// The kind's field table, and the object it describes: its parameters are read, documented and swept
  /// through them.
  [[nodiscard]] virtual const TableBase& table() const = 0;
  [[nodiscard]] virtual void* parameters() = 0;
  [[nodiscard]] virtual const void* parameters() const = 0;
};

/// What every kind has in common: `class MatrixUnit final : public UnitKind<MatrixUnit>` with a static
/// `kind_name`, a Describe<MatrixUnit> and a member `bool operator==(const MatrixUnit&) const = default`.
template <class Derived>
class UnitKind : public UnitModel {
 public:
  [[nodiscard]] std::unique_ptr<UnitModel> clone() const override {
    return std::make_unique<Derived>(static_cast<const Derived&>(*this));
  }
  [[nodiscard]] bool equals(const UnitModel& other) const override {
    static_assert(
        requires { &Derived::operator==; },
        "a kind of unit has a member bool operator==(const Kind&) const = default");
    return typeid(other) == typeid(Derived) &&
           static_cast<const Derived&>(*this) == static_cast<const Derived&>(other);
  }
  [[nodiscard]] bool assign(const UnitModel& other) override {
    if (typeid(other) != typeid(Derived)) return false;
    static_cast<Derived&>(*this) = static_cast<const Derived&>(other);
    return true;
  }
  [[nodiscard]] std::string_view kind() const override { return Derived::kind_name; }
  [[nodiscard]] OperatorSet supports() const override {
    OperatorSet set;
    const auto& unit = static_cast<const Derived&>(*this);
    for (int i = 0; i < operator_count; ++i) {
      const auto op = static_cast<Operator>(i);
      if (unit.Derived::executes(operator_arithmetic(op))) set.insert(op);
    }
    return set;
  }
  [[nodiscard]] const TableBase& table() const override { return Describe<Derived>::table(); }
  [[nodiscard]] void* parameters() override { return static_cast<Derived*>(this); }
  [[nodiscard]] const void* parameters() const override { return static_cast<const Derived*>(this); }

 private:
  /// For a kind's own comparison: what it inherits has no state.
  friend bool operator==(const UnitKind&, const UnitKind&) { return true; }
};

/// A unit of a design: a model, its name, the operators mapped to it and the component it is reported under.
class Unit {
 public:
  Unit() = default;
  Unit(std::string name, std::string component, OperatorSet operators, std::unique_ptr<UnitModel> model)
      : name_(std::move(name)),
        component_(std::move(component)),
        operators_(operators),
        model_(std::move(model)) {}
  Unit(const Unit& other)
      : name_(other.name_),
        component_(other.component_),
        operators_(other.operators_),
        model_(other.model_ ? other.model_->clone() : nullptr) {}
  Unit& operator=(const Unit& other) {
    if (this != &other) *this = Unit(other);
    return *this;
  }
  Unit(Unit&&) noexcept = default;
  Unit& operator=(Unit&&) noexcept = default;
  ~Unit() = default;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& component() const { return component_; }
  [[nodiscard]] OperatorSet operators() const { return operators_; }
  [[nodiscard]] const UnitModel& model() const { return *model_; }
  [[nodiscard]] UnitModel& model() { return *model_; }

 private:
  std::string name_;
  std::string component_;
  OperatorSet operators_;
  std::unique_ptr<UnitModel> model_;
};

}  // namespace statelane
