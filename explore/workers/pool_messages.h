// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// What frames the messages between a pool and its workers: a greeting first, then work, whose meaning only
/// those who use the pool know, then the end.
namespace statelane {

enum class PoolMessage : std::uint8_t { greeting, work, end };
[[nodiscard]] PoolMessage kind_of(std::string_view message);

[[nodiscard]] std::string encode_greeting();
[[nodiscard]] std::string encode_end();
[[nodiscard]] std::string encode_work(std::string_view work);
/// What was to be done. Throws std::runtime_error if the message is of another kind.
[[nodiscard]] std::string_view decode_work(std::string_view message);

/// An answer to the greeting: what the worker works on, or why it cannot.
struct GreetingAnswer {
  std::string subject;
  std::string error;
};
[[nodiscard]] std::string encode(const GreetingAnswer& answer);
[[nodiscard]] GreetingAnswer decode_greeting(std::string_view answer);

}  // namespace statelane
