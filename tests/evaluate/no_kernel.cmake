# SPDX-License-Identifier: Apache-2.0
# cmake -DPROGRAM=... -DWITH=... -DMODELS=... -P no_kernel.cmake
# PROGRAM, which evaluates without a simulator, has nothing of SystemC; WITH, which simulates, has, so that the search
# is known to find it; and no file below MODELS includes one of the folders above it or the kernel.
set(kernel "sc_core|libsystemc")
file(STRINGS ${PROGRAM} found REGEX ${kernel})
if(found)
  message(FATAL_ERROR "${PROGRAM} links SystemC: ${found}")
endif()
file(STRINGS ${WITH} found LIMIT_COUNT 1 REGEX ${kernel})
if(NOT found)
  message(FATAL_ERROR "${WITH} should show what SystemC looks like in a program")
endif()
file(GLOB_RECURSE sources ${MODELS}/*.h ${MODELS}/*.cpp)
foreach(source ${sources})
  file(STRINGS ${source} found REGEX "^#include [<\"](sim|explore|hls|report|apps|systemc)[/.>\"]")
  if(found)
    message(FATAL_ERROR "${source} knows who may not be known: ${found}")
  endif()
endforeach()
