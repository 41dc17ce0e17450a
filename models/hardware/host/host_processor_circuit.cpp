// SPDX-License-Identifier: Apache-2.0
#include "models/hardware/fabric/circuit.h"
#include "models/hardware/host/host_processor.h"

namespace ssmscope {

void HostProcessor::circuit(const CircuitInputs& /*inputs*/, Circuit& c) const {
  c.set_off_fabric();
}

}  // namespace ssmscope
