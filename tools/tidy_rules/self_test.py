"""tools/tidy --self-test: a small clean tree, and for each rule one violation that has to be found, where it is.

A rule without a case here fails the test, so that no rule can be added that never fires."""

import inspect
import re
import tempfile
from pathlib import Path

from tidy_rules import code, functions, layers, structure, text

HEADER = "// A thing.\n#pragma once\n"
LONG_BODY = "    step();\n" * functions.LIMIT

CLEAN = {
    "CMakeLists.txt": "add_subdirectory(src)\nadd_subdirectory(apps/cli)\nadd_subdirectory(tests)\n",
    "src/CMakeLists.txt": "add_subdirectory(base)\nadd_subdirectory(query)\n",
    "src/base/CMakeLists.txt": "sheaf_layer(base)\n",
    "src/query/CMakeLists.txt": "sheaf_layer(query)\n",
    "apps/cli/CMakeLists.txt": "file(GLOB files *.cpp)\n",
    "tests/CMakeLists.txt": "sheaf_test(a_test FILES a_test.cpp)\n",
    "tests/a_test.cpp": "#include <gtest/gtest.h>\nTEST(A, B) {\n" + LONG_BODY + "}\n",
    "include/sheaf/error.hpp": HEADER + "#include <sheaf/error_codes.def>\n",
    "include/sheaf/error_codes.def": "SHEAF_ERROR_CODE(not_found, 26, 404, 1)\n",
    "include/sheaf/open.hpp": HEADER + "#include <sheaf/error.hpp>\n",
    "src/base/clock.hpp": HEADER,
    "src/query/filter.hpp": HEADER,
    "src/base/clock.cpp": '#include "base/clock.hpp"\nlong now() { return std::chrono::system_clock::now(); }\n',
    # Looks like violations, and is none: comments, strings, other functions of that name, initialisers, two branches.
    "src/query/filter.cpp": (
        '#include "query/filter.hpp"\n\n#include <sheaf/error.hpp>\n\n#include "base/clock.hpp"\n'
        '// never call system("x") or std::endl\n'
        'const char* text = "std::endl { rand()";\nconst char* raw = R"({"$set": {)";\n'
        "constexpr long big = 1'000'000;\nconstexpr char brace = '{';\n"
        "struct S {\n    S(int a) : a_{a}, b_(a) {}\n    int a_ = {1};\n    int b_;\n};\n"
        "const Pair table[] = {\n" + "    {1, 2},\n" * functions.LIMIT + "};\n"
        "#if A\nvoid f() {\n#else\nvoid g() {\n#endif\n    file.system(1);\n}\n"
    ),
    "apps/cli/main.cpp": '#include <sheaf/open.hpp>\nint main() { std::cout << getenv("HOME"); }\n',
    "README.md": "# Title here\n[it](#title-here) [docs](docs/reference/errors.md) `[code](no/where)`\n",
    "docs/README.md": "# Docs\n[a](example.md) [b](reference/errors.md)\n",
    "docs/example.md": "# Example\n<!-- from tools/run -->\n```sh\ntrue\n```\n",
    "docs/reference/errors.md": "# Errors\n\n| code | MongoDB | HTTP | exit |\n|---|---|---|---|\n"
    "| `not_found` | 26 | 404 | 1 |\n",
    "tools/run": "#!/bin/sh\ntrue\n",
}


def in_query(line, rule):
    """A violation on line 2 of a source file of the query layer."""
    return rule, "src/query/bad.cpp", "// A file.\n" + line + "\n", 2


