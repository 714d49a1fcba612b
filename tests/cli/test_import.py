"""import: formats, pointers, ids, batches, upsert, and what it says about bad rows."""

import json
import os
import random
import unittest

from harness import CONFLICT, Case


class Json(Case):
    def imported(self, text, *words, name="data.json"):
        self.sheaf("import", self.store, "c", self.file(name, text), *words)
        found = self.find("c")
        self.sheaf("drop", self.store, "c")
        return found

    def test_array_or_documents_one_after_another(self):
        documents = [{"_id": 1, "a": [1, {"b": "],}"}]}, {"_id": 2, "s": "q\\\"{["}, {"_id": 3}]
        as_lines = "".join(json.dumps(one) + "\n" for one in documents)
        for text in (json.dumps(documents), json.dumps(documents, indent=3), as_lines, as_lines.strip(),
                     as_lines.replace("\n", "\r\n\r\n"), "\n\n  " + as_lines, "\ufeff" + as_lines,
                     "\ufeff" + json.dumps(documents), "".join(json.dumps(one, indent=1) for one in documents)):
            self.assertEqual(self.imported(text), documents, text[:80])
        for text in (as_lines, as_lines.replace("\n", "\r\n"), "\n \n" + as_lines + "\n",
                     "\ufeff" + as_lines.strip()):
            self.assertEqual(self.imported(text, name="data.jsonl"), documents, text[:80])
            self.assertEqual(self.imported(text, "--format", "jsonl", name="data"), documents, text[:80])

    def test_standard_input(self):
        ran = self.sheaf("import", self.store, "c", "-", stdin=b'[{"_id": 1}, {"_id": 2}]')
        self.assertEqual(ran.text, '{"acknowledged":true,"insertedCount":2}\n')

    def test_nothing_to_import_makes_an_empty_collection(self):
        for text in ("", "[]", " \n", "[ ]\n"):
            self.assertEqual(self.sheaf("import", self.store, "c", "-", stdin=text).one["insertedCount"], 0)
        self.assertEqual(self.sheaf("collections", self.store).lines, [{"name": "c"}])

    def test_pointer(self):
        text = json.dumps({"x": [{"y": "skip \" }"}], "3166-1": [{"_id": 1}, {"_id": 2}],
                           "a/b": {"~t": [[], [{"_id": 3}]]}, "": [{"_id": 4}], "one": {"_id": 5},
                           "\u00e9\n": [{"_id": 6}], "z": [1.5e3, -0, True, None]})
        for pointer, ids in (("/3166-1", [1, 2]), ("/a~1b/~0t/1", [3]), ("/", [4]), ("/one", [5]), ("/\u00e9\n", [6]),
                             ("/3166-1/1", [2]), ("/a~1b/~0t/0", [])):
            self.assertEqual([one["_id"] for one in self.imported(text, "--pointer", pointer)], ids, pointer)
        for pointer, says in (("/nosuch", "nothing at"), ("/3166-1/2", "nothing at"), ("/3166-1/x", "nothing at"),
                              ("/3166-1/01", "nothing at"), ("/z/0", "neither"), ("/z/0/a", "nothing at"),
                              ("/z", "row 1")):
            self.refused("import", self.store, "c", self.file("p.json", text), "--pointer", pointer, says=says)
        self.refused("import", self.store, "c", "-", "--pointer", "/a", stdin=b'{"a": [{}], "a": [{}]}', says="twice")

    def test_id_field(self):
        rows = [{"name": "x", "code": "A", "deep": {"k": 1}}, {"name": "y", "code": "B", "deep": {"k": 2}}]
        text = json.dumps(rows)
        self.assertEqual(self.imported(text, "--id", "code"), [{"_id": one["code"], **one} for one in rows])
        self.assertEqual(self.imported(text, "--id", "deep.k"), [{"_id": one["deep"]["k"], **one} for one in rows])
        self.refused("import", self.store, "c", "-", "--id", "nosuch", stdin=text, says=["row 1", "nosuch"])
        self.refused("import", self.store, "c", "-", "--id", "code", stdin=b'[{"_id": 1, "code": 2}]',
                     says=["row 1", "_id already"])
        self.refused("import", self.store, "c", "-", "--id", "a", stdin=b'[{"a": [1]}]', says=["row 1", "invalid_id"])

    def test_malformed_json_is_told_by_row_line_and_column(self):
        for text, row, place in (
                ('[{"a": 1}, {"a": 2,}]', 2, "line 1, column 20"), ('[{"a": 1}\n,\n {"a"  1}]', 2, "line 3, column 8"),
                ('[{"a": 1} {"a": 2}]', 2, "line 1, column 11"), ('[{"a": 1}', 2, "line 1, column 10"),
                ('[{"a": "x\ny"}]', 1, "line 1, column 10"), ('[{"a": 01}]', 1, "line 1, column 9"),
                ('[{"a": tru}]', 1, "line 1, column 11"), ('[{"a": "\\x"}]', 1, "line 1, column 10"),
                ('[{"a": 1}]\n]', 2, "line 2, column 1"), ('{"a": 1}\n{"a": 1', 2, "line 2, column 8"),
                ('[{"a": 1},]', 2, "line 1, column 11"), ('{"a": [1}', 1, "line 1, column 9"),
                ('hello', 1, "line 1, column 1")):
            self.refused("import", self.store, "c", self.file("bad.json", text),
                         says=[f"row {row}: invalid_json: ", place, "nothing was imported"])
        self.refused("import", self.store, "c", self.file("bad.jsonl", '{"a": 1}\n\n {"a": 1]\n{"a": 2}\n'),
                     says=["row 2: invalid_json: ", "line 3, column 9"])
        # What only the parser behind the scanner sees is placed in the whole file too.
        self.refused("import", self.store, "c", self.file("bad.json", b'[{"a": 1},\n  {"b":"\xff"}]'),
                     says=["row 2: invalid_json: ", "line 2, column 9"])
        self.refused("import", self.store, "c", self.file("bad.json", '[{"a": 1},\n{"n": 99999999999999999999}]'),
                     says=["row 2: invalid_json: ", "line 2, column 7"])
        self.refused("import", self.store, "c", self.file("bad.json", '[{"a": 1},\n{"n": 1, "n": 2}]'),
                     says="row 2: duplicate_field: ")
        self.assertFalse(os.path.exists(self.store))

    def test_what_is_no_document(self):
        self.refused("import", self.store, "c", "-", stdin=b"[1]", says="row 1: invalid_document")
        self.refused("import", self.store, "c", "-", stdin=b'[{}, [{}]]', says="row 2: invalid_document")
        self.refused("import", self.store, "c", "-", stdin=b'{"a": 1} 5', says="row 2: invalid_document")
        self.refused("import", self.store, "c", "-", stdin=b'[{"_id": 1, "_version": 2}]',
                     says=["row 1: invalid_document", "--keep-system"])
        self.refused("import", self.store, "c", "-", stdin="[{}]".encode("utf-16"), says="UTF-16")

    def test_nesting_is_bounded(self):
        deep = 100_000
        self.refused("import", self.store, "c", "-", stdin="[" * deep, says="limit_exceeded")
        self.refused("import", self.store, "c", "-", stdin='{"a":' * deep, says="limit_exceeded")
        self.refused("import", self.store, "c", "-", stdin='[{"a":' + "[" * 500 + "]" * 500 + "}]",
                     says="row 1: limit_exceeded")

    def test_a_document_over_the_limit(self):
        big = json.dumps({"_id": 1, "s": "x" * (17 << 20)})
        self.refused("import", self.store, "c", "-", stdin=big, says="row 1: limit_exceeded")
        fits = json.dumps({"_id": 1, "s": "x" * (15 << 20)})
        self.sheaf("import", self.store, "c", "-", stdin=fits)
        self.assertEqual(self.sheaf("export", self.store, "c").text, fits.replace(": ", ":").replace(", ", ",") + "\n")


