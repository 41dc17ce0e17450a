# SPDX-License-Identifier: Apache-2.0
# Results that outlive the program that made them (explore/store/store.h) carry a hash of the sources that decide them.
#
#   statelane_source_hash(OUTPUT file.h NAME a_name GLOBS sim/*.cpp sim/*.h ... [EXCEPT models/numerics/ ...])
#
# (patterns are tried in their folder and all below it; what starts as EXCEPT says is left out) writes, when the sources change, a header with `inline constexpr const char* a_name = "<16 hex digits>";`.
# Lines that only comment do not count, nor do white space at the ends of lines and empty lines: a rebuild of the
# same program, here or on another machine, gives the same hash.
#
# As a script: cmake -DLIST=... -DOUTPUT=... -DNAME=... -DROOT=... -P SourceHash.cmake

if(CMAKE_SCRIPT_MODE_FILE)
  file(STRINGS "${LIST}" files)
  set(hashes "")
  foreach(name IN LISTS files)
    file(READ "${ROOT}/${name}" text)
    string(REGEX REPLACE "[ \t\r]+\n" "\n" text "\n${text}\n")
    string(REGEX REPLACE "\n[ \t]*//[^\n]*" "" text "${text}")
    string(REGEX REPLACE "\n+" "\n" text "${text}")
    string(SHA256 one "${text}")
    string(APPEND hashes "${name} ${one}\n")
  endforeach()
  string(SHA256 all "${hashes}")
  string(SUBSTRING "${all}" 0 16 all)
  set(header "// Written by cmake/SourceHash.cmake.\n#pragma once\n\nnamespace statelane {\ninline constexpr const char* ${NAME} = \"${all}\";\n}  // namespace statelane\n")
  set(old "")
  if(EXISTS "${OUTPUT}")
    file(READ "${OUTPUT}" old)
  endif()
  if(NOT old STREQUAL header)  # what includes it is compiled again only if it differs
    file(WRITE "${OUTPUT}" "${header}")
  endif()
  return()
endif()

set(statelane_source_hash_script "${CMAKE_CURRENT_LIST_FILE}")

function(statelane_source_hash)
  cmake_parse_arguments(ARG "" "OUTPUT;NAME" "GLOBS;EXCEPT" ${ARGN})
  list(TRANSFORM ARG_GLOBS PREPEND "${PROJECT_SOURCE_DIR}/")
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}" ${ARG_GLOBS})
  foreach(start IN LISTS ARG_EXCEPT)
    list(FILTER files EXCLUDE REGEX "^${start}")
  endforeach()
  list(SORT files)
  list(JOIN files "\n" text)
  set(list "${CMAKE_CURRENT_BINARY_DIR}/${ARG_NAME}.txt")
  file(CONFIGURE OUTPUT "${list}" CONTENT "${text}\n" @ONLY)
  list(TRANSFORM files PREPEND "${PROJECT_SOURCE_DIR}/")
  add_custom_command(OUTPUT "${ARG_OUTPUT}.stamp" BYPRODUCTS "${ARG_OUTPUT}"
    COMMAND "${CMAKE_COMMAND}" -DLIST=${list} -DOUTPUT=${ARG_OUTPUT} -DNAME=${ARG_NAME}
            -DROOT=${PROJECT_SOURCE_DIR} -P "${statelane_source_hash_script}"
    COMMAND "${CMAKE_COMMAND}" -E touch "${ARG_OUTPUT}.stamp"
    DEPENDS ${files} "${list}" "${statelane_source_hash_script}" VERBATIM)
endfunction()
