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
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()

set(STATELANE_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined")
if(STATELANE_SANITIZE)
  add_compile_options(-fsanitize=${STATELANE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${STATELANE_SANITIZE})
endif()

add_library(statelane_warnings INTERFACE)
target_compile_options(statelane_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
  # GCC 12 sees overlapping copies in std::string concatenation that are not there (GCC bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)

# statelane_add_library(NAME SOURCES a.cpp ... DEPS lib ... [PRIVATE_DEPS lib ...])
# declares target statelane_NAME with alias statelane::NAME; headers are included from the project's root
# ("models/base/units.h") and are installed with the same paths.
function(statelane_add_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(statelane_${name} STATIC ${ARG_SOURCES})
  add_library(statelane::${name} ALIAS statelane_${name})
  set_target_properties(statelane_${name} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(statelane_${name} PUBLIC cxx_std_20)
  target_include_directories(statelane_${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/statelane>)
  target_link_libraries(statelane_${name} PUBLIC ${ARG_DEPS}
    PRIVATE $<BUILD_INTERFACE:statelane_warnings> ${ARG_PRIVATE_DEPS})
  set_property(GLOBAL APPEND PROPERTY STATELANE_LIBRARIES statelane_${name})
endfunction()

# statelane_add_test(NAME SOURCES a_test.cpp ... DEPS lib ... [CASES n]): one GoogleTest executable (with rapidcheck at
# hand; each of its properties is tried on n cases, not 100).
# Tests find checked-in data below STATELANE_SOURCE_DIR.
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
  target_link_libraries(${name} PRIVATE statelane_warnings ${ARG_DEPS} GTest::gtest_main rapidcheck)
  target_compile_definitions(${name} PRIVATE STATELANE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  # What is tested is in the libraries; the tests themselves, full of templates, should build fast.
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 NO_PRETTY_VALUES
    PROPERTIES ${properties})
endfunction()
