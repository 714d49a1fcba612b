"""The examples of the guide to indexes run and print what the guide says."""

import os
import re
import subprocess
import unittest

from harness import ISO, ROOT, SHEAF, Case

GUIDE = ROOT / "docs" / "guide" / "indexes.md"


def transcript(text):
    """The commands of the indented blocks, each with its line number and the output that stands below it."""
    steps = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("    $ "):
            steps.append((number, [line[6:]], []))
        elif line.startswith("    > ") and steps and not steps[-1][2]:
            steps[-1][1].append(line[6:])
        elif line.startswith("    ") and steps:
            steps[-1][2].append(line[4:])
        elif line:
            steps.append((number, [], []))  # text: an indented block that follows is no output
    return [step for step in steps if step[1]]


def pattern(lines):
    """"..." in the guide stands for anything within a line."""
    return "".join(".*".join(re.escape(part) for part in line.split("...")) + "\n" for line in lines)


class Guide(Case):
    def test_every_example(self):
        self.assertTrue(ISO.is_dir(), "the package iso-codes is not installed")
        os.symlink(SHEAF, self.folder / "sheaf")
        environment = {**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}"}
        steps = transcript(GUIDE.read_text(encoding="utf-8"))
        self.assertGreater(len(steps), 20)
        for number, command, output in steps:
            ran = subprocess.run(["bash", "-c", "\n".join(command)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                 cwd=self.folder, env=environment, timeout=60, check=False, text=True)
            self.assertRegex(ran.stdout, rf"\A{pattern(output)}\Z", f"{GUIDE.name}:{number}: {command}\n{ran.stdout}")


if __name__ == "__main__":
    unittest.main()
