// SPDX-License-Identifier: Apache-2.0
#include "explore/space/expression.h"

#include <muParser.h>

#include <cmath>

namespace statelane {
namespace {

constexpr const char* name_characters = "0123456789_.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

double divides(double a, double b) {
  return a != 0 && std::fmod(b, a) == 0 ? 1 : 0;
}
double modulo(double a, double b) {
  return std::fmod(a, b);
}
double ceil_quotient(double a, double b) {
  return std::ceil(a / b);
}
double round_down(double a) {
  return std::floor(a);
}
double round_up(double a) {
  return std::ceil(a);
}
double round_nearest(double a) {
  return std::round(a);
}
double negate(double a) {
  return a == 0 ? 1 : 0;
}

constexpr const char* functions[] = {"min",   "max",  "abs",   "sqrt", "log2",     "exp",     "ln",
                                     "floor", "ceil", "round", "mod",  "ceil_div", "divides", "sum"};

/// Whether the text assigns: an = that is part of no comparison.
bool assigns(const std::string& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') continue;
    if (i + 1 < text.size() && text[i + 1] == '=') {
      ++i;
    } else if (i == 0 || (text[i - 1] != '!' && text[i - 1] != '<' && text[i - 1] != '>')) {
      return true;
    }
  }
  return false;
}

}  // namespace

struct Expression::Impl {
  mu::Parser parser;
};

Expression::Expression(std::unique_ptr<Impl> impl, std::vector<std::size_t> used)
    : impl_(std::move(impl)), used_(std::move(used)) {}
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;
Expression::~Expression() = default;

std::optional<Expression> Expression::compile(const std::string& text, const std::vector<Symbol>& symbols,
                                              const SourcePosition& where, Diagnostics& diagnostics) {
  if (assigns(text)) {  // muParser would assign through the symbols' pointers
    diagnostics.error(where, "an expression changes nothing", '"' + text + '"', "== to compare");
    return std::nullopt;
  }
  auto impl = std::make_unique<Impl>();
  mu::Parser& parser = impl->parser;
  try {
    parser.DefineNameChars(name_characters);
    parser.DefineFun("divides", divides);
    parser.DefineFun("mod", modulo);
    parser.DefineFun("ceil_div", ceil_quotient);
    parser.DefineFun("floor", round_down);
    parser.DefineFun("ceil", round_up);
    parser.DefineFun("round", round_nearest);
    parser.DefineInfixOprt("!", negate);
    for (const Symbol& s : symbols) parser.DefineVar(s.name, const_cast<double*>(s.value));
    parser.SetExpr(text);
    const auto& variables = parser.GetUsedVar();
    parser.Eval();
    if (parser.GetNumResults() != 1) {
      diagnostics.error(where, "an expression has one value", '"' + text + '"',
                        "no commas outside a function");
      return std::nullopt;
    }
    std::vector<std::size_t> used;
    for (std::size_t i = 0; i < symbols.size(); ++i) {
      if (variables.count(symbols[i].name) > 0) used.push_back(i);
    }
    return Expression(std::move(impl), std::move(used));
  } catch (const mu::ParserError& error) {
    std::string message = error.GetMsg();
    if (error.GetCode() == mu::ecUNASSIGNABLE_TOKEN) {
      std::vector<std::string> names(std::begin(functions), std::end(functions));
      for (const Symbol& s : symbols) names.push_back(s.name);
      diagnostics.error(where, "unknown name in the expression \"" + text + '"', '"' + error.GetToken() + '"',
                        {}, nearest_hint(error.GetToken(), names));
      return std::nullopt;
    }
    diagnostics.error(where, "not an expression: " + message, '"' + text + '"');
    return std::nullopt;
  }
}

double Expression::value() const {
  return impl_->parser.Eval();
}

}  // namespace statelane
