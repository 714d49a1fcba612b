"""Wrong calls, bad input, help and completion."""

import os
import re
import shutil
import subprocess
import unittest

from harness import FAILED, SHEAF, USAGE, Case

VERBS = ("import", "export", "find", "get", "count", "distinct", "aggregate", "group", "explain", "insert", "update",
         "replace", "delete", "restore", "purge", "expire", "collections", "drop", "rename", "describe", "index",
         "copy", "verify", "command", "stats", "completion")
INDEX_VERBS = ("index create", "index list", "index drop", "index verify")
READING = (("find", "c"), ("get", "c", "1"), ("count", "c"), ("export", "c"),
           ("update", "c", "{}", '{"$set": {"a": 1}}'),
           ("replace", "c", "{}", "{}"), ("delete", "c", "{}"), ("restore", "c", "{}"), ("purge", "c", "{}"),
           ("collections",), ("copy", "other.db"), ("verify", "other.db"),
           ("drop", "c"), ("rename", "c", "d"), ("stats",), ("describe", "c"), ("expire",),
           ("explain", "c"), ("group", "c", "[]", "[]"), ("find", "c", "--page-size", "5"),
           ("index", "create", "c", '{"a": 1}'), ("index", "list"), ("index", "drop", "c", "a_1"), ("index", "verify"))


class Help(Case):
    def test_version(self):
        header = (os.path.join(os.path.dirname(__file__), "../../include/sheaf/version.hpp"))
        with open(header, encoding="utf-8") as file:
            version = re.search(r'SHEAF_VERSION "(.*)"', file.read()).group(1)
        self.assertEqual(self.sheaf("--version").text, f"sheaf {version}\n")

    def test_top_level_help(self):
        text = self.sheaf("--help").text
        for verb in VERBS:
            self.assertRegex(text, rf"(?m)^  {verb} +[A-Z].*")
        for word in ("memory:", "sqlite:FILE", "durability=process", "Exit codes: 0 done, 1 failed, 2"):
            self.assertIn(word, text)

    def test_every_verb_has_help_with_an_example(self):
        for verb in VERBS + INDEX_VERBS:
            text = self.sheaf(*verb.split(), "--help").text
            self.assertIn("Example:\n", text, verb)
            self.assertRegex(text, rf"Usage: sheaf {verb} ")
            self.assertRegex(text.split("Example:\n")[1], rf"sheaf {verb} ", verb)
            for line in text.splitlines():
                self.assertLessEqual(len(line), 120, line)

    def test_no_verb_is_a_wrong_call(self):
        self.refused(code=USAGE, says=["a verb is missing", "sheaf --help"])


class WrongCalls(Case):
    def usage(self, *words, says=()):
        ran = self.refused(*words, code=USAGE, says=says)
        self.assertIn("--help'", ran.err)
        self.assertEqual(os.listdir(self.folder), [])

    def test_words(self):
        self.usage("frobnicate", self.store, says="no verb \"frobnicate\"")
        self.usage("find", says="STORE")
        self.usage("find", self.store, says=["COLLECTION", "sheaf find --help"])
        self.usage("find", self.store, "c", "{}", "extra", says="extra")
        self.usage("find", self.store, "c", "--frobnicate", says="--frobnicate")
        self.usage("update", self.store, "c", "{}", says="UPDATE")
        self.usage("index", says=["verb of sheaf index", "sheaf index --help"])
        self.usage("index", "frobnicate", self.store, says=["frobnicate", "sheaf index --help"])
        self.usage("index", "drop", self.store, "c", says=["INDEX", "sheaf index drop --help"])

    def test_values(self):
        for text in ("-5", "x", "1.5", "", "99999999999999999999"):
            self.usage("find", self.store, "c", "--limit", text, says=["--limit", f'"{text}"'])
        self.usage("find", self.store, "c", "--skip", "-1", says="--skip")
        self.usage("find", self.store, "c", "--format", "xml", says="--format")
        self.usage("import", self.store, "c", "-", "--batch", "0", says="--batch")
        for text in ("0", "-1", "two", "", "1x"):
            self.usage("update", self.store, "c", "{}", '{"$set": {"a": 1}}', "--expect-version", text,
                       says="--expect-version")
        self.usage("completion", "fish", says="fish")

    def test_combinations(self):
        self.usage("import", self.store, "c", "-", "--upsert", "--keep-system", says="--keep-system")
        self.usage("import", self.store, "c", "-", "--format", "csv", "--pointer", "/a", says="--pointer")
        self.usage("import", self.store, "c", "-", "--format", "jsonl", "--strings", says="--strings")
        self.usage("import", self.store, "c", "-", "--pointer", "a", says="begins with")
        self.usage("import", self.store, "c", "-", "--pointer", "/a~2", says="~0")


