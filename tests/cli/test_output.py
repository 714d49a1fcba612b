"""Where results go: full disks, readers that go away, files that appear only when they are complete, terminals."""

import fcntl
import json
import os
import pty
import re
import select
import sqlite3
import stat
import struct
import subprocess
import termios
import threading
import time
import unittest

from harness import FAILED, SHEAF, USAGE, Case


class Writing(Case):
    def setUp(self):
        super().setUp()
        rows = "".join('{"_id": %d, "text": "%s"}\n' % (i, "y" * 50) for i in range(5000))
        self.sheaf("import", self.store, "c", "-", stdin=rows)
        self.rows = rows.replace(": ", ":").replace(", ", ",")

    def to(self, path, *words):
        with open(path, "wb", buffering=0) as out:
            return subprocess.run([SHEAF, *words], stdout=out, stderr=subprocess.PIPE, text=True, check=False)

    def test_a_full_disk_is_a_failure(self):
        for words in (("find", self.store, "c"), ("find", self.store, "c", "--limit", "1"), ("count", self.store, "c"),
                      ("export", self.store, "c"), ("stats", self.store), ("--help",), ("--version",),
                      ("find", "--help"), ("completion", "bash"), ("find", self.store, "c", "--format", "table")):
            ran = self.to("/dev/full", *words)
            self.assertEqual(ran.returncode, FAILED, words)
            self.assertIn("io: cannot write to standard output: No space left on device", ran.stderr)

    def test_export_to_a_full_device(self):
        self.refused("export", self.store, "c", "/dev/full", says="No space left on device")

    def test_closed_standard_output_is_a_failure(self):
        script = 'exec "$0" count "$1" c >&-'
        ran = subprocess.run(["bash", "-c", script, SHEAF, self.store], stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(ran.returncode, FAILED)
        self.assertIn("standard output", ran.stderr)
        self.assertEqual(self.count("c"), 5000)

    def test_a_reader_that_goes_away_is_no_noise(self):
        process = subprocess.Popen([SHEAF, "find", self.store, "c"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertTrue(process.stdout.readline().startswith(b'{"_id":0,'))
        process.stdout.close()
        self.assertEqual(process.wait(timeout=60), FAILED)
        self.assertEqual(process.stderr.read(), b"")
        process.stderr.close()

    def test_export_file(self):
        target = self.folder / "out.jsonl"
        ran = self.sheaf("export", self.store, "c", target)
        self.assertEqual(ran.text, '{"acknowledged":true,"exportedCount":5000}\n')
        self.assertEqual(target.read_text(), self.rows)
        self.assertEqual(self.sheaf("export", self.store, "c").text, self.rows)
        self.assertEqual(self.sheaf("export", self.store, "c", "-").text, self.rows)

    def test_export_keeps_rights_and_follows_links(self):
        target = self.file("real.jsonl", "old")
        target.chmod(0o640)
        link = self.folder / "link.jsonl"
        link.symlink_to("real.jsonl")
        self.sheaf("export", self.store, "c", link)
        self.assertTrue(link.is_symlink())
        self.assertEqual(target.read_text(), self.rows)
        self.assertEqual(stat.S_IMODE(target.stat().st_mode), 0o640)
        os.umask(mask := os.umask(0))
        self.sheaf("export", self.store, "c", self.folder / "new.jsonl")
        self.assertEqual(stat.S_IMODE((self.folder / "new.jsonl").stat().st_mode), 0o666 & ~mask)

    def test_a_failed_export_leaves_the_old_file(self):
        target = self.file("out.jsonl", "precious\n")
        self.refused("export", self.store, "typo", target, says=["not_found", "typo"])
        limited = ["bash", "-c", 'ulimit -f 1; trap "" XFSZ; exec "$0" export "$1" c "$2"', SHEAF, self.store, target]
        ran = subprocess.run(limited, capture_output=True, text=True, check=False)
        self.assertEqual(ran.returncode, FAILED, ran.stderr)
        self.assertIn("File too large", ran.stderr)
        self.assertEqual(target.read_text(), "precious\n")
        self.assertEqual([name for name in os.listdir(self.folder) if name.startswith("out")], ["out.jsonl"])
        self.refused("export", self.store, "c", self.folder / "no" / "out.jsonl", says="No such file")
        self.refused("export", self.store, "c", self.folder, says="directory")

    def test_export_onto_the_store_is_refused(self):
        self.refused("export", self.store, "c", self.store, code=USAGE, says="the store itself")
        os.link(self.store, self.folder / "alias")
        self.refused("export", self.store, "c", self.folder / "alias", code=USAGE, says="the store itself")
        self.assertEqual(self.count("c"), 5000)

    def test_canonical_export_keeps_number_types(self):
        rows = '{"_id":{"$numberInt":"1"},"l":{"$numberLong":"5"},"d":{"$numberDouble":"5.0"}}\n'
        self.sheaf("import", self.store, "types", "-", stdin=rows)
        self.assertEqual(self.sheaf("export", self.store, "types", "--canonical").text, rows)


class Terminal(Case):
    """What people see: the tool on a pseudo-terminal."""

    def on_terminal(self, *words, columns=80, feed=()):
        primary, secondary = pty.openpty()
        fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        process = subprocess.Popen([SHEAF, *map(str, words)], stdin=subprocess.PIPE, stdout=secondary, stderr=secondary,
                                   cwd=self.folder)
        os.close(secondary)
        seen = b""
        for part in feed:
            process.stdin.write(part)
            process.stdin.flush()
            time.sleep(0.4)
        process.stdin.close()
        while True:
            select.select([primary], [], [])
            try:
                part = os.read(primary, 65536)
            except OSError:
                break
            if not part:
                break
            seen += part
        os.close(primary)
        self.assertEqual(process.wait(timeout=60), 0)
        return seen.decode().replace("\r\n", "\n")

    def test_table_fits_the_terminal(self):
        rows = "".join('{"_id": %d, "text": "%s", "more": "%s"}\n' % (i, "long " * 20, "m" * 50) for i in range(3))
        self.sheaf("import", self.store, "c", "-", stdin=rows)
        for columns in (100, 60, 30, 8):
            text = self.on_terminal("find", self.store, "c", "--format", "table", "--no-system", columns=columns)
            self.assertEqual(len(text.splitlines()), 5)
            self.assertLessEqual(max(map(len, text.splitlines())), columns)
        text = self.on_terminal("find", self.store, "c", "--format", "table", columns=100)
        self.assertRegex(text, r"0  long [long ]*\.\.\.  m+\.\.\.  +1  20\d\d-\d\d-\d\dT")

    def test_long_imports_show_progress_and_remove_it(self):
        lines = ['{"_id": %d}\n' % i for i in range(6000)]
        parts = ["".join(lines[start:start + 1000]).encode() for start in range(0, 6000, 1000)]
        text = self.on_terminal("import", self.store, "c", "-", feed=parts)
        self.assertRegex(text, r"\rimport: [\d,]+ documents, [\d.]+ MB, [\d,]+ per second")
        self.assertTrue(text.endswith('\r\x1b[K{"acknowledged":true,"insertedCount":6000}\n'), repr(text[-200:]))

    def test_long_buildings_of_indexes_show_progress_and_remove_it(self):
        rows = "".join('{"_id": %d}\n' % i for i in range(50_000))
        self.sheaf("import", f"sqlite:{self.store}?durability=process", "c", "-", "--batch", 10_000, stdin=rows)
        # Progress shows after a second: another writer keeps the building waiting that long.
        other = sqlite3.connect(self.store, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(1.5, lambda: other.execute("ROLLBACK"))
        timer.start()
        text = self.on_terminal("index", "create", self.store, "c", '{"a": 1}')
        timer.join()
        other.close()
        self.assertRegex(text, r"\rindex: \[[#.]{24}\] +\d+ % [\d,]+ documents, [\d,]+ per second\x1b\[K")
        self.assertTrue(text.endswith('\r\x1b[K{"acknowledged":true,"created":"a_1"}\n'), repr(text[-200:]))

    def test_explain_is_a_text_and_reports_are_indented(self):
        self.sheaf("insert", self.store, "c", '{"_id": 1}')
        self.assertRegex(self.on_terminal("explain", self.store, "c", '{"a": 1}'), r"\Aplan +all documents")
        text = self.on_terminal("explain", self.store, "c", '{"a": 1}', "--json")
        self.assertTrue(text.startswith('{\n  "'), text)
        self.assertEqual(json.loads(text)["returned"], 0)
        for verb in (("stats", self.store), ("describe", self.store, "c")):
            text = self.on_terminal(*verb)
            self.assertTrue(text.startswith('{\n  "'), text)
            json.loads(text)

    def test_short_imports_show_none(self):
        text = self.on_terminal("import", self.store, "c", "-", feed=[b'{"_id": 1}\n'])
        self.assertEqual(text, '{"acknowledged":true,"insertedCount":1}\n')
        self.assertIsNone(re.search("\r", text))


if __name__ == "__main__":
    unittest.main()
