// SPDX-License-Identifier: Apache-2.0
// Integers of any width for C simulation: two's complement, 64 bits a limb, the highest limb kept sign- or
// zero-extended. Widths of results follow the vendor's documented rules (UG1399, "Arbitrary Precision Data
// Types Library"): sums one bit wider than their operands, products as wide as both together, shifts as wide
// as what is shifted. Only the common, documented interface is here.
#pragma once

#include <cstdint>
#include <type_traits>

template <int W, bool S>
class ap_int_base;

namespace csim_detail {

constexpr int larger(int a, int b) {
  return a > b ? a : b;
}
constexpr int smaller(int a, int b) {
  return a < b ? a : b;
}

/// The ap type a C++ integer takes part in an expression as.
template <class T>
using as_ap =
    ap_int_base<std::is_same<T, bool>::value ? 1 : static_cast<int>(8 * sizeof(T)), std::is_signed<T>::value>;
template <class T>
using if_integral = typename std::enable_if<std::is_integral<T>::value, int>::type;

/// The C++ integer an ap type converts to by itself: the smallest that holds it, at most 64 bits.
template <int W, bool S>
struct native {
  using s = typename std::conditional<
      W <= 8, signed char,
      typename std::conditional<W <= 16, short,
                                typename std::conditional<W <= 32, int, std::int64_t>::type>::type>::type;
  using type = typename std::conditional<S, s, typename std::make_unsigned<s>::type>::type;
};

template <int W, bool S, int W2, bool S2>
struct result {
  static constexpr int both = larger(W + (S2 && !S ? 1 : 0), W2 + (S && !S2 ? 1 : 0));
  using plus = ap_int_base<both + 1, S || S2>;
  using minus = ap_int_base<both + 1, true>;
  using mult = ap_int_base<W + W2, S || S2>;
  using div = ap_int_base<W + (S2 ? 1 : 0), S || S2>;
  using mod = ap_int_base<smaller(W, W2 + (!S2 && S ? 1 : 0)), S>;
  using logic = ap_int_base<both, S || S2>;
};

}  // namespace csim_detail

template <int W, bool S>
class ap_int_base {
  static_assert(W > 0 && W <= 32768, "width of an ap_int");

 public:
  static constexpr int width = W;
  static constexpr bool is_signed_type = S;
  static constexpr int limbs = (W + 63) / 64;
  using native_type = typename csim_detail::native<W, S>::type;

  constexpr ap_int_base() : limb_{} {}
  ap_int_base(const ap_int_base&) = default;
  ap_int_base& operator=(const ap_int_base&) = default;
  template <class T, csim_detail::if_integral<T> = 0>
  constexpr ap_int_base(T v) : limb_{} {
    limb_[0] = static_cast<std::uint64_t>(v);
    const std::uint64_t rest = std::is_signed<T>::value && v < T{} ? ~std::uint64_t{0} : 0;
    for (int i = 1; i < limbs; ++i) limb_[i] = rest;
    trim();
  }
  template <int W2, bool S2>
  ap_int_base(const ap_int_base<W2, S2>& o) {
    for (int i = 0; i < limbs; ++i) limb_[i] = o.limb(i);
    trim();
  }
  /// Towards zero, modulo 2^W.
  explicit ap_int_base(double v) : limb_{} {
    const bool negative = v < 0;
    double rest = negative ? -v : v;
    ap_int_base out;
    double unit = 1;
    int bits = 0;
    for (; unit * 2 <= rest; unit *= 2) ++bits;
    for (; bits >= 0; --bits, unit /= 2) {
      if (rest < unit) continue;
      rest -= unit;
      if (bits < W) out.set_bit(bits, true);
    }
    *this = negative ? ap_int_base(-out) : out;
  }

  /// 64 bits of the value's endless two's complement.
  constexpr std::uint64_t limb(int i) const {
    return i < limbs ? limb_[i] : (S && (limb_[limbs - 1] >> 63) != 0 ? ~std::uint64_t{0} : 0);
  }
  void set_limb(int i, std::uint64_t v) {
    limb_[i] = v;
    trim();
  }

