# SPDX-License-Identifier: Apache-2.0
# cmake --install: the command, the libraries with their headers, the configurations, and a CMake package "ssmscope".
include(CMakePackageConfigHelpers)

get_property(libraries GLOBAL PROPERTY SSMSCOPE_LIBRARIES)
install(TARGETS ${libraries} EXPORT ssmscopeTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT ssmscopeTargets NAMESPACE ssmscope:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/ssmscope)
install(DIRECTORY models sim DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ssmscope FILES_MATCHING PATTERN "*.h")
install(DIRECTORY configs/ DESTINATION ${CMAKE_INSTALL_DATADIR}/ssmscope/configs)
configure_package_config_file(cmake/ssmscopeConfig.cmake.in ${PROJECT_BINARY_DIR}/ssmscopeConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/ssmscope)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/ssmscopeConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/ssmscopeConfig.cmake ${PROJECT_BINARY_DIR}/ssmscopeConfigVersion.cmake
  cmake/FindSystemC.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/ssmscope)
