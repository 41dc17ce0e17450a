// SPDX-License-Identifier: Apache-2.0
#include "explore/workers/pool_messages.h"

#include "explore/workers/wire.h"

namespace statelane {

PoolMessage kind_of(std::string_view message) {
  return WireReader(message).take<PoolMessage>();
}

std::string encode_greeting() {
  return WireWriter().add(PoolMessage::greeting).take();
}

std::string encode_end() {
  return WireWriter().add(PoolMessage::end).take();
}

std::string encode_work(std::string_view work) {
  std::string message = WireWriter().add(PoolMessage::work).take();
  message += work;
  return message;
}

std::string_view decode_work(std::string_view message) {
  WireReader r(message);
  if (r.take<PoolMessage>() != PoolMessage::work) throw std::runtime_error("a message of another kind");
  return r.rest();
}

std::string encode(const GreetingAnswer& a) {
  return WireWriter().add_text(a.subject).add_text(a.error).take();
}

GreetingAnswer decode_greeting(std::string_view answer) {
  WireReader r(answer);
  GreetingAnswer a;
  a.subject = r.take_text();
  a.error = r.take_text();
  return a;
}

}  // namespace statelane
