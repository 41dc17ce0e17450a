// SPDX-License-Identifier: Apache-2.0
#include "models/blocks/network_forms.h"

#include <map>
#include <vector>

namespace statelane {
namespace {

/// "ssm_cfg" of the original form: arguments of the class Mamba2, and which class. Keys that only matter for
/// training or for the choice of a kernel are read and not used.
struct OriginalMixer {
  std::string layer = "Mamba1";  // the class's default: a file that says nothing is no Mamba2
  std::int64_t d_state = 128;
  std::int64_t d_conv = 4;
  std::int64_t expand = 2;
  std::int64_t headdim = 64;
  std::int64_t ngroups = 1;
  std::int64_t chunk_size = 256;
  std::vector<double> dt_limit = {0.0, std::numeric_limits<double>::infinity()};
  bool bias = false;
  bool conv_bias = true;
  bool rmsnorm = true;
  bool norm_before_gate = false;
  bool head_wise_d = false;
  JsonValue d_ssm;
};

/// config.json of state-spaces/mamba (class MambaConfig, models/config_mamba.py).
struct OriginalConfig {
  std::int64_t d_model = 0;
  std::int64_t d_intermediate = 0;
  std::int64_t n_layer = 0;
  std::int64_t vocab_size = 50277;
  OriginalMixer mixer;
  std::vector<std::int64_t> attention_layers;
  JsonValue attention;
  bool rms_norm = true;
  bool residual_in_fp32 = true;
  bool fused_add_norm = true;
  std::int64_t pad_vocab_size_multiple = 8;
  bool tie_embeddings = true;
};

/// config.json of transformers' class Mamba2Config; defaults are the class's, since transformers writes only
/// what differs.
struct HuggingFaceConfig {
  std::string model_type = "mamba2";
  std::int64_t hidden_size = 4096;
  std::int64_t num_hidden_layers = 64;
  std::int64_t vocab_size = 32768;
  std::int64_t state_size = 128;
  std::int64_t head_dim = 64;
  std::int64_t num_heads = 128;
  std::int64_t n_groups = 8;
  std::int64_t conv_kernel = 4;
  std::int64_t expand = 2;
  std::int64_t chunk_size = 256;
  bool use_bias = false;
  bool use_conv_bias = true;
  std::string hidden_act = "silu";
  bool rms_norm = true;
  double layer_norm_epsilon = 1e-5;
  bool tie_word_embeddings = false;
  std::vector<double> time_step_limit = {0.0, std::numeric_limits<double>::infinity()};
};

using Keys = std::map<std::string_view, std::string_view>;

/// Reads the value at a pointer's place for each field of Mamba2Shape that came from there.
detail::Locate locate_by(const JsonValue& json, const Keys& keys) {
  return [&json, &keys](std::string_view field) {
    const auto key = keys.find(field);
    const std::string pointer(key == keys.end() ? std::string_view() : key->second);
    if (const JsonValue* value = find_pointer(json, pointer)) return value->where();
    SourcePosition where = json.where();
    where.pointer += pointer;
    return where;
  };
}

void check_pair(const std::vector<double>& pair, const SourcePosition& where, Diagnostics& diagnostics) {
  if (pair.size() != 2)
    diagnostics.error(where, "not a pair", std::to_string(pair.size()) + " numbers", "[lowest, highest]");
}

void not_modelled(bool is_so, const SourcePosition& where, std::string what, Diagnostics& diagnostics) {
  if (is_so) diagnostics.error(where, std::move(what), {}, {}, "this part of the class is not modelled");
}

}  // namespace

template <>
struct Describe<OriginalMixer> {
  static const Table<OriginalMixer>& table() {
    using M = OriginalMixer;
    static const Table<M> t =
        Table<M>("ssm_cfg", "Arguments of the class Mamba2.")
            .field("layer", &M::layer, "Class of the mixer")
            .one_of({"Mamba1", "Mamba2"})
            .field("d_state", &M::d_state, "State elements a channel")
            .field("d_conv", &M::d_conv, "Taps of the convolution")
            .field("expand", &M::expand, "d_inner / d_model")
            .field("headdim", &M::headdim, "Channels a head")
            .field("ngroups", &M::ngroups, "Groups of heads that share B and C")
            .field("chunk_size", &M::chunk_size, "Tokens a chunk")
            .field("dt_limit", &M::dt_limit, "Clamp of dt after softplus")
            .infinity()
            .field("bias", &M::bias, "Projections have biases")
            .field("conv_bias", &M::conv_bias, "The convolution has a bias")
            .field("rmsnorm", &M::rmsnorm, "There is a gated norm")
            .field("norm_before_gate", &M::norm_before_gate, "The norm comes before the gate")
            .field("D_has_hdim", &M::head_wise_d, "D is a vector a head")
            .field("d_ssm", &M::d_ssm, "Channels under the SSM, if not all");
    return t;
  }
};

template <>
struct Describe<OriginalConfig> {
  static const Table<OriginalConfig>& table() {
    using C = OriginalConfig;
    static const Table<C> t =
        Table<C>("mamba_config", "config.json of state-spaces/mamba.")
            .field("d_model", &C::d_model, "Width of the residual stream")
            .required()
            .field("d_intermediate", &C::d_intermediate, "Width of the MLP, 0 for none")
            .field("n_layer", &C::n_layer, "Blocks")
            .required()
            .field("vocab_size", &C::vocab_size, "Language tokens")
            .field("ssm_cfg", &C::mixer, "Arguments of the mixer")
            .field("attn_layer_idx", &C::attention_layers, "Blocks with attention")
            .field("attn_cfg", &C::attention, "Arguments of attention")
            .field("rms_norm", &C::rms_norm, "RMSNorm, not LayerNorm")
            .field("residual_in_fp32", &C::residual_in_fp32, "Precision of the residual stream")
            .field("fused_add_norm", &C::fused_add_norm, "Choice of a kernel")
            .field("pad_vocab_size_multiple", &C::pad_vocab_size_multiple, "Rows of the embedding")
            .field("tie_embeddings", &C::tie_embeddings, "The head is the embedding");
    return t;
  }
};

template <>
struct Describe<HuggingFaceConfig> {
  static const Table<HuggingFaceConfig>& table() {
    using C = HuggingFaceConfig;
    static const Table<C> t =
        Table<C>("mamba2_config", "config.json of Hugging Face transformers.")
            .field("model_type", &C::model_type, "Class of the model")
            .one_of({"mamba2"})
            .field("hidden_size", &C::hidden_size, "Width of the residual stream")
            .required()
            .field("num_hidden_layers", &C::num_hidden_layers, "Blocks")
            .field("vocab_size", &C::vocab_size, "Rows of the embedding")
            .field("state_size", &C::state_size, "State elements a channel")
            .field("head_dim", &C::head_dim, "Channels a head")
            .field("num_heads", &C::num_heads, "Heads")
            .field("n_groups", &C::n_groups, "Groups of heads that share B and C")
            .field("conv_kernel", &C::conv_kernel, "Taps of the convolution")
            .field("expand", &C::expand, "d_inner / d_model")
            .field("chunk_size", &C::chunk_size, "Tokens a chunk")
            .field("use_bias", &C::use_bias, "Projections have biases")
            .field("use_conv_bias", &C::use_conv_bias, "The convolution has a bias")
            .field("hidden_act", &C::hidden_act, "Activation")
            .one_of({"silu", "swish"})
            .field("rms_norm", &C::rms_norm, "RMSNorm")
            .field("layer_norm_epsilon", &C::layer_norm_epsilon, "Epsilon of the norms")
            .field("tie_word_embeddings", &C::tie_word_embeddings, "The head is the embedding")
            .field("time_step_limit", &C::time_step_limit, "Clamp of dt after softplus")
            .infinity();
    return t;
  }
};

namespace detail {
namespace {

/// Judges a shape by the table of Mamba2Shape (ranges) and its rules, with the places of the foreign file.
bool judge(const Mamba2Shape& shape, const Locate& locate, Diagnostics& diagnostics) {
  Diagnostics found;
  Mamba2Shape copy;
  read(with_pointers(to_json(shape)), copy, found);
  for (Diagnostic d : found) {
    d.where = locate(d.where.pointer.empty() ? d.where.pointer : d.where.pointer.substr(1));
    diagnostics.add(std::move(d));
  }
  return found.ok();
}

}  // namespace

std::optional<Mamba2Shape> read_original(const JsonValue& json, Diagnostics& diagnostics) {
  static const Keys keys = {{"d_model", "/d_model"},
                            {"n_layer", "/n_layer"},
                            {"vocab_size", "/vocab_size"},
                            {"pad_vocab_size_multiple", "/pad_vocab_size_multiple"},
                            {"tie_embeddings", "/tie_embeddings"},
                            {"d_state", "/ssm_cfg/d_state"},
                            {"headdim", "/ssm_cfg/headdim"},
                            {"ngroups", "/ssm_cfg/ngroups"},
                            {"d_conv", "/ssm_cfg/d_conv"},
                            {"expand", "/ssm_cfg/expand"},
                            {"chunk_size", "/ssm_cfg/chunk_size"},
                            {"dt_min", "/ssm_cfg/dt_limit"},
                            {"dt_max", "/ssm_cfg/dt_limit"}};
  const std::size_t before = diagnostics.error_count();
  OriginalConfig config;
  if (!read(json, config, diagnostics)) return std::nullopt;
  const OriginalMixer& mixer = config.mixer;
  const JsonValue* ssm_cfg = json.find("ssm_cfg");
  const JsonValue& inner = ssm_cfg != nullptr ? *ssm_cfg : json;
  not_modelled(mixer.layer != "Mamba2", inner.where("layer"), "the layers are not of class Mamba2",
               diagnostics);
  not_modelled(config.d_intermediate != 0, json.where("d_intermediate"), "blocks with an MLP", diagnostics);
  not_modelled(!config.attention_layers.empty(), json.where("attn_layer_idx"), "blocks with attention",
               diagnostics);
  not_modelled(!config.rms_norm, json.where("rms_norm"), "LayerNorm instead of RMSNorm", diagnostics);
  not_modelled(!mixer.rmsnorm, inner.where("rmsnorm"), "a mixer without its norm", diagnostics);
  not_modelled(mixer.norm_before_gate, inner.where("norm_before_gate"), "the norm before the gate",
               diagnostics);
  not_modelled(mixer.head_wise_d, inner.where("D_has_hdim"), "a D of more than one number a head",
               diagnostics);
  not_modelled(!mixer.d_ssm.is_null(), inner.where("d_ssm"), "an SSM over some channels only", diagnostics);
  check_pair(mixer.dt_limit, inner.where("dt_limit"), diagnostics);
  if (diagnostics.error_count() != before) return std::nullopt;

  Mamba2Shape shape;
  shape.d_model = config.d_model;
  shape.n_layer = config.n_layer;
  shape.vocab_size = config.vocab_size;
  shape.pad_vocab_size_multiple = config.pad_vocab_size_multiple;
  shape.tie_embeddings = config.tie_embeddings;
  shape.d_state = mixer.d_state;
  shape.headdim = mixer.headdim;
  shape.ngroups = mixer.ngroups;
  shape.d_conv = mixer.d_conv;
  shape.expand = mixer.expand;
  shape.chunk_size = mixer.chunk_size;
  shape.dt_min = mixer.dt_limit[0];
  shape.dt_max = mixer.dt_limit[1];
  shape.conv_bias = mixer.conv_bias;
  shape.proj_bias = mixer.bias;
  if (!judge(shape, locate_by(json, keys), diagnostics)) return std::nullopt;
  return shape;
}

std::optional<Mamba2Shape> read_hugging_face(const JsonValue& json, Diagnostics& diagnostics) {
  static const Keys keys = {{"d_model", "/hidden_size"},    {"n_layer", "/num_hidden_layers"},
                            {"vocab_size", "/vocab_size"},  {"d_state", "/state_size"},
                            {"headdim", "/head_dim"},       {"ngroups", "/n_groups"},
                            {"d_conv", "/conv_kernel"},     {"expand", "/expand"},
                            {"chunk_size", "/chunk_size"},  {"norm_eps", "/layer_norm_epsilon"},
                            {"dt_min", "/time_step_limit"}, {"dt_max", "/time_step_limit"}};
  const std::size_t before = diagnostics.error_count();
  HuggingFaceConfig config;
  ReadOptions options;
  options.allow_unknown = true;  // training, generation and versions leave their traces in these files
  options.ignored_keys = {"time_step_min", "time_step_max", "time_step_floor", "time_step_rank"};
  if (!read(json, config, diagnostics, options)) return std::nullopt;
  not_modelled(!config.rms_norm, json.where("rms_norm"), "a model without RMSNorm", diagnostics);
  check_pair(config.time_step_limit, json.where("time_step_limit"), diagnostics);
  if (diagnostics.error_count() != before) return std::nullopt;

  Mamba2Shape shape;
  shape.d_model = config.hidden_size;
  shape.n_layer = config.num_hidden_layers;
  shape.vocab_size = config.vocab_size;
  shape.pad_vocab_size_multiple = 1;  // vocab_size counts the rows there are
  shape.tie_embeddings = config.tie_word_embeddings;
  shape.d_state = config.state_size;
  shape.headdim = config.head_dim;
  shape.ngroups = config.n_groups;
  shape.d_conv = config.conv_kernel;
  shape.expand = config.expand;
  shape.chunk_size = config.chunk_size;
  shape.norm_eps = config.layer_norm_epsilon;
  shape.dt_min = config.time_step_limit[0];
  shape.dt_max = config.time_step_limit[1];
  shape.conv_bias = config.use_conv_bias;
  shape.proj_bias = config.use_bias;
  if (!judge(shape, locate_by(json, keys), diagnostics)) return std::nullopt;
  if (shape.nheads() != config.num_heads) {
    diagnostics.error(json.where("num_heads"), "num_heads * head_dim is not expand * hidden_size",
                      std::to_string(config.num_heads), std::to_string(shape.nheads()));
    return std::nullopt;
  }
  if (shape.ngroups > 1) {
    diagnostics.warning(
        json.where("n_groups"),
        "transformers' class takes the gated norm over all of d_inner, here it is taken over each group",
        std::to_string(shape.ngroups));
  }
  return shape;
}

}  // namespace detail
}  // namespace statelane
