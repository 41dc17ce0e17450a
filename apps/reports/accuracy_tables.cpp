// SPDX-License-Identifier: Apache-2.0
#include "apps/reports/accuracy_tables.h"

#include <array>
#include <cstdio>

namespace statelane {
namespace {

template <class... Args>
std::string format(const char* pattern, Args... args) {
  std::array<char, 256> buffer{};
  std::snprintf(buffer.data(), buffer.size(), pattern, args...);
  return buffer.data();
}

std::string form_text(const NonlinearSpec& spec) {
  if (spec.form == NonlinearForm::kTable) {
    return format("table of %d over %g..%g", spec.entries, spec.low, spec.high);
  }
  return format("%d pieces%s, log2(e) = %.6g", spec.segments, spec.centred ? " (centred)" : "", spec.log2_e);
}

std::string nonlinear_row(const std::string& scheme, const char* name, NonlinearFunction function,
                          const NonlinearSpec& spec) {
  const double high = function == NonlinearFunction::kExp ? 0.0 : 16.0;
  const ApproximationError e = measure_approximation(function, spec, -16.0, high);
  return format("| %s | %s | %s | %.3g at %.2f | %.3g %% at %.2f |\n", scheme.c_str(), name,
                form_text(spec).c_str(), e.max_absolute, e.at_absolute, 100.0 * e.max_relative,
                e.at_relative);
}

}  // namespace

std::string nonlinear_table(std::span<const Scheme> schemes) {
  std::string out =
      "| scheme | function | form | largest absolute error | largest relative error |\n| --- | --- | --- | "
      "--- | --- |\n";
  for (const Scheme& s : schemes) {
    if (s.silu.form != NonlinearForm::kExact)
      out += nonlinear_row(s.name, "SiLU", NonlinearFunction::kSilu, s.silu);
    if (s.softplus.form != NonlinearForm::kExact) {
      out += nonlinear_row(s.name, "softplus", NonlinearFunction::kSoftplus, s.softplus);
    }
    if (s.exponential.form != NonlinearForm::kExact) {
      out += nonlinear_row(s.name, "exp", NonlinearFunction::kExp, s.exponential);
    }
  }
  return out;
}

std::string range_table(const IntegerModel& model, const CalibrationText& windows) {
  IntegerStats stats;
  for (const auto& window : windows) {
    auto cache = model.make_cache();
    (void)model.forward(window, cache, &stats);
  }
  std::string out =
      "| " + model.scheme().name +
      ": tensor | width | fraction | block code | accumulator bits needed | width needed | saturated |\n"
      "| --- | --- | --- | --- | --- | --- | --- |\n";
  for (std::size_t i = 0; i < stats.by_tap.size(); ++i) {
    const AccumulatorStats& a = stats.by_tap[i];
    if (a.narrowed == 0) continue;
    const TensorFormat& f = model.plan().tensors[i];
    const std::string code = f.block_bits > 0 ? format("%d bits x %zu", f.block_bits, f.block) : "-";
    out += format("| %s | %d | %d | %s | %d | %d | %lld of %lld |\n",
                  std::string(name_of(static_cast<Tap>(i))).c_str(), f.width, f.fraction, code.c_str(),
                  a.accumulator_bits(), a.output_bits(), static_cast<long long>(a.saturated),
                  static_cast<long long>(a.narrowed));
  }
  return out;
}

}  // namespace statelane
