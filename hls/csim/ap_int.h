// SPDX-License-Identifier: Apache-2.0
// ap_int and ap_uint for C simulation where the vendor's headers are absent.
#pragma once

#include "ap_int_base.h"
#include "ap_int_operators.h"

template <int W>
class ap_int : public ap_int_base<W, true> {
 public:
  using ap_int_base<W, true>::ap_int_base;
  constexpr ap_int() = default;
  template <int W2, bool S2>
  ap_int(const ap_int_base<W2, S2>& o) : ap_int_base<W, true>(o) {}
};

template <int W>
class ap_uint : public ap_int_base<W, false> {
 public:
  using ap_int_base<W, false>::ap_int_base;
  constexpr ap_uint() = default;
  template <int W2, bool S2>
  ap_uint(const ap_int_base<W2, S2>& o) : ap_int_base<W, false>(o) {}
};
