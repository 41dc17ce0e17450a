# SPDX-License-Identifier: Apache-2.0
# cmake --install: the command, the libraries with their headers, the configurations, a CMake package and a
# pkg-config file, both called statelane.
include(CMakePackageConfigHelpers)

get_property(libraries GLOBAL PROPERTY STATELANE_LIBRARIES)
install(TARGETS ${libraries} EXPORT statelaneTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT statelaneTargets NAMESPACE statelane:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/statelane)
install(DIRECTORY models sim hls DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/statelane FILES_MATCHING PATTERN "*.h"
  PATTERN csim EXCLUDE PATTERN templates EXCLUDE)
install(DIRECTORY configs/ DESTINATION ${CMAKE_INSTALL_DATADIR}/statelane/configs)
configure_package_config_file(cmake/statelaneConfig.cmake.in ${PROJECT_BINARY_DIR}/statelaneConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/statelane)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/statelaneConfigVersion.cmake COMPATIBILITY SameMinorVersion)

# The libraries are static: who uses another one stands before it, and what they use themselves comes last. A library is declared
# after what it uses.
list(REVERSE libraries)
list(TRANSFORM libraries PREPEND "-l")
list(JOIN libraries " " STATELANE_PC_LIBRARIES)
set(STATELANE_PC_OTHERS "-lsystemc -lboost_iostreams -lmuparser -lpthread")
file(RELATIVE_PATH STATELANE_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" STATELANE_PC_PREFIX "${STATELANE_PC_PREFIX}")
configure_file(cmake/statelane.pc.in ${PROJECT_BINARY_DIR}/statelane.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/statelane.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

install(FILES ${PROJECT_BINARY_DIR}/statelaneConfig.cmake ${PROJECT_BINARY_DIR}/statelaneConfigVersion.cmake
  cmake/FindSystemC.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/statelane)
