// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "models/numerics/accuracy.h"
#include "models/numerics/operator_error.h"

namespace statelane {

/// Markdown table: bits per token, difference to the reference with its standard error, perplexity, top-1
/// agreement, KL and the residual's error after the last layer. scores[0] is the reference.
[[nodiscard]] std::string accuracy_table(std::span<const CandidateScore> scores);
/// Markdown table of every scheme against every later one: the paired difference in bits per token over the
/// same windows, its standard error, their ratio, and on how many windows the first one lost less.
[[nodiscard]] std::string pairs_table(std::span<const CandidateScore> scores);
/// The first and every window's figures, as JSON with the keys documented in docs/numerics.md.
[[nodiscard]] std::string accuracy_json(std::span<const CandidateScore> scores, const std::string& model,
                                        const std::string& text);
/// Relative errors of the linear layers, by scheme: a Markdown table of each layer's input and product, and
/// as JSON.
using OperatorRows = std::vector<std::pair<std::string, OperatorErrors>>;
[[nodiscard]] std::string operator_table(const OperatorRows& rows);
[[nodiscard]] std::string operator_json(const OperatorRows& rows);
/// Draws the error of the residual stream by layer and the loss in bits, through gnuplot; the file's ending
/// chooses the format. Throws InputError for another ending or if gnuplot fails.
void plot_accuracy(std::span<const CandidateScore> scores, const std::string& path);

}  // namespace statelane
