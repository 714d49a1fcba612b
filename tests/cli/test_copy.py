"""Copies of whole stores, and comparisons of two: what they print, how they end, and how a killed one goes on."""

import os
import signal
import sqlite3
import subprocess
import time
import unittest

from harness import CONFLICT, FAILED, INTERRUPTED, SHEAF, Case, default_signals

MANY = 40_000


class Copying(Case):
    def setUp(self):
        super().setUp()
        self.other = str(self.folder / "other.db")

    def fill(self):
        self.sheaf("import", self.store, "users", "-", stdin="".join('{"_id": %d}\n' % i for i in range(20)))
        self.sheaf("update", self.store, "users", '{"_id": 3}', '{"$set": {"name": "Ada", "tags": [1, 2]}}')
        self.sheaf("delete", self.store, "users", '{"_id": 4}', "--soft")
        self.sheaf("index", "create", self.store, "users", '{"tags": 1}', "--sparse")
        self.sheaf("insert", self.store, "orders", '{"_id": "a", "n": {"$numberLong": "5"}}')

    def exported(self, store, collection):
        return self.sheaf("export", store, collection, "--system", "--canonical").text

    def test_whole_store(self):
        self.fill()
        ran = self.sheaf("copy", self.store, self.other)
        self.assertEqual(ran.err, "")
        orders, users = ran.lines
        self.assertEqual(list(orders), ["collection", "documents", "resumed", "indexes", "verified", "sha256"])
        self.assertEqual((orders["collection"], orders["documents"], orders["indexes"]), ("orders", 1, []))
        self.assertEqual((users["collection"], users["documents"], users["indexes"]), ("users", 20, ["tags_1"]))
        self.assertTrue(users["verified"])
        for name in ("users", "orders"):
            self.assertEqual(self.exported(self.store, name), self.exported(self.other, name))
        lines = self.sheaf("verify", self.store, self.other).lines
        self.assertEqual([line["equal"] for line in lines], [True, True])
        self.assertEqual(lines[1]["first"], {"documents": 20, "sha256": users["sha256"]})
        self.assertEqual(lines[1]["second"], lines[1]["first"])

    def test_some_collections(self):
        self.fill()
        self.sheaf("insert", self.store, "third", "{}")
        self.sheaf("copy", self.store, self.other, "--only", "users,orders", "--no-verify")
        self.assertEqual([line["name"] for line in self.sheaf("collections", self.other).lines], ["orders", "users"])
        self.sheaf("verify", self.store, self.other, "--only", "users,orders")
        ran = self.sheaf("verify", self.store, self.other, code=FAILED)
        self.assertEqual(ran.err, 'sheaf: the second store has no collection "third"\n')
        self.assertIsNone(ran.lines[1]["second"])
        self.refused("copy", self.store, self.other, "--only", "nosuch", says=["not_found", "nosuch"])
        self.refused("copy", self.store, self.other, "--only", "", says="invalid_name")

    def test_a_destination_that_is_not_empty(self):
        self.fill()
        self.sheaf("insert", self.other, "users", '{"_id": 1}')
        for words in ((), ("--restart",)):
            self.refused("copy", self.store, self.other, *words, code=CONFLICT, says=["already_exists", '"users"'])
        self.refused("copy", self.store, self.store, code=CONFLICT, says="already_exists")
        self.assertEqual(self.sheaf("count", self.other, "users").text, "1\n")

    def test_verify_names_what_differs(self):
        self.fill()
        self.sheaf("copy", self.store, self.other)
        self.sheaf("delete", self.other, "users", '{"_id": 7}')
        self.sheaf("insert", self.other, "users", '{"_id": "new"}')
        self.sheaf("update", self.other, "users", '{"_id": 9}', '{"$set": {"a": 1}}')
        self.sheaf("index", "drop", self.other, "users", "tags_1")
        ran = self.sheaf("verify", self.store, self.other, code=FAILED)
        users = ran.lines[1]
        self.assertEqual((users["missing"], users["surplus"], users["changed"]), (1, 1, 1))
        self.assertEqual(users["indexes"], ["tags_1"])
        self.assertEqual(ran.err, 'sheaf: "users" is not the same in both stores:\n'
                                  '  only the first store has document 7\n'
                                  '  document 9 differs in body, version, updated\n'
                                  '  only the second store has document "new"\n'
                                  '  the index "tags_1"\n')

    def test_verify_finds_a_changed_byte(self):
        self.fill()
        self.sheaf("update", self.store, "users", '{"_id": 5}', '{"$set": {"name": "Grace"}}')
        self.sheaf("copy", self.store, self.other)
        changed = sqlite3.connect(self.other)
        changed.execute("UPDATE users SET data = CAST(replace(data, CAST('Grace' AS BLOB), CAST('Grape' AS BLOB)) "
                        "AS BLOB)")
        changed.commit()
        changed.close()
        ran = self.sheaf("verify", self.store, self.other, code=FAILED)
        self.assertIn("document 5 differs in body\n", ran.err)

    def test_an_empty_store(self):
        self.sheaf("insert", self.store, "c", "{}")
        self.sheaf("drop", self.store, "c")
        self.assertEqual(self.sheaf("copy", self.store, self.other).out, b"")
        self.assertEqual(self.sheaf("verify", self.store, self.other).out, b"")


