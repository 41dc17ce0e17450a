// SPDX-License-Identifier: Apache-2.0
#include "apps/commands/shard_option.h"

#include <charconv>
#include <cstdlib>
#include <optional>

#include "models/base/diagnostics.h"

namespace statelane {
namespace {

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return n;
}

std::optional<std::int64_t> variable(const char* name) {
  const char* text = std::getenv(name);
  return text != nullptr ? number(text) : std::nullopt;
}

/// Where a job scheduler says which part of how many this process is.
struct Scheduler {
  const char* part;
  const char* parts;
  const char* first;  ///< variable with the smallest part; null: parts count from 0
};
constexpr Scheduler schedulers[] = {{"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN"},
                                    {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", nullptr},
                                    {"SLURM_PROCID", "SLURM_NTASKS", nullptr},
                                    {"_CONDOR_PROCNO", "_CONDOR_NPROCS", nullptr}};

Shard checked(std::int64_t shard, std::int64_t shards, const std::string& found) {
  if (shards < 1 || shard < 1 || shard > shards)
    throw InputError("a shard is I/N with 1 <= I <= N, found '" + found + "'");
  return {shard, shards};
}

}  // namespace

Shard parse_shard(const std::string& text) {
  if (text.empty()) return {};
  if (text == "auto") {
    for (const Scheduler& s : schedulers) {
      const auto part = variable(s.part);
      const auto parts = variable(s.parts);
      if (!part || !parts) continue;
      const std::int64_t first = s.first != nullptr ? variable(s.first).value_or(0) : 0;
      return checked(*part - first + 1, *parts, std::to_string(*part) + " of " + std::to_string(*parts));
    }
    throw InputError("--shard auto: neither Slurm, Open MPI nor HTCondor say which part this is");
  }
  const std::size_t slash = text.find('/');
  const auto part = number(text.substr(0, slash));
  const auto parts = slash == std::string::npos ? std::nullopt : number(text.substr(slash + 1));
  if (!part || !parts) throw InputError("a shard is I/N or auto, found '" + text + "'");
  return checked(*part, *parts, text);
}

}  // namespace statelane
