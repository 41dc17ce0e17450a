// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace statelane {

/// In a forked child: ends with its parent, and leaves an interrupt to it, so that what was begun is
/// finished.
void behave_as_child();

}  // namespace statelane
