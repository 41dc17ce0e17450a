// SPDX-License-Identifier: Apache-2.0
#include "models/base/catalog.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "models/base/codec_rules.h"

namespace statelane {

namespace fs = std::filesystem;

namespace {

bool is_path(std::string_view reference) {
  return reference.find('/') != std::string_view::npos || reference.ends_with(".json") || reference == "." ||
         reference == "..";
}

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

/// The path itself, or the config.json of a folder; nothing if there is neither.
std::optional<std::string> file_at(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    if (is_file(path / "config.json")) return (path / "config.json").string();
    return std::nullopt;
  }
  // Not only regular files: a pipe such as /dev/stdin is fine to read.
  if (fs::exists(path, ignored)) return path.string();
  return std::nullopt;
}

fs::path folder_of(const SourcePosition& from) {
  return from.file.empty() || from.file == "--set" ? fs::path() : fs::path(from.file).parent_path();
}

/// "board" of "boards", "memory" of "memories".
std::string singular(std::string_view kind) {
  std::string out(kind);
  if (out.ends_with("ies")) return out.substr(0, out.size() - 3) + "y";
  if (out.ends_with("s")) out.pop_back();
  return out;
}

}  // namespace

Catalog::Catalog(std::vector<std::string> roots) : roots_(std::move(roots)) {}

Catalog Catalog::standard() {
  std::vector<std::string> roots;
  if (const char* variable = std::getenv("STATELANE_CONFIGS"); variable != nullptr && *variable != '\0')
    roots.emplace_back(variable);
  roots.emplace_back(STATELANE_SOURCE_CONFIGS);
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) roots.push_back((program.parent_path().parent_path() / "share/statelane/configs").string());
  roots.emplace_back(STATELANE_INSTALLED_CONFIGS);
  return Catalog(std::move(roots));
}

std::vector<std::string> Catalog::names(std::string_view kind) const {
  std::vector<std::string> out;
  for (const std::string& root : roots_) {
    std::error_code error;
    for (fs::directory_iterator at(fs::path(root) / kind, error), end; !error && at != end;
         at.increment(error)) {
      const fs::path& path = at->path();
      if (path.extension() == ".json" && is_file(path)) out.push_back(path.stem().string());
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::optional<std::string> Catalog::find(std::string_view kind, std::string_view reference,
                                         const SourcePosition& from, Diagnostics& diagnostics) const {
  const fs::path folder = folder_of(from);
  if (is_path(reference)) {
    if (auto file = file_at(folder / reference)) return file;
    if (auto file = file_at(fs::path(reference))) return file;
    diagnostics.error(from, "there is no such file", "'" + std::string(reference) + "'");
    return std::nullopt;
  }
  const std::string file_name = std::string(reference) + ".json";
  if (!reference.empty()) {
    for (const std::string& root : roots_)
      if (const fs::path path = fs::path(root) / kind / file_name; is_file(path)) return path.string();
    if (const fs::path path = folder / file_name; is_file(path)) return path.string();
  }
  const std::vector<std::string> known = names(kind);
  diagnostics.error(from, "there is no " + singular(kind) + " of that name",
                    "'" + std::string(reference) + "'",
                    known.empty() ? "the path of a file" : detail::join(known) + ", or the path of a file",
                    nearest_hint(reference, known));
  return std::nullopt;
}

std::optional<JsonValue> Catalog::read(std::string_view kind, std::string_view reference,
                                       const SourcePosition& from, Diagnostics& diagnostics,
                                       const JsonOptions& options) const {
  const std::optional<std::string> path = find(kind, reference, from, diagnostics);
  if (!path) return std::nullopt;
  return read_json_file(*path, diagnostics, options);
}

std::string name_from_path(const std::string& path) {
  const fs::path p(path);
  if (p.filename() != "config.json") return p.stem().string();
  std::error_code error;
  const fs::path whole = fs::absolute(p, error);
  return error ? p.stem().string() : whole.lexically_normal().parent_path().filename().string();
}

}  // namespace statelane
