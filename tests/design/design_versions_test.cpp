// SPDX-License-Identifier: Apache-2.0
// Who keeps results by version numbers relies on two things: no difference escapes them, and looking at the
// same design again changes nothing.
#include "models/design/design_versions.h"

#include <gtest/gtest.h>

#include "models/design/design_fields.h"
#include "models/units/unit_registry.h"
#include "tests/design/perturbed.h"

namespace statelane {
namespace {

/// Gives a parameter another value; false where nothing that was tried is allowed.
bool change(UnitModel& unit, const Field& field) {
  std::vector<JsonValue> candidates = {
      JsonValue(true),     JsonValue(false),           JsonValue(std::int64_t{3}), JsonValue("5 bit"),
      JsonValue("7 GB/s"), JsonValue(std::int64_t{1}), JsonValue(std::int64_t{64})};
  for (const std::int64_t n : {2, 8, 16}) candidates.emplace_back(n);
  for (const std::string& name : field.codec().names()) candidates.emplace_back(name);
  const JsonValue before = unit.table().write(unit.parameters());
  for (const JsonValue& value : candidates) {
    Diagnostics refused;
    set_field(unit.table(), unit.parameters(), "/" + field.key, value, refused);
    if (refused.empty() && !(unit.table().write(unit.parameters()) == before)) return true;
  }
  return false;
}

TEST(UnitKinds, ComparisonSeesEveryParameter) {
  for (const std::string& kind : builtin_units().kinds()) {
    const auto unit = builtin_units().make(kind);
    for (const Field& field : unit->table().fields()) {
      const auto other = unit->clone();
      ASSERT_TRUE(unit->equals(*other)) << kind;
      ASSERT_TRUE(change(*other, field)) << kind << ' ' << field.key;
      EXPECT_FALSE(unit->equals(*other)) << kind << ' ' << field.key;
      const auto third = unit->clone();
      EXPECT_TRUE(third->assign(*other));
      EXPECT_TRUE(third->equals(*other)) << kind << ' ' << field.key;
    }
  }
}

TEST(UnitKinds, OtherKindsAreNeverEqual) {
  const auto norm = builtin_units().make("norm_unit");
  const auto conv = builtin_units().make("conv_unit");
  EXPECT_FALSE(norm->equals(*conv));
  EXPECT_FALSE(norm->assign(*conv));
}

class Versions : public ::testing::Test {
 protected:
  Versions() {
    for (const char* kind : {"norm_unit", "conv_unit", "matrix_unit"})
      design_.units.emplace_back(kind, "", OperatorSet(), builtin_units().make(kind));
    look();
  }
  void look() { versions_.update(design_, network_, phase_, board_); }
  /// The numbers of the units, the frame, the workload and the board.
  [[nodiscard]] std::vector<DesignVersions::Number> numbers() const {
    std::vector<DesignVersions::Number> n = {versions_.frame(), versions_.workload(), versions_.board()};
    for (std::size_t i = 0; i < design_.units.size(); ++i) n.push_back(versions_.unit(i));
    return n;
  }
  /// Which of them the change gives another value, as a string of 0 and 1.
  template <class Change>
  std::string changed_by(const Change& change) {
    const auto before = numbers();
    change();
    look();
    const auto after = numbers();
    std::string out;
    for (std::size_t i = 0; i < before.size(); ++i) out += before[i] == after[i] ? '0' : '1';
    return out;
  }

  Design design_;
  Mamba2Shape network_;
  Phase phase_;
  Board board_;
  DesignVersions versions_;
};

TEST_F(Versions, ChangeWithTheirPartOnly) {
  for (const DesignVersions::Number n : numbers()) EXPECT_GT(n, 0U);
  EXPECT_EQ(changed_by([] {}), "000000");
  EXPECT_EQ(changed_by([&] { design_ = Design(design_); }), "000000") << "by value, not by place";
  EXPECT_EQ(changed_by([&] { design_.schedule.tile_rows *= 2; }), "100000");
  EXPECT_EQ(changed_by([&] { design_.precision.activations = Bits{5}; }), "100000");
  EXPECT_EQ(changed_by([&] { design_.memory.ports.push_back({}); }), "100000");
  EXPECT_EQ(changed_by([&] { phase_.batch = 2; }), "010000");
  EXPECT_EQ(changed_by([&] { network_.n_layer += 1; }), "010000");
  EXPECT_EQ(changed_by([&] { board_.family = "versal"; }), "001000");
  EXPECT_EQ(changed_by([&] {
              Diagnostics d;
              UnitModel& unit = design_.units[1].model();
              set_field(unit.table(), unit.parameters(), "/lanes", JsonValue(std::int64_t{16}), d);
            }),
            "000010");
  EXPECT_EQ(changed_by([&] {
              design_.units[2] = Unit("x", "", OperatorSet(), builtin_units().make("vector_unit"));
            }),
            "000001")
      << "a unit of another kind";
  EXPECT_EQ(changed_by([&] {
              design_.units[0] =
                  Unit("norm_unit", "", OperatorSet(Operator::norm), builtin_units().make("norm_unit"));
            }),
            "100000")
      << "the same unit, with an operator";
  EXPECT_EQ(changed_by([&] {
              design_.name = "another";
              design_.clock = Hertz(1e9);
            }),
            "000000");
}

/// Every field of every table a result may depend on: one that a comparison forgot would keep an old result.
TEST_F(Versions, SeeEveryFieldOfEveryTable) {
  const auto expect_seen = [&](auto& part, const std::string& numbers_changed) {
    const auto original = part;
    const auto others = testing::perturbed(original);
    EXPECT_GT(others.size(), 2U);
    for (const auto& [pointer, other] : others) {
      EXPECT_EQ(changed_by([&part, &changed = other] { part = changed; }), numbers_changed) << pointer;
      part = original;
      look();
    }
  };
  board_.memories.push_back({});
  look();
  expect_seen(design_.schedule, "100000");
  expect_seen(design_.precision, "100000");
  expect_seen(design_.memory, "100000");
  expect_seen(board_, "001000");
}

}  // namespace
}  // namespace statelane
