# SPDX-License-Identifier: Apache-2.0
# cmake --install: the command, the libraries with their headers, the configurations, and a CMake package "statelane".
include(CMakePackageConfigHelpers)

get_property(libraries GLOBAL PROPERTY STATELANE_LIBRARIES)
install(TARGETS ${libraries} EXPORT statelaneTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT statelaneTargets NAMESPACE statelane:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/statelane)
install(DIRECTORY models sim DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/statelane FILES_MATCHING PATTERN "*.h")
install(DIRECTORY configs/ DESTINATION ${CMAKE_INSTALL_DATADIR}/statelane/configs)
configure_package_config_file(cmake/statelaneConfig.cmake.in ${PROJECT_BINARY_DIR}/statelaneConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/statelane)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/statelaneConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/statelaneConfig.cmake ${PROJECT_BINARY_DIR}/statelaneConfigVersion.cmake
  cmake/FindSystemC.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/statelane)