  static constexpr int length() { return W; }
  constexpr operator native_type() const { return static_cast<native_type>(limb_[0]); }
  constexpr int to_int() const { return static_cast<int>(limb_[0]); }
  constexpr unsigned to_uint() const { return static_cast<unsigned>(limb_[0]); }
  constexpr std::int64_t to_int64() const { return static_cast<std::int64_t>(limb_[0]); }
  constexpr std::uint64_t to_uint64() const { return limb_[0]; }
  double to_double() const {
    const bool negative = is_negative();
    ap_int_base<W + 1, true> size(*this);
    if (negative) size = -size;
    double v = 0;
    for (int i = ap_int_base<W + 1, true>::limbs - 1; i >= 0; --i)
      v = v * 18446744073709551616.0 + static_cast<double>(size.limb(i));
    return negative ? -v : v;
  }
  constexpr bool is_negative() const { return S && (limb_[limbs - 1] >> 63) != 0; }
  bool is_zero() const { return !or_reduce(); }

  bool get_bit(int i) const { return ((limb(i / 64) >> (i % 64)) & 1U) != 0; }
  bool test(int i) const { return get_bit(i); }
  void set_bit(int i, bool v) {
    const std::uint64_t mask = std::uint64_t{1} << (i % 64);
    limb_[i / 64] = v ? limb_[i / 64] | mask : limb_[i / 64] & ~mask;
    trim();
  }
  void set(int i) { set_bit(i, true); }
  void clear(int i) { set_bit(i, false); }
  bool or_reduce() const {
    std::uint64_t any = 0;
    for (int i = 0; i < limbs; ++i) any |= limb_[i];
    return any != 0;
  }
  bool and_reduce() const { return ap_int_base<W, true>(*this) == ap_int_base<W, true>(-1); }
  bool xor_reduce() const {
    bool odd = false;
    for (int i = 0; i < W; ++i) odd ^= get_bit(i);
    return odd;
  }
  int countLeadingZeros() const {
    int n = 0;
    while (n < W && !get_bit(W - 1 - n)) ++n;
    return n;
  }

  // A part of the bits, readable and writable: x.range(hi, lo), x(hi, lo), x[i].
  class part {
   public:
    part(ap_int_base& of, int high, int low) : of_(of), high_(high), low_(low) {}
    operator ap_int_base<W, false>() const { return static_cast<const ap_int_base&>(of_).range(high_, low_); }
    ap_int_base<W, false> get() const { return *this; }
    std::uint64_t to_uint64() const { return get().to_uint64(); }
    unsigned to_uint() const { return get().to_uint(); }
    int to_int() const { return get().to_int(); }
    template <int W2, bool S2>
    part& operator=(const ap_int_base<W2, S2>& v) {
      of_.put(v, high_, low_);
      return *this;
    }
    template <class T, csim_detail::if_integral<T> = 0>
    part& operator=(T v) {
      of_.put(csim_detail::as_ap<T>(v), high_, low_);
      return *this;
    }
    part& operator=(const part& v) { return *this = v.get(); }
    part(const part&) = default;

   private:
    ap_int_base& of_;
    int high_, low_;
  };
  class bit {
   public:
    bit(ap_int_base& of, int at) : of_(of), at_(at) {}
    bit(const bit&) = default;
    operator bool() const { return of_.get_bit(at_); }
    bit& operator=(bool v) {
      of_.set_bit(at_, v);
      return *this;
    }
    bit& operator=(const bit& v) { return *this = static_cast<bool>(v); }

