"""The command line on a PostgreSQL server, which tools/with_postgres starts: what one program writes another one reads,
sheaf or psql."""

import json
import os
import subprocess
import unittest
import uuid

from harness import CONFLICT, FAILED, Case

PSQL = os.path.join(os.environ.get("POSTGRES_BIN", "/usr/lib/postgresql/15/bin"), "psql")


def server():
    url = os.environ.get("SHEAF_TEST_POSTGRES")
    if not url:
        raise AssertionError("this test needs a PostgreSQL server: run it under tools/with_postgres")
    return url


class Postgres(Case):
    def setUp(self):
        super().setUp()
        self.schema = f"t_{uuid.uuid4().hex}"
        self.store = f"{server()}&schema={self.schema}"
        people = [{"_id": f"p{i}", "name": f"n{i}", "age": i % 50, "tags": [f"t{i % 3}", f"t{i % 7}"],
                   "address": {"city": f"c{i % 20}"}} for i in range(1000)]
        self.people = people
        self.sheaf("import", self.store, "people", self.jsonl("people.jsonl", people))

    def tearDown(self):
        self.psql(f"DROP SCHEMA {self.schema} CASCADE")

    def psql(self, sql):
        ran = subprocess.run([PSQL, "-XAtq", server(), "-c", f"SET client_min_messages = warning; {sql}"],
                             capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        return ran.stdout

    def test_find_count_sort_group(self):
        self.assertEqual(self.count("people"), 1000)
        self.assertEqual(self.count("people", '{"age": {"$gte": 40}}'), 200)
        self.assertEqual(self.find("people", '{"_id": "p77"}'), [self.people[77]])
        self.assertEqual(self.find("people"), self.people)
        self.assertEqual([one["_id"] for one in self.find("people", '{"tags": "t6"}', "--sort", '{"age": -1, "_id": 1}',
                                                          "--limit", 2)], ["p349", "p699"])
        groups = self.sheaf("group", self.store, "people", '["address.city"]', '[{"op": "count"}]').lines
        self.assertEqual([one["count"] for one in groups], [50] * 20)
        self.assertEqual(self.sheaf("collections", self.store).lines, [{"name": "people"}])
        self.assertEqual(self.sheaf("stats", self.store).one["backend"], "postgres")

    def test_indexes_and_explain(self):
        for keys in ('{"age": 1}', '{"tags": 1}', '{"address.city": 1}'):
            self.sheaf("index", "create", self.store, "people", keys)
        self.sheaf("index", "create", self.store, "people", '{"name": 1}', "--unique")
        self.refused("insert", self.store, "people", '{"name": "n5"}', code=CONFLICT, says=["duplicate_key", "name_1"])
        explained = self.sheaf("explain", self.store, "people", '{"address.city": "c7"}', "--json", "--verify").one
        self.assertIn("address.city_1", json.dumps(explained))
        self.assertTrue(explained["verified"])
        self.assertEqual(len(self.find("people", '{"address.city": "c7"}')), 50)
        self.sheaf("update", self.store, "people", '{"age": 7}', '{"$push": {"tags": "new"}}', "--many")
        self.sheaf("delete", self.store, "people", '{"age": {"$lt": 5}}', "--many")
        self.assertEqual(self.count("people", '{"tags": "new"}'), 20)
        verified = self.sheaf("index", "verify", self.store).lines
        self.assertEqual([one["good"] for one in verified], [True] * 4)
        self.assertEqual(self.sheaf("index", "drop", self.store, "people", "age_1").one["dropped"], True)

    def test_versions_are_checked(self):
        change = ("update", self.store, "people", '{"_id": "p1"}', '{"$inc": {"age": 1}}', "--expect-version")
        self.sheaf(*change, 1)
        self.refused(*change, 1, code=CONFLICT, says="version_mismatch")
        self.assertEqual(self.sheaf("get", self.store, "people", "p1").one["_version"], 2)

    def test_an_export_is_the_one_of_another_backend(self):
        file = str(self.folder / "same.db")
        text = self.sheaf("export", self.store, "people", "--system").text
        self.sheaf("import", file, "people", "-", "--format", "jsonl", "--keep-system", stdin=text)
        self.assertEqual(self.sheaf("export", file, "people", "--system").text, text)

    def test_psql_reads_the_documents(self):
        self.sheaf("insert", self.store, "people", '{"_id": "odd", "name": {"$numberDouble": "NaN"}}')
        table = f"{self.schema}.people"
        self.assertEqual(self.psql(f"SELECT doc->>'name' FROM {table} WHERE doc->>'_id' = 'p5'"), "n5\n")
        self.assertEqual(self.psql(f"SELECT count(*) FROM {table} WHERE doc @> '{{\"age\": 7}}'"), "20\n")
        self.assertEqual(self.psql(f"SELECT count(*) FROM {table} WHERE doc IS NULL"), "1\n")
        self.assertEqual(self.psql(f"SELECT version FROM {table} WHERE doc->>'_id' = 'p5'"), "1\n")

    def test_messages_do_not_show_the_password(self):
        for url in (f"postgres://sheaf:secret@/nowhere?host={self.folder}&reconnect=100",
                    f"{self.store}&password=secret&frobnicate=1", f"{self.store}&password=secret&pool=many"):
            ran = self.call("count", url, "people")
            self.assertNotEqual(ran.code, 0)
            self.assertNotIn("secret", ran.err)

    def test_a_server_that_is_not_there(self):
        ran = self.call("count", f"postgres://sheaf@/postgres?host={self.folder}&reconnect=100", "people")
        self.assertNotEqual(ran.code, 0)
        self.assertIn("unavailable", ran.err)
        self.refused("count", f"{self.store}&speed=high", "people", code=FAILED, says=["invalid_url", "speed"])


if __name__ == "__main__":
    unittest.main()
