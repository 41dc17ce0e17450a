#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Regenerates results/accuracy.md and its plots: about an hour on two cores. Sections 1 and 2 take all 89 windows.
#   results/accuracy.sh [path of the ssmscope program]
set -eu
cd "$(dirname "$0")/.."
tool=${1:-build/release/apps/ssmscope}
natural=tests/data/models/tiny-mamba2-en
outliers=tests/data/models/tiny-mamba2-en-outliers
text=$natural/eval.bin
out=results/accuracy.md
partial=$out.partial
scheme() { for s in "$@"; do echo "configs/schemes/$s.json"; done; }
judge() {  # model, further options ... , "--", schemes
  model=$1; shift; options=
  while [ "$1" != -- ]; do options="$options $1"; shift; done
  shift
  # shellcheck disable=SC2086,SC2046
  "$tool" accuracy "$model" --text $text --calibration $natural/calib.bin $options --scheme $(scheme "$@")
}
linear="rtn-w8a8 smoothquant-w8a8 lightmamba-w8a8 fastmamba-lq-w8a8 rtn-w4a4 smoothquant-w4a4 lightmamba-w4a4"
whole="lightmamba-w8a8-ssm lightmamba-w4a4-ssm lightmamba-w8a8-shift lightmamba-w4a4-shift fastmamba-w8a8"
{
  cat results/accuracy.head.md
  echo "## 1. All schemes, natural model"; echo
  judge $natural --arithmetic both --plot results/accuracy.svg --out results/accuracy.json -- fp16 $linear $whole
  echo; echo "## 2. The same on the model with injected outliers"; echo
  judge $outliers --plot results/accuracy-outliers.svg --out results/accuracy-outliers.json -- fp16 $linear $whole
  echo; echo "## 3. What a 4-bit linear layer does to exact inputs (relative RMS error, first 16 windows)"; echo
  echo "Natural model:"; echo
  judge $natural --operators --windows 16 -- rtn-w4a4 smoothquant-w4a4 lightmamba-w4a4
  echo; echo "Injected outliers:"; echo
  judge $outliers --operators --windows 16 -- rtn-w4a4 smoothquant-w4a4 lightmamba-w4a4
  echo; echo "## 4. Each tensor of convolution and SSM alone in INT8, one static power-of-two scale (first 24 windows)"; echo
  judge $natural --each-alone --windows 24 -- ssm-int8-pot-tensor
  echo; echo "## 5. The same with a power-of-two scale for 8 neighbours (first 24 windows)"; echo
  judge $natural --each-alone --windows 24 -- ssm-int8-pot-group8
  echo; echo "## 6. All of these tensors at once: what would mend it (first 24 windows)"; echo
  judge $natural --windows 24 -- ssm-int8-pot-tensor ssm-int8-real-tensor ssm-int12-pot-tensor ssm-int8-pot-group8
  echo; echo "## 7. Parts of the 4-bit linear schemes (first 24 windows)"; echo
  judge $natural --each-alone --windows 24 -- rtn-w4a4 lightmamba-w4a4
  echo; echo "## 8. Approximated functions"; echo
  judge $natural --nonlinear --windows 1 -- lightmamba-w4a4-shift fastmamba-w8a8
  echo; echo "## 9. Bits the integer models' accumulators needed (first 8 windows)"; echo
  judge $natural --ranges --windows 8 -- lightmamba-w4a4-shift lightmamba-w8a8-shift fastmamba-w8a8
} > $partial
mv $partial $out
