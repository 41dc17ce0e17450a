// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Marks a function to be compiled for AVX2 and AVX-512 as well and chosen when the program is loaded. The
/// folder is built without contraction to fused multiply-adds and its sums run in a written order, so all
/// versions give the same bits. Sanitizers run before the loader's choice is safe, so they get the plain
/// version.
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#if defined(__has_feature)
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer) && !__has_feature(memory_sanitizer)
#define STATELANE_VECTOR_CLONES __attribute__((target_clones("arch=skylake-avx512", "avx2", "default")))
#endif
#else
#define STATELANE_VECTOR_CLONES __attribute__((target_clones("arch=skylake-avx512", "avx2", "default")))
#endif
#endif
#ifndef STATELANE_VECTOR_CLONES
#define STATELANE_VECTOR_CLONES
#endif
