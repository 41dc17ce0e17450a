// SPDX-License-Identifier: Apache-2.0
// The one table of figures against the results it describes.
#include "models/evaluate/figures.h"

#include <gtest/gtest.h>

#include <set>

#include "models/evaluate/evaluation.h"
#include "models/evaluate/evaluation_json.h"
#include "models/units/fabric/resource_kinds.h"

namespace statelane {
namespace {

class FiguresOfARun : public testing::Test {
 protected:
  FiguresOfARun() {
    Diagnostics diagnostics;
    const Catalog catalog = Catalog::standard();
    experiment_ = load_experiment(catalog, builtin_units(), {"lightmamba-u280-w4a4-decode-2.7b", {}, false},
                                  diagnostics);
    const auto calibration = load_fabric_constants(catalog, "fabric", diagnostics);
    throw_if_errors(diagnostics);
    evaluation_ = evaluate(*experiment_, *calibration);
    json_ = evaluation_json(*experiment_, *evaluation_, "test");
  }
  std::optional<Experiment> experiment_;
  std::optional<Evaluation> evaluation_;
  JsonValue json_;
};

TEST_F(FiguresOfARun, StandInTheResultWhereTheTableSays) {
  const Figures values = figures_of(*evaluation_);
  std::set<std::string_view> names;
  for (const FigureInfo& f : figures()) {
    EXPECT_TRUE(names.insert(f.name).second) << f.name;
    EXPECT_EQ(figure_named(f.name), &f);
    EXPECT_EQ(info(f.figure).name, f.name);
    EXPECT_FALSE(f.title.empty()) << f.name;
    if (f.pointer.empty()) continue;
    const JsonValue* there = find_pointer(json_, std::string(f.pointer));
    ASSERT_NE(there, nullptr) << f.pointer;
    // The result's share is of whole blocks, the figure's of halves.
    const double slack = f.figure == Figure::bram_of_board ? 1e-2 : 1e-12;
    EXPECT_NEAR(there->as_number(), get(values, f.figure), slack * get(values, f.figure)) << f.pointer;
  }
  EXPECT_EQ(names.size(), figure_count);
  EXPECT_EQ(figure_named("resources.luts"), nullptr);
}

TEST_F(FiguresOfARun, NameEveryNumberAtTheTopOfAResult) {
  std::set<std::string> known = {"tokens", "bound_cycles"};  // of the workload and of the bound
  for (const FigureInfo& f : figures()) known.insert(std::string(f.pointer));
  for (const JsonMember& m : json_.members())
    EXPECT_TRUE(!m.value.is_number() || known.count("/" + m.key) + known.count(m.key) == 1) << m.key;
  for (const JsonMember& m : json_.find("resources")->members())
    EXPECT_TRUE(!m.value.is_number() || known.count("/resources/" + m.key) == 1) << m.key;
}

TEST(FigureTable, SaysWhatAFigureIs) {
  EXPECT_EQ(label_of(info(Figure::throughput)), "throughput (tokens/s)");
  EXPECT_EQ(label_of(info(Figure::lut)), "LUT");
  EXPECT_EQ(label_of(info(Figure::dsp_of_board)), "share of the board's DSP slices");
}

TEST(ResourceKinds, AreAllThatResourcesHold) {
  Resources r;
  for (const ResourceKind& kind : resource_kinds) r.*kind.count += 1;
  EXPECT_EQ(r, (Resources{1, 1, 1, 1, 1}));
  EXPECT_EQ(sizeof(Resources), std::size(resource_kinds) * sizeof(double));
  EXPECT_EQ(sizeof(EnergyKinds), std::size(energy_kinds) * sizeof(Joules));
}

}  // namespace
}  // namespace statelane
