# How every target of this tree is made: language level, warnings, and one function each for layers and tests.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(PROJECT_IS_TOP_LEVEL)
    set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
    set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
    find_program(CCACHE_PROGRAM ccache)
    if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
        set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
        set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
    endif()
endif()

find_package(Threads REQUIRED)

add_library(sheaf_flags INTERFACE)
if(SHEAF_DEVELOPER_MODE)
    target_compile_options(sheaf_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
                                                 -Wsuggest-override -Wextra-semi -Werror)
    # g++ 12 reports false positives inside std::string at -O2 and -O3 (GCC bug 105651) and in sanitizer builds.
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        target_compile_options(sheaf_flags INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
    endif()
endif()

# sheaf_layer(name [PUBLIC libs...] [PRIVATE libs...] [FOLDERS folders...] [POSTGRES]): the calling folder's *.cpp, and
# those of the named folders in it, as an object library sheaf_<name>. Its *_test.cpp become the program <name>_test,
# linked with the layers that TEST_LAYERS names, so that a layer can be tested without those to its right; POSTGRES is
# sheaf_test's. tools/tidy checks that a layer includes only what is to its left.
function(sheaf_layer name)
    cmake_parse_arguments(ARG "POSTGRES" "" "PUBLIC;PRIVATE;FOLDERS;TEST_LAYERS;TEST_LIBS" ${ARGN})
    list(TRANSFORM ARG_FOLDERS APPEND "/*.cpp")
    file(GLOB files CONFIGURE_DEPENDS *.cpp ${ARG_FOLDERS})
    set(tests ${files})
    list(FILTER files EXCLUDE REGEX "_test\\.cpp$")
    list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
    add_library(sheaf_${name} OBJECT ${files})
    target_include_directories(sheaf_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                                             PRIVATE ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(sheaf_${name} PUBLIC Threads::Threads ${ARG_PUBLIC} PRIVATE sheaf_flags ${ARG_PRIVATE})
    if(tests)
        list(TRANSFORM ARG_TEST_LAYERS PREPEND sheaf_)
        set(needs)
        if(ARG_POSTGRES)
            set(needs POSTGRES)
        endif()
        sheaf_test(${name}_test FILES ${tests} LIBS sheaf_${name} ${ARG_TEST_LAYERS} ${ARG_TEST_LIBS} ${needs})
    endif()
endfunction()

# sheaf_test(name FILES... [LIBS...] [POSTGRES]): a GoogleTest program, one ctest test, with POSTGRES beside a private
# PostgreSQL server. Files are relative to the calling folder.
function(sheaf_test name)
    cmake_parse_arguments(ARG "POSTGRES" "" "FILES;LIBS" ${ARGN})
    if(NOT SHEAF_DEVELOPER_MODE)
        return()
    endif()
    find_package(GTest REQUIRED)
    add_executable(${name} ${ARG_FILES})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src
                                               ${PROJECT_SOURCE_DIR}/tests)
    target_compile_definitions(${name} PRIVATE SHEAF_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    target_link_libraries(${name} PRIVATE ${ARG_LIBS} sheaf_flags GTest::gtest_main)
    if(ARG_POSTGRES)
        sheaf_postgres_ctest(${name} $<TARGET_FILE:${name}>)
    else()
        add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    endif()
    set_tests_properties(${name} PROPERTIES TIMEOUT 900)
endfunction()

# sheaf_postgres_ctest(name COMMAND...): a ctest test beside a private PostgreSQL server, which the command finds in
# SHEAF_TEST_POSTGRES. Label: postgres.
function(sheaf_postgres_ctest name)
    add_test(NAME ${name} COMMAND ${PROJECT_SOURCE_DIR}/tools/with_postgres ${ARGN}
             WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(${name} PROPERTIES LABELS postgres)
endfunction()
