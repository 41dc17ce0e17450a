// SPDX-License-Identifier: Apache-2.0
#include "models/blocks/network.h"
#include "tests/source_folder.h"

#include <gtest/gtest.h>

#include <string>

namespace statelane {
namespace {

const std::string source_dir = source_folder();

Catalog catalog() {
  return Catalog({source_dir + "/configs"});
}

Mamba2Shape loaded(std::string_view reference) {
  Diagnostics d;
  const auto shape = load_network(catalog(), reference, d);
  EXPECT_TRUE(shape.has_value());
  EXPECT_TRUE(d.empty()) << d.text();
  return shape.value_or(Mamba2Shape{});
}

std::optional<Mamba2Shape> read_text(std::string_view text, Diagnostics& d) {
  JsonOptions options;
  options.python_constants = true;
  const auto json = parse_json(text, "config.json", d, options);
  return json ? read_network(*json, d) : std::nullopt;
}

Diagnostics refused(std::string_view text) {
  Diagnostics d;
  EXPECT_FALSE(read_text(text, d).has_value()) << text;
  EXPECT_GE(d.error_count(), 1U) << text;
  return d;
}

struct Published {
  const char* name;
  std::int64_t d_inner, nheads, in_proj_width, conv_channels, in_proj_mac, out_proj_mac, state, layer, all;
};

// The public reference implementation's extents; the parameter counts are computed from them by hand.
constexpr Published published[] = {
    {"mamba2-130m", 1536, 24, 3352, 1792, 2574336, 1179648, 196608, 3765320, 128989632},
    {"mamba2-370m", 2048, 32, 4384, 2304, 4489216, 2097152, 262144, 6601056, 368346624},
    {"mamba2-780m", 3072, 48, 6448, 3328, 9904128, 4718592, 393216, 14644112, 780161280},
    {"mamba2-1.3b", 4096, 64, 8512, 4352, 17432576, 8388608, 524288, 25849280, 1343757312},
    {"mamba2-2.7b", 5120, 80, 10576, 5376, 27074560, 13107200, 655360, 40216560, 2702599680},
};

TEST(Network, PublishedSizes) {
  for (const Published& p : published) {
    const Mamba2Shape s = loaded(p.name);
    EXPECT_EQ(s.name, p.name);
    EXPECT_EQ(s.d_inner(), p.d_inner) << p.name;
    EXPECT_EQ(s.nheads(), p.nheads) << p.name;
    EXPECT_EQ(s.in_proj_width(), p.in_proj_width) << p.name;
    EXPECT_EQ(s.conv_channels(), p.conv_channels) << p.name;
    EXPECT_EQ(s.in_proj_width() * s.d_model, p.in_proj_mac) << p.name;
    EXPECT_EQ(s.d_inner() * s.d_model, p.out_proj_mac) << p.name;
    EXPECT_EQ(s.state_elements(), p.state) << p.name;
    EXPECT_EQ(s.layer_parameters(), p.layer) << p.name;
    EXPECT_EQ(s.parameters(), p.all) << p.name;
    EXPECT_EQ(s.padded_vocab(), 50288);
  }
}

TEST(Network, EveryCheckedInFileReadsBack) {
  const auto names = catalog().names("networks");
  EXPECT_GE(names.size(), 5U);
  for (const std::string& name : names) {
    const Mamba2Shape s = loaded(name);
    Diagnostics d;
    const auto again = read_text(write(s), d);
    ASSERT_TRUE(again.has_value()) << d.text();
    EXPECT_EQ(*again, s);
  }
}

TEST(Network, ForeignFormsOfOneNetworkAgree) {
  const std::string data = source_dir + "/tests/data/configs/";
  Mamba2Shape original = loaded(data + "original");
  Mamba2Shape hugging_face = loaded(data + "hugging_face/config.json");
  EXPECT_EQ(original.name, "original");
  EXPECT_EQ(hugging_face.name, "hugging_face");
  EXPECT_EQ(original.d_model, 64);
  EXPECT_EQ(original.n_layer, 2);
  EXPECT_EQ(original.d_state, 16);
  EXPECT_EQ(original.headdim, 16);
  EXPECT_EQ(original.nheads(), 8);
  EXPECT_EQ(original.chunk_size, 8);
  EXPECT_EQ(original.padded_vocab(), 256);
  EXPECT_EQ(original.dt_max, std::numeric_limits<double>::infinity());
  EXPECT_EQ(hugging_face.padded_vocab(), original.padded_vocab());
  hugging_face.name = original.name;
  hugging_face.pad_vocab_size_multiple = original.pad_vocab_size_multiple;
  EXPECT_EQ(hugging_face, original);
}

TEST(Network, PublishedOriginalFilesTakeTheClassDefaults) {
  Diagnostics d;
  auto shape =
      read_text(R"({"d_model": 2560, "n_layer": 64, "vocab_size": 50277, "ssm_cfg": {"layer": "Mamba2"},
    "rms_norm": true, "residual_in_fp32": true, "fused_add_norm": true, "pad_vocab_size_multiple": 16,
    "tie_embeddings": true})",
                d);
  ASSERT_TRUE(shape.has_value()) << d.text();
  const Mamba2Shape own = loaded("mamba2-2.7b");
  shape->name = own.name;
  shape->source = own.source;
  EXPECT_EQ(*shape, own);
}

