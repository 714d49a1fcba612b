"""What the rules work on: the tree's files, and C++ text with its comments and strings blanked out."""

import re
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

CXX = {".cpp", ".hpp", ".c", ".h", ".def"}
SCRIPT = {".py", ".sh", ".cmake", ".in"}
TEXT = CXX | SCRIPT | {".md", ".json", ".jsonl", ".yml", ".yaml", ".txt", ""}


@dataclass(frozen=True, order=True)
class Finding:
    file: str
    line: int
    rule: str
    message: str

    def __str__(self):
        return f"{self.file}:{self.line}: {self.rule}: {self.message}"


# In this order: numbers come before character literals because of digit separators (1'000).
_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<raw>R"(?P<delimiter>[^\s()\\"]{0,16})\((?P<body>.*?)\)(?P=delimiter)")
      | (?P<string>"(?:\\.|[^"\\\n])*")
      | (?P<number>\b[0-9](?:[\w.]|'[0-9A-Za-z])*)
      | (?P<character>'(?:\\.|[^'\\\n])+')""",
    re.VERBOSE | re.DOTALL,
)


def _spaces(text):
    return re.sub(r"[^\n]", " ", text)


def blank(text, keep_strings=False):
    """The text with comments, and unless asked otherwise strings, as spaces. Line numbers and columns stay."""

    def replace(match):
        token = match.group(0)
        if match.lastgroup == "number" or match.group("number"):
            return token
        if match.group("comment"):
            return _spaces(token)
        return token if keep_strings else '"' + _spaces(token[1:-1]) + '"'

    return _TOKEN.sub(replace, text)


class SourceFile:
    def __init__(self, root, name):
        self.name = name  # relative to the root, with "/"
        self.path = root / name
        self.suffix = self.path.suffix
        self.is_cxx = self.suffix in CXX
        self.is_header = self.suffix in {".hpp", ".h"}
        stem = self.path.stem
        self.is_test = name.startswith("tests/") or stem.endswith("_test") or stem.startswith("test_")

    @cached_property
    def bytes(self):
        return self.path.read_bytes()

    @cached_property
    def text(self):
        return self.bytes.decode("utf-8", errors="replace")

    @cached_property
    def lines(self):
        return self.text.split("\n")

    @cached_property
    def code(self):
        return blank(self.text)

    @cached_property
    def code_with_strings(self):
        return blank(self.text, keep_strings=True)

    @cached_property
    def is_text(self):
        return self.suffix in TEXT and b"\0" not in self.bytes

    @cached_property
    def is_script(self):
        return self.bytes.startswith(b"#!")

    def under(self, *folders):
        return any(self.name.startswith(folder.rstrip("/") + "/") for folder in folders)

    def matches(self, pattern, text):
        """(line number, match) of each place where the pattern is found."""
        line, position = 1, 0
        for match in re.finditer(pattern, text):
            line += text.count("\n", position, match.start())
            position = match.start()
            yield line, match


class Tree:
    """Every file that git tracks or would track; without git, every file outside build folders."""

    def __init__(self, root):
        self.root = Path(root).resolve()
        self.files = [SourceFile(self.root, name) for name in sorted(self._names())]
        self.by_name = {file.name: file for file in self.files}

    def _names(self):
        command = ["git", "-C", str(self.root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        if (self.root / ".git").exists():
            try:
                listed = subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\0")
                return {name for name in listed if name and (self.root / name).is_file()}
            except (OSError, subprocess.CalledProcessError):
                pass  # no git program, or a repository of somebody else: walk instead
        skipped = {".git", "build", "__pycache__", ".cache"}
        return {
            path.relative_to(self.root).as_posix()
            for path in self.root.rglob("*")
            if path.is_file() and not skipped & set(path.relative_to(self.root).parts)
        }

    def cxx(self):
        return [file for file in self.files if file.is_cxx]
