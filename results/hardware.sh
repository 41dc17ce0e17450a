#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Regenerates results/hardware.md from the cost tests' output, seconds.
#   results/hardware.sh [path of the cost_test program]
set -euo pipefail
cd "$(dirname "$0")/.."
tool=${1:-build/release/tests/cost/cost_test}
# printed FILTER: what these tests print besides GoogleTest's own lines
printed() { "$tool" --gtest_filter="$1" | grep -vE '^(\[|Running main|Note:|[0-9]+ FAILED)' | sed '/^$/d'; }
{
  cat results/hardware/head.md
  echo; echo "## 1. Requantising by a power of two"; echo
  printed 'HardwareClaims.RequantisingByShift'; echo; printed 'HardwareClaims.RequantisersSynthesised'
  echo; cat results/hardware/1-requantising.md
  echo; echo "## 2. Fast Hadamard transform against matrix"; echo
  printed 'HardwareClaims.FastTransformAgainstMatrix' | sed 's/^shipped/\n&/'
  echo; cat results/hardware/2-hadamard.md
  echo; echo "## 3. Nonlinear functions by straight pieces"; echo
  printed 'HardwareClaims.StraightPiecesAgainstHalfPrecision'
  echo; cat results/hardware/3-pieces.md
  echo; echo "## 4. Two products in a DSP slice"; echo
  printed 'HardwareClaims.TwoProductsInASlice'
  echo; cat results/hardware/4-packing.md
  echo; echo "## 5. Structures against synthesis"; echo
  printed 'Synthesis.*LeavingOneOut'
  echo; cat results/hardware/5-synthesis.md
  echo; echo "## 6. Published rows"; echo; echo '```'
  printed 'PublishedResources.*'; printed 'Energy.PublishedPower*'; printed 'Frequency.PublishedDesignsClose'
  echo '```'
} >results/hardware.md.partial
mv results/hardware.md.partial results/hardware.md
