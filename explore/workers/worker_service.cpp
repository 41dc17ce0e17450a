// SPDX-License-Identifier: Apache-2.0
#include "explore/workers/worker_service.h"

#include "explore/workers/pool_messages.h"

namespace statelane {

void serve(const WorkerService& service, const WorkerEnd& end) {
  while (const std::optional<std::string> message = end.receive()) {
    switch (kind_of(*message)) {
      case PoolMessage::greeting:
        end.send(encode(GreetingAnswer{service.subject, service.error}));
        if (!service.error.empty()) return;
        break;
      case PoolMessage::work:
        if (const std::optional<std::string> answer = service.handle(decode_work(*message)))
          end.send(*answer);
        break;
      case PoolMessage::end:
        return;
    }
  }
}

}  // namespace statelane
