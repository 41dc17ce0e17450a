// SPDX-License-Identifier: Apache-2.0
#include "models/units/host_processor/host_processor.h"

namespace statelane {

// work.rows = padded vocabulary, work.reduce = d_model; the weights are shared by all columns.
FiringTime HostProcessor::time(const Work& work, Hertz clock) const {
  const Bytes bytes = bytes_of(weight * (work.rows * work.reduce));
  return {Cycles{0}, 1, cycles_in(bytes / bandwidth, clock).count(), Cycles{0}};
}

const Table<HostProcessor>& Describe<HostProcessor>::table() {
  static const Table<HostProcessor> t =
      Table<HostProcessor>("host_processor", "Processor beside the fabric that runs the LM head.")
          .field("bandwidth", &HostProcessor::bandwidth, "Memory bandwidth its matrix-vector product reaches")
          .range(BytesPerSecond{1e6}, BytesPerSecond{1e13})
          .required()
          .sweepable()
          .only("time: it is no part of the fabric, and generated code ends in front of it")
          .field("weight", &HostProcessor::weight, "Bits of an LM head weight")
          .range(Bits{2}, Bits{32})
          .sweepable()
          .only("time: it is no part of the fabric, and generated code ends in front of it");
  return t;
}

}  // namespace statelane
