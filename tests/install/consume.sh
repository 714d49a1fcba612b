#!/usr/bin/env bash
# Installs a build of sheaf, and builds and runs the example of README.md against it as another project would.
#
#     tests/install/consume.sh find_package|pkg_config|add_subdirectory BUILD_DIR
#
# Uses CXX, CXXFLAGS and LAUNCHER (a compiler launcher such as ccache, or empty) from the environment.
set -euo pipefail

way=$1
build=$2
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

install_sheaf() {
    cmake --install "$build" --prefix "$work/first" >"$work/install.log"
    mv "$work/first" "$work/prefix" # an installation can be moved
}

build_consumer() {
    cmake -S "$source/tests/install/consumer" -B "$work/consumer" -G Ninja -DCMAKE_CXX_COMPILER="$CXX" \
        -DCMAKE_CXX_FLAGS="${CXXFLAGS:-}" -DCMAKE_CXX_COMPILER_LAUNCHER="${LAUNCHER:-}" "$@"
    cmake --build "$work/consumer"
    cp "$work/consumer/hello" "$work/hello"
}

build_with_pkg_config() {
    local flags pc_dir
    pc_dir=$(dirname "$(find "$work/prefix" -name sheaf.pc)")
    export PKG_CONFIG_PATH=$pc_dir
    pkg-config --print-errors --exists 'sheaf >= 0.1'
    read -r -a flags <<<"$(pkg-config --cflags --libs sheaf)"
    # shellcheck disable=SC2086  # CXXFLAGS is a list of words
    "$CXX" -std=c++20 ${CXXFLAGS:-} "$source/examples/hello.cpp" "${flags[@]}" -o "$work/hello"
    LD_LIBRARY_PATH=$(pkg-config --variable=libdir sheaf)
    export LD_LIBRARY_PATH
}

check_installed_tool() {
    [ ! -x "$build/bin/sheaf" ] || "$work/prefix/bin/sheaf" count "$work/hello.db" people | grep -qx 1
}

case $way in
find_package)
    install_sheaf
    build_consumer -DCMAKE_PREFIX_PATH="$work/prefix"
    ;;
pkg_config)
    install_sheaf
    build_with_pkg_config
    ;;
add_subdirectory)
    CXXFLAGS='' # nothing of the tested build is linked, so it need not fit; and it compiles faster
    build_consumer -DSHEAF_SOURCE="$source"
    if [ -e "$work/consumer/bin" ]; then
        echo 'sheaf changed where its user puts programs' >&2
        exit 1
    fi
    ;;
*)
    echo "unknown way: $way" >&2
    exit 2
    ;;
esac

cd "$work"
./hello >/dev/null
second=$(./hello) # finds what the first run has written
printf '%s\n' "$second"
[ "$second" = '{"_id":"ada","born":1815,"name":"Ada","visits":2} is version 2' ]
[ "$way" = add_subdirectory ] || check_installed_tool
