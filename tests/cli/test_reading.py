"""Pages, groups, explain, describe and stats: the verbs that tell about many documents."""

import json
import unittest

from harness import USAGE, Case


class Reading(Case):
    def setUp(self):
        super().setUp()
        self.people = [{"_id": i, "age": i * 7 % 30, "status": ["active", "gone", None][i % 3], "n": i}
                       for i in range(100)]
        for one in self.people[90:]:
            del one["status"]
        self.sheaf("import", self.store, "people", self.jsonl("people.jsonl", self.people))


class Pages(Reading):
    SORT = ("--sort", '{"age": -1}')

    def page(self, *words):
        return self.sheaf("find", self.store, "people", *words, "--no-system").one

    def in_order(self):
        return sorted(self.people, key=lambda one: (-one["age"], one["_id"]))

    def test_forward_and_back(self):
        for index in (False, True):
            if index:
                self.sheaf("index", "create", self.store, "people", '{"age": -1}')
            first = page = self.page(*self.SORT, "--page-size", 30)
            self.assertEqual(list(page), ["records", "next", "previous"])
            self.assertIsNone(page["previous"])
            seen, sizes = [], []
            while True:
                seen += page["records"]
                sizes.append(len(page["records"]))
                if page["next"] is None:
                    break
                page = self.page(*self.SORT, "--page-size", 30, "--after", page["next"])
            self.assertEqual((seen, sizes), (self.in_order(), [30, 30, 30, 10]))
            while page["previous"] is not None:
                page = self.page(*self.SORT, "--page-size", 45, "--before", page["previous"])
                seen = page["records"] + seen
            self.assertEqual(seen, self.in_order()[:90] + self.in_order())
            self.assertEqual(first["records"], self.in_order()[:30])

    def test_without_a_sort_in_the_order_of_id_and_fifty_at_a_time(self):
        page = self.page("--page-size", 60)
        self.assertEqual([one["_id"] for one in page["records"]], list(range(60)))
        self.assertEqual([one["_id"] for one in self.page("--after", page["next"])["records"]], list(range(60, 100)))
        self.assertEqual(len(self.page('{"n": {"$lt": 90}}', "--page-size", 90)["records"]), 90)

    def test_what_comes_and_goes_meanwhile_moves_nothing(self):
        page = self.page(*self.SORT, "--page-size", 10)
        self.sheaf("delete", self.store, "people", json.dumps({"_id": page["records"][-1]["_id"]}))
        self.sheaf("insert", self.store, "people", '{"_id": "new", "age": 1000}')
        self.assertEqual(self.page(*self.SORT, "--page-size", 10, "--after", page["next"])["records"],
                         self.in_order()[10:20])

    def test_formats(self):
        text = self.sheaf("find", self.store, "people", "--page-size", 2, "--format", "json", "--no-system").text
        self.assertTrue(text.startswith('{\n  "records": [\n    {\n'), text)
        self.assertEqual(json.loads(text)["records"], self.people[:2])
        ran = self.sheaf("find", self.store, "people", "--page-size", 2, "--format", "table")
        self.assertEqual(len(ran.text.splitlines()), 4)
        self.assertRegex(ran.err, "^sheaf: note: the next page: --after [^ ]+\n$")
        token = ran.err.split()[-1]
        self.assertEqual(self.page("--page-size", 2, "--after", token)["records"], self.people[2:4])
        shown = self.sheaf("find", self.store, "people", "--page-size", 1).one["records"][0]
        self.assertEqual(list(shown)[-3:], ["_version", "_created", "_updated"])
        self.assertEqual(self.page("--page-size", 1, "--project", '{"age": 1}')["records"], [{"_id": 0, "age": 0}])

    def test_an_empty_page(self):
        self.assertEqual(self.page('{"n": -1}', "--page-size", 5), {"records": [], "next": None, "previous": None})

    def test_wrong_tokens(self):
        token = self.page(*self.SORT, "--page-size", 10)["next"]
        self.refused("find", self.store, "people", "--after", token, says="invalid_argument")
        self.refused("find", self.store, "people", "--sort", '{"age": 1}', "--after", token, says="invalid_argument")
        for bad in ("x", "", token[:-2], token + "AA", token[:4] + ("B" if token[4] == "A" else "A") + token[5:]):
            self.refused("find", self.store, "people", *self.SORT, "--after", bad, says="invalid_argument")
        for words in (("--after", token, "--before", token), ("--page-size", 5, "--limit", 5),
                      ("--after", token, "--skip", 5), ("--page-size", 0), ("--page-size", 100_001)):
            self.refused("find", self.store, "people", *words, code=USAGE, says="--")


