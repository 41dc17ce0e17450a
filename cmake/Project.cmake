# SPDX-License-Identifier: Apache-2.0
# How every library, test and benchmark of the project is declared.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # What ccache asks for before it handles precompiled headers.
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_SLOPPINESS=pch_defines,time_macros "${CCACHE_PROGRAM}")
endif()
# Some fifty executables are linked from the same static libraries: the fastest linker that is there.
find_program(MOLD_PROGRAM mold)
find_program(LLD_PROGRAM ld.lld)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
elseif(LLD_PROGRAM)
  add_link_options(-fuse-ld=lld)
endif()

option(STATELANE_WERROR "Warnings are errors: for who develops the project (preset develop)" OFF)
option(STATELANE_FUZZ "Build the libFuzzer targets of tests/fuzz (clang only)" OFF)

set(STATELANE_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined")
if(STATELANE_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "STATELANE_FUZZ needs clang")
  endif()
  set(STATELANE_SANITIZE "address,undefined" CACHE STRING "Sanitizers, e.g. address,undefined" FORCE)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(STATELANE_SANITIZE)
  add_compile_options(-fsanitize=${STATELANE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${STATELANE_SANITIZE})
endif()

add_library(statelane_warnings INTERFACE)
target_compile_options(statelane_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow $<$<BOOL:${STATELANE_WERROR}>:-Werror>
  # GCC 12 sees overlapping copies in std::string concatenation that are not there (GCC bug 105651). In precompiled headers it
  # forgets that <string> is a system header, whose inlined copies its flow analysis does not understand: presets without
  # precompiled headers keep these warnings.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<NOT:$<BOOL:${CMAKE_DISABLE_PRECOMPILE_HEADERS}>>>:-Wno-stringop-overflow;-Wno-stringop-overread;-Wno-array-bounds;-Wno-maybe-uninitialized;-Wno-free-nonheap-object>)

# Headers of others that most files include are parsed once. Each set is compiled by one small target (statelane_parse_once_SET)
# and used by every target that asks for it with statelane_use_parsed(TARGET SET); the compile flags must be the same.
# Files still include what they use: presets asan and clang build without this.
set(statelane_parsed_base <algorithm> <array> <bit> <cmath> <cstdint> <functional> <limits> <map> <memory> <optional> <span>
  <stdexcept> <string> <string_view> <utility> <variant> <vector>)
set(statelane_parsed_tests ${statelane_parsed_base} <filesystem> <fstream> <gtest/gtest.h> <rapidcheck/gtest.h>)
set(statelane_parsed_commands ${statelane_parsed_base} <filesystem> <fstream> <iostream> <spdlog/fmt/fmt.h> <spdlog/spdlog.h>
  <CLI/CLI.hpp>)

# statelane_parse_once(SET [LIBRARY...]): compiles the headers of a set, which come from these libraries.
function(statelane_parse_once set)
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/parse_once_${set}.cpp CONTENT "// Nothing but the precompiled headers.\n")
  add_library(statelane_parse_once_${set} OBJECT ${PROJECT_BINARY_DIR}/parse_once_${set}.cpp)
  target_link_libraries(statelane_parse_once_${set} PRIVATE statelane_warnings ${ARGN})
  target_precompile_headers(statelane_parse_once_${set} PRIVATE ${statelane_parsed_${set}})
  statelane_ccache_headers(statelane_parse_once_${set})
endfunction()

function(statelane_use_parsed target set)
  target_precompile_headers(${target} REUSE_FROM statelane_parse_once_${set})
  statelane_ccache_headers(${target})
endfunction()

# GCC says in the preprocessed text which precompiled header is used: what ccache recognises it by.
function(statelane_ccache_headers target)
  if(CCACHE_PROGRAM AND NOT CMAKE_DISABLE_PRECOMPILE_HEADERS)
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
  endif()
endfunction()

statelane_parse_once(base)

# statelane_add_library(NAME SOURCES a.cpp ... DEPS lib ... [PRIVATE_DEPS lib ...] [OWN_FLAGS])
# declares target statelane_NAME with alias statelane::NAME; headers are included from the project's root
# ("models/base/units.h") and are installed with the same paths. OWN_FLAGS: it sets compile flags that the shared
# precompiled headers were not compiled with.
function(statelane_add_library name)
  cmake_parse_arguments(ARG "OWN_FLAGS" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(statelane_${name} STATIC ${ARG_SOURCES})
  add_library(statelane::${name} ALIAS statelane_${name})
  set_target_properties(statelane_${name} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(statelane_${name} PUBLIC cxx_std_20)
  target_include_directories(statelane_${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/statelane>)
  target_link_libraries(statelane_${name} PUBLIC ${ARG_DEPS}
    PRIVATE $<BUILD_INTERFACE:statelane_warnings> ${ARG_PRIVATE_DEPS})
  if(ARG_OWN_FLAGS)
    target_precompile_headers(statelane_${name} PRIVATE ${statelane_parsed_base})
    statelane_ccache_headers(statelane_${name})
  else()
    statelane_use_parsed(statelane_${name} base)
  endif()
  set_property(GLOBAL APPEND PROPERTY STATELANE_LIBRARIES statelane_${name})
endfunction()

# statelane_add_test(NAME SOURCES a_test.cpp ... DEPS lib ... [CASES n]): one GoogleTest executable (with rapidcheck at
# hand; each of its properties is tried on n cases, not 100).
# Tests find checked-in data below source_folder() (tests/source_folder.h).
function(statelane_add_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT;CASES" "SOURCES;DEPS;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 600)
  endif()
  set(properties TIMEOUT ${ARG_TIMEOUT})
  if(ARG_LABELS)
    list(APPEND properties LABELS ${ARG_LABELS})
  endif()
  if(ARG_CASES)
    list(APPEND properties ENVIRONMENT "RC_PARAMS=max_success=${ARG_CASES}")
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE statelane_warnings ${ARG_DEPS} source_folder GTest::gtest_main rapidcheck)
  statelane_use_parsed(${name} tests)
  # What is tested is in the libraries; the tests themselves, full of templates, should build fast.
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 NO_PRETTY_VALUES
    PROPERTIES ${properties})
endfunction()