class Batches(Case):
    def rows(self, count, bad=None):
        for i in range(1, count + 1):
            yield '{"_id": %d, "bad": }\n' % i if i == bad else '{"_id": %d}\n' % i

    def test_large_import(self):
        rng = random.Random(7)
        text = "\u00e4\U0001f600\u0001"
        rows = [{"_id": i, "text": text * rng.randrange(20), "x": rng.random()} for i in range(30_000)]
        ran = self.sheaf("import", self.store, "c", self.jsonl("big.jsonl", rows))
        self.assertEqual(ran.one["insertedCount"], 30_000)
        self.assertEqual(ran.err, "")
        self.assertEqual(self.find("c"), rows)

    def test_a_bad_row_ends_the_import_and_is_named(self):
        path = self.file("rows.jsonl", "".join(self.rows(2500, bad=1503)))
        self.refused("import", self.store, "c", path,
                     says=["row 1503: invalid_json: ", "line 1503, column 22",
                           "1000 documents of earlier batches are in the store; continue with --skip-rows 1000"])
        self.assertEqual(self.count("c"), 1000)
        path = self.file("rows.jsonl", "".join(self.rows(2500)))
        self.assertEqual(self.sheaf("import", self.store, "c", path, "--skip-rows", 1000).one["insertedCount"], 1500)
        self.assertEqual([one["_id"] for one in self.find("c")], list(range(1, 2501)))

    def test_a_refused_batch_leaves_nothing_and_its_row_is_named(self):
        self.sheaf("insert", self.store, "c", '{"_id": 25, "kept": true}')
        path = self.file("rows.jsonl", "".join(self.rows(40)))
        self.refused("import", self.store, "c", path, "--batch", 10, code=CONFLICT,
                     says=["row 25: duplicate_key: ", "20 documents of earlier batches are in the store",
                           "--skip-rows 20", "--upsert"])
        self.assertEqual(sorted(one["_id"] for one in self.find("c")), [*range(1, 21), 25])
        self.refused("import", self.store, "c", path, "--batch", 10, "--skip-rows", 20, code=CONFLICT,
                     says=["row 25: ", "nothing more was imported; continue with --skip-rows 20"])
        twice = self.jsonl("twice.jsonl", [{"_id": 1}, {"_id": 2}, {"_id": 1}])
        self.refused("import", self.store, "d", twice, code=CONFLICT, says="row 3: duplicate_key")
        self.assertEqual(self.count("d"), 0)

    def test_rows_that_the_store_refuses_are_named(self):
        for bad, code in (({"_id": [1]}, "invalid_id"), ({"_id": "x" * 5000}, "invalid_id"),
                          ({"_updated": 1}, "invalid_document")):
            path = self.jsonl("rows.jsonl", [{"_id": 1}, {"_id": 2}, bad, {"_id": 3}])
            ran = self.refused("import", self.store, "c", path)
            self.assertRegex(ran.err, rf"row 3: ({code}|limit_exceeded): ")
            self.assertIn("nothing was imported", ran.err)
        self.assertEqual(self.count("c"), 0)

    def test_upsert(self):
        first = self.jsonl("first.jsonl", [{"_id": i, "n": i} for i in range(25)])
        ran = self.sheaf("import", self.store, "c", first, "--upsert", "--batch", 10)
        self.assertEqual(ran.text, '{"acknowledged":true,"insertedCount":0,"matchedCount":0,"modifiedCount":0,'
                                   '"upsertedCount":25}\n')
        second = self.jsonl("second.jsonl", [{"_id": i, "n": max(i, 15)} for i in range(10, 30)] + [{"n": "no id"}])
        ran = self.sheaf("import", self.store, "c", second, "--upsert", "--batch", 10)
        self.assertEqual(ran.one, {"acknowledged": True, "insertedCount": 1, "matchedCount": 15, "modifiedCount": 5,
                                   "upsertedCount": 5})
        self.assertEqual(self.count("c"), 31)
        self.assertEqual(self.count("c", '{"_version": 2}'), 5)
        bad = self.jsonl("bad.jsonl", [{"_id": i, "n": -1} for i in range(12)] + [{"_id": 12, "_version": 99}])
        self.refused("import", self.store, "c", bad, "--upsert", "--batch", 10,
                     says=["row 13: invalid_document", "10 documents of earlier batches", "--skip-rows 10"])
        self.assertEqual(self.count("c", '{"n": -1}'), 10)


