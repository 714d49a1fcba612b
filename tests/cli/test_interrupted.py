"""Imports and exports that are stopped half-way: by Ctrl-C, by kill -9, by a reader that goes away."""

import os
import re
import signal
import subprocess
import time
import unittest
from pathlib import Path

from harness import INTERRUPTED, SHEAF, Case, default_signals


class Interrupted(Case):
    def start(self, *words):
        process = subprocess.Popen([SHEAF, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, cwd=self.folder, preexec_fn=default_signals)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.addCleanup(lambda: [stream.close() for stream in (process.stdin, process.stdout, process.stderr)])
        return process

    def feed(self, process, first, count):
        rows = "".join('{"_id": %d}\n' % i for i in range(first, first + count))
        process.stdin.write(rows.encode())
        process.stdin.flush()

    def wait_for(self, condition):
        deadline = time.monotonic() + 60
        while not condition():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)

    def catches_interrupts(self, process):
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"SigCgt:\s*(\w+)", status).group(1), 16) >> (signal.SIGINT - 1) & 1

    def documents(self):
        if not os.path.exists(self.store):
            return 0
        ran = self.call("count", self.store, "c")
        return int(ran.text) if ran.code == 0 else 0

    def interrupt(self, number):
        process = self.start("import", self.store, "c", "-", "--batch", "100")
        self.feed(process, 1, 250)
        self.wait_for(lambda: self.documents() == 200)
        process.send_signal(number)
        # Standard input is still open: the tool must not wait for more of it.
        self.assertEqual(process.wait(timeout=30), INTERRUPTED)
        message = process.stderr.read().decode()
        self.assertRegex(message, r"interrupted at row 2\d\d; 200 documents of earlier batches are in the store; "
                                  "continue with --skip-rows 200\n")
        self.assertEqual(process.stdout.read(), b"")
        self.assertEqual(self.documents(), 200)
        rows = "".join('{"_id": %d}\n' % i for i in range(1, 301))
        ran = self.sheaf("import", self.store, "c", "-", "--skip-rows", 200, stdin=rows)
        self.assertEqual(ran.one["insertedCount"], 100)
        self.assertEqual(self.documents(), 300)

    def test_ctrl_c(self):
        self.interrupt(signal.SIGINT)

    def test_terminated(self):
        self.interrupt(signal.SIGTERM)

    def test_ctrl_c_before_anything_has_come(self):
        process = self.start("import", self.store, "c", "-")
        self.wait_for(lambda: self.catches_interrupts(process))
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=30), INTERRUPTED)
        self.assertRegex(process.stderr.read().decode(), "interrupted")
        self.assertFalse(os.path.exists(self.store))

    def test_killed_import_keeps_whole_batches(self):
        process = self.start("import", self.store, "c", "-", "--batch", "50")
        self.feed(process, 1, 20_000)
        self.wait_for(lambda: self.documents() >= 200)
        process.kill()
        process.wait(timeout=30)
        done = self.documents()
        self.assertGreaterEqual(done, 200)
        self.assertEqual(done % 50, 0)
        rows = "".join('{"_id": %d}\n' % i for i in range(1, 20_001))
        self.sheaf("import", self.store, "c", "-", "--skip-rows", done, stdin=rows)
        self.assertEqual([one["_id"] for one in self.find("c")], list(range(1, 20_001)))

    def test_interrupted_export_leaves_the_old_file(self):
        filler = "x" * 1000
        rows = "".join('{"_id": %d, "s": "%s"}\n' % (i, filler) for i in range(60_000))
        self.sheaf("import", f"sqlite:{self.store}?durability=process", "c", "-", stdin=rows)
        for _ in range(20):
            # An export that was faster than the signal says nothing; try again.
            if self.interrupt_export(self.file("out.jsonl", "precious\n")) == INTERRUPTED:
                return
        self.fail("no export could be interrupted")

    def interrupt_export(self, target):
        process = self.start("export", self.store, "c", target.name)

        def has_begun():
            parts = [path for path in self.folder.iterdir() if re.match(r"out\.jsonl\..{6}$", path.name)]
            return parts or process.poll() is not None

        self.wait_for(has_begun)
        process.send_signal(signal.SIGINT)
        code = process.wait(timeout=60)
        if code == INTERRUPTED:
            self.assertIn("out.jsonl is as it was", process.stderr.read().decode())
            self.assertEqual(target.read_text(), "precious\n")
        self.assertIn(code, (0, INTERRUPTED))
        self.assertEqual([name for name in os.listdir(self.folder) if name.startswith("out")], ["out.jsonl"])
        return code


if __name__ == "__main__":
    unittest.main()
