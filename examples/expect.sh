#!/usr/bin/env bash
# Runs a program in an empty folder; it must succeed and its output must match the regular expression.
#
#     examples/expect.sh REGEX PROGRAM [ARGUMENT...]
set -euo pipefail

pattern=$1
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
output=$("$@")
printf '%s\n' "$output"
if [[ ! $output =~ ^$pattern$ ]]; then
    printf 'expected: %s\n' "$pattern" >&2
    exit 1
fi
