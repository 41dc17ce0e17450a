// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/scheme.h"
#include "tests/source_folder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

namespace statelane {
namespace {

std::filesystem::path schemes() {
  return std::filesystem::path(source_folder()) / "configs/schemes";
}

std::string error_of(const std::string& text) {
  Diagnostics diagnostics;
  const auto json = parse_json(text, "test.json", diagnostics);
  Scheme scheme;
  if (json) (void)read(*json, scheme, diagnostics);
  return diagnostics.text();
}

TEST(Scheme, EveryShippedFileReadsAndWritesBack) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(schemes())) {
    const Scheme scheme = read_scheme(entry.path());
    EXPECT_EQ(scheme.name, entry.path().stem().string());
    EXPECT_FALSE(scheme.description.empty());
    EXPECT_FALSE(scheme.source.empty());
    Scheme again;
    Diagnostics diagnostics;
    EXPECT_TRUE(read(to_json(scheme), again, diagnostics)) << diagnostics.text();
    EXPECT_EQ(again, scheme);
    names.insert(scheme.name);
  }
  for (const char* name :
       {"fp32", "fp16", "rtn-w8a8", "rtn-w4a4", "smoothquant-w8a8", "smoothquant-w4a4", "lightmamba-w8a8",
        "lightmamba-w4a4", "lightmamba-w8a8-ssm", "lightmamba-w4a4-ssm", "fastmamba-lq-w8a8",
        "fastmamba-w8a8", "lightmamba-w4a4-shift", "lightmamba-w8a8-shift"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

TEST(Scheme, MistakesAreNamed) {
  const auto contains = [](const std::string& text, const char* part) {
    return text.find(part) != std::string::npos ? testing::AssertionSuccess()
                                                : testing::AssertionFailure() << text;
  };
  EXPECT_TRUE(contains(error_of("{}"), "name"));
  EXPECT_TRUE(contains(error_of(R"({"name": "x", "rotations": "none"})"), "rotation"));
  EXPECT_TRUE(contains(error_of(R"({"name": "x", "tensors": {"stat": {"format": "int"}}})"), "state"));
  EXPECT_TRUE(contains(error_of(R"({"name": "x", "weights": {"format": "int", "bits": 1}})"), "bits"));
  EXPECT_TRUE(contains(error_of(R"({"name": "x", "tensors": {"x": {"format": "int", "axis": "rows"}}})"),
                       "mix tokens"));
  EXPECT_TRUE(contains(error_of(R"({"name": "x", "integer": "block_shift"})"), "integer codes"));
  EXPECT_TRUE(contains(error_of(R"({"name": "x", "widths": {"hh": 12}})"), "no tensor"));
  EXPECT_TRUE(
      contains(error_of(R"({"name": "x", "silu": {"form": "table", "low": 1, "high": 1}})"), "empty"));
  EXPECT_TRUE(contains(
      error_of(R"({"name": "x", "activations": {"format": "int", "scale": "two_term_power"}})"), "weights"));
  EXPECT_THROW((void)read_scheme("/nowhere.json"), InputError);
}

TEST(Scheme, PartsCoverTheWhole) {
  const Scheme scheme = read_scheme(schemes() / "fastmamba-w8a8.json");
  const auto parts = parts_of(scheme);
  EXPECT_EQ(parts.size(),
            4 + scheme.tensors.size() + 2);  // weights, activations, conv, parameters; softplus, exp
  for (const Scheme& part : parts) {
    EXPECT_EQ(part.rotation, scheme.rotation);
    EXPECT_EQ(part.integer, IntegerArithmetic::kNone);
  }
  EXPECT_TRUE(parts_of(read_scheme(schemes() / "fp32.json")).empty());
}

}  // namespace
}  // namespace statelane
