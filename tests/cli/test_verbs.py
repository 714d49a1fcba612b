"""Every verb does what its help says, and prints what it says it prints."""

import json
import re
import unittest

from harness import CONFLICT, FAILED, ISO, Case


class Documents(Case):
    def setUp(self):
        super().setUp()
        people = [
            {"_id": "ada", "name": "Ada", "age": 36, "address": {"city": "London"}},
            {"_id": "grace", "name": "Grace", "age": 85, "tags": ["navy", "cobol"]},
            {"_id": "alan", "name": "Alan", "age": 41},
        ]
        self.sheaf("import", self.store, "people", self.jsonl("people.jsonl", people))
        self.people = people

    def version(self, one):
        return self.sheaf("get", self.store, "people", one).one["_version"]

    def test_find_in_order_of_insertion_with_system_fields(self):
        found = self.sheaf("find", self.store, "people").lines
        self.assertEqual([list(one)[-3:] for one in found], [["_version", "_created", "_updated"]] * 3)
        for one, person in zip(found, self.people):
            self.assertEqual(one["_version"], 1)
            self.assertRegex(one["_created"]["$date"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
            self.assertEqual({**person, **{key: one[key] for key in ("_version", "_created", "_updated")}}, one)

    def test_find_filters_sorts_skips_limits(self):
        self.assertEqual([d["_id"] for d in self.find("people", '{"age": {"$gt": 40}}', "--sort", '{"age": -1}')],
                         ["grace", "alan"])
        self.assertEqual([d["_id"] for d in self.find("people", "--sort", '{"name": 1}', "--skip", 1, "--limit", 1)],
                         ["alan"])
        self.assertEqual(len(self.find("people", "--limit", 0)), 3)
        self.assertEqual([d["_id"] for d in self.find("people", '{"address.city": "London"}')], ["ada"])
        self.assertEqual([d["_id"] for d in self.find("people", '{"_version": 1, "tags": "navy"}')], ["grace"])

    def test_projection_decides_about_system_fields(self):
        def keys(projection):
            ran = self.sheaf("find", self.store, "people", '{"_id": "ada"}', "--project", projection)
            return list(ran.one)

        self.assertEqual(keys('{"name": 1}'), ["_id", "name"])
        self.assertEqual(keys('{"name": 1, "_version": 1}'), ["_id", "name", "_version"])
        self.assertEqual(keys('{"_version": 1, "_id": 0}'), ["_version"])
        self.assertEqual(keys('{"address": 0, "_created": 0}'), ["_id", "name", "age", "_version", "_updated"])
        self.assertEqual(keys('{"_id": 0}'), ["name", "age", "address", "_version", "_created", "_updated"])
        self.assertEqual(keys('{"_id": 0, "name": true}'), ["name"])
        self.assertEqual(keys('{"address": {"city": 1}}'), ["_id", "address"])

    def test_get(self):
        self.assertEqual(self.sheaf("get", self.store, "people", "ada", "--no-system").one, self.people[0])
        self.refused("get", self.store, "people", "nobody", says=["not_found", '"nobody"'])

    def test_ids_that_are_json_scalars_are_those_values(self):
        for document in ('{"_id": 5, "is": "number"}', '{"_id": "5", "is": "string"}', '{"_id": true, "is": "boolean"}',
                         '{"_id": "true", "is": "string"}', '{"_id": -7, "is": "negative"}',
                         '{"_id": "018f3a5e-7c11-7b1e-a000-000000000001", "is": "uuid"}',
                         '{"_id": {"$oid": "65a1b2c3d4e5f60718293a4b"}, "is": "object id"}'):
            self.sheaf("insert", self.store, "ids", document)
        for text, kind in (("5", "number"), ('"5"', "string"), ("5.0", "number"), ("true", "boolean"),
                           ('"true"', "string"), ("-7", "negative"),
                           ("018f3a5e-7c11-7b1e-a000-000000000001", "uuid"),
                           ('{"$oid": "65a1b2c3d4e5f60718293a4b"}', "object id")):
            self.assertEqual(self.sheaf("get", self.store, "ids", text).one["is"], kind, text)

    def test_count(self):
        self.assertEqual(self.sheaf("count", self.store, "people").text, "3\n")
        self.assertEqual(self.count("people", '{"age": {"$lt": 40}}'), 1)

    def test_distinct(self):
        self.assertEqual(self.sheaf("distinct", self.store, "people", "tags").text, '"cobol"\n"navy"\n')
        self.assertEqual(self.sheaf("distinct", self.store, "people", "age", '{"age": {"$gt": 40}}').text, "41\n85\n")
        self.assertEqual(self.sheaf("distinct", self.store, "people", "nothing").text, "")
        self.refused("distinct", self.store, "people", "", says=["invalid_argument", "path"])

    def test_aggregate(self):
        pipeline = '[{"$group": {"_id": null, "ages": {"$sum": "$age"}}}]'
        self.assertEqual(self.sheaf("aggregate", self.store, "people", pipeline).one, {"_id": None, "ages": 162})
        ran = self.sheaf("aggregate", self.store, "people", '[{"$sort": {"age": -1}}, {"$project": {"_id": 1}}]',
                         "--format", "json")
        self.assertEqual(json.loads(ran.text), [{"_id": "grace"}, {"_id": "alan"}, {"_id": "ada"}])
        self.refused("aggregate", self.store, "people", '{"$match": {}}', says=["in PIPELINE", "array"])
        self.refused("aggregate", self.store, "people", '[{"$nothing": {}}]', says=["$nothing"])

    def test_command(self):
        reply = self.sheaf("command", self.store, '{"count": "people", "query": {"age": {"$gt": 40}}}').one
        self.assertEqual(reply, {"n": 2, "ok": 1.0})
        refused = self.sheaf("command", self.store, '{"fly": 1}', code=FAILED).one
        self.assertEqual((refused["ok"], refused["code"], refused["codeName"]), (0.0, 59, "CommandNotFound"))

    def test_update_by_pipeline_and_array_filters(self):
        ran = self.sheaf("update", self.store, "people", "{}", '[{"$set": {"next": {"$add": ["$age", 1]}}}]', "--many")
        self.assertEqual((ran.one["matchedCount"], ran.one["modifiedCount"]), (3, 3))
        self.sheaf("update", self.store, "people", '{"_id": "grace"}', '{"$set": {"tags.$[t]": "NAVY"}}',
                   "--array-filters", '[{"t": "navy"}]')
        grace = self.sheaf("get", self.store, "people", "grace", "--no-system").one
        self.assertEqual((grace["next"], grace["tags"]), (86, ["NAVY", "cobol"]))
        self.sheaf("update", self.store, "people", "{}", '{"$set": {"oldest": true}}', "--sort", '{"age": -1}')
        self.assertEqual([d["_id"] for d in self.find("people", '{"oldest": true}')], ["grace"])

    def test_insert(self):
        ran = self.sheaf("insert", self.store, "people", '{"_id": 7, "name": "Edsger"}')
        self.assertEqual(ran.text, '{"acknowledged":true,"insertedId":7}\n')
        made = self.sheaf("insert", self.store, "people", "-", stdin=b'{"name": "Barbara"}\n').one["insertedId"]
        self.assertRegex(made, r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$")
        self.assertEqual(self.sheaf("get", self.store, "people", made).one["name"], "Barbara")
        self.refused("insert", self.store, "people", '{"_id": 7}', code=CONFLICT, says="duplicate_key")
        self.refused("insert", self.store, "people", '{"_version": 7}', says="invalid_document")

    def test_update(self):
        ran = self.sheaf("update", self.store, "people", '{"_id": "ada"}', '{"$inc": {"age": 1}, "$set": {"a.b": 2}}')
        self.assertEqual(ran.text, '{"acknowledged":true,"matchedCount":1,"modifiedCount":1}\n')
        ada = self.sheaf("get", self.store, "people", "ada").one
        self.assertEqual((ada["age"], ada["a"], ada["_version"]), (37, {"b": 2}, 2))
        ran = self.sheaf("update", self.store, "people", "{}", '{"$set": {"alive": false}}', "--many")
        self.assertEqual(ran.text, '{"acknowledged":true,"matchedCount":3,"modifiedCount":3}\n')
        ran = self.sheaf("update", self.store, "people", "{}", '{"$set": {"alive": false}}', "--many")
        self.assertEqual(ran.text, '{"acknowledged":true,"matchedCount":3,"modifiedCount":0}\n')
        ran = self.sheaf("update", self.store, "people", '{"_id": "new"}', '{"$set": {"x": 1}}', "--upsert")
        self.assertEqual(ran.text, '{"acknowledged":true,"matchedCount":0,"modifiedCount":0,"upsertedId":"new"}\n')

    def test_update_expects_versions(self):
        update = ("update", self.store, "people", '{"_id": "ada"}', '{"$inc": {"age": 1}}', "--expect-version")
        self.sheaf(*update, 1)
        self.refused(*update, 1, code=CONFLICT, says=["version_mismatch", "expected version 1", "2"])
        self.sheaf(*update, "exists")
        self.refused(*update, "absent", code=CONFLICT, says="version_mismatch")
        self.assertEqual(self.version("ada"), 3)
        nobody = ("update", self.store, "people", '{"_id": "nobody"}', '{"$set": {"a": 1}}')
        self.refused(*nobody, "--expect-version", "exists", code=CONFLICT, says="version_mismatch")

    def test_replace(self):
        ran = self.sheaf("replace", self.store, "people", '{"_id": "ada"}', '{"name": "Countess"}')
        self.assertEqual(ran.text, '{"acknowledged":true,"matchedCount":1,"modifiedCount":1}\n')
        self.assertEqual(self.find("people", '{"_id": "ada"}'), [{"_id": "ada", "name": "Countess"}])
        shown = self.sheaf("get", self.store, "people", "ada").text
        ran = self.sheaf("replace", self.store, "people", '{"_id": "ada"}', shown.replace("Countess", "Lady"))
        self.assertEqual(ran.one["modifiedCount"], 1)
        self.refused("replace", self.store, "people", '{"_id": "ada"}', '{"a": 1}', "--expect-version", 2,
                     code=CONFLICT, says="version_mismatch")
        ran = self.sheaf("replace", self.store, "people", '{"_id": "kurt"}', '{"name": "Kurt"}', "--upsert")
        self.assertEqual(ran.one["upsertedId"], "kurt")

    def test_delete(self):
        self.refused("delete", self.store, "people", '{"_id": "ada"}', "--expect-version", 9, code=CONFLICT,
                     says="version_mismatch")
        ran = self.sheaf("delete", self.store, "people", '{"_id": "ada"}', "--expect-version", 1)
        self.assertEqual(ran.text, '{"acknowledged":true,"deletedCount":1}\n')
        self.assertEqual(self.sheaf("delete", self.store, "people", "{}", "--many").one["deletedCount"], 2)
        self.assertEqual(self.sheaf("delete", self.store, "people", "{}").one["deletedCount"], 0)

    def test_soft_delete_restore_purge(self):
        self.sheaf("delete", self.store, "people", '{"age": {"$gt": 40}}', "--many", "--soft")
        self.assertEqual([d["_id"] for d in self.find("people")], ["ada"])
        self.assertEqual(self.count("people", "--include-archived"), 3)
        self.refused("get", self.store, "people", "grace", says="not_found")
        self.refused("insert", self.store, "people", '{"_id": "grace"}', code=CONFLICT, says="duplicate_key")
        archived = self.sheaf("find", self.store, "people", "--include-archived").lines
        self.assertEqual([one.get("_archived") for one in archived], [None, True, True])
        ran = self.sheaf("restore", self.store, "people", '{"_id": "alan"}')
        self.assertEqual(ran.text, '{"acknowledged":true,"restoredCount":1}\n')
        self.assertEqual(self.sheaf("purge", self.store, "people", "{}").text,
                         '{"acknowledged":true,"purgedCount":1}\n')
        self.assertEqual([d["_id"] for d in self.find("people", "--include-archived")], ["ada", "alan"])

    def test_collections_rename_drop(self):
        self.sheaf("insert", self.store, "Zoo", "{}")
        self.assertEqual(self.sheaf("collections", self.store).text, '{"name":"Zoo"}\n{"name":"people"}\n')
        self.assertEqual(self.sheaf("rename", self.store, "people", "users").text, '{"acknowledged":true}\n')
        self.assertEqual(self.count("users"), 3)
        self.refused("rename", self.store, "users", "Zoo", code=CONFLICT, says="already_exists")
        self.refused("rename", self.store, "people", "x", says="not_found")
        self.assertEqual(self.sheaf("drop", self.store, "Zoo").text, '{"acknowledged":true,"dropped":true}\n')
        self.assertEqual(self.sheaf("drop", self.store, "Zoo").text, '{"acknowledged":true,"dropped":false}\n')
        self.assertEqual(self.sheaf("collections", self.store).lines, [{"name": "users"}])

    def test_stats(self):
        self.sheaf("delete", self.store, "people", '{"_id": "ada"}', "--soft")
        stats = self.sheaf("stats", self.store).one
        self.assertEqual((stats["backend"], stats["durability"]), ("sqlite", "durable"))
        self.assertGreater(stats["bytes"], 0)
        (people,) = stats["collections"]
        self.assertEqual((people["name"], people["documents"], people["archived"]), ("people", 3, 1))
        self.assertGreater(people["bytes"], 100)

    def test_a_missing_collection_reads_as_empty_and_is_noted(self):
        ran = self.sheaf("find", self.store, "peple")
        self.assertEqual((ran.out, ran.err), (b"", 'sheaf: note: there is no collection "peple"\n'))
        self.assertEqual(self.sheaf("collections", self.store).lines, [{"name": "people"}])

    def test_collections_may_be_named_like_verbs(self):
        self.sheaf("insert", self.store, "find", '{"_id": "import"}')
        self.assertEqual(self.sheaf("count", self.store, "find").text, "1\n")
        self.assertEqual(self.sheaf("get", self.store, "find", "import", "--no-system").one, {"_id": "import"})

    def test_memory_is_allowed(self):
        self.assertEqual(self.sheaf("insert", "memory:", "c", '{"_id": 1}').one["insertedId"], 1)
        self.assertEqual(self.sheaf("count", "memory:", "c").text, "0\n")

    def test_durability_is_chosen_by_the_url(self):
        url = f"sqlite:{self.store}?durability=process"
        self.assertEqual(self.sheaf("stats", url).one["durability"], "process")
        self.refused("stats", f"sqlite:{self.store}?speed=high", says=["invalid_url", "speed"])


class Formats(Case):
    def setUp(self):
        super().setUp()
        rows = [{"_id": 1, "name": "plain", "n": 5},
                {"_id": 2, "name": "line\nbreak \u001b[31m \u4e2d", "list": [1, {"a": 2}]}]
        self.sheaf("import", self.store, "c", self.jsonl("rows.jsonl", rows))
        self.rows = rows

    def formatted(self, name, *words):
        return self.sheaf("find", self.store, "c", "--format", name, "--no-system", *words).text

    def test_json_is_one_array(self):
        text = self.formatted("json")
        self.assertEqual(json.loads(text), self.rows)
        self.assertTrue(text.startswith("[\n  {\n    "), text)
        self.assertTrue(text.endswith("\n]\n"), text)
        self.assertEqual(self.formatted("json", '{"_id": 9}'), "[]\n")

    def test_table(self):
        lines = self.formatted("table").split("\n")
        self.assertEqual(lines[0].split(), ["_id", "name", "n", "list"])
        self.assertRegex(lines[1], r"^-+  -+  -+  -+$")
        self.assertTrue(lines[2].startswith("  1  plain "), lines[2])
        self.assertIn(r"line\nbreak \u001b[31m" + " \u4e2d", lines[3])
        self.assertIn('[1,{"a":2}]', lines[3])
        self.assertEqual(lines[4:], [""])
        # A wide character takes two columns, so the fields behind it stay aligned.
        self.assertEqual(lines[3].index("[1,") + 1, lines[0].index("list"))

    def test_table_cuts_long_values(self):
        self.sheaf("insert", self.store, "c", json.dumps({"_id": 3, "name": "x" * 5000}))
        lines = self.formatted("table").split("\n")
        self.assertLess(max(map(len, lines)), 100)
        self.assertIn("xxx...", lines[4])

    def test_table_tells_of_columns_it_lacks(self):
        rows = [{"_id": i} for i in range(1000)] + [{"_id": "late", "surprise": 1}]
        self.sheaf("import", self.store, "late", self.jsonl("late.jsonl", rows))
        ran = self.sheaf("find", self.store, "late", "--format", "table", "--no-system")
        self.assertEqual(len(ran.text.splitlines()), 1003)
        self.assertEqual(ran.err, "sheaf: note: 1 documents have fields for which the table has no column\n")

    def test_table_of_nothing(self):
        self.assertEqual(self.formatted("table", '{"_id": 9}'), "")


class Quickstart(Case):
    """The flow that the README shows, on the JSON files of Debian's iso-codes."""

    def test_flow(self):
        self.assertTrue(ISO.is_dir(), "the package iso-codes is not installed")
        for collection, name, pointer, key in (("countries", "iso_3166-1", "/3166-1", "alpha_2"),
                                               ("subdivisions", "iso_3166-2", "/3166-2", "code"),
                                               ("languages", "iso_639-3", "/639-3", "alpha_3"),
                                               ("currencies", "iso_4217", "/4217", "alpha_3")):
            source = json.loads((ISO / f"{name}.json").read_text(encoding="utf-8"))[pointer[1:]]
            ran = self.sheaf("import", self.store, collection, ISO / f"{name}.json", "--pointer", pointer, "--id", key)
            self.assertEqual(ran.text, f'{{"acknowledged":true,"insertedCount":{len(source)}}}\n')
            self.assertEqual(self.count(collection), len(source))
            self.assertEqual(self.find(collection), [{"_id": one[key], **one} for one in source])
        self.assertEqual(self.find("countries", '{"_id": "JP"}', "--project", '{"name": 1}'),
                         [{"_id": "JP", "name": "Japan"}])
        update = ("update", self.store, "countries", '{"_id": "JP"}', '{"$set": {"capital": "Tokyo"}}')
        self.sheaf(*update, "--expect-version", 1)
        self.refused(*update, "--expect-version", 1, code=CONFLICT, says="version_mismatch")
        self.sheaf("delete", self.store, "countries", '{"_id": "JP"}', "--soft")
        self.refused("get", self.store, "countries", "JP", code=FAILED)
        self.sheaf("restore", self.store, "countries", '{"_id": "JP"}')
        again = self.sheaf("get", self.store, "countries", "JP").one
        self.assertEqual((again["capital"], again["_version"]), ("Tokyo", 4))
        self.assertTrue(re.match(r"^20", again["_updated"]["$date"]))


if __name__ == "__main__":
    unittest.main()