class BadInput(Case):
    def test_reading_makes_no_store(self):
        for verb, *rest in READING:
            words = [verb, rest.pop(0)] if verb == "index" else [verb]
            self.refused(*words, self.store, *rest, says=["not_found", self.store])
            self.assertEqual(os.listdir(self.folder), [], verb)

    def test_malformed_json_names_argument_line_and_column(self):
        self.sheaf("insert", self.store, "c", '{"_id": 1}')
        self.refused("find", self.store, "c", '{"a": }', says=["invalid_json", "FILTER", "line 1, column 7"])
        self.refused("find", self.store, "c", "", says=["invalid_json", "FILTER"])
        self.refused("find", self.store, "c", "-", says=["invalid_json", "FILTER"])
        self.refused("find", self.store, "c", "--sort", "{", says=["invalid_json", "--sort"])
        self.refused("find", self.store, "c", "--project", "[1]", says=["--project"])
        self.refused("insert", self.store, "c", '{\n  "a": 1,\n  b}', says=["invalid_json", "DOC", "line 3, column 3"])
        self.refused("insert", self.store, "c", "-", stdin=b"{} {}", says=["invalid_json", "standard input"])
        self.refused("insert", self.store, "c", "[]", says=["invalid_document", "DOC"])
        self.refused("update", self.store, "c", "{}", '{"$set"}', says=["invalid_json", "UPDATE", "column 8"])
        self.refused("insert", self.store, "c", b'{"a": "\xff"}', says=["invalid_json", "DOC"])

    def test_what_the_library_refuses(self):
        self.sheaf("insert", self.store, "c", '{"_id": 1, "name": "x"}')
        self.refused("find", self.store, "c", '{"address.city": {"$foo": 1}}',
                     says=["invalid_filter", "$foo", "address.city"])
        self.refused("update", self.store, "c", "{}", '{"$inc": {"name": 1}}', says=["name"])
        self.refused("find", self.store, "bad name", says="invalid_name")
        self.refused("insert", self.store, "_sheaf_x", "{}", says="invalid_name")
        self.assertEqual(self.sheaf("get", self.store, "c", "1", "--no-system").one, {"_id": 1, "name": "x"})

    def test_a_file_that_is_no_store(self):
        path = self.file("text.db", "this is not a database, " * 100)
        self.refused("find", path, "c")
        self.assertEqual(path.read_text(), "this is not a database, " * 100)

    def test_a_store_in_a_folder_that_does_not_exist(self):
        self.refused("insert", self.folder / "no" / "store.db", "c", "{}")
        self.refused("insert", "nosuch+scheme:place?a=b", "c", "{}", code=FAILED)

    def test_bad_documents_make_no_store(self):
        self.refused("insert", self.store, "c", "{", says="invalid_json")
        self.refused("import", self.store, "c", "-", stdin=b'{"a": ', says="invalid_json")
        self.refused("import", self.store, "c", self.folder / "nosuch.json", says=["io", "nosuch.json"])
        self.assertEqual(os.listdir(self.folder), [])

    def test_messages_cannot_steer_the_terminal(self):
        self.sheaf("insert", self.store, "c", "{}")
        ran = self.refused("find", self.store, "c", '{"a": {"$\\u001b[2J": 1}}')
        self.assertNotIn("\x1b", ran.err)


class Completion(Case):
    def bash(self, line):
        """What bash offers behind `line`."""
        script = """source <("$1" completion bash)
                    read -r -a COMP_WORDS <<< "$2"
                    if [[ $2 == *" " ]]; then COMP_WORDS+=(""); fi
                    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                    compopt() { :; }
                    _sheaf
                    printf "%s\\n" "${COMPREPLY[@]}"
                 """
        ran = subprocess.run(["bash", "-euc", script, "bash", SHEAF, line], capture_output=True, text=True,
                             cwd=self.folder, check=False)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        return ran.stdout.split()

    def test_bash_script_is_bash(self):
        script = self.file("completion.bash", self.sheaf("completion", "bash").out)
        subprocess.run(["bash", "-n", script], check=True)

    def test_bash_offers_verbs_options_choices_and_collections(self):
        self.sheaf("insert", self.store, "countries", "{}")
        self.sheaf("insert", self.store, "currencies", "{}")
        self.assertEqual(self.bash("sheaf re"), ["replace", "restore", "rename"])
        self.assertEqual(self.bash("sheaf find store.db c --s"), ["--sort", "--skip"])
        self.assertEqual(self.bash("sheaf find --format "), ["jsonl", "json", "table"])
        self.assertEqual(self.bash("sheaf find sto"), ["store.db"])
        self.assertEqual(self.bash(f"{SHEAF} find store.db cu"), ["currencies"])
        self.assertEqual(self.bash(f"{SHEAF} find --limit 5 store.db "), ["countries", "currencies"])
        self.assertEqual(self.bash("sheaf update s c {} {} --expect-version "), ["exists", "absent"])
        self.assertEqual(self.bash("sheaf find --sort "), [])

    def test_bash_offers_the_verbs_of_a_family_and_indexes(self):
        self.sheaf("insert", self.store, "c", "{}")
        for keys in ('{"a": 1, "b.c": -1}', '{"d": 1}'):
            self.sheaf("index", "create", self.store, "c", keys)
        self.assertEqual(self.bash("sheaf index "), ["create", "list", "drop", "verify", "--help"])
        self.assertEqual(self.bash("sheaf index v"), ["verify"])
        self.assertEqual(self.bash("sheaf index create store.db c {} --n"), ["--nulls-distinct", "--name"])
        self.assertEqual(self.bash(f"{SHEAF} index list store.db "), ["c"])
        self.assertEqual(self.bash(f"{SHEAF} index drop store.db c "), ["a_1_b.c_-1", "d_1"])
        self.assertEqual(self.bash(f"{SHEAF} find store.db c --hint d"), ["d_1"])
        self.assertEqual(self.bash(f"{SHEAF} find --limit 5 store.db c --hint a"), ["a_1_b.c_-1"])

    def test_zsh_script_names_every_verb(self):
        text = self.sheaf("completion", "zsh").text
        self.assertTrue(text.startswith("#compdef sheaf\n"))
        for verb in VERBS + INDEX_VERBS:
            self.assertRegex(text, rf'(?m)^        ("{verb}"|{verb})\)$')
        if shutil.which("zsh"):
            subprocess.run(["zsh", "-n", self.file("_sheaf", text)], check=True)


if __name__ == "__main__":
    unittest.main()
