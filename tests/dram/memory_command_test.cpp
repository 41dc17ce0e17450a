// SPDX-License-Identifier: Apache-2.0
#include "apps/commands/memory_command.h"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>

#include "models/base/diagnostics.h"
#include "models/base/json.h"
#include "tests/source_folder.h"

namespace statelane {
namespace {

std::string memory_file(const std::string& name) {
  return source_folder() + "/configs/memories/" + name + ".json";
}

/// Standard output of `statelane memory ...`.
std::string output(const std::string& arguments) {
  CLI::App app;
  add_memory_command(app);
  testing::internal::CaptureStdout();
  try {
    app.parse("memory " + arguments);
  } catch (...) {
    (void)testing::internal::GetCapturedStdout();
    throw;
  }
  return testing::internal::GetCapturedStdout();
}

JsonValue result(const std::string& arguments) {
  Diagnostics diagnostics;
  const std::optional<JsonValue> json = parse_json(output(arguments + " --json"), "out", diagnostics);
  if (!json) throw std::runtime_error(diagnostics.text());
  return *json;
}

double number(const JsonValue& j, std::string_view key) {
  const JsonValue* v = j.find(key);
  if (v == nullptr) throw std::runtime_error("no key " + std::string(key));
  return v->as_number();
}

TEST(MemoryCommand, HasTheDocumentedKeys) {
  const JsonValue j =
      result(memory_file("ddr4-3200") + " --pattern random --requests 20000 --writes 0.2 --queue 32");
  for (const char* key : {"memory",
                          "map",
                          "read_queue",
                          "write_queue",
                          "requests",
                          "reads",
                          "writes",
                          "cycles",
                          "time_s",
                          "bandwidth_gb_s",
                          "peak_gb_s",
                          "peak_fraction",
                          "row_hit_rate",
                          "read_latency_cycles",
                          "read_latency_split_cycles",
                          "write_latency_cycles",
                          "bound_by",
                          "commands",
                          "energy",
                          "requests_per_s",
                          "cpu_s"}) {
    EXPECT_NE(j.find(key), nullptr) << key;
  }
  EXPECT_EQ(number(j, "requests"), 20000);
  EXPECT_EQ(number(j, "writes"), 4000);
  EXPECT_NEAR(number(j, "peak_fraction"), number(j, "bandwidth_gb_s") / number(j, "peak_gb_s"), 1e-12);
  EXPECT_NEAR(number(j, "bandwidth_gb_s"), 20000.0 * 64 / number(j, "time_s") / 1e9, 1e-9);
  double shares = 0;
  for (const JsonMember& m : j.find("bound_by")->members()) shares += m.value.as_number();
  EXPECT_NEAR(shares, 1.0, 1e-12);
  double parts = 0;
  for (const JsonMember& m : j.find("read_latency_split_cycles")->members()) parts += number(m.value, "mean");
  const JsonValue& latency = *j.find("read_latency_cycles");
  EXPECT_NEAR(parts, number(latency, "mean"), 1e-6);
  EXPECT_LE(number(latency, "p50"), number(latency, "p95"));
  EXPECT_LE(number(latency, "p95"), number(latency, "p99"));
}

TEST(MemoryCommand, MapAndQueueMatter) {
  const std::string base = memory_file("ddr4-3200") + " --pattern stream --requests 200000";
  EXPECT_GT(number(result(base + " --map vbgo --queue 32"), "peak_fraction"), 0.945);
  EXPECT_LT(number(result(base + " --map rbc --queue 32"), "peak_fraction"), 0.63);
  EXPECT_LT(number(result(base + " --map rbc --queue 8"), "peak_fraction"), 0.51);
  EXPECT_NEAR(number(result(base + " --map bo,bg,co,ba,ro --queue 32"), "cycles"),
              number(result(base + " --map bgil --queue 32"), "cycles"), 0);
}

TEST(MemoryCommand, ATraceEqualsThePatternItHolds) {
  const std::filesystem::path trace = std::filesystem::path(testing::TempDir()) / "memory_command_trace.txt";
  {
    std::ofstream file(trace);
    for (int i = 0; i < 5000; ++i) file << "R 0x" << std::hex << i * 64 << "\n";
  }
  const std::string memory = memory_file("hbm2");
  const JsonValue a = result(memory + " --trace " + trace.string() + " --pace 5");
  const JsonValue b = result(memory + " --pattern stream --requests 5000 --pace 5");
  for (const char* key : {"cycles", "row_hit_rate", "peak_fraction"})
    EXPECT_EQ(number(a, key), number(b, key)) << key;
  EXPECT_EQ(*a.find("read_latency_cycles"), *b.find("read_latency_cycles"));
  std::filesystem::remove(trace);
}

TEST(MemoryCommand, SameInputSameResult) {
  const std::string arguments = memory_file("lpddr4-3733") + " --pattern random --requests 5000 --writes 0.5";
  const JsonValue a = result(arguments), b = result(arguments);
  for (const char* key : {"cycles", "row_hit_rate", "bandwidth_gb_s"})
    EXPECT_EQ(number(a, key), number(b, key));
  EXPECT_EQ(*a.find("bound_by"), *b.find("bound_by"));
  EXPECT_EQ(*a.find("write_latency_cycles"), *b.find("write_latency_cycles"));
}

TEST(MemoryCommand, BadInputIsRefused) {
  const std::string memory = memory_file("ddr4-3200");
  EXPECT_THROW((void)output(memory), InputError);
  EXPECT_THROW((void)output(memory + " --pattern stream --trace x"), InputError);
  EXPECT_THROW((void)output(memory + " --pattern nonsense"), InputError);
  EXPECT_THROW((void)output(memory + " --pattern stream --map nonsense"), InputError);
  EXPECT_THROW((void)output(memory + " --trace no/such/file"), InputError);
  EXPECT_THROW((void)output("no-such-memory --pattern stream"), InputError);
  EXPECT_THROW((void)output(memory + " --pattern stream --queue 0"), CLI::ValidationError);
  EXPECT_THROW((void)output(memory + " --pattern stream --pace -1"), CLI::ValidationError);
}

TEST(MemoryCommand, TextNamesWhatPeopleAskFor) {
  const std::string text = output(memory_file("ddr4-3200") + " --pattern stream --requests 10000");
  for (const char* word :
       {"GB/s", "% of", "row hits", "read latency", "bound by", "pJ/bit", "a CPU second"}) {
    EXPECT_NE(text.find(word), std::string::npos) << word;
  }
}

}  // namespace
}  // namespace statelane
