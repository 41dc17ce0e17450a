// SPDX-License-Identifier: Apache-2.0
#include "apps/commands/functional_run.h"

#include <algorithm>
#include <cmath>

#include "apps/commands/model_input.h"
#include "models/blocks/mamba2/functions.h"
#include "models/blocks/mamba2/head_scheme.h"
#include "models/functional/functional_model.h"

namespace statelane {

/// What a run, or the model itself, comes to.
struct Result {
  std::vector<std::vector<float>> logits;   ///< in the order in which a run makes them
  std::vector<std::vector<float>> all;      ///< of every token, by sequence: [tokens, vocab]
  std::vector<std::vector<double>> states;  ///< by sequence and layer: history, then h
};

class CarriedData {
 public:
  CarriedData() = default;
  CarriedData(const CarriedData&) = delete;
  CarriedData& operator=(const CarriedData&) = delete;
  virtual ~CarriedData() = default;

  virtual void start(const Graph& graph) = 0;
  [[nodiscard]] virtual FunctionalModel& run() = 0;
  /// What the model's own forward pass makes of the prompts.
  [[nodiscard]] virtual Result wanted() const = 0;
  [[nodiscard]] virtual bool exact() const = 0;  ///< carried must have the bits of wanted
  [[nodiscard]] virtual std::size_t vocab() const = 0;
};

namespace {

using Tokens = std::vector<std::vector<std::int64_t>>;

/// Some prompt: any tokens will do, the same every time.
Tokens some_prompts(const Phase& phase, std::size_t vocab) {
  Tokens all(static_cast<std::size_t>(phase.batch));
  const std::int64_t length = phase.kind == PhaseKind::prefill ? phase.length : 1;
  for (std::size_t q = 0; q < all.size(); ++q) {
    for (std::int64_t i = 0; i < length; ++i) {
      const std::int64_t n = i * 37 + static_cast<std::int64_t>(q) * 101 + 11;
      all[q].push_back(n * n % static_cast<std::int64_t>(vocab));
    }
  }
  return all;
}

/// Prefill wants phase.length tokens for each sequence; decode one at least, and no more than it has steps.
Tokens prompts(const Phase& phase, const ModelDims& dims, const std::string& file) {
  if (file.empty()) return some_prompts(phase, dims.vocab);
  const std::vector<std::int64_t> tokens = read_tokens(file, false);
  check_tokens({tokens}, dims, file);
  const auto batch = static_cast<std::size_t>(phase.batch);
  const auto length = static_cast<std::size_t>(phase.length);
  const std::size_t each = tokens.size() / batch;
  const bool prefill = phase.kind == PhaseKind::prefill;
  if (tokens.size() % batch != 0 || each == 0 || each > length || (prefill && each != length)) {
    throw InputError(file + ": " + std::to_string(tokens.size()) + " tokens for " + std::to_string(batch) +
                     " sequence(s): " + (prefill ? "each needs " : "each needs 1 to ") +
                     std::to_string(length) + ", as phase/length says");
  }
  Tokens all;
  for (std::size_t q = 0; q < batch; ++q) {
    const auto first = tokens.begin() + static_cast<std::ptrdiff_t>(q * each);
    all.emplace_back(first, first + static_cast<std::ptrdiff_t>(each));
  }
  return all;
}

/// Decode of several sequences in turn, or their prompts. `step(tokens, sequence)` feeds some tokens of a
/// sequence and gives their logits.
template <class Step>
Result forward(const Phase& phase, std::size_t vocab, Tokens tokens, const Step& step) {
  Result result;
  result.all.resize(tokens.size());
  const bool prefill = phase.kind == PhaseKind::prefill;
  for (std::size_t pass = 0; pass < (prefill ? 1 : static_cast<std::size_t>(phase.length)); ++pass) {
    for (std::size_t q = 0; q < tokens.size(); ++q) {
      std::vector<std::int64_t>& mine = tokens[q];
      const std::vector<float> logits = step(
          prefill ? std::span<const std::int64_t>(mine) : std::span<const std::int64_t>(&mine[pass], 1), q);
      result.all[q].insert(result.all[q].end(), logits.begin(), logits.end());
      const std::vector<float>& last =
          result.logits.emplace_back(logits.end() - static_cast<std::ptrdiff_t>(vocab), logits.end());
      if (mine.size() == pass + 1) mine.push_back(std::max_element(last.begin(), last.end()) - last.begin());
    }
  }
  return result;
}

/// The convolution's history without its oldest column, which no later token needs, and h.
template <class Layer>
std::vector<double> values_of(const Layer& layer, std::size_t channels) {
  std::vector<double> values;
  for (std::size_t i = channels; i < layer.conv.size(); ++i)
    values.push_back(static_cast<double>(layer.conv[i]));
  for (const auto v : layer.state) values.push_back(static_cast<double>(v));
  return values;
}

class FloatData final : public CarriedData {
 public:
  FloatData(const Experiment& experiment, const FunctionalRun::Source& source)
      : e_(experiment),
        model_(load_model(source.model)),
        tokens_(prompts(e_.phase, model_.dims(), source.prompt)) {}

