#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Regenerates the fronts and plots in results/explore/: a minute to ten a sweep on two cores. Each sweep is
# searched exactly, then by NSGA-II with as many simulations, for comparison.
#   results/explore.sh [path of the statelane program] [sweep ...]
set -eu
cd "$(dirname "$0")/.."
tool=${1:-build/release/apps/statelane}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- lightmamba-vck190 lightmamba-u280 fastmamba-vc709 boards-1.3b schemes-vck190
store=build/results/explore.db
out=results/explore
mkdir -p build/results "$out"
for sweep in "$@"; do
  "$tool" explore "$sweep" --store "$store" --resume | tee "$out/$sweep.txt"
  used=$(sed -n 's/.* by \([0-9]*\) different simulations.*/\1/p' "$out/$sweep.txt")
  "$tool" explore "$sweep" --store "$store" --strategy nsga2 --simulations "$used" --resume
  "$tool" pareto "$store" --sweep "$sweep" --csv "$out/$sweep.csv" --png "$out/$sweep.png" > "$out/$sweep.txt"
  case $sweep in  # pictures of docs/explore.md
    lightmamba-u280) form=parallel ;;
    boards-1.3b) form=matrix ;;
    *) continue ;;
  esac
  "$tool" pareto "$store" --sweep "$sweep" --plot $form --png "$out/$sweep-$form.png" > build/results/$form.txt
done
