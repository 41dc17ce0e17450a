// SPDX-License-Identifier: Apache-2.0
// The published rows that the constants are held against: every error is printed, good or bad.
#include <gtest/gtest.h>

#include "models/evaluate/resources.h"
#include "tests/evaluate/lowered.h"
#include "tests/evaluate/published_rows.h"

namespace statelane {
namespace {

double figure(const Resources& r, const std::string& key) {
  if (key == "lut") return r.lut;
  if (key == "ff") return r.ff;
  if (key == "dsp") return r.dsp;
  if (key == "bram18") return r.bram18;
  if (key == "bram36") return r.bram36();
  return r.uram;
}

void compare(const std::string& row, const Resources& estimate, const testing::Figures& published,
             double tolerance) {
  for (const auto& [key, value] : published) {
    const double found = figure(estimate, key);
    if (value == 0) {
      std::printf("%-44s %-6s published 0, estimated %.0f\n", row.c_str(), key.c_str(), found);
      EXPECT_EQ(found, 0) << row << ' ' << key;
      continue;
    }
    const double error = found / value - 1;
    std::printf("%-44s %-6s published %9.0f  estimated %9.0f  %+6.1f %%\n", row.c_str(), key.c_str(), value,
                found, 100 * error);
    EXPECT_LE(std::abs(error), tolerance) << row << ' ' << key;
  }
}

TEST(PublishedResources, RowsWithin15Percent) {
  const FabricConstants constants = testing::constants();
  int rows = 0;
  for (const testing::PublishedRow& row : testing::published_rows()) {
    if (row.resources.empty()) continue;
    const testing::Lowered run(row.experiment);
    const Resources total = estimate_resources(run.experiment.design, run.experiment.network, run.graph,
                                               run.experiment.board, constants)
                                .total;
    compare(row.id, total, row.resources, 0.15);
    ++rows;
  }
  EXPECT_EQ(rows, 3);
}

TEST(PublishedResources, ComponentsWithin30Percent) {
  const FabricConstants constants = testing::constants();
  int components = 0;
  for (const testing::PublishedRow& row : testing::published_rows()) {
    if (row.components.empty()) continue;
    const testing::Lowered run(row.experiment);
    const ResourceReport report = estimate_resources(run.experiment.design, run.experiment.network, run.graph,
                                                     run.experiment.board, constants);
    for (const auto& [name, published] : row.components) {
      ASSERT_NE(report.component(name), nullptr) << name;
      compare(row.id + " / " + name, *report.component(name), published, 0.30);
      ++components;
    }
  }
  EXPECT_EQ(components, 6);
}

}  // namespace
}  // namespace statelane
