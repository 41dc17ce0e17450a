// SPDX-License-Identifier: Apache-2.0
#include "apps/reports/explore_report.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <iostream>

namespace statelane {
namespace {

std::string duration(double seconds) {
  if (seconds < 100) return fmt::format("{:.0f} s", seconds);
  if (seconds < 6000) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

std::string count(double n) {
  if (n >= 1e6) return fmt::format("{:.2f}M", n / 1e6);
  if (n >= 1e4) return fmt::format("{:.1f}k", n / 1e3);
  return fmt::format("{:.0f}", n);
}

/// "[#####...............]": how much of it is done; nothing where that is not known.
std::string bar(double done, double all) {
  constexpr double width = 20;
  if (all <= 0) return "";
  const auto full = static_cast<std::size_t>(width * std::min(1.0, done / all));
  return "[" + std::string(full, '#') + std::string(static_cast<std::size_t>(width) - full, '.') + "] ";
}

}  // namespace

ProgressLine::~ProgressLine() {
  if (form_ == Form::terminal && width_ > 0)
    std::cerr << '\r' << std::string(width_, ' ') << '\r' << std::flush;
}

void ProgressLine::show(const ExploreProgress& p) {
  if (form_ == Form::none) return;
  const Clock::time_point now = Clock::now();
  if (p.phase != phase_ || p.done < done_) {
    phase_ = p.phase;
    phase_start_ = now;
  }
  done_ = p.done;
  const auto interval =
      form_ == Form::json ? std::chrono::milliseconds(1000) : std::chrono::milliseconds(200);
  if (now - last_ < interval) return;
  last_ = now;
  const double spent = std::chrono::duration<double>(now - phase_start_).count();
  const double rate = spent > 0 ? static_cast<double>(p.done) / spent : 0;
  const double left = rate > 0 && p.all > p.done ? static_cast<double>(p.all - p.done) / rate : 0;
  if (form_ == Form::json) {
    std::cout << to_text(JsonValue::object()
                             .set("event", "progress")
                             .set("phase", p.phase)
                             .set("done", JsonValue(static_cast<std::int64_t>(p.done)))
                             .set("all", JsonValue(static_cast<std::int64_t>(p.all)))
                             .set("rate_per_s", JsonValue(rate))
                             .set("eta_s", JsonValue(left))
                             .set("front", JsonValue(static_cast<std::int64_t>(p.front)))
                             .set("hypervolume", JsonValue(p.hypervolume))
                             .set("workers", JsonValue(static_cast<std::int64_t>(p.workers))),
                         -1)
              << std::endl;
    return;
  }
  const auto done = static_cast<double>(p.done), all = static_cast<double>(p.all);
  std::string line = fmt::format("{}{}: {} of {}, {}/s, {} left", bar(done, all), p.phase, count(done),
                                 count(all), count(rate), duration(left));
  if (p.front > 0) line += fmt::format("; front {}, hypervolume {:.3f}", p.front, p.hypervolume);
  const std::size_t width = line.size();
  if (width < width_) line += std::string(width_ - width, ' ');
  width_ = width;
  std::cerr << '\r' << line << std::flush;
}

std::string explore_text(const std::string& sweep, const ExploreResult& r, double seconds) {
  std::string out =
      fmt::format("{}: {} designs enumerated, {} legal", sweep, r.counts.points, r.counts.legal);
  std::string refused;
  for (std::size_t i = 1; i < legality_count; ++i) {
    if (r.counts.refused[i] > 0)
      refused += fmt::format("{}{} {}", refused.empty() ? "" : ", ", r.counts.refused[i],
                             legality_name(static_cast<Legality>(i)));
  }
  if (!refused.empty()) out += fmt::format(" (refused: {})", refused);
  out += fmt::format("\n  simulated   {} designs by {} different simulations", r.simulated_points,
                     r.simulations);
  if (r.reused > 0) out += fmt::format(", {} of them known before", r.reused);
  if (r.failed > 0) out += fmt::format("; {} designs failed", r.failed);
  out += fmt::format("\n  front       {} designs, hypervolume {:.4f}\n", r.front.size(), r.hypervolume);
  if (r.exact) {
    out += fmt::format("  certificate exact: every other legal design is beaten by a simulated one{}\n",
                       r.failed > 0 ? ", or failed" : "");
  } else if (r.end == RunState::interrupted) {
    out += "  interrupted: --resume continues\n";
  } else if (r.open > 0) {
    out += fmt::format(
        "  the budget ended first: {} designs are neither simulated nor refuted; they could add {:.4f} to "
        "the "
        "hypervolume at most\n",
        r.open, r.open_hypervolume);
  }
  if (seconds > 0) out += fmt::format("  time        {:.1f} s\n", seconds);
  return out;
}

}  // namespace statelane
