#!/usr/bin/env bash
# Each public header compiles alone, with strict warnings, without the libraries that sheaf is made of.
#
#     CXX=g++ tests/install/headers.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../include"

failures=0
count=0
while IFS= read -r header; do
    count=$((count + 1))
    if ! printf '#include <%s>\n#include <%s>\n' "$header" "$header" |
        "$CXX" -std=c++20 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -I . -fsyntax-only -x c++ -; then
        printf '%s does not compile alone\n' "$header" >&2
        failures=$((failures + 1))
    fi
    if grep -nE '#include *[<"](sqlite3|simdjson|fmt/|CLI/)' "$header"; then
        printf '%s shows a library that users should not need\n' "$header" >&2
        failures=$((failures + 1))
    fi
done < <(find sheaf -name '*.hpp' | sort)

printf '%d headers, %d failures\n' "$count" "$failures"
[ "$count" -gt 0 ] && [ "$failures" -eq 0 ]
