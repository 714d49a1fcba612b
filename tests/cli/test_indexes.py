"""index create, list, drop and verify; --hint; expire; buildings that are stopped half-way."""

import json
import shlex
import signal
import sqlite3
import subprocess
import time
import unittest

from harness import CONFLICT, FAILED, INTERRUPTED, SHEAF, USAGE, Case, default_signals

PEOPLE = [{"_id": i, "name": f"n{i % 50:02}", "age": i % 90, "tags": [f"t{i % 7}", f"t{i % 11}"],
           "address": {"city": ["Kyoto", "Lima", "Oslo"][i % 3]}, **({"email": f"{i}@x"} if i % 2 else {})}
          for i in range(1000)]


class Indexes(Case):
    def setUp(self):
        super().setUp()
        self.sheaf("import", self.store, "people", self.jsonl("people.jsonl", PEOPLE))

    def index(self, verb, *words, **options):
        return self.sheaf("index", verb, self.store, *words, **options)

    def create(self, keys, *words):
        return self.index("create", "people", keys, *words).one

    def names(self):
        return [one["name"] for one in self.index("list", "people").lines]

    def explain(self, *words):
        return self.sheaf("explain", self.store, "people", *words, "--json").one


class Create(Indexes):
    def test_prints_what_was_done(self):
        ran = self.index("create", "people", '{"age": 1}')
        self.assertEqual((ran.text, ran.err), ('{"acknowledged":true,"created":"age_1"}\n', ""))
        self.assertEqual(self.create('{"age": 1}'), {"acknowledged": True, "unchanged": "age_1"})
        self.assertEqual(self.create('{"address.city": 1, "age": -1}')["created"], "address.city_1_age_-1")
        self.assertEqual(self.create('{"tags": 1}', "--name", "mine")["created"], "mine")
        self.assertEqual(self.names(), ["address.city_1_age_-1", "age_1", "mine"])

    def test_options_are_recorded_whole(self):
        self.create('{"email": 1}', "--unique", "--sparse")
        self.create('{"name": -1}', "--partial", '{"age": {"$gte": 18}}')
        self.create('{"seen": 1}', "--ttl", 3600, "--name", "old")
        listed = {one["name"]: one for one in self.index("list").lines}
        for one in listed.values():
            self.assertEqual((one["collection"], one["state"]), ("people", "ready"))
        self.assertEqual((listed["email_1"]["key"], listed["email_1"]["unique"], listed["email_1"]["sparse"]),
                         ({"email": 1}, True, True))
        self.assertEqual(listed["name_-1"]["partialFilterExpression"], {"age": {"$gte": 18}})
        self.assertEqual(listed["old"]["expireAfterSeconds"], 3600)
        self.assertNotIn("unique", listed["old"])

    def test_ensure_replaces_what_is_defined_otherwise(self):
        self.create('{"email": 1}', "--sparse", "--name", "e")
        self.refused("index", "create", self.store, "people", '{"email": 1}', "--unique", "--sparse", "--name", "e",
                     code=CONFLICT, says=["conflict", "e"])
        again = ('{"email": 1}', "--unique", "--sparse", "--name", "e", "--ensure")
        self.assertEqual(self.create(*again)["rebuilt"], "e")
        self.assertEqual(self.create(*again)["unchanged"], "e")
        self.assertEqual(self.create('{"age": 1}', "--ensure")["created"], "age_1")
        (listed,) = [one for one in self.index("list", "people").lines if one["name"] == "e"]
        self.assertTrue(listed["unique"])

    def test_documents_that_break_a_unique_index(self):
        self.refused("index", "create", self.store, "people", '{"age": 1}', "--unique", code=CONFLICT,
                     says=["duplicate_key", "age_1"])
        self.assertEqual(self.names(), [])
        self.assertEqual(self.create('{"email": 1}', "--unique", "--nulls-distinct")["created"], "email_1")
        self.refused("insert", self.store, "people", '{"email": "1@x"}', code=CONFLICT,
                     says=["duplicate_key", "email_1", "1@x"])
        self.sheaf("insert", self.store, "people", '{"_id": "none"}')
        self.refused("index", "create", self.store, "people", '{"email": -1}', "--unique", code=CONFLICT,
                     says="duplicate_key")

    def test_wrong_input(self):
        for keys in ("{}", '{"a": 0}', '{"a": "up"}', '{"a.": 1}', '{"": 1}', '{"$a": 1}', "[1]", "{"):
            self.refused("index", "create", self.store, "people", keys)
        self.refused("index", "create", self.store, "people", '{"a": 1', says=["invalid_json", "KEYS", "column"])
        self.refused("index", "create", self.store, "people", '{"a": 1}', "--partial", '{"b": {"$foo": 1}}',
                     says="$foo")
        self.refused("index", "create", self.store, "people", '{"a": 1, "b": 1}', "--ttl", 5)
        self.refused("index", "create", self.store, "people", '{"a": 1}', "--ttl", "-5", code=USAGE, says="--ttl")
        self.refused("index", "create", self.store, "people", '{"a": 1}', "--nulls-distinct", code=USAGE,
                     says="--unique")
        self.refused("index", "create", self.store, "people", code=USAGE, says=["KEYS", "sheaf index create --help"])
        self.refused("index", code=USAGE, says=["sheaf index --help"])
        self.refused("index", "frobnicate", self.store, code=USAGE, says=["frobnicate", "sheaf index --help"])
        self.refused("index", "create", self.folder / "no.db", "people", '{"a": 1}', says="not_found")
        self.assertEqual(self.names(), [])

    def test_a_collection_that_is_not_there_is_noted_and_made(self):
        ran = self.index("create", "later", '{"a": 1}')
        self.assertEqual(ran.err, 'sheaf: note: there is no collection "later"\n')
        self.assertEqual([one["name"] for one in self.index("list", "later").lines], ["a_1"])

    def test_follows_renames_and_goes_with_the_collection(self):
        self.create('{"age": 1}')
        self.sheaf("rename", self.store, "people", "users")
        self.assertEqual([one["collection"] for one in self.index("list").lines], ["users"])
        self.index("verify", "users", "age_1")
        self.sheaf("drop", self.store, "users")
        self.assertEqual(self.index("list").lines, [])


