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
