// SPDX-License-Identifier: Apache-2.0
#include "apps/commands/functional_run.h"

#include <algorithm>
#include <cmath>

#include "apps/commands/model_input.h"
#include "models/functional/functional_model.h"
#include "models/numerics/integer_tiles.h"
#include "models/numerics/scheduled/head_scheme.h"
#include "models/numerics/scheduled/scheduled_run.h"

namespace statelane {

using Logits = std::vector<std::vector<float>>;

class CarriedData {
 public:
  CarriedData() = default;
  CarriedData(const CarriedData&) = delete;
  CarriedData& operator=(const CarriedData&) = delete;
  virtual ~CarriedData() = default;

  virtual void start(const Graph& graph) = 0;
  virtual void fire(ActorId actor, FiringId firing) = 0;
  /// What is wrong with the tiles after the run, or nothing.
  [[nodiscard]] virtual std::string leftovers() const = 0;
  [[nodiscard]] virtual Logits carried() const = 0;
  /// The logits of the model's own forward pass.
  [[nodiscard]] virtual Logits wanted() const = 0;
  [[nodiscard]] virtual bool exact() const = 0;  ///< carried must have the bits of wanted
};

namespace {

/// Some prompt: any tokens will do, the same every time.
std::vector<std::vector<std::int64_t>> prompts(const Phase& phase, std::size_t vocab) {
  std::vector<std::vector<std::int64_t>> all(static_cast<std::size_t>(phase.batch));
  const std::int64_t length = phase.kind == PhaseKind::prefill ? phase.length : 1;
  for (std::size_t q = 0; q < all.size(); ++q) {
    for (std::int64_t i = 0; i < length; ++i) {
      const std::int64_t n = i * 37 + static_cast<std::int64_t>(q) * 101 + 11;
      all[q].push_back(n * n % static_cast<std::int64_t>(vocab));
    }
  }
  return all;
}

/// Decode of several sequences in turn, or the last logits of their prompts. `step(tokens, sequence)` feeds
/// some tokens of a sequence.
template <class Step>
Logits forward(const Phase& phase, std::size_t vocab, std::vector<std::vector<std::int64_t>> tokens,
               const Step& step) {
  Logits logits;
  const std::int64_t passes = phase.kind == PhaseKind::prefill ? 1 : phase.length;
  for (std::int64_t pass = 0; pass < passes; ++pass) {
    for (std::size_t q = 0; q < tokens.size(); ++q) {
      std::vector<std::int64_t>& mine = tokens[q];
      const std::span<const std::int64_t> fed =
          phase.kind == PhaseKind::prefill ? std::span(mine) : std::span(mine).last(1);
      const std::vector<float> all = step(fed, q);
      logits.emplace_back(all.end() - static_cast<std::ptrdiff_t>(vocab), all.end());
      mine.push_back(std::max_element(logits.back().begin(), logits.back().end()) - logits.back().begin());
    }
  }
  return logits;
}

class FloatData final : public CarriedData {
 public:
  FloatData(const Experiment& experiment, const std::string& directory)
      : e_(experiment), model_(load_model(directory)), tokens_(prompts(e_.phase, model_.dims().vocab)) {}

  void start(const Graph& graph) override {
    run_ = std::make_unique<FunctionalModel>(graph, e_.design, e_.network, e_.phase, model_,
                                             FunctionalInput{tokens_, {}});
  }
  void fire(ActorId actor, FiringId firing) override { run_->fire(actor, firing); }
  [[nodiscard]] std::string leftovers() const override { return run_->leftovers(); }
  [[nodiscard]] Logits carried() const override {
    Logits logits;
    for (const functional::PassLogits& l : run_->logits()) logits.push_back(l.values);
    return logits;
  }
  [[nodiscard]] Logits wanted() const override {
    ForwardOptions options;
    if (e_.design.unit_of(Operator::delta_x) >= 0) options.input_product = InputProduct::kDtX;
    std::vector<ModelCache> caches(tokens_.size(), model_.make_cache());
    return forward(e_.phase, model_.dims().vocab, tokens_,
                   [&](auto fed, std::size_t q) { return model_.forward(fed, caches[q], options); });
  }
  [[nodiscard]] bool exact() const override { return false; }

