// SPDX-License-Identifier: Apache-2.0
// What a sweep spans: values, indices, conditions, and that setting fields in place is reading JSON, only
// faster.
#include "explore/space/space.h"

#include <gtest/gtest.h>

#include <random>

#include "explore/space/point_evaluator.h"
#include "models/design/design_reader.h"
#include "models/evaluate/experiment_check.h"
#include "tests/explore/problems.h"

namespace statelane {
namespace {

using namespace testing;

std::vector<std::string> labels(const std::string& axis) {
  const auto p = problem_of(sweep_text(axis));
  std::vector<std::string> out;
  for (const AxisValue& v : p->space().axes().front().values) out.push_back(v.label);
  return out;
}

using Labels = std::vector<std::string>;

TEST(Axis, TakesItsValuesInEveryWay) {
  const std::string clock = R"("name": "a", "pointer": "/design/clock")";
  const std::string rows = R"("name": "a", "pointer": "/design/schedule/tile_rows")";
  EXPECT_EQ(labels("{" + rows + R"(, "values": [8, 64]})"), (Labels{"8", "64"}));
  EXPECT_EQ(labels("{" + rows + R"(, "range": {"from": 8, "to": 30, "step": 8}})"),
            (Labels{"8", "16", "24"}));
  EXPECT_EQ(labels("{" + rows + R"(, "powers_of_two": {"from": 3, "to": 16}})"), (Labels{"4", "8", "16"}));
  EXPECT_EQ(labels("{" + rows + R"(, "divisors_of": "network.headdim / 4"})"),
            (Labels{"1", "2", "4", "8", "16"}));
  EXPECT_EQ(labels("{" + rows + R"(, "divisors_of": "network.headdim", "from": 3, "to": 20})"),
            (Labels{"4", "8", "16"}));
  EXPECT_EQ(labels("{" + clock + R"(, "range": {"from": "200 MHz", "to": "300 MHz", "step": "50 MHz"}})"),
            (Labels{"200 MHz", "250 MHz", "300 MHz"}));
}

TEST(Axis, QuantitiesAreNumbersInTheirBaseUnit) {
  const auto p = problem_of(sweep_text(R"({"name": "buffer", "pointer": "/design/schedule/weight_buffer",
                                           "powers_of_two": {"from": "64 KiB", "to": "128 KiB"}})"));
  EXPECT_TRUE(p->space().axes()[0].numeric);
  EXPECT_EQ(p->space().axes()[0].values[1].number, 131072);
}

TEST(Space, IndicesAndDigitsAreOne) {
  const auto p = problem_of(sweep_text(
      mmu_axes +
      R"(, {"name": "order", "pointer": "/design/schedule/order", "values": ["naive", "reordered"]})"));
  const DesignSpace& s = p->space();
  ASSERT_EQ(s.size(), 3U * 3U * 2U);
  for (std::uint64_t i = 0; i < s.size(); ++i) EXPECT_EQ(s.index(s.digits(i)), i);
  EXPECT_EQ(s.digits(1), (Digits{0, 0, 1}));
  EXPECT_EQ(s.digits(17), (Digits{2, 2, 1}));
}

TEST(Space, AnAxisThatIsSwitchedOffIsOneValueAndTheBasesOwn) {
  const auto p = problem_of(sweep_text(
      R"({"name": "buffers", "pointer": "/design/schedule/ssm_buffers", "values": ["tile", "tensor"]},
         {"name": "depth", "pointer": "/design/schedule/tile_depth", "values": [1, 2, 4], "when": "buffers.tile"})"));
  DesignCursor cursor(p->space());
  std::vector<std::uint64_t> points;
  for (std::uint64_t i = 0; i < p->space().size(); ++i) {
    if (cursor.go_to(i)) points.push_back(i);
  }
  EXPECT_EQ(points, (std::vector<std::uint64_t>{0, 1, 2, 3}));
  EXPECT_TRUE(cursor.go_to(std::uint64_t{2}));
  EXPECT_EQ(cursor.experiment().design.schedule.tile_depth, 4);
  EXPECT_TRUE(cursor.go_to(std::uint64_t{3}));
  EXPECT_EQ(cursor.experiment().design.schedule.tile_depth, 2) << "the base's own";
  EXPECT_EQ(cursor.active(), (std::vector<bool>{true, false}));
}

TEST(Space, LinkedPointersTakeTheSameValueAndChoicesSeveral) {
  const auto p = problem_of(sweep_text(
      R"({"name": "lanes", "pointer": "/design/units/b_x/lanes", "pointers": ["/design/units/a_h/lanes"], "values": [8, 32]},
         {"name": "bits", "choices": [
            {"name": "w4", "set": {"/design/precision/weights": "4 bit"}, "numbers": {"loss": 0.5}},
            {"name": "w8", "set": {"/design/precision/weights": "8 bit", "/design/precision/activations": "8 bit"}, "numbers": {"loss": 0.1}}]})",
      "",
      R"([{"figure": "bits.loss", "direction": "min"}, {"figure": "throughput_tokens_per_s", "direction": "max"}])"));
  DesignCursor cursor(p->space());
  ASSERT_TRUE(cursor.go_to(std::uint64_t{3}));
  const Design& d = cursor.experiment().design;
  for (const char* name : {"b_x", "a_h"}) {
    const auto unit =
        std::find_if(d.units.begin(), d.units.end(), [&](const Unit& u) { return u.name() == name; });
    EXPECT_EQ(unit->model().row_lanes(), 32) << name;
  }
  EXPECT_EQ(d.precision.weights, Bits{8});
  EXPECT_EQ(d.precision.activations, Bits{8});
  ASSERT_TRUE(cursor.go_to(std::uint64_t{2}));
  EXPECT_EQ(d.precision.weights, Bits{4});
  EXPECT_EQ(d.precision.activations, Bits{4}) << "the base's own again";
  PointEvaluator evaluator(*p);
  ASSERT_EQ(evaluator.evaluate(3), PointEvaluator::Verdict::good);
  EXPECT_EQ(evaluator.vector().value[0], 0.1);
}

TEST(Space, StructuralAxesReadTheExperimentAnew) {
  const auto p = problem_of(
      R"({"experiment": "lightmamba-vck190-w4a4-decode-2.7b",
          "axes": [{"name": "net", "pointer": "/network", "values": ["mamba2-2.7b", "mamba2-130m"]},
                   {"name": "rows", "pointer": "/design/schedule/tile_rows", "values": [8, 16]}],
          "objectives": [{"figure": "latency_s", "direction": "min"}]})");
  ASSERT_EQ(p->space().bases().size(), 2U);
  DesignCursor cursor(p->space());
  ASSERT_TRUE(cursor.go_to(std::uint64_t{3}));
  EXPECT_EQ(cursor.experiment().network.d_model, 768);
  EXPECT_EQ(cursor.experiment().design.schedule.tile_rows, 16);
  ASSERT_TRUE(cursor.go_to(std::uint64_t{0}));
  EXPECT_EQ(cursor.experiment().network.d_model, 2560);
  EXPECT_EQ(cursor.experiment().design.schedule.tile_rows, 8);
}

/// In whatever order points are visited, the cursor's design is the one its settings describe, and the fast
/// checks say what the slow ones say.
void expect_as_if_read(const Problem& p, int draws) {
  std::mt19937_64 engine(7);
  PointEvaluator evaluator(p);
  int legal = 0, refused = 0;
  for (int i = 0; i < draws; ++i) {
    const std::uint64_t index = engine() % p.space().size();
    const auto verdict = evaluator.evaluate(index);
    if (verdict == PointEvaluator::Verdict::no_point) continue;
    const DesignCursor& cursor = evaluator.cursor();
    const std::vector<std::string> settings = p.space().settings(cursor.digits(), cursor.active());
    Diagnostics d;
    const auto read = load_experiment(configs(), builtin_units(), {p.space().experiment(), settings}, d);
    const bool fast = verdict == PointEvaluator::Verdict::good || evaluator.why() == Legality::oversize ||
                      (evaluator.why() == Legality::constraint);
    if (evaluator.why() == Legality::constraint) continue;
    ASSERT_EQ(fast, read.has_value()) << index << " " << legality_name(evaluator.why()) << "\n" << d.text();
    (fast ? legal : refused) += 1;
    const std::vector<Refusal> words = refusals_of(cursor.experiment());
    ASSERT_EQ(words.empty(), fast) << index;
    if (!read) {
      // The same rule, and each of its findings at its place in the design.
      ASSERT_EQ(d.error_count(), words.size()) << d.text();
      ASSERT_EQ(d.size(), words.size()) << d.text();
      ASSERT_TRUE(evaluator.why() == Legality::lowering ||
                  words.front().what == legality_name(evaluator.why()))
          << words.front().what << ", not " << legality_name(evaluator.why());
      for (std::size_t k = 0; k < words.size(); ++k) ASSERT_EQ(d[k].message, words[k].text);
      continue;
    }
    const Experiment& e = cursor.experiment();
    ASSERT_EQ(design_to_json(read->design), design_to_json(e.design)) << index;
    ASSERT_EQ(read->network, e.network);
    ASSERT_EQ(read->board, e.board);
    ASSERT_EQ(read->dram, e.dram);
    ASSERT_EQ(read->phase.length, e.phase.length);
  }
  EXPECT_GT(legal, 0);
}

TEST(Space, ChangingInPlaceIsReadingTheSettings) {
  for (const std::string& name : configs().names("sweeps")) {
    SCOPED_TRACE(name);
    expect_as_if_read(*shipped_problem(name), 60);
  }
}

TEST(Space, IllegalDesignsAreToldLikeTheSlowChecksDo) {
  expect_as_if_read(*problem_of(sweep_text(
                        R"({"name": "rows", "pointer": "/design/schedule/tile_rows", "values": [8, 24, 128]},
                           {"name": "states", "pointer": "/design/schedule/tile_states", "values": [16, 128]},
                           {"name": "lanes", "pointer": "/design/units/h_c/lanes", "values": [16, 48, 1024]},
                           {"name": "conv", "pointer": "/design/units/conv/lanes", "values": [8, 7]},
                           {"name": "points", "pointer": "/design/units/htu_fht/points", "values": [128, 64, 512]},
                           {"name": "channels", "pointer": "/design/memory/weights/channels", "values": [1, 9]},
                           {"name": "rate", "pointer": "/design/memory/ports/0/bandwidth", "values": ["12 GB/s", "900 GB/s"]},
                           {"name": "width", "pointer": "/design/memory/ports/0/width", "values": ["256 bit", "1024 bit"]},
                           {"name": "buffer", "pointer": "/design/schedule/weight_buffer", "values": ["64 B", "64 KiB"]})")),
                    400);
}

std::string errors(const std::string& axes, const std::string& more = "") {
  Diagnostics d;
  EXPECT_EQ(try_problem(sweep_text(axes, more), d), nullptr);
  return d.text();
}

TEST(Space, MistakesAreNamed) {
  const auto contains = [](const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << "no \"" << part << "\" in:\n" << text;
  };
  contains(errors(R"({"name": "a", "pointer": "/design/clock", "values": ["400 furlongs"]})"),
           "is no unit of");
  contains(errors(R"({"name": "a", "pointer": "/design/schedule/tile_rows", "values": [0]})"), "too small");
  contains(errors(R"({"name": "a", "pointer": "/design/units/mmu/inputs"})"), "exactly one place");
  contains(errors(R"({"name": "a b", "pointer": "/design/clock", "values": ["1 GHz"]})"),
           "letters, digits and _");
  contains(errors(mmu_axes + R"(, {"name": "again", "pointer": "/design/units/mmu/inputs", "values": [8]})"),
           "two axes vary the same thing");
  contains(errors(mmu_axes + R"(, {"name": "mmu_in", "pointer": "/design/clock", "values": ["1 GHz"]})"),
           "two axes have this name");
  contains(errors(mmu_axes +
                  R"(, {"name": "x", "pointer": "/design/clock", "values": ["1 GHz"], "when": "y > 1"})"),
           "unknown name in the expression");
  contains(errors(mmu_axes, R"("constraints": ["mmu_inn < 3"])"), "did you mean 'mmu_in'?");
  contains(
      errors(R"({"name": "a", "pointer": "/design/clock", "range": {"from": "1 GHz", "to": "200 MHz"}})"),
      "one unit");
  contains(errors(R"({"name": "a", "pointer": "/design/untis/mmu/inputs", "values": [8]})"), "units");
  Diagnostics d;
  EXPECT_EQ(try_problem(sweep_text(mmu_axes, "", R"([{"figure": "thruput", "direction": "max"}])"), d),
            nullptr);
  contains(d.text(), "no figure has this name");
  Diagnostics e;
  EXPECT_EQ(try_problem(sweep_text(mmu_axes, "", R"([{"figure": "latency_s", "direction": "max"}])"), e),
            nullptr);
  contains(e.text(), "nobody wants this figure to get worse");
}

}  // namespace
}  // namespace statelane
