"""Who may include what: the table of ARCHITECTURE.md as data, and the check of every #include against it."""

import re

from tidy_rules.source import Finding

LANGUAGE = ["query", "query/expression", "query/filter", "query/projection", "query/update", "query/aggregation"]

# In order: each folder may include itself and what its line names.
ALLOWED = {
    "base": [],
    "document": ["base"],
    "query": ["base", "document"],
    "query/expression": ["base", "document", "query"],
    "query/filter": ["base", "document", "query", "query/expression"],
    "query/projection": ["base", "document", "query", "query/expression", "query/filter"],
    "query/update": ["base", "document", "query", "query/expression", "query/filter", "query/projection"],
    "query/aggregation": ["base", "document", "query", "query/expression", "query/filter", "query/projection"],
    "driver": ["base", "document"],
    "storage/memory": ["base", "document", "driver"],
    "storage/sqlite": ["base", "document", "driver"],
    "storage/postgres": ["base", "document", "driver"],
    "engine": ["base", "document", *LANGUAGE, "driver"],
    "features": ["base", "document", *LANGUAGE, "driver", "engine"],
    "commands": ["base", "document", *LANGUAGE, "driver", "engine"],
    "api": ["base", "document", *LANGUAGE, "driver", "storage/memory", "storage/sqlite", "storage/postgres",
            "engine", "features"],
}

# Unit tests beside the code may include more than the code itself: the engine is tested on the memory backend.
ALSO_IN_TESTS = {"engine": ["storage/memory"], "commands": ["storage/memory"], "features": ["storage/memory"]}

# The public headers, by the layer that they belong to. Everything in include/sheaf/driver belongs to the driver.
PUBLIC = {
    "base": ["error.hpp", "error_codes.def", "limits.hpp", "bytes.hpp", "control.hpp", "types.hpp", "version.hpp"],
    "document": ["value.hpp", "view.hpp", "document.hpp", "json.hpp", "pipeline.hpp", "predicate.hpp"],
    "engine": ["results.hpp", "index.hpp", "page.hpp", "explain.hpp", "group.hpp", "description.hpp", "collection.hpp",
               "database.hpp", "copy.hpp"],
    "api": ["open.hpp", "sheaf.hpp"],
}
PUBLIC_LAYER = {header: layer for layer, headers in PUBLIC.items() for header in headers}

# Libraries that are seen from few places, so that they can be replaced there.
CONFINED = [
    (r"sqlite3(ext)?\.h", ["src/storage/sqlite", "tests/crash", "bench"], "use the sqlite backend through its driver"),
    (r"libpq(-fe|/.*)\.h", ["src/storage/postgres", "tests", "bench"], "use the postgres backend through its driver"),
    (r"simdjson\.h", ["src/document"], "read JSON with <sheaf/json.hpp>"),
    (r"pcre2\.h", ["src/query"], "match with query/regex.hpp"),
    (r"unicode/.*", ["src/base"], "ask base/time_zone.hpp"),
    (r"openssl/.*", ["src/base"], "hash with base/hash.hpp"),
    (r"(CLI|fmt)/.*", ["apps"], "the library has no text formatting or command line library"),
    (r"(gtest|gmock|rapidcheck)(/.*|\.h)", ["tests"], "tests go to tests/ or to a *_test.cpp beside the code"),
    (r"benchmark/.*", ["bench"], "benchmarks go to bench/"),
]

PUBLIC_ONLY = ["apps", "examples"]  # public headers and files of their own folder
# Can be linked by authors of other backends; the *_test.cpp beside it are the harnesses of ours.
CONTRACT_ONLY = {"tests/conformance": ["base", "document", "driver"]}


def layer_of_source(name):
    """The layer of src/..., or None."""
    layers = [layer for layer in ALLOWED if name.startswith(f"src/{layer}/")]
    return max(layers, key=len, default=None)  # the innermost folder


def layer_of_public(header):
    """The layer of <sheaf/header>, or None."""
    return "driver" if header.startswith("driver/") else PUBLIC_LAYER.get(header)


def own_layer(file):
    if file.name.startswith("include/sheaf/"):
        return layer_of_public(file.name.removeprefix("include/sheaf/"))
    return layer_of_source(file.name)


def allowed_for(file):
    """The set of layers that the file may include, or None when the table does not bind it."""
    for folder, layers in CONTRACT_ONLY.items():
        if file.under(folder) and not file.path.stem.endswith("_test"):
            return set(layers)
    layer = own_layer(file)
    if layer is None:
        return None
    also = ALSO_IN_TESTS.get(layer, []) if file.is_test else []
    return {layer, *ALLOWED[layer], *also}


def check(tree):
    for file in tree.cxx():
        if file.under("include/sheaf", "src") and own_layer(file) is None:
            message = "belongs to no layer: add it to the table in tools/tidy_rules/layers.py"
            yield Finding(file.name, 1, "layers", message)
        pattern = r'(?m)^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]'
        for line, match in file.matches(pattern, file.code_with_strings):
            quote, target = match.groups()
            for rule, message in check_include(tree, file, quote, target):
                yield Finding(file.name, line, rule, message)


def check_include(tree, file, quote, target):
    yield from check_library(file, target)
    if target.startswith("sheaf/"):
        yield from check_public(tree, file, quote, target.removeprefix("sheaf/"))
    elif quote == '"':
        yield from check_internal(tree, file, target)


def check_library(file, target):
    for pattern, folders, instead in CONFINED:
        if not re.fullmatch(pattern, target) or file.under(*folders):
            continue
        if folders == ["tests"] and file.is_test:
            continue
        yield "layers", f"<{target}> may be included in {', '.join(folders)} only: {instead}"


def check_public(tree, file, quote, header):
    if quote == '"':
        yield "include-form", f"write <sheaf/{header}>: public headers stand in angle brackets"
    if f"include/sheaf/{header}" not in tree.by_name:
        yield "include-form", f"<sheaf/{header}> does not exist in include/sheaf"
        return
    layer, allowed = layer_of_public(header), allowed_for(file)
    if layer and allowed is not None and layer not in allowed:
        yield "layers", f"{place(file)} may not include {layer} (<sheaf/{header}>): it may include {listed(allowed)}"


def check_internal(tree, file, target):
    if ".." in target.split("/"):
        yield "include-form", f'write "{target}" relative to src/ (or to the own folder outside src/), without ".."'
        return
    own_folder = file.name.rsplit("/", 1)[0] if "/" in file.name else "."
    candidates = [f"src/{target}"]
    if not file.under("src"):
        candidates.insert(0, f"{own_folder}/{target}")
        candidates.append(target)  # from the root, as "bench/x.hpp"
    if file.is_test:
        candidates.append(f"tests/{target}")
    found = next((name for name in candidates if name in tree.by_name), None)
    if found is None:
        yield "include-form", f'"{target}" does not exist: write it relative to src/, like "document/key.hpp"'
        return
    allowed = allowed_for(file)
    layer = layer_of_source(found)
    if file.under(*PUBLIC_ONLY) and found.startswith("src/"):
        yield "layers", f"{file.name.split('/')[0]} may include public headers and its own folder only, not {found}"
    elif layer and allowed is not None and layer not in allowed:
        yield "layers", f"{place(file)} may not include {layer} ({found}): it may include {listed(allowed)}"


def place(file):
    return own_layer(file) or "/".join(file.name.split("/")[:2])


def listed(allowed):
    return ", ".join(layer for layer in ALLOWED if layer in allowed)
