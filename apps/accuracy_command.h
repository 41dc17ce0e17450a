// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace ssmscope {

/// Adds `ssmscope accuracy MODELDIR --text FILE --scheme SCHEME.json...`: perplexity, bits per byte,
/// agreement with float, and error by layer of every scheme on a text. The subcommand's callback throws
/// InputError (exit code 2) for bad input.
void add_accuracy_command(CLI::App& app);

}  // namespace ssmscope