class Interrupted(Case):
    """A source of many batches, and copies of it that are ended half-way."""

    def setUp(self):
        super().setUp()
        self.other = str(self.folder / "other.db")
        rows = "".join('{"_id": %d, "s": "%s"}\n' % (i * 7919 % MANY, "x" * 200) for i in range(MANY))
        self.sheaf("import", f"sqlite:{self.store}?durability=process", "c", "-", stdin=rows)
        self.sheaf("index", "create", self.store, "c", '{"s": 1, "_id": -1}', "--unique")

    def copied(self):
        if not os.path.exists(self.other):
            return 0
        ran = self.call("count", self.other, "c")
        return int(ran.text) if ran.code == 0 else 0

    def end_half_way(self, number):
        """Starts a copy and ends it when some of it is there; returns its exit code and messages."""
        process = subprocess.Popen([SHEAF, "copy", self.store, self.other], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, cwd=self.folder, preexec_fn=default_signals)
        self.addCleanup(process.kill)
        deadline = time.monotonic() + 60
        before = self.copied()
        while self.copied() == before and process.poll() is None:
            self.assertLess(time.monotonic(), deadline)
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
        return process.returncode, err.decode()

    def goes_on(self, number, code):
        for _ in range(20):
            ended, err = self.end_half_way(number)
            if ended == code:
                break
            # It was faster than the signal.
            self.assertEqual(ended, 0, err)
            os.remove(self.other)
        else:
            self.fail("no copy could be ended half-way")
        before = self.copied()
        self.assertGreater(before, 0)
        line = self.sheaf("copy", self.store, self.other).one
        self.assertEqual(line["resumed"], before)
        self.assertEqual((line["documents"], line["verified"], line["indexes"]), (MANY, True, ["s_1__id_-1"]))
        self.sheaf("verify", self.store, self.other)
        self.sheaf("index", "verify", self.other)
        tables = sqlite3.connect(self.other)
        self.assertEqual(tables.execute("SELECT name FROM sqlite_master WHERE name LIKE '%copy%'").fetchall(), [])
        tables.close()
        return err

    def test_killed(self):
        self.goes_on(signal.SIGKILL, -signal.SIGKILL)

    def test_ctrl_c(self):
        err = self.goes_on(signal.SIGINT, INTERRUPTED)
        self.assertEqual(err, "sheaf: interrupted; what was copied so far is kept, and the same command goes on with "
                              "it\n")

    def test_a_changed_source_needs_a_restart(self):
        for _ in range(20):
            ended, _err = self.end_half_way(signal.SIGKILL)
            if ended != 0:
                break
            os.remove(self.other)
        self.sheaf("delete", self.store, "c", '{"_id": 0}')
        self.refused("copy", self.store, self.other, code=CONFLICT, says=["conflict", "the option restart"])
        line = self.sheaf("copy", self.store, self.other, "--restart").one
        self.assertEqual((line["documents"], line["resumed"], line["verified"]), (MANY - 1, 0, True))


if __name__ == "__main__":
    unittest.main()
