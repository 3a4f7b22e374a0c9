#!/usr/bin/python3
"""Every finding of files and their signatures that the sources can tell is described in docs/."""
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLACES = {"sign": ["src/sign", "src/engine"], "pe": ["src/format"]}
PAGES = {"sign": sorted((ROOT / "docs/sign").glob("*.md")), "pe": [ROOT / "docs/pe.md"]}


def told(kind):
    """The ids that are string literals of the C sources."""
    files = [f for place in PLACES[kind] for f in (ROOT / place).glob("*.[ch]")]
    return {i for f in files for i in re.findall(rf'"({kind}\.[a-z][a-z-]*)"', f.read_text())}


def described(kind):
    text = "".join(page.read_text() for page in PAGES[kind])
    return set(re.findall(rf"\b{kind}\.[a-z][a-z-]*[a-z]\b", text)) - {f"{kind}.md"}


class Pages(unittest.TestCase):
    def test_each_finding_has_a_page(self):
        for kind in PLACES:
            self.assertGreater(len(told(kind)), 10, f"no findings of the kind {kind} were found in the sources")
            self.assertEqual(told(kind) - described(kind), set(), "these have no page")

    def test_pages_describe_what_is_there(self):
        for kind in PLACES:
            self.assertEqual(described(kind) - told(kind), set(), "nobody tells these")


if __name__ == "__main__":
    sys.exit(unittest.main())
