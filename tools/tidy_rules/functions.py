"""Function length, by matching braces at namespace and class level.

This is no parser: it knows what clang-formatted C++ of this tree looks like, and it reports a file whose braces it
cannot follow instead of passing it.
"""

import re

from tidy_rules.source import Finding

LIMIT = 70
TEST_LIMIT = 100
_TEST_MACRO = re.compile(r"\b(TEST|TEST_F|TEST_P|TYPED_TEST|TYPED_TEST_P|RC_GTEST_PROP)\s*\(")
_NOISE = re.compile(r"alignas\s*\([^()]*\)|\[\[.*?\]\]|__attribute__\s*\(\(.*?\)\)", re.DOTALL)
_CONTAINER = re.compile(r"\b(?:namespace|class|struct|union|enum)\b[^()=]*$|\bextern\s*\"[^\"]*\"\s*$")
_MEMBER_INITIALISERS = re.compile(r"\)\s*(?:noexcept(?:\s*\([^()]*\))?\s*)?:(?!:)")


def without_preprocessor(code):
    """Directives as blank lines, and of #if ... #else ... #endif the first branch only."""
    lines, branches, continued = [], [], False
    for line in code.split("\n"):
        directive = re.match(r"\s*#\s*(\w+)", line)
        if continued or directive:
            word = directive.group(1) if directive and not continued else ""
            if word in {"if", "ifdef", "ifndef"}:
                branches.append(True)
            elif word in {"else", "elif"} and branches:
                branches[-1] = False
            elif word == "endif" and branches:
                branches.pop()
            continued = line.rstrip().endswith("\\")
            lines.append("")
        else:
            lines.append(line if all(branches) else "")
    return "\n".join(lines)


def classify(head):
    """What the brace after this text opens: container, function or data (an initialiser)."""
    head = _NOISE.sub(" ", head)
    if head.count("(") > head.count(")") or re.search(r"(?<!operator)=\s*$", head):
        return "data"
    if _CONTAINER.search(head):
        return "container"
    if "(" not in head:
        return "data"
    if _MEMBER_INITIALISERS.search(head) and re.search(r"[\w>]\s*$", head):
        return "data"  # a_{1} in a constructor's member initialisers
    return "function"


def functions(code):
    """(first line, last line, head) of each function; ValueError with a line when the braces do not match."""
    code = without_preprocessor(code)
    line_of = LineCounter(code)
    stack = []  # (kind, where the head begins, head) of each open brace
    begin, kept = 0, ""  # the head so far: kept, from before an initialiser that was passed over, and code[begin:]
    first = None  # where a head with a kept part begins
    for match in re.finditer(r"[{};]", code):
        position, symbol = match.start(), match.group()
        inside = bool(stack) and stack[-1][0] != "container"
        if symbol == "{":
            head = kept + code[begin:position]
            start = first if kept else begin + leading(head)
            stack.append(("nested" if inside else classify(head), start, head))
            if stack[-1][0] == "container":
                begin, kept = position + 1, ""
            continue
        if symbol == ";":
            if not inside:
                begin, kept = position + 1, ""
            continue
        if not stack:
            raise ValueError(line_of(position))
        kind, start, head = stack.pop()
        if kind == "function":
            yield line_of(start), line_of(position), head
        if kind != "nested":
            begin, first, kept = position + 1, start, head + "{}" if kind == "data" else ""
    if stack:
        raise ValueError(line_of(len(code)))


class LineCounter:
    def __init__(self, text):
        self.ends = [match.start() for match in re.finditer("\n", text)]

    def __call__(self, position):
        low, high = 0, len(self.ends)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self.ends[middle] < position else (low, middle)
        return low + 1


def leading(head):
    """How much of the head is blank or an access specifier."""
    return re.match(r"\s*(?:(?:public|private|protected)\s*:\s*)?", head).end()


def name_of(head):
    names = re.findall(r"([~\w:]+|operator\s*[^\s\w(]+|operator\s*\(\))\s*\(", _NOISE.sub(" ", head))
    return names[0] if names else "function"


def check(tree):
    for file in tree.cxx():
        if file.suffix == ".def":
            continue
        try:
            for first, last, head in functions(file.code):
                limit = TEST_LIMIT if _TEST_MACRO.search(head) else LIMIT
                length = last - first + 1
                if length > limit:
                    message = f"{name_of(head)} has {length} lines, {limit} are allowed: split it along its steps"
                    yield Finding(file.name, first, "function-length", message)
        except ValueError as error:
            message = "braces do not match; function lengths cannot be checked"
            yield Finding(file.name, int(error.args[0]), "braces", message)
