// SPDX-License-Identifier: Apache-2.0
#include "models/units/fabric/circuit.h"
#include "models/units/host_processor/host_processor.h"

namespace statelane {

void HostProcessor::circuit(const CircuitInputs& /*inputs*/, Circuit& c) const {
  c.set_off_fabric();
}

}  // namespace statelane