  void start(const Graph& graph) override {
    run_ = std::make_unique<FunctionalModel>(graph, e_.design, e_.network, e_.phase, model_,
                                             FunctionalInput{tokens_, {}});
  }
  [[nodiscard]] FunctionalModel& run() override { return *run_; }
  [[nodiscard]] Result wanted() const override {
    ForwardOptions options;
    if (e_.design.unit_of(Operator::delta_x) >= 0) options.input_product = InputProduct::kDtX;
    std::vector<ModelCache> caches(tokens_.size(), model_.make_cache());
    Result result = forward(e_.phase, vocab(), tokens_,
                            [&](auto fed, std::size_t q) { return model_.forward(fed, caches[q], options); });
    for (const ModelCache& cache : caches) {
      for (const LayerCache& layer : cache.layers)
        result.states.push_back(values_of(layer, model_.dims().conv_channels()));
    }
    return result;
  }
  [[nodiscard]] bool exact() const override { return false; }
  [[nodiscard]] std::size_t vocab() const override { return model_.dims().vocab; }

 private:
  const Experiment& e_;
  Mamba2Model model_;
  Tokens tokens_;
  std::unique_ptr<FunctionalModel> run_;
};

class IntegerData final : public CarriedData {
 public:
  IntegerData(const Experiment& experiment, const FunctionalRun::Source& source)
      : e_(experiment),
        model_(make(experiment, source.model, *source.scheme)),
        tokens_(prompts(e_.phase, model_.dims(), source.prompt)) {}

  void start(const Graph& graph) override {
    run_ = std::make_unique<FunctionalModel>(graph, e_.design, e_.network, e_.phase, model_,
                                             IntegerFunctionalInput{tokens_, {}});
  }
  [[nodiscard]] FunctionalModel& run() override { return *run_; }
  [[nodiscard]] Result wanted() const override {
    std::vector<std::vector<IntegerCache>> caches(tokens_.size(), model_.make_cache());
    Result result = forward(e_.phase, vocab(), tokens_,
                            [&](auto fed, std::size_t q) { return model_.forward(fed, caches[q]); });
    for (const std::vector<IntegerCache>& cache : caches) {
      for (const IntegerCache& layer : cache)
        result.states.push_back(values_of(layer, model_.dims().conv_channels()));
    }
    return result;
  }
  [[nodiscard]] bool exact() const override { return true; }
  [[nodiscard]] std::size_t vocab() const override { return model_.dims().vocab; }

 private:
  static IntegerModel make(const Experiment& e, const std::string& directory, const Scheme& scheme) {
    if (scheme.integer == IntegerArithmetic::kNone) {
      throw InputError("scheme \"" + scheme.name + "\" defines no integer arithmetic to carry");
    }
    check_operators(e.design, scheme);
    const ModelWeights weights = load_model(directory);
    return {weights, scheme_with_head(scheme, e.design),
            read_calibration(directory, "", 2048, 16, weights.dims)};
  }

