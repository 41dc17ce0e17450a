// SPDX-License-Identifier: Apache-2.0
// Operators between integers of any widths, and between them and C++ integers.
#pragma once

#include "ap_int_base.h"

namespace csim_detail {

template <class R, int W, bool S, int W2, bool S2>
R add(const ap_int_base<W, S>& a, const ap_int_base<W2, S2>& b, bool subtract) {
  R out;
  std::uint64_t carry = subtract ? 1 : 0;
  for (int i = 0; i < R::limbs; ++i) {
    const std::uint64_t x = a.limb(i);
    const std::uint64_t y = subtract ? ~b.limb(i) : b.limb(i);
    const std::uint64_t sum = x + y;
    const std::uint64_t all = sum + carry;
    carry = (sum < x ? 1U : 0U) | (all < sum ? 1U : 0U);
    out.set_limb(i, all);
  }
  return out;
}

template <class R, int W, bool S, int W2, bool S2>
R multiply(const ap_int_base<W, S>& a, const ap_int_base<W2, S2>& b) {
  if constexpr (R::limbs == 1) {
    R out;
    out.set_limb(0, a.limb(0) * b.limb(0));
    return out;
  } else {  // 32 bits at a time, modulo 2^(64 limbs)
    constexpr int halves = 2 * R::limbs;
    std::uint32_t sum[halves] = {};
    const auto half = [](const auto& v, int i) {
      return static_cast<std::uint32_t>(v.limb(i / 2) >> (32 * (i % 2)));
    };
    for (int i = 0; i < halves; ++i) {
      std::uint64_t carry = 0;
      for (int j = 0; i + j < halves; ++j) {
        carry += static_cast<std::uint64_t>(half(a, i)) * half(b, j) + sum[i + j];
        sum[i + j] = static_cast<std::uint32_t>(carry);
        carry >>= 32;
      }
    }
    R out;
    for (int i = 0; i < R::limbs; ++i)
      out.set_limb(i, sum[2 * i] | static_cast<std::uint64_t>(sum[2 * i + 1]) << 32);
    return out;
  }
}

/// -1, 0 or 1.
template <int W, bool S, int W2, bool S2>
int compare(const ap_int_base<W, S>& a, const ap_int_base<W2, S2>& b) {
  if (a.is_negative() != b.is_negative()) return a.is_negative() ? -1 : 1;
  for (int i = larger(ap_int_base<W, S>::limbs, ap_int_base<W2, S2>::limbs); i >= 0; --i) {
    if (a.limb(i) != b.limb(i)) return a.limb(i) < b.limb(i) ? -1 : 1;
  }
  return 0;
}

/// Quotient and remainder of magnitudes by shift and subtract; a division by zero gives zeros.
template <int N>
void divide(const ap_int_base<N, false>& a, const ap_int_base<N, false>& b, ap_int_base<N, false>& quotient,
            ap_int_base<N, false>& remainder) {
  quotient = remainder = ap_int_base<N, false>();
  if (b.is_zero()) return;
  for (int i = N - 1; i >= 0; --i) {
    remainder = remainder << 1;
    remainder.set_bit(0, a.get_bit(i));
    if (compare(remainder, b) < 0) continue;
    remainder = ap_int_base<N, false>(add<ap_int_base<N, false>>(remainder, b, true));
    quotient.set_bit(i, true);
  }
}
template <int W, bool S, int N>
ap_int_base<N, false> magnitude(const ap_int_base<W, S>& v) {
  using Wide = ap_int_base<N, true>;
  return v.is_negative() ? ap_int_base<N, false>(add<Wide>(Wide(), v, true)) : ap_int_base<N, false>(v);
}

}  // namespace csim_detail

