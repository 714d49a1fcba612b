"""Function length, by matching braces at namespace and class level. No parser: it knows what clang-formatted C++ of this
tree looks like, and reports a file whose braces it cannot follow instead of passing it."""

import re

from tidy_rules.source import Finding

LIMIT = 70
TEST_LIMIT = 100
_TEST_MACRO = re.compile(r"\b(TEST|TEST_F|TEST_P|TYPED_TEST|TYPED_TEST_P|RC_GTEST_PROP)\s*\(")
_NOISE = re.compile(r"alignas\s*\([^()]*\)|\[\[.*?\]\]|__attribute__\s*\(\(.*?\)\)", re.DOTALL)
_CONTAINER = re.compile(r"\b(?:namespace|class|struct|union|enum)\b[^()=]*$|\bextern\s*\"[^\"]*\"\s*$", re.DOTALL)
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
    stack, head, kept = [], 0, ""  # kept: of the current head, what stands before an initialiser that was passed over
    line_of = LineCounter(code)
    for match in re.finditer(r"[{};]", code):
        position, symbol = match.start(), match.group()
        skipping = stack and stack[-1][0] != "container"
        if symbol == "{":
            text = kept + code[head:position]
            kind = "nested" if skipping else classify(text)
            stack.append((kind, head + first_word(code[head:position]), text))
        elif symbol == "}":
            if not stack:
                raise ValueError(line_of(position))
            kind, start, text = stack.pop()
            if kind == "function":
                yield line_of(start), line_of(position), text
            if kind == "nested":
                continue
            kept = text + "{}" if kind == "data" else ""
        elif skipping:
            continue
        else:
            kept = ""
        head = position + 1 if not (symbol == "{" and skipping) else head
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


def first_word(text):
    return len(text) - len(text.lstrip())


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
            yield Finding(file.name, int(error.args[0]), "braces", "braces do not match; function lengths cannot be checked")
