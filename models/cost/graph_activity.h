// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>

#include "models/dataflow/graph.h"

namespace ssmscope::cost {

/// What a graph's firing sequences add up to over the whole run, however long it takes.
struct GraphActivity {
  boost::container::small_vector<std::int64_t, 64> busy;   ///< cycles, by actor
  boost::container::small_vector<std::int64_t, 64> tiles;  ///< tiles that pass a channel, by channel
  std::int64_t bytes_read = 0;
  std::int64_t bytes_written = 0;
};

/// Linear in the instructions of the compressed sequences, not in the firings.
[[nodiscard]] GraphActivity activity_of(const Graph& graph);

}  // namespace ssmscope::cost
