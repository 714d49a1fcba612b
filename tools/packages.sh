# shellcheck shell=bash
# Which Debian packages sheaf needs, and how the scripts in tools/ get the missing ones. To be sourced:
#
#     source "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
#     need_packages "${BUILD_PACKAGES[@]}" "${DEMO_PACKAGES[@]}"
#     run cmake --preset release
#
# need_packages touches the system only when something is missing: then, as root or through sudo, it runs
# apt-get update and apt-get install. Everything it runs is printed first.

# To build the library and the command-line tool.
BUILD_PACKAGES=(g++ cmake ninja-build pkg-config libsimdjson-dev libsqlite3-dev libpq-dev libpcre2-dev libicu-dev
    libssl-dev libcli11-dev libfmt-dev)
# To build and run the tests and benchmarks too.
TEST_PACKAGES=(ccache clang clang-format python3 sqlite3 postgresql-15 xz-utils libgtest-dev libbenchmark-dev)
# What tools/quickstart shows: real data to import, and plain sqlite3 to look at the file.
DEMO_PACKAGES=(iso-codes sqlite3)

# run COMMAND...: prints the command as it could be typed, then runs it.
run() {
    local words
    words=$(printf " %q" "$@")
    printf "+%s\n" "$words" >&2
    "$@"
}

package_installed() {
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# need_packages PACKAGE...: installs those that are missing. Returns non-zero, with a message, when it cannot.
need_packages() {
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        printf 'This is not Debian: make sure that what these packages hold is installed: %s\n' "$*" >&2
        return 0
    fi
    local package missing=() as_root=()
    for package in "$@"; do
        package_installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            printf 'Missing packages: %s\nRun this as root, or install them and run it again.\n' "${missing[*]}" >&2
            return 1
        fi
        as_root=(sudo)
    fi
    run ${as_root[@]+"${as_root[@]}"} apt-get update || return
    local failed=0
    set_main_cluster off "${missing[@]}"
    run ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --no-install-recommends "${missing[@]}" || failed=$?
    set_main_cluster on "${missing[@]}"
    return $failed
}

# Debian's PostgreSQL makes and starts a server when it is installed. The tests have servers of their own, and no use
# for one more. Of need_packages, whose as_root it uses.
set_main_cluster() {
    local folder=/etc/postgresql-common/createcluster.d
    [[ " ${*:2} " = *" postgresql-"* ]] || return 0
    if [ "$1" = off ]; then
        run ${as_root[@]+"${as_root[@]}"} mkdir --parents $folder
        run ${as_root[@]+"${as_root[@]}"} sh -c "echo 'create_main_cluster = off' >$folder/sheaf-tests.conf"
    else
        run ${as_root[@]+"${as_root[@]}"} rm $folder/sheaf-tests.conf
    fi
}
