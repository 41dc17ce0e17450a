// SPDX-License-Identifier: Apache-2.0
// Patterns, traces in all their forms, and the driver behind `statelane memory`.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <boost/iostreams/device/file_descriptor.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filter/zstd.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <filesystem>
#include <fstream>

#include "models/base/diagnostics.h"
#include "sim/dram/memory_run.h"
#include "sim/dram/trace_file.h"
#include "tests/dram/random_traffic.h"

namespace statelane {
namespace {

std::vector<Access> all(AccessSource& source) {
  std::vector<Access> result;
  std::vector<Access> piece(777);
  while (const std::size_t n = source.fill(piece))
    result.insert(result.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(n));
  return result;
}

std::vector<std::uint64_t> addresses(const char* pattern, std::uint64_t count, std::int64_t region) {
  PatternOptions o;
  o.count = count;
  o.region = Bytes(region);
  std::vector<std::uint64_t> result;
  for (const Access& a : all(*make_pattern(pattern, o))) result.push_back(a.address);
  return result;
}

TEST(Patterns, AreWhatTheirNamesSay) {
  using V = std::vector<std::uint64_t>;
  EXPECT_EQ(addresses("stream", 5, 192), (V{0, 64, 128, 0, 64}));
  EXPECT_EQ(addresses("stride:128", 5, 256), (V{0, 128, 64, 192, 0}));
  EXPECT_EQ(addresses("tiles:2x128x256", 9, 1024), (V{0, 64, 256, 320, 128, 192, 384, 448, 512}));
  EXPECT_EQ(addresses("tiles:1x64", 3, 16384), (V{0, 64, 128}));
  const V random = addresses("random", 1000, 4096);
  EXPECT_EQ(random, addresses("random", 1000, 4096));
  EXPECT_EQ(*std::max_element(random.begin(), random.end()), 4032U);
  for (const std::uint64_t a : random) EXPECT_EQ(a % 64, 0U);
}

TEST(Patterns, WritesAreSpreadEvenly) {
  PatternOptions o;
  o.count = 1000;
  o.write_share = 0.25;
  int writes = 0;
  for (const Access& a : all(*make_pattern("stream", o))) writes += a.write ? 1 : 0;
  EXPECT_EQ(writes, 250);
}

TEST(Patterns, BadOnesAreRefused) {
  for (const char* text : {"", "streams", "stride:", "stride:100", "stride:0", "stride:64x64", "tiles:4",
                           "tiles:4x100", "tiles:4x128x200", "tiles:1x2x3x4", "tiles:ax64", "random:1"}) {
    EXPECT_THROW((void)make_pattern(text, {}), InputError) << text;
  }
}

class TraceFile : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) /
              ("trace_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  template <class... Filter>
  std::string write(const std::string& name, const std::string& content, Filter... filter) {
    const std::string path = (folder_ / name).string();
    boost::iostreams::filtering_ostream out;
    (out.push(filter), ...);
    out.push(boost::iostreams::file_descriptor_sink(path));
    out << content;
    return path;
  }
  static std::string error_of(const std::string& path) {
    try {
      (void)all(*open_trace(path));
    } catch (const InputError& e) {
      return e.what();
    }
    return "accepted";
  }

 private:
  std::filesystem::path folder_;
};

TEST_F(TraceFile, TextIsRead) {
  const std::string path = write("t.txt", "# comment\nR 0x40\n\nW 128\r\n  r\t0x1fff  \nw 0X0\nR 0x40");
  EXPECT_EQ(all(*open_trace(path)),
            (std::vector<Access>{{64, false}, {128, true}, {0x1fc0, false}, {0, true}, {64, false}}));
}

/// What a binary trace begins with, and accesses in that form.
constexpr std::string_view binary_trace_header = "SSMTRC1\n";

void append_binary_trace(std::string& out, std::span<const Access> accesses) {
  for (const Access& a : accesses) {
    std::uint64_t word = (a.address & ~std::uint64_t{63}) | (a.write ? 1 : 0);
    for (int i = 0; i < 8; ++i, word >>= 8) out.push_back(static_cast<char>(word & 0xff));
  }
}

TEST_F(TraceFile, CompressedAndBinaryFormsAreTheSame) {
  PatternOptions o;
  o.count = 100000;
  o.write_share = 0.3;
  const std::vector<Access> expected = all(*make_pattern("random", o));
  std::string text, binary(binary_trace_header);
  for (const Access& a : expected) {
    text += (a.write ? "W " : "R ") + std::to_string(a.address) + "\n";
  }
  append_binary_trace(binary, expected);
  namespace io = boost::iostreams;
  EXPECT_EQ(all(*open_trace(write("t", text))), expected);
  EXPECT_EQ(all(*open_trace(write("t.gz", text, io::gzip_compressor()))), expected);
  EXPECT_EQ(all(*open_trace(write("t.zst", text, io::zstd_compressor()))), expected);
  EXPECT_EQ(all(*open_trace(write("b", binary))), expected);
  EXPECT_EQ(all(*open_trace(write("b.gz", binary, io::gzip_compressor()))), expected);
  EXPECT_EQ(all(*open_trace(write("b.zst", binary, io::zstd_compressor()))), expected);
}

TEST_F(TraceFile, WhatIsMalformedIsNamed) {
  EXPECT_NE(error_of(write("a", "R 0x40\nX 0x80\n")).find(":2:1:"), std::string::npos);
  EXPECT_NE(error_of(write("b", "R 0x40\nR 0xzz\n")).find("'zz'"), std::string::npos);
  EXPECT_NE(error_of(write("c", "R\n")).find("not an access"), std::string::npos);
  EXPECT_NE(error_of(write("d", "R 0x1ffffffffffffffff\n")).find("not an access"), std::string::npos);
  EXPECT_NE(error_of(write("e", std::string(10000, 'R'))).find("not an access"), std::string::npos);
  EXPECT_NE(error_of(write("f", std::string(binary_trace_header) + "12345"))
                .find("ends inside an access, at byte 8"),
            std::string::npos);
  EXPECT_NE(error_of("no/such/file").find("cannot open"), std::string::npos);
  const std::string cut =
      write("g.gz", std::string(100000, '#') + "\nR 0\n", boost::iostreams::gzip_compressor());
  std::filesystem::resize_file(cut, std::filesystem::file_size(cut) - 20);
  EXPECT_NE(error_of(cut).find("damaged"), std::string::npos) << error_of(cut);
}

/// The accesses of a scenario run as run_memory does it and, for comparison, one transaction each, all known
/// from the start.
RC_GTEST_PROP(MemoryRun, EqualsOneTransactionAnAccess, ()) {
  DramSpec spec = test::preset(*rc::gen::elementOf(test::preset_names()));
  test::random_policy(spec);
  spec.controller.intake = IntakeOrder::in_order;
  PatternOptions p;
  p.count = *rc::gen::inRange<std::uint64_t>(1, 6000);
  p.region = Bytes(std::int64_t{1} << *rc::gen::inRange(16, 24));
  p.write_share = *rc::gen::element(0.0, 0.1, 0.5);
  const std::string pattern =
      *rc::gen::element<std::string>("stream", "random", "stride:8192", "tiles:8x256");
  MemoryRunOptions o;
  o.pace = Cycles(*rc::gen::element<std::int64_t>(0, 0, 5, 40));
  const std::unique_ptr<AccessSource> source = make_pattern(pattern, p);
  const MemoryRun run = run_memory(spec, *source, o);

  DramChannel channel(spec);
  const std::vector<Access> accesses = all(*make_pattern(pattern, p));
  std::int64_t i = 0;
  for (const Access& a : accesses) {
    channel.enqueue(
        {.id = static_cast<std::uint64_t>(i), .address = a.address, .write = a.write, .arrival = o.pace * i});
    ++i;
  }
  std::vector<DramCompletion> done;
  const Cycles end = channel.finish(done);
  RC_ASSERT(run.accesses() == p.count);
  RC_ASSERT(run.cycles == end);
  RC_ASSERT(run.stats.time == channel.stats().time);
  RC_ASSERT(run.stats.row_misses == channel.stats().row_misses);
  RC_ASSERT(run.stats.read_latency.total().sum() == channel.stats().read_latency.total().sum());
  RC_ASSERT(run.stats.write_latency.total().sum() == channel.stats().write_latency.total().sum());
  RC_ASSERT(run.stats.read_latency.total().quantile(0.99) ==
            channel.stats().read_latency.total().quantile(0.99));
}

TEST(MemoryRun, PacedBelowPeakKeepsThePace) {
  const DramSpec spec = test::preset("ddr4-3200");
  PatternOptions p;
  p.count = 20000;
  MemoryRunOptions o;
  o.pace = Cycles(8);  // half the peak
  const std::unique_ptr<AccessSource> source = make_pattern("stream", p);
  const MemoryRun run = run_memory(spec, *source, o);
  EXPECT_NEAR(static_cast<double>(run.cycles.count()), 8.0 * 20000, 1000);
  EXPECT_LT(run.stats.read_latency.total().quantile(0.5), 40);
  EXPECT_GT(run.energy.total().count(), 0);
}

}  // namespace
}  // namespace statelane
