// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "hls/functions.h"
#include "hls/loops.h"
#include "hls/project.h"

namespace statelane::hls {

/// The narrowest type of so many bits: the vendor's on streams, a standard integer in arrays.
[[nodiscard]] std::string integer_type(int bits, bool streams);
/// What templates say of a stream.
[[nodiscard]] Values wire_values(const Wire& w, bool streams);

/// What the files of a project are made of. The streams version has a top function, the C simulation's
/// headers and a test bench; the arrays version its functions alone.
class Project {
 public:
  Project(const Accelerator& accelerator, const ProjectOptions& options);

  const Accelerator& a;
  const ProjectOptions& options;
  Wires wires;
  MatrixPlan matrix;
  std::vector<Function> functions;
  std::vector<Parameter> parameters;    ///< of all functions
  std::vector<MemoryPortUse> memories;  ///< of all functions

  [[nodiscard]] std::string banner() const;
  [[nodiscard]] std::string hash() const;
  [[nodiscard]] std::string arguments(const Function& f) const;
  /// The source file of a function.
  [[nodiscard]] std::string text_of(const Function& f) const;
  /// The loops of every function, read from its source with streams.
  [[nodiscard]] std::vector<std::vector<Loop>> loops() const;

  void constants(Files& files) const;
  void types(Files& files) const;
  void sources(Files& files) const;
  void top(Files& files) const;
  void bench(Files& files) const;
  void scripts(Files& files) const;
  void portable(Files& files) const;
};

}  // namespace statelane::hls
