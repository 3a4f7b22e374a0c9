#!/usr/bin/env python3
"""Holds what a watch hears while asks.exe runs to questions.txt: each question of that file must
have been heard, once the program began, and none of those that begin with "!".

    questions.py --tool build/tests/support/questions --programs build/tests/guest [--arch x64|x86]
"""

import argparse
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
WORLD = HERE.parent.parent / "worlds" / "home.yaml"
MARK = "module:mark.dll absent"


def heard(options, arch):
    program = options.programs / f"asks-{arch}.exe"
    done = subprocess.run([options.tool, WORLD, program], capture_output=True, text=True, timeout=300)
    lines = done.stdout.splitlines()
    if MARK not in lines or lines[-1] != "= exit 0":
        raise ValueError(f"the program did not run: {lines[-1:]} {done.stderr}")
    return lines[lines.index(MARK) + 1:-1]


def wrong(lines):
    wanted = (HERE / "questions.txt").read_text(encoding="utf-8").splitlines()
    have = set(lines)
    for line in filter(None, wanted):
        if line.startswith("!"):
            yield from (f"heard: {h}" for h in sorted(have) if line[1:] in h)
        elif line not in have:
            yield f"not heard: {line}"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tool", default="build/tests/support/questions")
    parser.add_argument("--programs", type=pathlib.Path, default="build/tests/guest")
    parser.add_argument("--arch", choices=("x64", "x86"))
    parser.add_argument("--show", action="store_true", help="print what was heard")
    options = parser.parse_args()
    bad = 0
    for arch in [options.arch] if options.arch else ("x64", "x86"):
        lines = heard(options, arch)
        if options.show:
            print("\n".join(dict.fromkeys(lines)))
        complaints = list(wrong(lines))
        print("\n".join([f"questions {arch}: {'FAILED' if complaints else 'ok'}", *complaints]))
        bad += bool(complaints)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
