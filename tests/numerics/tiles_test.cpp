// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <memory>

#include "models/numerics/float_tiles.h"
#include "models/numerics/integer_tiles.h"
#include "tests/numerics/golden_case.h"

namespace statelane {
namespace {

/// Tile sizes of a schedule, all in multiples of the quantisers' blocks of 8.
struct Tiles {
  std::size_t vector = 8;  ///< of d_model, d_inner and channels
  std::size_t head_rows = 8;
  std::size_t states = 8;
  bool dt_x_first = false;
  bool in_hadamard = false;
  bool out_hadamard = false;
};

void in_tiles(std::size_t n, std::size_t tile, const std::function<void(Range)>& visit) {
  for (std::size_t i = 0; i < n; i += tile) visit({i, std::min(n, i + tile)});
}

/// A layer in LightMamba's order: B and C first, then dt, then x and z head by head with the SSM behind them.
void run_layer(TileExecutor& tiles, const Tiles& t, std::size_t layer, std::size_t column) {
  const ModelDims& m = tiles.dims();
  const auto run = [&](Operator op, Range rows, Part part = Part::z, std::size_t head = 0,
                       Range states = {}) {
    tiles.run({op, part, layer, column, head, rows, states});
  };
  in_tiles(m.d_model, t.vector, [&](Range r) { run(Operator::norm, r); });
  if (t.in_hadamard) run(Operator::in_hadamard, {0, m.d_model});
  const auto channels = [&](Part part, Range r) {
    run(Operator::in_proj, r, part);
    run(Operator::conv, r, part);
    run(Operator::silu_xbc, r, part);
  };
  for (const Part part : {Part::b, Part::c}) {
    in_tiles(m.groups * m.d_state, t.vector, [&](Range r) { channels(part, r); });
  }
  run(Operator::in_proj, {0, m.heads}, Part::dt);
  for (std::size_t h = 0; h < m.heads; ++h) run(Operator::softplus, {h, h + 1});
  for (std::size_t h = 0; h < m.heads; ++h) run(Operator::decay_exp, {h, h + 1});
  for (std::size_t h = 0; h < m.heads; ++h) {
    const std::size_t first = h * m.headdim;
    if (!t.dt_x_first)
      in_tiles(m.d_state, t.states, [&](Range s) { run(Operator::delta_b, {h, h + 1}, Part::z, h, s); });
    in_tiles(m.headdim, t.head_rows, [&](Range r) {
      const Range rows{first + r.begin, first + r.end};
      channels(Part::x, rows);
      run(Operator::in_proj, rows, Part::z);
      run(Operator::silu_z, rows);
      if (t.dt_x_first) run(Operator::delta_x, rows);
      in_tiles(m.d_state, t.states, [&](Range s) {
        for (const Operator op : {Operator::outer, Operator::decay, Operator::state_add, Operator::state_c}) {
          run(op, r, Part::z, h, s);
        }
      });
      run(Operator::d_skip, rows);
      run(Operator::gate, rows);
    });
  }
  run(Operator::gated_norm, {0, m.d_inner});
  if (t.out_hadamard) run(Operator::out_hadamard, {0, m.d_inner});
  in_tiles(m.d_model, t.vector, [&](Range r) {
    run(Operator::out_proj, r);
    run(Operator::residual, r);
  });
}

std::vector<float> run_tokens(TileExecutor& tiles, const Tiles& t, std::span<const std::int64_t> tokens) {
  tiles.begin(tokens);
  for (std::size_t layer = 0; layer < tiles.dims().layers; ++layer) {
    for (std::size_t column = 0; column < tokens.size(); ++column) run_layer(tiles, t, layer, column);
  }
  for (std::size_t column = 0; column < tokens.size(); ++column) {
    in_tiles(tiles.dims().vocab, 40, [&](Range r) {
      tiles.run({Operator::lm_head, Part::z, tiles.dims().layers, column, 0, r, {}});
    });
  }
  return tiles.logits();
}

const ModelWeights& trained() {
  static const ModelWeights weights = load_model(test::data_path("models/tiny-mamba2-en"));
  return weights;
}

CalibrationText calibration(std::size_t tokens) {
  std::ifstream in(test::data_path("models/tiny-mamba2-en/calib.bin"), std::ios::binary);
  const std::vector<unsigned char> bytes{std::istreambuf_iterator<char>(in),
                                         std::istreambuf_iterator<char>()};
  return windows_of(bytes, tokens, 1);
}

const IntegerModel& integer_model(const std::string& scheme) {
  static std::map<std::string, std::unique_ptr<const IntegerModel>> models;
  std::unique_ptr<const IntegerModel>& model = models[scheme];
  if (!model) {
    const Scheme s =
        read_scheme(std::filesystem::path(STATELANE_SOURCE_DIR) / "configs/schemes" / (scheme + ".json"));
    model = std::make_unique<const IntegerModel>(trained(), s, calibration(512));
  }
  return *model;
}

const std::vector<std::int64_t> kText = {72, 101, 32, 115, 97, 105, 100, 44, 32, 76, 101, 116};

Tiles random_tiles() {
  Tiles t;
  t.vector = *rc::gen::element<std::size_t>(8, 16, 64, 256);
  t.head_rows = *rc::gen::element<std::size_t>(8, 16, 32, 64);
  t.states = *rc::gen::element<std::size_t>(8, 16, 24, 64);
  return t;
}

RC_GTEST_PROP(FloatTiles, AnyTilingHasTheBitsOfTheForwardPass, ()) {
  static const Mamba2Model model(trained());
  ModelCache cache = model.make_cache();
  const std::vector<float> wanted = model.forward(kText, cache);
  FloatTiles tiles(model);
  RC_ASSERT(run_tokens(tiles, random_tiles(), kText) == wanted);
  RC_ASSERT(tiles.cache().layers[3].state == cache.layers[3].state);
}

TEST(FloatTiles, RotatedModelHasTheBitsOfItsScheme) {
  Scheme scheme;
  scheme.rotation = Rotation::kLightMamba;
  const QuantizedModel reference(trained(), scheme, {});
  ModelCache cache = reference.make_cache();
  const Mamba2Model folded = QuantizedModel::transformed(trained(), scheme, {});
  FloatTiles tiles(folded, {}, Rotation::kLightMamba);
  Tiles t;
  t.out_hadamard = true;
  EXPECT_EQ(run_tokens(tiles, t, kText), reference.forward(kText, cache));
}

class IntegerTilesOf : public testing::TestWithParam<const char*> {};

TEST_P(IntegerTilesOf, BlocksOfTokensHaveTheBitsOfTheForwardPass) {
  const IntegerModel& model = integer_model(GetParam());
  auto cache = model.make_cache();
  const std::vector<float> wanted = model.forward(kText, cache);
  Tiles t;
  t.dt_x_first = model.scheme().input_product == InputProduct::kDtX;
  t.in_hadamard = model.plan().arithmetic == IntegerArithmetic::kFixedPoint;
  t.out_hadamard = true;
  for (const std::size_t block : {1U, 5U, 12U}) {  // decode, blocks of prefill, all at once
    IntegerTiles tiles(model);
    std::vector<float> logits;
    for (std::size_t i = 0; i < kText.size(); i += block) {
      const auto part = run_tokens(tiles, t, std::span(kText).subspan(i, std::min(block, kText.size() - i)));
      logits.insert(logits.end(), part.begin(), part.end());
    }
    EXPECT_EQ(logits, wanted) << block;
    for (std::size_t layer = 0; layer < 4; ++layer)
      EXPECT_EQ(tiles.caches()[layer].state, cache[layer].state);
  }
}

INSTANTIATE_TEST_SUITE_P(Schemes, IntegerTilesOf,
                         testing::Values("lightmamba-w4a4-shift", "lightmamba-w8a8-shift", "fastmamba-w8a8"),
                         [](const auto& test_case) {
                           std::string name = test_case.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

RC_GTEST_PROP(IntegerTiles, AnyTilingHasTheBitsOfTheForwardPass, ()) {
  const IntegerModel& model = integer_model("lightmamba-w4a4-shift");
  auto cache = model.make_cache();
  const auto tokens = std::span(kText).first(3);
  const std::vector<float> wanted = model.forward(tokens, cache);
  IntegerTiles tiles(model);
  Tiles t = random_tiles();
  t.out_hadamard = true;
  RC_ASSERT(run_tokens(tiles, t, tokens) == wanted);
}

TEST(TileExecutor, IllegalOrdersAreCaught) {
  static const Mamba2Model model(trained());
  const ModelDims& m = model.dims();
  FloatTiles tiles(model);
  tiles.begin(kText);
  const auto run = [&](Operator op, Range rows, Part part = Part::z, Range states = {},
                       std::size_t column = 0) {
    tiles.run({op, part, 0, column, 0, rows, states});
  };
  EXPECT_THROW(run(Operator::in_proj, {0, 8}), ScheduleError);  // norm has not run
  run(Operator::norm, {0, m.d_model / 2});
  EXPECT_THROW(run(Operator::in_proj, {0, 8}), ScheduleError);  // only half of it
  run(Operator::norm, {m.d_model / 2, m.d_model});
  run(Operator::in_proj, {0, 8}, Part::x);
  EXPECT_THROW(run(Operator::in_proj, {0, 8}, Part::x), ScheduleError);  // twice
  EXPECT_THROW(run(Operator::conv, {0, 16}, Part::x), ScheduleError);    // rows 8..15 are missing
  run(Operator::conv, {0, 8}, Part::x);
  EXPECT_THROW(run(Operator::conv, {0, 8}, Part::x), ScheduleError);  // the history has moved on
  EXPECT_THROW(run(Operator::state_add, {0, 8}, Part::z, {0, 8}), ScheduleError);
  EXPECT_THROW(run(Operator::decay, {0, 8}, Part::z, {0, 8}), ScheduleError);
  EXPECT_THROW(run(Operator::residual, {0, 8}), ScheduleError);
  EXPECT_THROW(run(Operator::lm_head, {0, 8}), ScheduleError);
  EXPECT_THROW((void)tiles.logits(), ScheduleError);
  EXPECT_THROW(run(Operator::norm, {0, m.d_model + 1}), std::invalid_argument);
  EXPECT_THROW(run(Operator::out_hadamard, {0, m.d_inner}), std::invalid_argument);
}

TEST(TileExecutor, TokensMustReachTheStateInOrder) {
  static const Mamba2Model model(trained());
  const ModelDims& m = model.dims();
  FloatTiles tiles(model);
  tiles.begin(std::span(kText).first(2));
  for (const std::size_t column : {0U, 1U}) {
    tiles.run({Operator::norm, Part::z, 0, column, 0, {0, m.d_model}, {}});
    tiles.run({Operator::in_proj, Part::x, 0, column, 0, {0, 8}, {}});
  }
  EXPECT_THROW(tiles.run({Operator::conv, Part::x, 0, 1, 0, {0, 8}, {}}), ScheduleError);
  tiles.run({Operator::conv, Part::x, 0, 0, 0, {0, 8}, {}});
  tiles.run({Operator::conv, Part::x, 0, 1, 0, {0, 8}, {}});
}

TEST(IntegerTiles, TilesThatCutABlockAreRefused) {
  IntegerTiles tiles(integer_model("lightmamba-w4a4-shift"));
  tiles.begin(std::span(kText).first(1));
  tiles.run({Operator::norm, Part::z, 0, 0, 0, {0, 256}, {}});
  EXPECT_THROW(tiles.run({Operator::in_proj, Part::x, 0, 0, 0, {0, 12}, {}}), std::invalid_argument);
  EXPECT_THROW(tiles.run({Operator::in_proj, Part::x, 0, 0, 0, {4, 12}, {}}), std::invalid_argument);
  tiles.run({Operator::in_proj, Part::x, 0, 0, 0, {8, 16}, {}});
}

}  // namespace
}  // namespace statelane
