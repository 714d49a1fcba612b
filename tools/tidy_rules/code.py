"""What C++ files may not say, and what each header must begin with."""

import re

from tidy_rules.source import Finding

# (rule, pattern, what to do instead, folders where it is allowed). Matched with comments and strings blanked out.
# A call: not a member, and of no namespace but the global one and std.
_CALL = r"(?<![\w.>:])(?:(?:std)?::)?"
BANNED = [
    ("locale", _CALL + r"strto(?:d|f|ld)\s*\(", "depends on the locale: use std::from_chars", []),
    ("locale", _CALL + r"ato(?:f|i|l|ll)\s*\(", "ignores errors: use std::from_chars", []),
    ("locale", r"\bstd::sto(?:f|d|ld)\b", "depends on the locale: use std::from_chars", []),
    ("unsafe-call", r"\bstd::sto(?:i|l|ll|ul|ull)\b", "ignores what follows the number: use std::from_chars",
     ["tests", "bench"]),
    ("unsafe-call", _CALL + r"v?sprintf\s*\(", "has no bound: use std::to_chars or string concatenation", []),
    ("unsafe-call", _CALL + r"str(?:cpy|cat|ncpy|ncat)\s*\(", "has no bound: use std::string", []),
    ("unsafe-call", _CALL + r"system\s*\(", "runs a shell: use fork and exec with an argument list", []),
    ("random", _CALL + r"s?rand\s*\(", "is a process-wide state: use src/base", []),
    ("random", r"\bstd::random_device\b", "randomness comes from src/base", ["src/base", "tests", "bench"]),
    ("regex", r"\bstd::(?:basic_)?w?regex\b", "is slow and overflows the stack on hostile input: match by hand", []),
    ("endl", r"\bstd::endl\b", r"flushes at every line: write '\n'", []),
    ("clock", r"\bsystem_clock::now\b", "time comes from src/base/clock.hpp", ["src/base"]),
    ("clock", _CALL + r"(?:time\s*\(\s*(?:nullptr|NULL|0|&\w+)\s*\)|gettimeofday\s*\()",
     "time comes from src/base/clock.hpp", ["src/base"]),
    ("detach", r"\.detach\s*\(\s*\)", "a detached thread outlives what it uses: join it (std::jthread)", []),
    ("getenv", _CALL + r"(?:secure_)?getenv\s*\(", "a library has no environment: take an option",
     ["apps", "tests", "bench"]),
    ("print", r"\bstd::(?:cout|cerr|clog)\b|" + _CALL + r"f?(?:printf|puts)\s*\(",
     "the library does not print: throw sheaf::Error", ["apps", "tests", "bench", "examples"]),
]

_MARKER = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")  # in pieces, so that this file passes


def check(tree):
    for file in tree.cxx():
        if file.is_header:
            yield from check_header(file)
        yield from check_banned(file)
        if not file.is_test and not file.under("bench"):
            yield from check_locale_formats(file)


def check_header(file):
    if not file.text.startswith("//"):
        yield Finding(file.name, 1, "header-comment", "begin the header with a comment: what it is, threads, lifetimes")
    if not re.search(r"(?m)^#pragma once$", file.code_with_strings):
        yield Finding(file.name, 1, "pragma-once", "add #pragma once after the opening comment")
    for line, _ in file.matches(r"\busing\s+namespace\b", file.code):
        yield Finding(file.name, line, "using-namespace", "name what you use: this reaches every file that includes it")


def check_banned(file):
    for rule, pattern, instead, folders in BANNED:
        if file.under(*folders) or (file.is_test and "tests" in folders):
            continue
        for line, match in file.matches(pattern, file.code):
            name = re.sub(r"[\s(].*", "", match.group(0).strip(), flags=re.DOTALL)
            yield Finding(file.name, line, rule, f"{name} {instead}")


def check_locale_formats(file):
    pattern = r'\bv?s?n?f?printf\s*\((?:[^;"]|"[^"\n]*")*?"[^"\n]*%[-+ #0-9.*]*[lL]?[aefgAEFG]'
    for line, _ in file.matches(pattern, file.code_with_strings):
        message = "printf writes a floating point number in the locale's form: use std::to_chars"
        yield Finding(file.name, line, "locale", message)


def check_markers(tree):
    for file in tree.files:
        if not file.is_text or file.suffix in {".md", ".json", ".jsonl"}:
            continue
        for number, line in enumerate(file.lines, 1):
            if _MARKER.search(line):
                yield Finding(file.name, number, "marker", "finish it, or write an issue")
