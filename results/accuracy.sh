#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Regenerates results/accuracy.md and its plots: about a quarter of an hour on two cores. Sections 1 to 3 take all 89 windows.
# Every table is kept in build/accuracy once it is complete, under a hash of the program, the inputs and the command, so that an
# interrupted run goes on where it stopped and unchanged tables are not computed again.
#   results/accuracy.sh [path of the statelane program]
set -euo pipefail
cd "$(dirname "$0")/.."
tool=${1:-build/release/apps/statelane}
natural=tests/data/models/tiny-mamba2-en
outliers=tests/data/models/tiny-mamba2-en-outliers
text=$natural/eval.bin
cache=build/accuracy
mkdir -p "$cache"
inputs=$(cat "$tool" configs/schemes/*.json $natural/* $outliers/* | sha256sum)

# judge MODEL OPTION... -- SCHEME...: the command's table, from the cache if it is there
judge() {
  local model=$1 options=() schemes=() scheme key
  shift
  while [ "$1" != -- ]; do options+=("$1"); shift; done
  shift
  for scheme in "$@"; do schemes+=("configs/schemes/$scheme.json"); done
  key=$cache/$(echo "$inputs $model ${options[*]} ${schemes[*]}" | sha256sum | cut -c1-16)
  if [ ! -e "$key.md" ]; then
    echo "$model ${options[*]} -- $*" >&2
    "$tool" accuracy "$model" --text "$text" --calibration $natural/calib.bin "${options[@]}" \
      --scheme "${schemes[@]}" >"$key.partial"
    mv "$key.partial" "$key.md"
  fi
  cat "$key.md"
}

# drawn NAME: a plot for judge, kept beside its table; copied to results/ at the end
drawn() { echo --plot "$cache/$1.svg"; }
words() { echo; cat "results/accuracy/$1.md"; echo; }

linear=(rtn-w8a8 smoothquant-w8a8 lightmamba-w8a8 fastmamba-lq-w8a8 rtn-w4a4 smoothquant-w4a4 lightmamba-w4a4)
whole=(lightmamba-w8a8-ssm lightmamba-w4a4-ssm lightmamba-w8a8-shift lightmamba-w4a4-shift fastmamba-w8a8)
{
  cat results/accuracy/head.md
  echo; echo "## 1. All schemes, natural model"; echo
  # shellcheck disable=SC2046
  judge $natural --arithmetic both $(drawn accuracy) -- fp16 "${linear[@]}" "${whole[@]}"
  words 1-natural
  echo "## 2. The same on the model with injected outliers"; echo
  # shellcheck disable=SC2046
  judge $outliers $(drawn accuracy-outliers) -- fp16 "${linear[@]}" "${whole[@]}"
  words 2-outliers
  echo "## 3. Rotation against SmoothQuant against rounding, four bits, paired"
  for model in $natural $outliers; do
    echo; echo "\`$(basename $model)\`:"; echo
    judge $model --pairs -- rtn-w4a4 smoothquant-w4a4 lightmamba-w4a4
  done
  words 3-pairs
  echo "## 4. What a 4-bit linear layer does to exact inputs (relative RMS error, first 16 windows)"
  for model in $natural $outliers; do
    echo; echo "\`$(basename $model)\`:"; echo
    judge $model --operators --windows 16 -- rtn-w4a4 smoothquant-w4a4 lightmamba-w4a4
  done
  words 4-operators
  echo "## 5. Each tensor of convolution and SSM alone in INT8, one static power-of-two scale (first 24 windows)"; echo
  judge $natural --each-alone --windows 24 -- ssm-int8-pot-tensor
  words 5-ssm-tensors
  echo "## 6. The same with a power-of-two scale for 8 neighbours (first 24 windows)"; echo
  judge $natural --each-alone --windows 24 -- ssm-int8-pot-group8
  words 6-ssm-groups
  echo "## 7. All of these tensors at once: what would mend it (first 24 windows)"; echo
  judge $natural --pairs --windows 24 -- ssm-int8-pot-tensor ssm-int8-real-tensor ssm-int12-pot-tensor ssm-int8-pot-group8
  words 7-mended
  echo "## 8. Parts of the 4-bit linear schemes (first 24 windows)"; echo
  judge $natural --each-alone --windows 24 -- rtn-w4a4 lightmamba-w4a4
  words 8-parts
  echo "## 9. Approximated functions"; echo
  judge $natural --nonlinear --windows 1 -- lightmamba-w4a4-shift fastmamba-w8a8
  words 9-functions
  echo "## 10. Bits the integer models' accumulators needed (first 8 windows)"; echo
  judge $natural --ranges --windows 8 -- lightmamba-w4a4-shift lightmamba-w8a8-shift fastmamba-w8a8
  words 10-ranges
} >$cache/accuracy.md
cp $cache/accuracy.md $cache/accuracy.svg $cache/accuracy-outliers.svg results/
