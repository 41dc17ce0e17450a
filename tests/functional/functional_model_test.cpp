// SPDX-License-Identifier: Apache-2.0
#include "models/functional/functional_model.h"

#include <gtest/gtest.h>

#include "tests/functional/functional_case.h"

namespace ssmscope {
namespace {

using test::Case;
using test::expect_reference;
using test::GoldenCase;
using test::some_tokens;

FunctionalInput texts(std::size_t batch, std::int64_t length, std::size_t vocab) {
  FunctionalInput input;
  for (std::size_t q = 0; q < batch; ++q) input.tokens.push_back(some_tokens(q, length, vocab));
  return input;
}

std::vector<std::string> designs() {
  return Catalog({std::string(SSMSCOPE_SOURCE_DIR) + "/configs"}).names("designs");
}

TEST(Functional, EveryDesignDecodes) {
  const GoldenCase golden("golden/tiny64_L8");
  for (const std::string& design : designs()) {
    const Case c(design, "tiny64_L8");
    expect_reference(c, {PhaseKind::decode, 5, 1}, golden.model, texts(1, 5, golden.model.dims().vocab),
                     design);
  }
}

TEST(Functional, EveryDesignPrefills) {
  const GoldenCase golden("golden/tiny64_L8");
  for (const std::string& design : designs()) {
    const Case c(design, "tiny64_L8");
    expect_reference(c, {PhaseKind::prefill, 8, 1}, golden.model, texts(1, 8, golden.model.dims().vocab),
                     design);
  }
}

}  // namespace
}  // namespace ssmscope