class Using(Indexes):
    def test_list_formats(self):
        self.create('{"tags": 1}')
        self.assertEqual(self.index("list", "people").one["multikey"], True)
        table = self.index("list", "people", "--format", "table").text.splitlines()
        self.assertEqual(table[0].split()[:3], ["collection", "key", "name"])
        self.assertIn("tags_1", table[2])
        self.assertEqual([one["name"] for one in json.loads(self.index("list", "--format", "json").text)], ["tags_1"])

    def test_drop(self):
        self.create('{"age": 1}')
        ran = self.index("drop", "people", "age")
        self.assertEqual(ran.text, '{"acknowledged":true,"dropped":false}\n')
        self.assertEqual(ran.err, 'sheaf: note: there is no index "age" on "people"; there are: age_1\n')
        self.assertEqual(self.index("drop", "people", "age_1").text, '{"acknowledged":true,"dropped":true}\n')
        self.assertIn("none but that of _id", self.index("drop", "people", "age_1").err)
        self.assertEqual(self.names(), [])

    def test_verify(self):
        self.create('{"tags": 1}')
        self.create('{"age": 1}')
        ran = self.index("verify")
        self.assertEqual([one["index"] for one in ran.lines], ["age_1", "tags_1"])
        for one in ran.lines:
            self.assertEqual((one["documents"], one["missing"], one["orphaned"], one["good"]), (1000, 0, 0, True))
        self.assertEqual(ran.lines[0]["entries"], 1000)
        self.assertGreater(ran.lines[1]["entries"], 1800)
        self.assertEqual(self.index("verify", "people", "age_1").one["index"], "age_1")
        self.refused("index", "verify", self.store, "people", "nope", says=["not_found", "nope", "age_1, tags_1"])
        self.sheaf("delete", self.store, "people", '{"age": {"$lt": 10}}', "--many")
        self.sheaf("update", self.store, "people", "{}", '{"$pop": {"tags": 1}}', "--many")
        self.assertTrue(all(one["good"] for one in self.index("verify").lines))

    def test_a_wrong_index_is_found_and_the_message_repairs_it(self):
        self.create('{"age": 1}', "--partial", '{"name": {"$gte": "n1"}}', "--name", "it's")
        with sqlite3.connect(self.store) as store:
            (table,) = [name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
                        if "_sheaf_i" in name and "stat" not in name]
            store.execute(f'DELETE FROM "{table}" WHERE k IN (SELECT k FROM "{table}" LIMIT 3)')
        store.close()
        ran = self.index("verify", code=FAILED)
        self.assertEqual((ran.one["good"], ran.one["orphaned"]), (False, 0))
        self.assertGreater(ran.one["missing"], 0)
        self.assertIn('index "it\'s" of "people" does not agree with the documents', ran.err)
        explained = self.sheaf("explain", self.store, "people", '{"age": {"$gte": 0}, "name": {"$gte": "n1"}}',
                               "--verify", "--json", "--hint", "it's", code=FAILED)
        self.assertFalse(explained.one["verified"])
        self.assertIn("differ", explained.err)
        repair = [line.strip() for line in ran.err.splitlines() if line.startswith("    sheaf index ")]
        self.assertEqual(len(repair), 2, ran.err)
        for line in repair:
            words = shlex.split(line)
            self.assertEqual(words[0], "sheaf")
            self.sheaf(*words[1:])
        self.assertTrue(self.index("verify").one["good"])
        (listed,) = self.index("list").lines
        self.assertEqual(listed["partialFilterExpression"], {"name": {"$gte": "n1"}})

    def test_results_are_the_same_with_every_index(self):
        filters = ('{"age": 7}', '{"age": {"$gte": 20, "$lt": 25}}', '{"tags": "t3"}', '{"address.city": "Lima"}',
                   '{"address.city": "Oslo", "age": {"$gt": 80}}', '{"email": null}', '{"email": {"$exists": true}}',
                   '{"$or": [{"age": 3}, {"tags": "t5"}]}', '{"name": {"$regex": "^n4"}}',
                   '{"tags": {"$all": ["t1", "t2"]}}')

        def answers():
            found = []
            for text in filters:
                found.append(sorted(one["_id"] for one in self.find("people", text)))
                found.append([one["_id"] for one in self.find("people", text, "--sort", '{"age": -1, "_id": 1}',
                                                              "--limit", 20)])
                found.append(self.count("people", text))
                found.append(self.sheaf("distinct", self.store, "people", "tags", text).text)
            return found

        before = answers()
        for keys in ('{"age": 1}', '{"tags": 1}', '{"address.city": 1, "age": -1}', '{"email": 1}', '{"name": 1}'):
            self.create(keys)
        self.assertEqual(answers(), before)
        for text in filters:
            self.assertTrue(self.explain(text, "--verify")["verified"], text)

    def test_hint(self):
        self.create('{"age": 1}')
        self.create('{"name": 1}')
        text = '{"age": 7, "name": "n07"}'
        for hint in ("age_1", "name_1", "$natural"):
            self.assertEqual(self.find("people", text, "--hint", hint), self.find("people", text))
            self.assertEqual(self.count("people", text, "--hint", hint), self.count("people", text))
            self.assertEqual(self.sheaf("distinct", self.store, "people", "age", text, "--hint", hint).text, "7\n")
            self.assertEqual(self.sheaf("update", self.store, "people", text, '{"$inc": {"n": 1}}', "--hint",
                                        hint).one["matchedCount"], 1)
            plan = json.dumps(self.explain(text, "--hint", hint))
            self.assertIn("scan" if hint == "$natural" else hint, plan)
        self.assertEqual(self.sheaf("delete", self.store, "people", text, "--hint", "name_1").one["deletedCount"], 1)
        for verb, *rest in (("find",), ("count",), ("explain",), ("delete", "{}"), ("distinct", "age"),
                            ("update", "{}", '{"$set": {"a": 1}}'), ("find", "--page-size", "5"),
                            ("aggregate", "[]"), ("group", '["age"]', '[{"op": "count"}]')):
            self.refused(verb, self.store, "people", *rest, "--hint", "nope",
                         says=["invalid_argument", "nope", "age_1", "name_1"])
        self.create('{"age": 1}', "--sparse", "--name", "sparse")
        self.refused("find", self.store, "people", '{"name": "n01"}', "--hint", "sparse", says=["invalid_argument"])

    def test_expire(self):
        for i, day in enumerate(("2020-01-01", "2020-01-02", "2999-01-01")):
            self.sheaf("insert", self.store, "sessions",
                       json.dumps({"_id": i, "seen": {"$date": f"{day}T00:00:00Z"}}))
        self.sheaf("insert", self.store, "sessions", '{"_id": "forever"}')
        self.assertEqual(self.sheaf("expire", self.store).text, '{"acknowledged":true,"expiredCount":0}\n')
        self.index("create", "sessions", '{"seen": 1}', "--ttl", 60)
        self.assertEqual(self.count("sessions"), 4)
        self.assertEqual(self.sheaf("expire", self.store, "people").one["expiredCount"], 0)
        self.assertEqual(self.sheaf("expire", self.store, "sessions").one["expiredCount"], 2)
        self.assertEqual(self.sheaf("expire", self.store).one["expiredCount"], 0)
        self.assertEqual([one["_id"] for one in self.find("sessions")], [2, "forever"])


