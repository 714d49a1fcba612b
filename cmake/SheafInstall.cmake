# `cmake --install` of the library, and what other builds find afterwards: find_package(sheaf), pkg-config sheaf.
include(CMakePackageConfigHelpers)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/sheaf DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.hpp" PATTERN "*.def")
install(TARGETS sheaf EXPORT sheafTargets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

# A static library leaves its own dependencies to whoever links it; a shared one has them inside.
get_target_property(_sheaf_type sheaf TYPE)
if(_sheaf_type STREQUAL "STATIC_LIBRARY")
    set(SHEAF_IS_STATIC ON)
    set(SHEAF_PC_REQUIRES "Requires: simdjson sqlite3 libpq libpcre2-8 icu-i18n icu-uc libcrypto")
else()
    set(SHEAF_IS_STATIC OFF)
    set(SHEAF_PC_REQUIRES "Requires.private: simdjson sqlite3 libpq libpcre2-8 icu-i18n icu-uc libcrypto")
endif()

if(TARGET sheaf_sqlite_ext)
    install(TARGETS sheaf_sqlite_ext LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/sheaf)
endif()

# The installed tool finds a shared libsheaf beside it, wherever both are put.
if(TARGET sheaf_cli AND NOT SHEAF_IS_STATIC)
    file(RELATIVE_PATH _sheaf_up /prefix/${CMAKE_INSTALL_BINDIR} /prefix/${CMAKE_INSTALL_LIBDIR})
    set_target_properties(sheaf_cli PROPERTIES INSTALL_RPATH "$ORIGIN/${_sheaf_up}")
endif()

set(_sheaf_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/sheaf)
install(EXPORT sheafTargets NAMESPACE sheaf:: DESTINATION ${_sheaf_cmake_dir})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/sheafConfig.cmake.in ${PROJECT_BINARY_DIR}/sheafConfig.cmake
                              INSTALL_DESTINATION ${_sheaf_cmake_dir} NO_SET_AND_CHECK_MACRO)
# Until 1.0 a minor version may change the interface.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/sheafConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/sheafConfig.cmake ${PROJECT_BINARY_DIR}/sheafConfigVersion.cmake
        DESTINATION ${_sheaf_cmake_dir})

# The .pc file finds the prefix from its own place, so that an installation can be moved, and that
# `cmake --install --prefix` and Debian's lib/x86_64-linux-gnu come out right.
set(_sheaf_pc_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
if(IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR} OR IS_ABSOLUTE ${CMAKE_INSTALL_INCLUDEDIR})
    set(SHEAF_PC_PREFIX ${CMAKE_INSTALL_PREFIX})
    set(SHEAF_PC_LIBDIR ${CMAKE_INSTALL_FULL_LIBDIR})
    set(SHEAF_PC_INCLUDEDIR ${CMAKE_INSTALL_FULL_INCLUDEDIR})
else()
    file(RELATIVE_PATH _sheaf_up /prefix/${_sheaf_pc_dir} /prefix)
    string(REGEX REPLACE "/$" "" _sheaf_up ${_sheaf_up})
    set(SHEAF_PC_PREFIX "\${pcfiledir}/${_sheaf_up}")
    set(SHEAF_PC_LIBDIR "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
    set(SHEAF_PC_INCLUDEDIR "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()
configure_file(${PROJECT_SOURCE_DIR}/cmake/sheaf.pc.in ${PROJECT_BINARY_DIR}/sheaf.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/sheaf.pc DESTINATION ${_sheaf_pc_dir})
