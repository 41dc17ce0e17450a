# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Shared by ./run and ./test; to be sourced. Sets `root` (of the repository) and gives install_packages and build.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '== %s\n' "$*" >&2; }

# Runs a command silently; shows its output if it fails.
quietly() {
  local log
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    printf 'failed: %s\n' "$*" >&2
    return 1
  fi
  rm -f "$log"
}

# apt-get with root's rights, whoever calls.
apt_get() {
  local rights=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo 'packages are missing: be root or install sudo' >&2; return 1; }
    rights=(sudo)
  fi
  "${rights[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y "$@"
}

# install_packages PURPOSE...: what tools/packages.txt lists for these purposes and is not there yet. Calls apt-get
# only if something is missing.
install_packages() {
  local purpose wanted=() missing=()
  for purpose in "$@"; do
    # shellcheck disable=SC2207  # names hold no blanks
    wanted+=($(sed -n "s/^$purpose://p" "$root/tools/packages.txt"))
  done
  mapfile -t missing < <(
    comm -23 <(printf '%s\n' "${wanted[@]}" | sort -u) \
             <(dpkg-query -W -f '${db:Status-Abbrev} ${binary:Package}\n' 2>/dev/null |
               sed -n 's/^ii  *\([^:]*\).*/\1/p' | sort -u))
  [ "${#missing[@]}" -eq 0 ] && return 0
  say "installing ${missing[*]}"
  # The lists may be empty (fresh image) or too old to be served.
  quietly apt_get install --no-install-recommends "${missing[@]}" 2>/dev/null && return 0
  quietly apt_get update
  quietly apt_get install --no-install-recommends "${missing[@]}"
}

# build PRESET TARGET [CMAKE-OPTION...]: configures the preset and builds the target with all cores.
build() {
  local preset=$1 target=$2
  shift 2
  say "building ($target, preset $preset)"
  (cd "$root" && quietly cmake --preset "$preset" "$@" && quietly cmake --build --preset "$preset" --target "$target")
}