class Stopped(Case):
    """A building that ends early leaves nothing behind, or something that can be finished."""

    ROWS = 150_000

    def setUp(self):
        super().setUp()
        rows = "".join('{"_id":%d,"a":"%06d","b":[%d,%d]}\n' % (i, i * 7919 % 1_000_003, i % 1000, i % 77)
                       for i in range(self.ROWS))
        self.sheaf("import", f"sqlite:{self.store}?durability=process", "c", "-", "--batch", 10_000, stdin=rows)

    def states(self):
        return [one["state"] for one in self.sheaf("index", "list", self.store, "c").lines]

    def stop_while_building(self, number):
        """Sends the signal once others see the index; returns the exit code and the message."""
        for _ in range(20):
            process = subprocess.Popen([SHEAF, "index", "create", self.store, "c", '{"a": 1, "b": 1}'],
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder,
                                       preexec_fn=default_signals)
            deadline = time.monotonic() + 60
            while "building" not in (states := self.states()) and process.poll() is None:
                self.assertLess(time.monotonic(), deadline)
            if "building" in states:
                process.send_signal(number)
            out, err = process.communicate(timeout=120)
            if process.returncode != 0:
                self.assertEqual(out, b"")
                return process.returncode, err.decode()
            self.sheaf("index", "drop", self.store, "c", "a_1_b_1")  # it was faster; try again
        self.fail("no building could be stopped")

    def test_ctrl_c_takes_it_back(self):
        code, err = self.stop_while_building(signal.SIGINT)
        self.assertEqual(code, INTERRUPTED)
        self.assertIn("sheaf: interrupted; what was built of the index is taken back", err)
        self.assertEqual(self.states(), [])
        self.assertEqual(self.sheaf("index", "create", self.store, "c", '{"a": 1, "b": 1}').one["created"], "a_1_b_1")
        self.assertEqual(self.sheaf("index", "verify", self.store).one["missing"], 0)

    def test_killed_building_can_be_finished(self):
        code, _ = self.stop_while_building(signal.SIGKILL)
        self.assertEqual(code, -signal.SIGKILL)
        self.assertEqual(self.states(), ["building"])
        ran = self.sheaf("index", "verify", self.store)
        self.assertEqual(ran.out, b"")
        self.assertIn("finish it", ran.err)
        query = ("c", '{"a": "007919"}')
        self.assertEqual([one["_id"] for one in self.find(*query)], [1])
        self.sheaf("update", self.store, *query, '{"$set": {"a": "changed"}}')
        repair = [line.strip() for line in ran.err.splitlines() if line.startswith("    sheaf index create ")]
        self.assertEqual(self.sheaf(*shlex.split(repair[0])[1:]).one["resumed"], "a_1_b_1")
        self.assertEqual(self.states(), ["ready"])
        checked = self.sheaf("index", "verify", self.store).one
        self.assertEqual((checked["documents"], checked["good"]), (self.ROWS, True))
        self.assertEqual(self.find(*query), [])
        self.assertEqual([one["_id"] for one in self.find("c", '{"a": "changed"}')], [1])


if __name__ == "__main__":
    unittest.main()