#define CSIM_AP_ARITHMETIC(OP, RESULT, ...)                                                      \
  template <int W, bool S, int W2, bool S2>                                                      \
  typename csim_detail::result<W, S, W2, S2>::RESULT operator OP(const ap_int_base<W, S>& a,     \
                                                                 const ap_int_base<W2, S2>& b) { \
    using R = typename csim_detail::result<W, S, W2, S2>::RESULT;                                \
    __VA_ARGS__                                                                                  \
  }                                                                                              \
  template <int W, bool S, class T, csim_detail::if_integral<T> = 0>                             \
  auto operator OP(const ap_int_base<W, S>& a, T b) {                                            \
    return a OP csim_detail::as_ap<T>(b);                                                        \
  }                                                                                              \
  template <int W, bool S, class T, csim_detail::if_integral<T> = 0>                             \
  auto operator OP(T a, const ap_int_base<W, S>& b) {                                            \
    return csim_detail::as_ap<T>(a) OP b;                                                        \
  }                                                                                              \
  template <int W, bool S, class T>                                                              \
  ap_int_base<W, S>& operator OP##=(ap_int_base<W, S>& a, const T& b) {                          \
    return a = ap_int_base<W, S>(a OP b);                                                        \
  }

CSIM_AP_ARITHMETIC(+, plus, return csim_detail::add<R>(a, b, false);)
CSIM_AP_ARITHMETIC(-, minus, return csim_detail::add<R>(a, b, true);)
CSIM_AP_ARITHMETIC(*, mult, return csim_detail::multiply<R>(a, b);)
CSIM_AP_ARITHMETIC(/, div, {
  constexpr int n = csim_detail::larger(W, W2) + 1;
  ap_int_base<n, false> quotient;
  ap_int_base<n, false> rest;
  csim_detail::divide(csim_detail::magnitude<W, S, n>(a), csim_detail::magnitude<W2, S2, n>(b), quotient,
                      rest);
  return a.is_negative() != b.is_negative() ? R(-quotient) : R(quotient);
})
CSIM_AP_ARITHMETIC(%, mod, {
  constexpr int n = csim_detail::larger(W, W2) + 1;
  ap_int_base<n, false> quotient;
  ap_int_base<n, false> rest;
  csim_detail::divide(csim_detail::magnitude<W, S, n>(a), csim_detail::magnitude<W2, S2, n>(b), quotient,
                      rest);
  return a.is_negative() ? R(-rest) : R(rest);
})
#define CSIM_AP_LOGIC(OP)                                                       \
  CSIM_AP_ARITHMETIC(OP, logic, {                                               \
    R out;                                                                      \
    for (int i = 0; i < R::limbs; ++i) out.set_limb(i, a.limb(i) OP b.limb(i)); \
    return out;                                                                 \
  })
CSIM_AP_LOGIC(&)
CSIM_AP_LOGIC(|)
CSIM_AP_LOGIC(^)
#undef CSIM_AP_LOGIC
#undef CSIM_AP_ARITHMETIC

#define CSIM_AP_COMPARISON(OP)                                                 \
  template <int W, bool S, int W2, bool S2>                                    \
  bool operator OP(const ap_int_base<W, S>& a, const ap_int_base<W2, S2>& b) { \
    return csim_detail::compare(a, b) OP 0;                                    \
  }                                                                            \
  template <int W, bool S, class T, csim_detail::if_integral<T> = 0>           \
  bool operator OP(const ap_int_base<W, S>& a, T b) {                          \
    return csim_detail::compare(a, csim_detail::as_ap<T>(b)) OP 0;             \
  }                                                                            \
  template <int W, bool S, class T, csim_detail::if_integral<T> = 0>           \
  bool operator OP(T a, const ap_int_base<W, S>& b) {                          \
    return csim_detail::compare(csim_detail::as_ap<T>(a), b) OP 0;             \
  }
CSIM_AP_COMPARISON(==)
CSIM_AP_COMPARISON(!=)
CSIM_AP_COMPARISON(<)
CSIM_AP_COMPARISON(<=)
CSIM_AP_COMPARISON(>)
CSIM_AP_COMPARISON(>=)
#undef CSIM_AP_COMPARISON
