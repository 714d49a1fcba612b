"""The tree as a whole: files that nothing uses, permissions, links between pages, pages in step with code."""

import fnmatch
import posixpath
import re
from urllib.parse import unquote

from tidy_rules.source import Finding


def check(tree):
    yield from check_dead_sources(tree)
    yield from check_dead_headers(tree)
    yield from check_dead_folders(tree)
    yield from check_permissions(tree)
    yield from check_links(tree)
    yield from check_index(tree)
    yield from check_error_page(tree)
    yield from check_example_blocks(tree)


def cmake_lists_above(tree, folder):
    """The CMakeLists.txt of the folder and of those above it, nearest first, with their folders."""
    while True:
        name = posixpath.join(folder, "CMakeLists.txt")
        if name in tree.by_name:
            yield folder, tree.by_name[name]
        if not folder:
            return
        folder = posixpath.dirname(folder)


def without_cmake_comments(text):
    return re.sub(r"(?m)#.*$", "", text)


def globs(text):
    for arguments in re.findall(r"file\s*\(\s*GLOB(?:_RECURSE)?\s+\w+\s+([^)]*)\)", text):
        yield from (word.strip('"') for word in arguments.split() if "*" in word)


def layer_folders(text):
    """What the FOLDERS of a sheaf_layer names."""
    named = re.search(r"\bFOLDERS\b([a-z_\s]*)", text)
    return named.group(1).split() if named else []


def is_listed(tree, name):
    folder, base = posixpath.split(name)
    for owner, cmake in cmake_lists_above(tree, folder):
        text = without_cmake_comments(cmake.text)
        relative = posixpath.relpath(name, owner or ".")
        if "sheaf_layer(" in text and (owner == folder or posixpath.relpath(folder, owner) in layer_folders(text)):
            return True
        if any(fnmatch.fnmatch(relative, re.sub(r"\$\{\w+\}/", "", pattern)) for pattern in globs(text)):
            return True
        stem = base.rsplit(".", 1)[0]
        if re.search(rf"(?<![\w.-])(?:{re.escape(relative)}|{re.escape(base)}|{re.escape(stem)})(?![\w-])", text):
            return True
    return False


def check_dead_sources(tree):
    for file in tree.files:
        if file.suffix in {".cpp", ".c"} and not is_listed(tree, file.name):
            message = "no CMakeLists.txt builds this file: list it, or remove it"
            yield Finding(file.name, 1, "dead-file", message)


def check_dead_headers(tree):
    included = set()
    for file in tree.cxx():
        for target in re.findall(r'(?m)^[ \t]*#[ \t]*include[ \t]*[<"]([^>"\n]+)[>"]', file.text):
            included.add(posixpath.basename(target))
    for file in tree.files:
        internal = file.is_header or file.suffix == ".def"
        if internal and not file.name.startswith("include/") and posixpath.basename(file.name) not in included:
            yield Finding(file.name, 1, "dead-file", "nothing includes this header: remove it")


def check_dead_folders(tree):
    for file in tree.files:
        folder = posixpath.dirname(file.name)
        if posixpath.basename(file.name) != "CMakeLists.txt" or not folder or "cmake_minimum_required" in file.text:
            continue
        if not any(
            posixpath.relpath(folder, owner or ".") in without_cmake_comments(cmake.text)
            for owner, cmake in cmake_lists_above(tree, posixpath.dirname(folder))
        ):
            yield Finding(file.name, 1, "dead-file", "no CMakeLists.txt above adds this folder: add_subdirectory it")


def check_permissions(tree):
    for file in tree.files:
        executable = bool(file.path.stat().st_mode & 0o100)
        if file.is_script and not executable:
            yield Finding(file.name, 1, "executable", "it has a #! line: chmod +x, or remove the line if it is not run")
        if executable and not file.is_script:
            yield Finding(file.name, 1, "executable", "it has no #! line: chmod -x, or add the line")


def slug(heading):
    """GitHub's anchor of a heading."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.strip().lower())
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def prose(text):
    """A page with its code blocks and code spans blanked out."""
    text = re.sub(r"(?ms)^(```|~~~).*?^\1", lambda match: re.sub(r"[^\n]", " ", match.group(0)), text)
    return re.sub(r"`[^`\n]*`", lambda match: " " * len(match.group(0)), text)


def anchors(file):
    text = re.sub(r"(?ms)^(```|~~~).*?^\1", "", file.text)
    return {slug(heading) for heading in re.findall(r"(?m)^#+[ \t]+(.*)$", text)}


def check_links(tree):
    folders = {posixpath.dirname(name) for name in tree.by_name}
    folders |= {posixpath.dirname(folder) for folder in folders}
    for file in tree.files:
        if file.suffix != ".md":
            continue
        pattern = r"\]\(\s*<?([^)\s>]+)>?[^)]*\)|(?m:^\[[^\]]+\]:\s*(\S+))"
        for line, match in file.matches(pattern, prose(file.text)):
            link = match.group(1) or match.group(2)
            if re.match(r"[a-z][a-z0-9+.-]*:", link):
                continue
            target, _, anchor = unquote(link).partition("#")
            here = posixpath.dirname(file.name)
            name = posixpath.normpath(posixpath.join(here, target)) if target else file.name
            if name not in tree.by_name and name not in folders:
                yield Finding(file.name, line, "link", f"{link} does not exist")
            elif anchor and name.endswith(".md") and anchor not in anchors(tree.by_name[name]):
                yield Finding(file.name, line, "link", f"{name} has no heading #{anchor}")


def check_index(tree):
    index = tree.by_name.get("docs/README.md")
    for file in tree.files:
        if not index or file is index or file.suffix != ".md" or not file.under("docs"):
            continue
        if f"]({file.name.removeprefix('docs/')})" not in index.text:
            yield Finding(file.name, 1, "index", f"link this page from {index.name}")


def check_error_page(tree):
    """docs/reference/errors.md explains each code; its numbers must be those of the one list."""
    source = tree.by_name.get("include/sheaf/error_codes.def")
    page = tree.by_name.get("docs/reference/errors.md")
    if source is None or page is None:
        return
    codes = {
        match.group(1): (line, match.groups()[1:])
        for line, match in source.matches(r"SHEAF_ERROR_CODE\((\w+), (\d+), (\d+), (\d+)\)", source.code)
    }
    rows = {
        match.group(1): (line, match.groups()[1:])
        for line, match in page.matches(r"(?m)^\| *`(\w+)` *\| *(\d+) *\| *(\d+) *\| *(\d+) *\|", page.text)
    }
    for code, (line, numbers) in codes.items():
        if code not in rows:
            yield Finding(source.name, line, "error-page", f"{code} is not explained in {page.name}")
        elif rows[code][1] != numbers:
            yield Finding(page.name, rows[code][0], "error-page", f"{code} is {', '.join(numbers)} in {source.name}")
    for code, (line, _) in rows.items():
        if code not in codes:
            yield Finding(page.name, line, "error-page", f"{code} is not in {source.name}")


def check_example_blocks(tree):
    """A code block after <!-- from FILE --> stands in that file, which is compiled and run as a test."""
    for file in tree.files:
        if file.suffix != ".md":
            continue
        for line, match in file.matches(r"(?ms)^<!-- from (\S+) -->\n```\w*\n(.*?)^```$", file.text):
            source = tree.by_name.get(match.group(1))
            if source is None or match.group(2) not in source.text:
                yield Finding(file.name, line, "example", f"the block is not a part of {match.group(1)}")
