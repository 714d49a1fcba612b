"""Data that others have made: real documents survive round trips, and JSONTestSuite's files are judged rightly."""

import json
import lzma
import tarfile
import unittest

from harness import DONE, FAILED, SUITES, Case

DATASETS = ("wikipedia-movies", "football-matches", "pokeapi-move", "mdn-bcd", "cdnjs-packages")


@unittest.skipUnless((SUITES / "documents").is_dir(), f"no test data at {SUITES}")
class Datasets(Case):
    """The five real datasets: import, export, import again into a second store, export again: equal bytes."""

    def round_trip(self, name):
        with lzma.open(SUITES / "documents" / f"{name}.jsonl.xz") as packed:
            source = packed.read()
        original = self.file("source.jsonl", source)
        stores = [f"sqlite:{self.folder / one}.db?durability=process" for one in ("first", "second")]
        count = self.sheaf("import", stores[0], "data", original).one["insertedCount"]
        self.assertEqual(count, len(source.splitlines()))
        self.sheaf("export", stores[0], "data", self.folder / "first.jsonl")
        first = (self.folder / "first.jsonl").read_bytes()
        again = self.sheaf("import", stores[1], "data", self.folder / "first.jsonl").one
        self.assertEqual(again["insertedCount"], count)
        self.assertTrue(self.sheaf("export", stores[1], "data").out == first, "the second export differs")
        self.assertEqual(int(self.sheaf("count", stores[1], "data").text), count)
        # Nothing was lost against the source: same values, same order of keys; _id stands before them.
        for before, after in zip(source.splitlines(), first.splitlines(), strict=True):
            expected = json.loads(before, object_pairs_hook=tuple, parse_float=float)
            found = json.loads(after, object_pairs_hook=tuple, parse_float=float)
            if "_id" not in dict(expected):
                self.assertEqual(found[0][0], "_id")
                found = found[1:]
            if expected != found:
                self.assertEqual(expected, found)
        # A JSON array with white space gives the same as JSON Lines.
        if len(source) < 14 << 20:
            array = json.dumps([json.loads(line) for line in first.splitlines()], indent=1, ensure_ascii=False)
            self.sheaf("import", stores[1], "array", "-", stdin=array)
            self.assertTrue(self.sheaf("export", stores[1], "array").out == first, "the array differs from the lines")

    def test_system_copy(self):
        with lzma.open(SUITES / "documents" / "cdnjs-packages.jsonl.xz") as packed:
            self.sheaf("import", self.store, "data", "-", stdin=packed.read())
        self.sheaf("update", self.store, "data", '{"name": {"$lt": "b"}}', '{"$set": {"seen": true}}', "--many")
        self.sheaf("delete", self.store, "data", '{"name": {"$gte": "x"}}', "--many", "--soft")
        first = self.sheaf("export", self.store, "data", "--system", "--canonical").out
        second = str(self.folder / "second.db")
        self.sheaf("import", second, "data", "-", "--keep-system", stdin=first)
        self.assertTrue(self.sheaf("export", second, "data", "--system", "--canonical").out == first)


@unittest.skipUnless((SUITES / "documents").is_dir(), f"no test data at {SUITES}")
class Indexed(Case):
    """Real matches: with indexes the same results as without, and explain says that the indexes are used."""

    QUERIES = (('{"team1": "SV Ried"}', "team1_1_date_-1"),
               ('{"team1": "SV Ried", "date": {"$gte": "2011-01-01", "$lt": "2012-01-01"}}', "team1_1_date_-1"),
               ('{"$and": [{"date": {"$gte": "2014-05-01"}}, {"date": {"$lt": "2014-05-08"}}]}', "date_1"),
               ('{"score.ft": 8}', "score.ft_1"),
               ('{"$or": [{"team1": "SV Ried"}, {"score.ft": 9}]}', "team1_1_date_-1"),
               ('{"season": "2010-11", "score.ft": {"$in": [7, 9]}}', "score.ft_1"))
    KEYS = ('{"team1": 1, "date": -1}', '{"date": 1}', '{"score.ft": 1}')

    def answers(self, store):
        for query, _ in self.QUERIES:
            yield sorted(self.sheaf("find", store, "data", query).text.splitlines())
            yield self.sheaf("find", store, "data", query, "--sort", '{"date": -1, "_id": 1}', "--limit", 25).text
            yield self.sheaf("count", store, "data", query).text
            yield self.sheaf("distinct", store, "data", "team2", query).text
            yield self.sheaf("group", store, "data", '["league"]', '[{"op": "count"}]', query).text

    def test_matches(self):
        store = f"sqlite:{self.folder}/matches.db?durability=process"
        with lzma.open(SUITES / "documents" / "football-matches.jsonl.xz") as packed:
            count = self.sheaf("import", store, "data", "-", stdin=packed.read()).one["insertedCount"]
        before = list(self.answers(store))
        for keys in self.KEYS:
            self.sheaf("index", "create", store, "data", keys)
        self.assertEqual(list(self.answers(store)), before)
        for query, index in self.QUERIES:
            how = self.sheaf("explain", store, "data", query, "--verify").one
            self.assertIn(f'"{index}"', json.dumps(how["access"]), query)
            self.assertTrue(how["verified"])
            self.assertLess(how["documentsExamined"], count / 10)
        self.assertEqual([one["good"] for one in self.sheaf("index", "verify", store).lines], [True] * 3)


@unittest.skipUnless((SUITES / "suites").is_dir(), f"no test data at {SUITES}")
class JsonTestSuite(Case):
    """Each file as a value inside a document, read by both parsers, and beside the pointer's way, read by one alone."""

    DUPLICATES = ("y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json")

    def test_judgements(self):
        counts = {"y": 0, "n": 0}
        with tarfile.open(SUITES / "suites" / "json" / "test_parsing.tar.xz") as files:
            for file in files:
                name = file.name.split("/")[-1]
                if not file.isfile() or name[:2] not in ("y_", "n_"):
                    continue
                counts[name[0]] += 1
                text = files.extractfile(file).read()
                good = DONE if name[0] == "y" else FAILED
                inside = self.call("import", "memory:", "c", "-", stdin=b'[{"v": ' + text + b"}]")
                self.assertEqual(inside.code, FAILED if name in self.DUPLICATES else good, f"{name}: {inside.err}")
                beside = self.call("import", "memory:", "c", "-", "--pointer", "/p",
                                   stdin=b'{"v": ' + text + b', "p": [{"_id": 1}]}')
                self.assertEqual(beside.code, good, f"{name}: {beside.err}")
        self.assertGreater(min(counts.values()), 90)


def add_test(name):
    setattr(Datasets, "test_" + name.replace("-", "_"), lambda self: self.round_trip(name))


for dataset in DATASETS:
    add_test(dataset)

if __name__ == "__main__":
    unittest.main()