TEST(Network, KnowsTheForms) {
  const auto form = [](std::string_view text) {
    Diagnostics d;
    return network_form(parse_json(text, "t", d).value());
  };
  EXPECT_EQ(form(R"({"d_model": 1, "n_layer": 1})"), NetworkForm::own);
  EXPECT_EQ(form(R"({"d_model": 1, "n_layer": 1, "ssm_cfg": {}})"), NetworkForm::original);
  EXPECT_EQ(form(R"({"hidden_size": 1})"), NetworkForm::hugging_face);
  EXPECT_EQ(form("[]"), NetworkForm::own);
}

TEST(Network, MeaningIsChecked) {
  EXPECT_EQ(refused("{\"d_model\": 100, \"n_layer\": 1,\n \"headdim\": 64}").text(),
            "config.json:2:13: error: /headdim: headdim does not divide d_inner; found 64, allowed a divisor "
            "of 200 = "
            "expand * d_model\n");
  EXPECT_EQ(refused(R"({"d_model": 128, "n_layer": 1, "ngroups": 3})")[0].where.pointer, "/ngroups");
  EXPECT_EQ(refused(R"({"d_model": 128, "n_layer": 1, "dt_min": 2, "dt_max": 1})")[0].where.pointer,
            "/dt_max");
  EXPECT_EQ(refused(R"({"d_model": 0, "n_layer": 1})")[0].where.pointer, "/d_model");
  EXPECT_EQ(refused(R"({"d_model": 9223372036854775807, "n_layer": 1})")[0].where.pointer, "/d_model");
  EXPECT_EQ(refused(R"({"d_model": 128, "n_layer": 1, "head_dim": 64})")[0].hint, "did you mean 'headdim'?");
  EXPECT_EQ(refused("{}").error_count(), 2U);
  refused("[1]");
}

TEST(Network, ForeignFilesAreCheckedAtTheirOwnPlaces) {
  EXPECT_EQ(
      refused(
          "{\"d_model\": 100, \"n_layer\": 1, \"ssm_cfg\": {\"layer\": \"Mamba2\",\n \"headdim\": 64}}")[0]
          .where,
      (SourcePosition{"config.json", 2, 13, "/ssm_cfg/headdim"}));
  EXPECT_EQ(refused(R"({"hidden_size": 100, "num_hidden_layers": 1, "n_groups": 1})")[0].where.pointer,
            "/head_dim");
  EXPECT_EQ(refused(R"({"hidden_size": 9223372036854775807})")[0].where.pointer, "/hidden_size");
  EXPECT_EQ(refused(R"({"hidden_size": 512, "n_groups": 1, "num_heads": 8})")[0].where.pointer, "/num_heads");
  EXPECT_EQ(
      refused(R"({"d_model": 128, "n_layer": 1, "ssm_cfg": {"layer": "Mamba2", "head_dim": 64}})")[0].hint,
      "did you mean 'headdim'?");
  refused(R"({"hidden_size": 512, "num_heads": 16, "n_groups": 1, "time_step_limit": [NaN, 1]})");
  refused(R"({"hidden_size": 512, "num_heads": 16, "n_groups": 1, "time_step_limit": [0]})");
}

TEST(Network, WhatIsNotModelledIsRefused) {
  for (const char* part : {R"("ssm_cfg": {})", R"("ssm_cfg": {"layer": "Mamba1"})", R"("rms_norm": true)",
                           R"("d_intermediate": 8, "ssm_cfg": {"layer": "Mamba2"})",
                           R"("attn_layer_idx": [1], "ssm_cfg": {"layer": "Mamba2"})",
                           R"("rms_norm": false, "ssm_cfg": {"layer": "Mamba2"})",
                           R"("ssm_cfg": {"layer": "Mamba2", "rmsnorm": false})",
                           R"("ssm_cfg": {"layer": "Mamba2", "norm_before_gate": true})",
                           R"("ssm_cfg": {"layer": "Mamba2", "D_has_hdim": true})",
                           R"("ssm_cfg": {"layer": "Mamba2", "d_ssm": 64})"})
    refused(std::string(R"({"d_model": 128, "n_layer": 1, )") + part + "}");
  refused(R"({"hidden_size": 512, "model_type": "mamba"})");
  refused(R"({"hidden_size": 512, "num_heads": 16, "n_groups": 1, "hidden_act": "gelu"})");
  refused(R"({"hidden_size": 512, "num_heads": 16, "n_groups": 1, "rms_norm": false})");
}

TEST(Network, WarnsOfWhatMayBeAMistake) {
  Diagnostics d;
  EXPECT_TRUE(
      read_text(
          R"({"hidden_size": 512, "num_heads": 16, "n_groups": 2, "chunk_sizes": 64, "torch_dtype": "x"})", d)
          .has_value());
  ASSERT_EQ(d.size(), 2U) << d.text();
  EXPECT_EQ(d[0].hint, "did you mean 'chunk_size'?");
  EXPECT_EQ(d[1].where.pointer, "/n_groups");
  EXPECT_TRUE(d.ok());
}

TEST(Network, UnknownNameShowsTheNearest) {
  Diagnostics d;
  EXPECT_FALSE(load_network(catalog(), "mamba2-2.7", d, {"e.json", 2, 3, "/network"}).has_value());
  EXPECT_EQ(
      d[0].text().rfind(
          "e.json:2:3: error: /network: there is no network of that name; found 'mamba2-2.7', allowed ", 0),
      0U);
  EXPECT_EQ(d[0].hint, "did you mean 'mamba2-2.7b'?");
}

}  // namespace
}  // namespace statelane
