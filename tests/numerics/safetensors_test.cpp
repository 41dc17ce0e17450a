// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/safetensors.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "models/numerics/half.h"
#include "tests/numerics/golden_case.h"

namespace statelane {
namespace {

std::vector<std::byte> file_of(const std::string& header, std::size_t data_bytes) {
  std::vector<std::byte> file(8 + header.size() + data_bytes);
  const std::uint64_t length = header.size();
  std::memcpy(file.data(), &length, 8);
  std::memcpy(file.data() + 8, header.data(), header.size());
  return file;
}

/// The error of opening a file with this header and that many data bytes; empty if it opens.
std::string error_of(const std::string& header, std::size_t data_bytes) {
  try {
    const SafetensorsFile file(file_of(header, data_bytes), "test");
    return {};
  } catch (const InputError& e) {
    return e.what();
  }
}

TEST(Half, EveryPatternGoesToFloatAndBack) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = half_to_float(half);
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(half_to_float(float_to_half(value))));
    } else {
      ASSERT_EQ(float_to_half(value), half);
    }
    const float wide = bfloat16_to_float(half);
    if (!std::isnan(wide)) {
      ASSERT_EQ(float_to_bfloat16(wide), half);
    }
  }
}

TEST(Half, RoundsToNearestEven) {
  EXPECT_EQ(round_to_half(2049.0F), 2048.0F);  // between 2048 and 2050: to even
  EXPECT_EQ(round_to_half(2051.0F), 2052.0F);
  EXPECT_EQ(round_to_half(65519.0F), 65504.0F);
  EXPECT_TRUE(std::isinf(round_to_half(65520.0F)));
  EXPECT_EQ(round_to_half(0x1p-24F), 0x1p-24F);
  EXPECT_EQ(round_to_half(0x1p-25F), 0.0F);
  EXPECT_EQ(round_to_half(0x1.8p-25F), 0x1p-24F);
  EXPECT_EQ(round_to_half(-0x1.ff8p-15F), -0x1.ff8p-15F);  // the largest subnormal
  EXPECT_EQ(round_to_half(-0x1.ffcp-15F), -0x1p-14F);      // halfway above it: to the even smallest normal
  EXPECT_EQ(bfloat16_to_float(float_to_bfloat16(257.0F)), 256.0F);
  EXPECT_EQ(bfloat16_to_float(float_to_bfloat16(259.0F)), 260.0F);
}

TEST(Safetensors, RoundTripInMemoryAndOnDisk) {
  SafetensorsWriter writer;
  const std::vector<float> values = {1.0F, -2.5F, 0.0F, 3.25F, 1e-3F, 65504.0F};
  const std::vector<std::int64_t> ids = {-1, 1LL << 40};
  const std::vector<std::int8_t> codes = {-128, 127, 5};
  writer.add("b.f32", {2, 3}, values);
  writer.add("a.f16", {6}, values, DType::kF16);
  writer.add("c.bf16", {3, 2}, values, DType::kBF16);
  writer.add("ids", {2}, std::span<const std::int64_t>(ids));
  writer.add("codes", {1, 3}, std::span<const std::int8_t>(codes));
  writer.add("empty", {0, 4}, std::span<const float>{});
  writer.set_metadata("who", "a test with \"quotes\"");
  const auto path = std::filesystem::temp_directory_path() / "statelane_safetensors_test.safetensors";
  writer.write(path);
  for (const SafetensorsFile& file : {SafetensorsFile(path), SafetensorsFile(writer.serialise(), "memory")}) {
    EXPECT_EQ(file.tensors().size(), 6U);
    EXPECT_EQ(file.at("b.f32").to_floats(), values);
    EXPECT_EQ(file.at("b.f32").shape, (std::vector<std::size_t>{2, 3}));
    for (std::size_t i = 0; i < values.size(); ++i) {
      EXPECT_EQ(file.at("a.f16").to_floats()[i], round_to_half(values[i]));
    }
    EXPECT_EQ(file.at("ids").to_integers(), ids);
    EXPECT_EQ(file.at("codes").to_integers(), (std::vector<std::int64_t>{-128, 127, 5}));
    EXPECT_EQ(file.at("codes").to_floats()[0], -128.0F);
    EXPECT_EQ(file.at("empty").elements(), 0U);
    EXPECT_EQ(file.metadata().at("who"), "a test with \"quotes\"");
    EXPECT_EQ(file.find("none"), nullptr);
    EXPECT_THROW((void)file.at("none"), InputError);
    EXPECT_THROW((void)file.at("b.f32").to_integers(), InputError);
  }
  std::filesystem::remove(path);
  EXPECT_THROW(SafetensorsFile{path}, InputError);
}

