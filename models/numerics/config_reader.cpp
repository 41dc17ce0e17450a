// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/config_reader.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

namespace ssmscope {

// Stand-in until models/workload/network.h reads both forms.
ModelDims read_model_dims(const std::filesystem::path& config) {
  std::ifstream in(config);
  std::stringstream text;
  text << in.rdbuf();
  const auto j =
      nlohmann::json::parse(std::regex_replace(text.str(), std::regex("Infinity"), "1e300"), nullptr, false);
  if (j.is_discarded()) throw InputError(config.string() + ": not JSON");
  ModelDims m;
  const bool hf = j.contains("hidden_size");
  const auto ssm = j.value("ssm_cfg", nlohmann::json::object());
  m.d_model = j.at(hf ? "hidden_size" : "d_model");
  m.layers = j.at(hf ? "num_hidden_layers" : "n_layer");
  const std::size_t pad = hf ? 1 : j.value("pad_vocab_size_multiple", std::size_t{8});
  m.vocab = (j.at("vocab_size").get<std::size_t>() + pad - 1) / pad * pad;
  m.d_inner = 2 * m.d_model;
  m.headdim = hf ? j.at("head_dim").get<std::size_t>() : ssm.value("headdim", std::size_t{64});
  m.heads = m.d_inner / m.headdim;
  m.d_state = hf ? j.at("state_size").get<std::size_t>() : ssm.value("d_state", std::size_t{128});
  m.groups = hf ? j.at("n_groups").get<std::size_t>() : ssm.value("ngroups", std::size_t{1});
  m.tied = hf ? j.value("tie_word_embeddings", false) : j.value("tie_embeddings", true);
  return m;
}

}  // namespace ssmscope