class Csv(Case):
    def imported(self, text, *words):
        self.sheaf("import", self.store, "c", self.file("data.csv", text), *words)
        found = [{key: value for key, value in one.items() if key != "_id"} for one in self.find("c")]
        self.sheaf("drop", self.store, "c")
        return found

    def test_quotes_and_line_ends(self):
        expected = [{"a": "x, y", "b": 'say "hi"', "c": "two\r\nlines"}, {"a": "", "b": "z", "c": "w"}]
        text = 'a,b,c\n"x, y","say ""hi""","two\r\nlines"\n"",z,w\n'
        self.assertEqual(self.imported(text), expected)
        self.assertEqual(self.imported("\ufeff" + text.rstrip()), expected)
        self.assertEqual(self.imported(text.replace("\n", "\r\n").replace("\r\r", "\r")), expected)

    def test_types(self):
        cells = {"0": 0, "-7": -7, "9223372036854775807": 2**63 - 1, "9223372036854775808": "9223372036854775808",
                 "1.5": 1.5, "1.50": 1.5, "-0.25": -0.25, "0.1": 0.1, "123456789012.345": 123456789012.345,
                 "0.1234567890123456": "0.1234567890123456", "1234567890.123456": "1234567890.123456",
                 "007": "007", "+1": "+1", "1e5": "1e5", "-0": "-0", ".5": ".5", "5.": "5.", "-": "-", " 1": " 1",
                 "0x1": "0x1", "NaN": "NaN", "true": True, "false": False, "True": "True", "null": "null", '"5"': "5",
                 '"true"': "true"}
        for text, value in cells.items():
            (found,) = self.imported(f"k,other\n{text},x\n")
            self.assertEqual((found["k"], type(found["k"])), (value, type(value)), text)
        self.assertEqual(self.imported("k,other\n,x\n"), [{"other": "x"}])
        self.assertEqual(self.imported("k,other\n5,true\n", "--strings"), [{"k": "5", "other": "true"}])

    def test_id(self):
        self.sheaf("import", self.store, "c", "-", "--format", "csv", "--id", "code", stdin=b"code,n\nA,1\nB,2\n")
        self.assertEqual(self.find("c"), [{"_id": "A", "code": "A", "n": 1}, {"_id": "B", "code": "B", "n": 2}])

    def test_refusals(self):
        for text, says in (("a,b\n1,2\n3\n", ["row 2", "line 3", "1 cells"]), ("a,b\n1,2,3\n", ["row 1", "3 cells"]),
                           ("a,a\n1,2\n", ['two columns are named "a"']), ("a,\n1,2\n", ["column 2 has no name"]),
                           ("a.b\n1\n", ["dot"]), ('a\n"x\n', ["row 1", "line 2, column 1", "not closed"]),
                           ('a\n"x"y\n', ["line 2, column 4"]), ('a\nx"y\n', ["line 2, column 2"]),
                           ("a\nx\ry\n", ["carriage return"]), (b"a\n\xff\n", ["row 1"])):
            self.refused("import", self.store, "c", self.file("bad.csv", text), says=says)
        self.assertFalse(os.path.exists(self.store))