class Groups(Reading):
    def group(self, *words):
        return self.sheaf("group", self.store, "people", *words).lines

    def test_keys_are_the_values_null_and_missing_apart(self):
        rows = self.group('["status"]', '[{"op": "count"}, {"op": "avg", "field": "n"}, {"op": "max", "field": "n"}]')
        expected = []
        for status in ("missing", None, "active", "gone"):
            numbers = [one["n"] for one in self.people if one.get("status", "missing") == status]
            key = {} if status == "missing" else {"status": status}
            expected.append({**key, "count": len(numbers), "avg_n": sum(numbers) / len(numbers), "max_n": max(numbers)})
        self.assertEqual(rows, expected)

    def test_sort_limit_filter_and_names(self):
        words = ('["age"]', '[{"op": "SUM", "field": "n", "as": "total"}]', '{"n": {"$lt": 60}}',
                 "--sort", '{"total": -1, "age": 1}')
        sums = {}
        for one in self.people[:60]:
            sums[one["age"]] = sums.get(one["age"], 0) + one["n"]
        expected = [{"age": age, "total": total} for age, total in sorted(sums.items(), key=lambda x: (-x[1], x[0]))]
        self.assertEqual(self.group(*words), expected)
        self.assertEqual(self.group(*words, "--skip", 2, "--limit", 3), expected[2:5])
        self.sheaf("index", "create", self.store, "people", '{"age": 1}')
        self.assertEqual(self.group(*words, "--hint", "age_1"), expected)

    def test_one_group_of_all(self):
        self.assertEqual(self.group("[]", '[{"op": "sum", "field": "n"}, {"op": "min", "field": "n"}]'),
                         [{"sum_n": 4950, "min_n": 0}])

    def test_two_keys_and_formats(self):
        ran = self.sheaf("group", self.store, "people", '["status", "age"]', '[{"op": "count"}]', "--format", "json")
        rows = json.loads(ran.text)
        self.assertEqual(len(rows), len({(one.get("status", 0), one["age"]) for one in self.people}))
        self.assertEqual(sum(one["count"] for one in rows), 100)

    def test_wrong_input(self):
        for fields, aggregates, says in (
                ("status", '[{"op": "count"}]', ["invalid_json", "FIELDS"]), ('"status"', "[]", "FIELDS"),
                ("[1]", "[]", "FIELDS"), ('["a"]', '{"op": "count"}', "AGGS"),
                ('["a"]', '[{"op": "median"}]', ["AGGS", "median"]),
                ('["a"]', "[{}]", ["AGGS", '"op"']), ('["a"]', '[{"op": 1}]', "AGGS"),
                ('["a"]', '[{"op": "sum"}]', "invalid_argument"),
                ('["a"]', '[{"op": "sum", "path": "b"}]', ["AGGS", '"path"']),
                ('["a"]', '[{"op": "sum", "field": "b"}, {"op": "sum", "field": "b"}]', ['"sum_b"', '"as"'])):
            self.refused("group", self.store, "people", fields, aggregates, says=says)
        self.refused("group", self.store, "people", '["a"]', '[{"op": "count"}]', "--sort", '{"b": 1}',
                     says=["invalid_sort", '"b"', "a, count"])
        self.refused("group", self.store, "people", '["a"]', '[{"op": "count"}]', "--sort", '{"a": 2}',
                     says="invalid_sort")

    def test_a_sum_that_leaves_int64_is_refused(self):
        for i in range(2):
            self.sheaf("insert", self.store, "big", json.dumps({"_id": i, "n": 2**62}))
        self.refused("group", self.store, "big", "[]", '[{"op": "sum", "field": "n"}]', says="limit_exceeded")


class Explain(Reading):
    def explain(self, *words, code=0):
        return self.sheaf("explain", self.store, "people", *words, code=code)

    def test_json(self):
        scan = self.explain('{"age": 7}').one
        self.assertNotIn("age_1", json.dumps(scan))
        self.sheaf("index", "create", self.store, "people", '{"age": 1}')
        how = self.explain('{"age": {"$gte": 25}}', "--sort", '{"age": -1}', "--verify").one
        text = json.dumps(how)
        self.assertIn("age_1", text)
        matching = sum(one["age"] >= 25 for one in self.people)
        self.assertEqual((how["returned"], how["verified"]), (matching, True))
        self.assertLessEqual(how["documentsExamined"], matching)
        self.assertLessEqual(matching, how["keysExamined"])

    def test_text(self):
        self.sheaf("index", "create", self.store, "people", '{"age": 1}')
        text = self.explain('{"age": {"$gte": 25}}', "--text", "--verify").text
        self.assertRegex(text, r'(?m)^plan         index age_1 \{"age":1\}, forward$')
        self.assertRegex(text, r"(?m)^             age: .*25.*$")
        for label in ("examined", "returned", "time", "verified"):
            self.assertRegex(text, rf"(?m)^{label} +\w")
        text = self.explain('{"n": 5}', "--text", "--limit", "1").text
        self.assertRegex(text, "(?m)^plan         all documents")
        self.assertRegex(text, "(?m)^returned     1 document$")

    def test_a_missing_collection(self):
        ran = self.sheaf("explain", self.store, "nobody", '{"a": 1}')
        self.assertIn("note: there is no collection", ran.err)
        self.assertEqual(ran.one["returned"], 0)

    def test_wrong_input(self):
        self.refused("explain", self.store, "people", '{"a": {"$foo": 1}}', says=["invalid_filter", "$foo"])
        self.refused("explain", self.store, "people", "--json", "--text", code=USAGE, says="--text")


class Describing(Reading):
    def test_describe(self):
        self.sheaf("index", "create", self.store, "people", '{"age": 1}', "--sparse")
        described = self.sheaf("describe", self.store, "people").one
        text = json.dumps(described)
        for word in ("age_1", "status", '"string"', '"null"', "people"):
            self.assertIn(word, text)
        self.assertIn("100", text)
        sampled = self.sheaf("describe", self.store, "people", "--sample", 2).one
        self.assertNotEqual(sampled, described)
        self.refused("describe", self.store, "people", "--sample", "-1", code=USAGE, says="--sample")

    def test_stats_count_entries(self):
        self.sheaf("index", "create", self.store, "people", '{"age": 1}')
        self.sheaf("index", "create", self.store, "people", '{"status": 1}', "--partial", '{"status": "gone"}')
        (people,) = self.sheaf("stats", self.store).one["collections"]
        gone = sum(one.get("status") == "gone" for one in self.people)
        self.assertEqual(people["indexes"], [{"name": "age_1", "entries": 100}, {"name": "status_1", "entries": gone}])
        self.assertEqual(people["largeScans"], 0)


if __name__ == "__main__":
    unittest.main()