   private:
    ap_int_base& of_;
    int at_;
  };
  ap_int_base<W, false> range(int high, int low) const {
    ap_int_base<W, false> out;
    for (int i = 0; i * 64 <= high - low; ++i) {
      const int at = low + 64 * i;
      const std::uint64_t v =
          at % 64 == 0 ? limb(at / 64) : (limb(at / 64) >> (at % 64)) | (limb(at / 64 + 1) << (64 - at % 64));
      const int left = high - at + 1;
      out.set_limb(i, left >= 64 ? v : v & ((std::uint64_t{1} << left) - 1));
    }
    return out;
  }
  part range(int high, int low) { return part(*this, high, low); }
  ap_int_base<W, false> operator()(int high, int low) const { return range(high, low); }
  part operator()(int high, int low) { return part(*this, high, low); }
  bool operator[](int i) const { return get_bit(i); }
  bit operator[](int i) { return bit(*this, i); }
  template <int W2, bool S2>
  void put(const ap_int_base<W2, S2>& v, int high, int low) {
    for (int at = low; at <= high;) {  // as many bits at a time as lie in one limb on this side
      const int n = csim_detail::smaller(64 - at % 64, high - at + 1);
      const std::uint64_t mask = n == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << n) - 1;
      const int from = at - low;
      std::uint64_t bits = v.limb(from / 64) >> (from % 64);
      if (from % 64 != 0) bits |= v.limb(from / 64 + 1) << (64 - from % 64);
      limb_[at / 64] = (limb_[at / 64] & ~(mask << (at % 64))) | ((bits & mask) << (at % 64));
      at += n;
    }
    trim();
  }
  template <int W2, bool S2>
  ap_int_base<W + W2, false> concat(const ap_int_base<W2, S2>& low) const {
    ap_int_base<W + W2, false> out;
    out.put(low, W2 - 1, 0);
    out.put(*this, W + W2 - 1, W2);
    return out;
  }

  ap_int_base<W + 1, true> operator-() const {
    return ap_int_base<W + 1, true>(ap_int_base<1, false>() - *this);
  }
  ap_int_base operator+() const { return *this; }
  ap_int_base operator~() const {
    ap_int_base out;
    for (int i = 0; i < limbs; ++i) out.limb_[i] = ~limb_[i];
    out.trim();
    return out;
  }
  bool operator!() const { return is_zero(); }
  ap_int_base& operator++() { return *this = ap_int_base(*this + ap_int_base<1, false>(1)); }
  ap_int_base& operator--() { return *this = ap_int_base(*this - ap_int_base<1, false>(1)); }
  ap_int_base operator++(int) {
    const ap_int_base old = *this;
    ++*this;
    return old;
  }
  ap_int_base operator--(int) {
    const ap_int_base old = *this;
    --*this;
    return old;
  }

  // A shift by a negative amount goes the other way.
  ap_int_base operator<<(int n) const {
    if (n < 0) return *this >> -n;
    ap_int_base out;
    for (int i = limbs - 1; i >= 0; --i) {
      const int from = i - n / 64;
      std::uint64_t v = from >= 0 ? limb_[from] << (n % 64) : 0;
      if (n % 64 != 0 && from >= 1) v |= limb_[from - 1] >> (64 - n % 64);
      out.limb_[i] = v;
    }
    out.trim();
    return out;
  }
  ap_int_base operator>>(int n) const {
    if (n < 0) return *this << -n;
    ap_int_base out;
    for (int i = 0; i < limbs; ++i) {
      const int from = i + n / 64;
      std::uint64_t v = limb(from) >> (n % 64);
      if (n % 64 != 0) v |= limb(from + 1) << (64 - n % 64);
      out.limb_[i] = v;
    }
    out.trim();
    return out;
  }
  ap_int_base& operator<<=(int n) { return *this = *this << n; }
  ap_int_base& operator>>=(int n) { return *this = *this >> n; }

 private:
  constexpr void trim() {
    constexpr int used = W % 64;
    if (used == 0) return;
    std::uint64_t& top = limb_[limbs - 1];
    const std::uint64_t mask = (std::uint64_t{1} << (used == 0 ? 1 : used)) - 1;
    const bool negative = S && ((top >> (used - (used == 0 ? 0 : 1))) & 1U) != 0;
    top = negative ? top | ~mask : top & mask;
  }
  std::uint64_t limb_[limbs];
};
