"""Lines: width, blanks, tabs, characters, file length. The only rules that --fix can mend."""

import re

from tidy_rules.source import CXX, SCRIPT, Finding

WIDTH = 120
FILE_LINES = 600
TEST_FILE_LINES = 1000
TAB = 4


def is_code(file):
    return file.suffix in CXX | SCRIPT or file.path.name == "CMakeLists.txt" or file.is_script


def check(tree):
    for file in tree.files:
        if not file.is_text or not file.bytes:
            continue
        yield from check_whitespace(file)
        if file.suffix != ".md":
            yield from check_ascii(file)
        if is_code(file):
            yield from check_width(file)
            yield from check_length(file)


def check_whitespace(file):
    for number, line in enumerate(file.lines, 1):
        if line != line.rstrip(" \t\r"):
            yield Finding(file.name, number, "trailing-blank", "remove it (tools/tidy --fix)")
        if "\t" in line:
            yield Finding(file.name, number, "tab", "use spaces (tools/tidy --fix)")
    if not file.text.endswith("\n") or file.text.endswith("\n\n"):
        message = "end the file with exactly one newline (tools/tidy --fix)"
        yield Finding(file.name, len(file.lines), "final-newline", message)


def check_ascii(file):
    if file.bytes.isascii():
        return
    for number, line in enumerate(file.lines, 1):
        if not line.isascii():
            yield Finding(file.name, number, "ascii", r"use ASCII; in C++ strings write \u00e9 or the bytes \xc3\xa9")


def check_width(file):
    for number, line in enumerate(file.lines, 1):
        if len(line) > WIDTH and "://" not in line:
            yield Finding(file.name, number, "line-width", f"{len(line)} columns, {WIDTH} are allowed")


def check_length(file):
    generated = "generated" in file.lines[0].lower()
    limit = TEST_FILE_LINES if file.is_test or generated else FILE_LINES
    length = len(file.lines) - 1
    if length > limit:
        message = f"{length} lines, {limit} are allowed: split it along its seams"
        yield Finding(file.name, limit + 1, "file-length", message)


def fix(tree):
    """Mends blanks, tabs and final newlines; gives the names of the files that changed."""
    changed = []
    for file in tree.files:
        if not file.is_text or not file.bytes:
            continue
        text = file.bytes.decode("utf-8", errors="surrogateescape").expandtabs(TAB)
        text = re.sub(r"[ \r]+(?=\n|\Z)", "", text).rstrip("\n") + "\n"
        mended = text.encode("utf-8", errors="surrogateescape")
        if mended != file.bytes:
            file.path.write_bytes(mended)
            changed.append(file.name)
    return changed