# (rule, file, its content, line where it must be found)
CASES = [
    ("layers", "src/base/up.cpp", '#include "query/filter.hpp"\n', 1),
    ("layers", "src/query/up.cpp", "#include <sheaf/open.hpp>\n", 1),
    ("layers", "apps/cli/inside.cpp", '#include "base/clock.hpp"\n', 1),
    ("layers", "src/query/sql.cpp", "\n#include <sqlite3.h>\n", 2),
    ("layers", "src/query/json.cpp", "#include <simdjson.h>\n", 1),
    ("layers", "src/query/print.cpp", "#include <fmt/core.h>\n", 1),
    ("layers", "src/query/check.cpp", "#include <gtest/gtest.h>\n", 1),
    ("layers", "tests/conformance/up.cpp", '#include "query/filter.hpp"\n', 1),
    ("layers", "include/sheaf/stranger.hpp", HEADER, 1),
    ("include-form", "src/query/quote.cpp", '#include "sheaf/error.hpp"\n', 1),
    ("include-form", "src/query/dots.cpp", '#include "../base/clock.hpp"\n', 1),
    ("include-form", "src/query/short.cpp", '#include "filter.hpp"\n', 1),
    ("header-comment", "include/sheaf/types.hpp", "#pragma once\n", 1),
    ("pragma-once", "include/sheaf/types.hpp", "// Types.\n", 1),
    ("using-namespace", "include/sheaf/types.hpp", HEADER + "using namespace std;\n", 3),
    in_query("double d = strtod(text, nullptr);", "locale"),
    in_query("double d = ::atof(text);", "locale"),
    in_query("double d = std::stod(text);", "locale"),
    in_query("int i = std::stoi(text);", "unsafe-call"),
    in_query('snprintf(buffer, size, "%.17g", d);', "locale"),
    in_query("std::sprintf(buffer, text);", "unsafe-call"),
    in_query("strcpy(buffer, text);", "unsafe-call"),
    in_query("int status = system(command);", "unsafe-call"),
    in_query("int i = rand();", "random"),
    in_query("std::random_device device;", "random"),
    in_query("std::regex pattern(text);", "regex"),
    in_query("out << std::endl;", "endl"),
    in_query("auto t = std::chrono::system_clock::now();", "clock"),
    in_query("auto t = time(nullptr);", "clock"),
    in_query("thread.detach();", "detach"),
    in_query('auto home = std::getenv("HOME");', "getenv"),
    in_query('std::cerr << "oops";', "print"),
    in_query("// TO" + "DO: later", "marker"),
    ("function-length", "src/query/long.cpp", "// A file.\n\nint C::f(int a) const {\n" + LONG_BODY + "}\n", 3),
    ("function-length", "src/query/long.cpp", "class C {\npublic:\n    void f() {\n" + LONG_BODY + "    }\n};\n", 3),
    ("function-length", "src/query/long.cpp", "C::C() : a_{1} {\n" + LONG_BODY + "}\n", 1),
    ("function-length", "tests/a_test.cpp", "TEST(A, B) {\n" + LONG_BODY * 2 + "}\n", 1),
    ("braces", "src/query/open.cpp", "void f() {\n", 2),
    ("trailing-blank", "src/query/blank.cpp", "int a; \n", 1),
    ("trailing-blank", "docs/page.md", "# Page\r\n", 1),
    ("tab", "src/query/tab.cpp", "\tint a;\n", 1),
    ("final-newline", "src/query/end.cpp", "int a;", 1),
    ("final-newline", "src/query/end.cpp", "int a;\n\n", 3),
    ("ascii", "src/query/letters.cpp", "// caf\u00e9\n", 1),
    ("line-width", "src/query/wide.cpp", "// " + "x" * text.WIDTH + "\n", 1),
    ("file-length", "src/query/tall.cpp", "int a;\n" * (text.FILE_LINES + 1), text.FILE_LINES + 1),
    ("dead-file", "tests/forgotten_test.cpp", "int a;\n", 1),
    ("dead-file", "src/query/forgotten/part.cpp", "int a;\n", 1),
    ("dead-file", "src/query/unused.hpp", HEADER, 1),
    ("dead-file", "src/engine/CMakeLists.txt", "sheaf_layer(engine)\n", 1),
    ("executable", "tools/script", "#!/bin/sh\n", 1),
    ("link", "docs/page.md", "# Page\n\n[gone](missing.md)\n", 3),
    ("link", "docs/page.md", "# Page\n[no such heading](../README.md#elsewhere)\n", 2),
    ("index", "docs/page.md", "# Page\n", 1),
    ("example", "docs/page.md", "# Page\n<!-- from tools/run -->\n```sh\nfalse\n```\n", 2),
    ("error-page", "docs/reference/errors.md", "# Errors\n| `not_found` | 27 | 404 | 1 |\n", 2),
    ("error-page", "docs/reference/errors.md", "# Errors\n", 1),
    ("error-page", "docs/reference/errors.md", CLEAN["docs/reference/errors.md"] + "| `gone` | 1 | 404 | 1 |\n", 6),
]


def write(root, files):
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode())
    (root / "tools/run").chmod(0o755)


def known_rules():
    """The name of every rule in the source of the rules."""
    source = "".join(inspect.getsource(module) for module in (code, functions, layers, structure, text))
    named = re.findall(r'Finding\([^"]*?, "([a-z-]+)"', source)
    yielded = re.findall(r'yield "([a-z-]+)", ', source)
    return {*named, *yielded, *(rule for rule, *_ in code.BANNED)}


def check_fix():
    from tidy_rules.source import Tree

    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), {**CLEAN, "src/query/messy.cpp": "int a; \r\n\tint b;\n\n"})
        changed = text.fix(Tree(folder))
        mended = (Path(folder) / "src/query/messy.cpp").read_text()
    right = changed == ["src/query/messy.cpp"] and mended == "int a;\n    int b;\n"
    return [] if right else [f"--fix: {changed} {mended!r}"]


def run(findings):
    failures = check_fix()
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), CLEAN)
        failures += [f"clean tree: {finding}" for finding in findings(folder)]
    for rule, name, content, line in CASES:
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder), {**CLEAN, name: content})
            found = findings(folder)
        if not any((finding.rule, finding.line) == (rule, line) for finding in found):
            listed = "; ".join(map(str, found)) or "nothing"
            failures.append(f"{rule}: not found at line {line} of {name}; found: {listed}")
    untested = known_rules() - {rule for rule, *_ in CASES}
    failures += [f"{rule}: no case in tools/tidy_rules/self_test.py" for rule in sorted(untested)]
    for failure in failures:
        print(failure)
    print(f"tidy self-test: {len(CASES)} cases, {len(failures)} failures")
    return 1 if failures else 0