class KeepSystem(Case):
    def test_a_full_copy_has_equal_bytes(self):
        self.sheaf("import", self.store, "c", self.jsonl("rows.jsonl", [{"_id": i, "n": i} for i in range(50)]))
        self.sheaf("update", self.store, "c", '{"n": {"$lt": 10}}', '{"$inc": {"n": 100}}', "--many")
        self.sheaf("delete", self.store, "c", '{"n": {"$gte": 105}}', "--many", "--soft")
        copy = str(self.folder / "copy.db")
        first = self.sheaf("export", self.store, "c", "--system").out
        self.assertEqual(first.count(b'"_archived":true'), 5)
        ran = self.sheaf("import", copy, "c", "-", "--keep-system", stdin=first)
        self.assertEqual(ran.one["insertedCount"], 50)
        self.assertEqual(self.sheaf("export", copy, "c", "--system").out, first)
        self.assertEqual(self.sheaf("count", copy, "c").text, "45\n")
        self.assertEqual(self.sheaf("get", copy, "c", "1").text, self.sheaf("get", self.store, "c", "1").text)
        self.refused("import", copy, "c", "-", "--keep-system", stdin=first, code=CONFLICT,
                     says=["row 1: duplicate_key", "nothing was imported"])

    def test_without_system_archived_ones_are_left_out(self):
        self.sheaf("import", self.store, "c", "-", stdin=b'[{"_id": 1}, {"_id": 2}]')
        self.sheaf("delete", self.store, "c", '{"_id": 1}', "--soft")
        self.assertEqual(self.sheaf("export", self.store, "c").text, '{"_id":2}\n')

    def test_refusals(self):
        good = {"_id": 1, "_version": 1, "_created": {"$date": "2024-01-01T00:00:00Z"},
                "_updated": {"$date": "2024-01-01T00:00:00Z"}}
        for change in ({"_version": 0}, {"_version": "1"}, {"_version": None}, {"_created": "2024-01-01"},
                       {"_archived": 1}, {"_updated": 5}):
            row = json.dumps({**good, **change})
            (field,) = change
            self.refused("import", self.store, "c", "-", "--keep-system", stdin=row, says=["row 1", field])
        self.refused("import", self.store, "c", "-", "--keep-system", stdin=b'{"_id": 1}', says="export --system")
        without_id = json.dumps({key: value for key, value in good.items() if key != "_id"})
        self.refused("import", self.store, "c", "-", "--keep-system", stdin=without_id, says=["row 1", "_id"])
        self.assertEqual(self.sheaf("import", self.store, "c", "-", "--keep-system", stdin=json.dumps(good)).one,
                         {"acknowledged": True, "insertedCount": 1})


if __name__ == "__main__":
    unittest.main()
