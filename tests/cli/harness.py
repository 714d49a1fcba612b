"""What the tests of the command line share: runs the tool in a temporary folder and looks at what it leaves.

The tool is $SHEAF_BIN; the real data of the tests is in $SHEAF_SUITES (default ../shared/data).
"""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHEAF = os.path.abspath(os.environ.get("SHEAF_BIN", ROOT / "build/release/bin/sheaf"))
SUITES = Path(os.environ.get("SHEAF_SUITES", ROOT.parent / "shared" / "data"))
ISO = Path("/usr/share/iso-codes/json")
DONE, FAILED, USAGE, CONFLICT, INTERRUPTED = 0, 1, 2, 3, 130
SYSTEM = ("_version", "_created", "_updated", "_archived")


def default_signals():
    """For preexec_fn: a test run in the background has SIGINT ignored, and the tool leaves ignored signals alone."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


class Ran:
    """What one call has left: exit code, both outputs, and standard output as JSON Lines."""

    def __init__(self, process):
        self.code = process.returncode
        self.out = process.stdout
        self.err = process.stderr.decode("utf-8", "replace")

    @property
    def text(self):
        return self.out.decode("utf-8")

    @property
    def lines(self):
        return [json.loads(line) for line in self.text.splitlines()]

    @property
    def one(self):
        (line,) = self.lines
        return line


class Case(unittest.TestCase):
    """A test with a folder and a store of its own."""

    maxDiff = None

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="sheaf-cli-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.store = str(self.folder / "store.db")

    def call(self, *words, stdin=b"", **options):
        """Runs the tool and returns whatever came of it."""
        if isinstance(stdin, str):
            stdin = stdin.encode()
        process = subprocess.run([SHEAF, *map(str, words)], input=stdin, capture_output=True, cwd=self.folder,
                                 timeout=600, check=False, **options)
        return Ran(process)

    def sheaf(self, *words, code=DONE, **options):
        """Runs the tool and requires an exit code."""
        ran = self.call(*words, **options)
        self.assertEqual(ran.code, code, f"sheaf {' '.join(map(str, words))[:300]}\n{ran.err}\n{ran.text[:500]}")
        return ran

    def refused(self, *words, code=FAILED, says=(), **options):
        """Requires a failure whose message holds all of `says`, and nothing on standard output."""
        ran = self.sheaf(*words, code=code, **options)
        for text in [says] if isinstance(says, str) else says:
            self.assertIn(text, ran.err)
        self.assertTrue(ran.err.startswith("sheaf: "), ran.err)
        self.assertEqual(ran.out, b"")
        return ran

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def jsonl(self, name, documents):
        return self.file(name, "".join(json.dumps(document) + "\n" for document in documents))

    def find(self, collection, *words):
        return self.sheaf("find", self.store, collection, *words, "--no-system").lines

    def count(self, collection, *words):
        return int(self.sheaf("count", self.store, collection, *words).text)
