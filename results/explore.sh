#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Regenerates the fronts and plots in results/explore/: minutes to an hour a sweep on two cores.
#   results/explore.sh [path of the ssmscope program] [sweep ...]
set -eu
cd "$(dirname "$0")/.."
tool=${1:-build/release/apps/ssmscope}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- lightmamba-vck190 lightmamba-u280 fastmamba-vc709 boards-1.3b schemes-vck190
store=build/results/explore.db
mkdir -p build/results results/explore
for sweep in "$@"; do
  "$tool" explore "$sweep" --store "$store" --resume
  "$tool" pareto "$store" --sweep "$sweep" --csv "results/explore/$sweep.csv" --png "results/explore/$sweep.png"
done
