// SPDX-License-Identifier: Apache-2.0
#include "explore/whatif/whatif_document.h"

namespace statelane {

const Table<WhatIfChange>& Describe<WhatIfChange>::table() {
  using C = WhatIfChange;
  static const Table<C> t = Table<C>("whatif_change", "A change to try.")
                                .field("name", &C::name, "What the table calls it")
                                .required()
                                .field("set", &C::set, "Values by JSON pointer")
                                .field("scale", &C::scale, "Factors by JSON pointer of a number or quantity")
                                .field("vary", &C::vary, "Lists by JSON pointer: one change for each value");
  return t;
}

const Table<WhatIfDocument>& Describe<WhatIfDocument>::table() {
  using D = WhatIfDocument;
  static const Table<D> t =
      Table<D>("whatif", "Changes to try on an experiment, one by one and together.")
          .field("note", &D::note, "Free text")
          .field("changes", &D::changes, "The changes")
          .required()
          .field("combinations", &D::combinations, "Lists of names of changes to make together")
          .field("tornado", &D::tornado, "Also make each unit, port and the clock faster, one at a time")
          .field("tornado_factor", &D::tornado_factor, "By this factor")
          .range(1.001, 100.0);
  return t;
}

std::optional<WhatIfDocument> load_whatif(const Catalog& catalog, const std::string& reference,
                                          Diagnostics& diagnostics) {
  const std::optional<JsonValue> json = catalog.read("whatif", reference, {}, diagnostics);
  WhatIfDocument document;
  if (!json || !read(*json, document, diagnostics)) return std::nullopt;
  return document;
}

}  // namespace statelane