 private:
  const Experiment& e_;
  Mamba2Model model_;
  std::vector<std::vector<std::int64_t>> tokens_;
  std::unique_ptr<FunctionalModel> run_;
};

/// A schedule computes only the operators its design has a unit for, so these must be those of the scheme.
void check_operators(const Design& design, const Scheme& scheme) {
  const bool dt_x = design.unit_of(Operator::delta_x) >= 0;
  if (dt_x != (scheme.input_product == InputProduct::kDtX)) {
    throw InputError("scheme \"" + scheme.name + "\" does not fit the design: the design multiplies dt by " +
                     (dt_x ? "x" : "B") + " first, the scheme by " + (dt_x ? "B" : "x"));
  }
  const auto check = [&](Operator op, bool wanted, const char* what) {
    if ((design.unit_of(op) >= 0) == wanted) return;
    throw InputError("scheme \"" + scheme.name + "\" does not fit the design: it " +
                     (wanted ? "needs" : "has no use for") + " a Hadamard unit in front of " + what);
  };
  check(Operator::in_hadamard, scheme.integer == IntegerArithmetic::kFixedPoint, "in_proj");
  check(Operator::out_hadamard, true, "out_proj");
}

class IntegerData final : public CarriedData {
 public:
  IntegerData(const Experiment& experiment, const std::string& directory, const Scheme& scheme)
      : e_(experiment), model_(make(experiment, directory, scheme)), tiles_(model_, options(experiment)) {
    tokens_ = prompts(e_.phase, model_.dims().vocab);
  }

  void start(const Graph& graph) override {
    run_ = std::make_unique<ScheduledRun>(graph, e_.design, e_.network, e_.phase, tiles_, tokens_[0]);
  }
  void fire(ActorId actor, FiringId firing) override { run_->fire(actor, firing); }
  [[nodiscard]] std::string leftovers() const override { return {}; }  // the tiles throw where they are
  [[nodiscard]] Logits carried() const override { return run_->logits(); }
  [[nodiscard]] Logits wanted() const override {
    auto cache = model_.make_cache();
    return forward(e_.phase, model_.dims().vocab, tokens_,
                   [&](auto fed, std::size_t) { return model_.forward(fed, cache); });
  }
  [[nodiscard]] bool exact() const override { return true; }

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
  static TileOptions options(const Experiment& e) {
    return {.hadamard_in_two_stages = e.design.unit_of(Operator::out_hadamard2) >= 0};
  }

  const Experiment& e_;
  IntegerModel model_;
  IntegerTiles tiles_;
  std::vector<std::vector<std::int64_t>> tokens_;
  std::unique_ptr<ScheduledRun> run_;
};

std::unique_ptr<CarriedData> carried_data(const Experiment& experiment, const std::string& directory,
                                          const std::optional<Scheme>& scheme) {
  if (scheme) return std::make_unique<IntegerData>(experiment, directory, *scheme);
  return std::make_unique<FloatData>(experiment, directory);
}

}  // namespace

FunctionalRun::FunctionalRun(const Experiment& experiment, const std::string& directory,
                             const std::optional<Scheme>& scheme)
    : arithmetic_(scheme ? scheme->name : "fp32"), data_(carried_data(experiment, directory, scheme)) {}

FunctionalRun::~FunctionalRun() = default;

void FunctionalRun::start(const Graph& graph, FiringObserver* next) {
  next_ = next;
  data_->start(graph);
}

void FunctionalRun::fired(ActorId actor, FiringId firing, Femtoseconds start, Femtoseconds end,
                          Femtoseconds visible) {
  data_->fire(actor, firing);
  if (next_ != nullptr) next_->fired(actor, firing, start, end, visible);
}

FunctionalRun::Comparison FunctionalRun::compare() const {
  Comparison result;
  result.problem = data_->leftovers();
  const Logits wanted = data_->wanted();
  const Logits got = data_->carried();
  result.logits = got.size();
  if (got.size() != wanted.size()) {
    result.problem =
        std::to_string(got.size()) + " vectors of logits instead of " + std::to_string(wanted.size());
    return result;
  }
  result.equal_bits = got == wanted;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    double largest = 1e-30;
    double difference = 0;
    for (std::size_t k = 0; k < wanted[i].size(); ++k) {
      largest = std::max(largest, std::abs(static_cast<double>(wanted[i][k])));
      const double d = std::abs(static_cast<double>(wanted[i][k]) - static_cast<double>(got[i][k]));
      if (!(d <= difference)) difference = d;  // a NaN counts
    }
    if (!(difference / largest <= result.error)) result.error = difference / largest;
  }
  const bool good = data_->exact() ? result.equal_bits : result.error <= tolerance;
  if (!good && result.problem.empty()) {
    result.problem = "logits differ from the model's own by " + std::to_string(result.error) +
                     " of the largest logit" + (data_->exact() ? "; not a bit may differ" : "");
  }
  return result;
}

}  // namespace statelane