  const Experiment& e_;
  IntegerModel model_;
  Tokens tokens_;
  std::unique_ptr<FunctionalModel> run_;
};

std::unique_ptr<CarriedData> carried_data(const Experiment& experiment, const FunctionalRun::Source& source) {
  if (source.scheme) return std::make_unique<IntegerData>(experiment, source);
  return std::make_unique<FloatData>(experiment, source);
}

Result result_of(const FunctionalModel& run, std::size_t channels) {
  Result result;
  for (const functional::PassLogits& l : run.logits()) result.logits.push_back(l.values);
  for (std::size_t q = 0; q < run.sequences(); ++q) {
    result.all.push_back(run.all_logits(q));
    for (const functional::LayerState& layer : run.state(q)) {
      std::vector<double>& values = result.states.emplace_back();
      for (const TileData* data : {&layer.history, &layer.state}) {
        const std::size_t skipped = data == &layer.history ? channels : 0;
        for (std::size_t i = skipped; i < data->size(); ++i) {
          values.push_back(data->reals.empty() ? static_cast<double>(data->codes[i])
                                               : static_cast<double>(data->reals[i]));
        }
      }
    }
  }
  return result;
}

/// Largest difference over the largest value; infinity where sizes differ.
template <class T>
double error_of(const std::vector<std::vector<T>>& wanted, const std::vector<std::vector<T>>& got) {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  if (wanted.size() != got.size()) return infinite;
  double worst = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].size() != got[i].size()) return infinite;
    double largest = 1e-30;
    double difference = 0;
    for (std::size_t k = 0; k < wanted[i].size(); ++k) {
      largest = std::max(largest, std::abs(static_cast<double>(wanted[i][k])));
      const double d = std::abs(static_cast<double>(wanted[i][k]) - static_cast<double>(got[i][k]));
      if (!(d <= difference)) difference = d;  // a NaN counts
    }
    if (!(difference / largest <= worst)) worst = difference / largest;
  }
  return worst;
}

}  // namespace

FunctionalRun::FunctionalRun(const Experiment& experiment, const Source& source)
    : arithmetic_(source.scheme ? source.scheme->name : "fp32"), data_(carried_data(experiment, source)) {}

FunctionalRun::~FunctionalRun() = default;

void FunctionalRun::start(const Graph& graph, FiringObserver* next) {
  next_ = next;
  data_->start(graph);
}

void FunctionalRun::fired(ActorId actor, FiringId firing, Femtoseconds start, Femtoseconds end,
                          Femtoseconds visible) {
  data_->run().fire(actor, firing);
  if (next_ != nullptr) next_->fired(actor, firing, start, end, visible);
}

FunctionalRun::Comparison FunctionalRun::compare() const {
  Comparison c;
  c.problem = data_->run().leftovers();
  const Result wanted = data_->wanted();
  const Result got = result_of(data_->run(), data_->run().history_channels());
  c.logits = got.logits.size();
  c.states = got.states.size();
  for (const std::vector<float>& all : got.all) c.tokens += all.size() / data_->vocab();
  c.equal_bits = got.logits == wanted.logits && got.all == wanted.all && got.states == wanted.states;
  c.error = std::max(error_of(wanted.logits, got.logits), error_of(wanted.all, got.all));
  c.state_error = error_of(wanted.states, got.states);
  if (!c.problem.empty() || (data_->exact() ? c.equal_bits : std::max(c.error, c.state_error) <= tolerance))
    return c;
  c.problem = "logits differ from the model's own by " + std::to_string(c.error) +
              " of the largest logit, states by " + std::to_string(c.state_error) +
              (data_->exact() ? "; not a bit may differ" : "");
  return c;
}

void FunctionalRun::write_logits(const std::string& path) const {
  const FunctionalModel& run = data_->run();
  std::vector<float> logits;
  std::vector<std::int64_t> tokens;
  for (std::size_t q = 0; q < run.sequences(); ++q) {
    const std::vector<float> all = run.all_logits(q);
    logits.insert(logits.end(), all.begin(), all.end());
    const auto first = run.tokens(q).begin();
    tokens.insert(tokens.end(), first, first + static_cast<std::ptrdiff_t>(all.size() / data_->vocab()));
  }
  const std::size_t each = tokens.size() / run.sequences();
  SafetensorsWriter writer;
  writer.add("input_ids", {run.sequences(), each}, std::span<const std::int64_t>(tokens));
  writer.add("logits", {run.sequences(), each, data_->vocab()}, logits);
  writer.set_metadata("arithmetic", arithmetic_);
  writer.write(path);
}

}  // namespace statelane