TEST(Safetensors, WriterRefusesWhatItCannotStore) {
  SafetensorsWriter writer;
  const std::vector<float> values(6);
  EXPECT_THROW(writer.add("x", {5}, values), InputError);
  EXPECT_THROW(writer.add("x", {6}, values, DType::kI8), InputError);
  writer.add("x", {6}, values);
  EXPECT_THROW(writer.add("x", {6}, values), InputError);
  EXPECT_THROW(writer.write("/nowhere/at/all.safetensors"), InputError);
}

TEST(Safetensors, LyingFilesAreOneClearError) {
  const std::string good = R"({"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  EXPECT_EQ(error_of(good, 8), "");
  const auto contains = [](const std::string& text, const char* part) {
    return text.find(part) != std::string::npos ? testing::AssertionSuccess()
                                                : testing::AssertionFailure() << text;
  };
  EXPECT_TRUE(contains(error_of(good, 7), "truncated or lying"));
  EXPECT_TRUE(contains(error_of(good, 9), "belong to none"));
  EXPECT_TRUE(contains(error_of("{", 0), "not JSON"));
  EXPECT_TRUE(contains(error_of("[1]", 0), "not a JSON object"));
  EXPECT_TRUE(contains(error_of(R"({"t":1})", 0), "lacks"));
  const auto entry = [](const std::string& body) { return R"({"t":{)" + body + "}}"; };
  EXPECT_TRUE(
      contains(error_of(entry(R"("dtype":"F31","shape":[2],"data_offsets":[0,8])"), 8), "unknown dtype"));
  EXPECT_TRUE(contains(error_of(entry(R"("dtype":7,"shape":[2],"data_offsets":[0,8])"), 8), "unknown dtype"));
  EXPECT_TRUE(contains(error_of(entry(R"("dtype":"F32","shape":2,"data_offsets":[0,8])"), 8), "not a list"));
  EXPECT_TRUE(
      contains(error_of(entry(R"("dtype":"F32","shape":[-2],"data_offsets":[0,8])"), 8), "whole number"));
  EXPECT_TRUE(
      contains(error_of(entry(R"("dtype":"F32","shape":[2.5],"data_offsets":[0,8])"), 8), "whole number"));
  EXPECT_TRUE(
      contains(error_of(entry(R"("dtype":"F32","shape":[3],"data_offsets":[0,8])"), 8), "do not fill"));
  EXPECT_TRUE(contains(error_of(entry(R"("dtype":"F32","shape":[2],"data_offsets":[8,0])"), 8),
                       "truncated or lying"));
  EXPECT_TRUE(contains(error_of(entry(R"("dtype":"F32","shape":[2],"data_offsets":[0])"), 8), "not a pair"));
  // 2^62 * 4 bytes overflows to 0.
  EXPECT_TRUE(
      contains(error_of(entry(R"("dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0])"), 0),
               "do not fill"));
  EXPECT_TRUE(
      contains(error_of(entry(R"("dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0])"), 0),
               "do not fill"));
  EXPECT_TRUE(
      contains(error_of(R"({"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"t":{}})", 8), "twice"));
  EXPECT_TRUE(contains(error_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                                R"("b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})",
                                12),
                       "overlaps"));
  EXPECT_TRUE(contains(error_of(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", 8), "gap"));
  EXPECT_TRUE(contains(error_of(R"({"__metadata__":{"a":1}})", 0), "not a string"));
  EXPECT_TRUE(contains(error_of("{\"\xff\":1}", 0), "not JSON"));
}

TEST(Safetensors, HeaderLengthsThatLie) {
  for (const std::uint64_t length : {std::uint64_t{1}, std::uint64_t{1} << 40, ~std::uint64_t{0}}) {
    std::vector<std::byte> file(8);
    std::memcpy(file.data(), &length, 8);
    EXPECT_THROW(SafetensorsFile(file, "test"), InputError);
  }
  EXPECT_THROW(SafetensorsFile(std::vector<std::byte>(3), "test"), InputError);
}

/// A real file with bytes flipped or cut off either opens (the data may be anything) or is an InputError;
/// never a crash.
RC_GTEST_PROP(SafetensorsProperty, DamagedFilesNeverCrash, ()) {
  static const std::vector<std::byte> good = [] {
    SafetensorsWriter writer;
    const std::vector<float> values(12, 1.5F);
    writer.add("x", {3, 4}, values);
    writer.add("y", {12}, values, DType::kBF16);
    return writer.serialise();
  }();
  std::vector<std::byte> bytes = good;
  for (const auto& [where, value] :
       *rc::gen::container<std::vector<std::pair<std::size_t, std::uint8_t>>>(rc::gen::pair(
           rc::gen::inRange<std::size_t>(0, good.size()), rc::gen::arbitrary<std::uint8_t>()))) {
    bytes[where] = static_cast<std::byte>(value);
  }
  bytes.resize(*rc::gen::inRange<std::size_t>(0, good.size() + 1));
  try {
    const SafetensorsFile file(bytes, "damaged");
    for (const auto& [name, view] : file.tensors()) RC_ASSERT(view.to_floats().size() == view.elements());
  } catch (const InputError&) {
  }
}

/// A small model's tensors, for breaking one at a time.
class Weights : public testing::Test {
 protected:
  Weights() : file_(test::data_path("golden/tiny64_short_L2/model.safetensors")) {
    golden_ = load_model(test::data_path("golden/tiny64_short_L2"));
  }
  /// The error of loading the model with one tensor changed by `change(values, shape)`; a shape of {} drops
  /// it.
  template <class Change>
  std::string error_with(const std::string& name, Change change) {
    SafetensorsWriter writer;
    for (const auto& [key, view] : file_.tensors()) {
      std::vector<float> values = view.to_floats();
      std::vector<std::size_t> shape = view.shape;
      if (key == name) change(values, shape);
      if (!shape.empty()) writer.add(key, shape, values);
    }
    try {
      (void)read_weights(SafetensorsFile(writer.serialise(), "broken"), golden_.dims);
      return {};
    } catch (const InputError& e) {
      return e.what();
    }
  }
  SafetensorsFile file_;
  ModelWeights golden_;
};

TEST_F(Weights, EveryTensorIsChecked) {
  EXPECT_EQ(error_with("", [](auto&, auto&) {}), "");
  for (const auto& [name, view] : file_.tensors()) {
    const auto names = [&, key = name](const std::string& error, const char* what) {
      EXPECT_NE(error.find(what), std::string::npos) << key << ": " << error;
      EXPECT_NE(error.find(key), std::string::npos) << error;
    };
    names(error_with(name, [](auto&, auto& shape) { shape.clear(); }),
          name.find("embedding") == std::string::npos ? "missing" : "neither");
    names(error_with(name, [](auto& values, auto&) { values.back() = std::nanf(""); }), "not finite");
    names(error_with(name, [](auto& values, auto&) { values[0] = INFINITY; }), "not finite");
    names(error_with(name, [](auto& values, auto& shape) { shape = {values.size(), 1, 1, 1}; }), "shape");
  }
}

TEST_F(Weights, AnUntiedHeadMustBeThere) {
  ModelDims dims = golden_.dims;
  dims.tied = false;
  EXPECT_THROW((void)read_weights(file_, dims), InputError);
}

TEST(Config, HostileOnesAreErrorsNotCrashes) {
  const auto directory = std::filesystem::temp_directory_path() / "statelane_config_test";
  std::filesystem::create_directories(directory);
  std::filesystem::copy_file(test::data_path("golden/tiny64_short_L2/model.safetensors"),
                             directory / "model.safetensors",
                             std::filesystem::copy_options::overwrite_existing);
  for (const char* text :
       {"", "{}", "[]", "{\"d_model\": 64}", "{\"d_model\": -64, \"n_layer\": 1, \"vocab_size\": 250}",
        "{\"d_model\": 1e300, \"n_layer\": 1, \"vocab_size\": 250}",
        "{\"d_model\": 64, \"n_layer\": 100000000, \"vocab_size\": 250, \"ssm_cfg\": {\"layer\": "
        "\"Mamba2\"}}",
        "{\"d_model\": 64, \"n_layer\": 1, \"vocab_size\": 250, \"ssm_cfg\": {\"layer\": \"Mamba1\"}}"}) {
    std::ofstream(directory / "config.json") << text;
    EXPECT_THROW((void)load_model(directory), InputError) << text;
  }
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace statelane
