// SPDX-License-Identifier: Apache-2.0
#include "models/evaluate/experiment_fields.h"

namespace statelane {

const Table<Phase>& Describe<Phase>::table() {
  static const Table<Phase> t = Table<Phase>("phase", "What the network is asked to do.")
                                    .field("kind", &Phase::kind, "Decode or prefill")
                                    .required()
                                    .sweepable()
                                    .field("length", &Phase::length, "Tokens of a sequence")
                                    .range(1, 1 << 20)
                                    .sweepable()
                                    .field("batch", &Phase::batch, "Sequences side by side")
                                    .range(1, 4096)
                                    .sweepable();
  return t;
}

const Table<ExperimentDocument>& Describe<ExperimentDocument>::table() {
  using E = ExperimentDocument;
  static const Table<E> t =
      Table<E>("experiment", "A design and what runs on it.")
          .field("note", &E::note, "Free text")
          .field("design", &E::design, "Design: a name, a path, or the design itself")
          .required()
          .field("network", &E::network, "Network: a name, a path (config.json too), or the network itself")
          .required()
          .field("phase", &E::phase, "Decode or prefill")
          .required()
          .field("board", &E::board, "Board in place of the design's")
          .sweepable()
          .field("overrides", &E::overrides,
                 "Values to change, by JSON pointer, e.g. \"/design/clock\": \"300 MHz\"");
  return t;
}

}  // namespace statelane
