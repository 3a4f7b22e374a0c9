#!/usr/bin/env python3
"""Holds --trace to what it must tell of trace_calls.c: told.py --coax COAX --programs FOLDER --arch ARCH

Compared are the calls that want-told/trace_calls.txt lists, in its order, without what depends on the
build: addresses read 0x..., offsets in modules +0x..."""

import argparse
import difflib
import json
import pathlib
import re
import subprocess
import sys

WANT = pathlib.Path(__file__).resolve().parent / "want-told" / "trace_calls.txt"


def plain(text):
    return re.sub(r"0x[0-9a-f]{4,}", "0x...", str(text))


def line_of(call):
    arguments = ", ".join(plain(v) for v in call["arguments"].values())
    caller = re.sub(r"\+0x[0-9a-f]+", "+0x...", call["caller"])
    caller = re.sub(r"trace_calls-x\d\d", "trace_calls", plain(caller))
    times = f" x {call['count']}" if call["count"] != 1 else ""
    return f"{call['module']}!{call['name']}({arguments}) = {plain(call['returned'])}{times} from {caller}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ("--coax", "--programs", "--arch"):
        parser.add_argument(option, required=True)
    options = parser.parse_args()
    program = pathlib.Path(options.programs) / f"trace_calls-{options.arch}.exe"
    said = subprocess.run([options.coax, "run", "--json", "--trace", program],
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=300).stdout
    told = [json.loads(line) for line in said.splitlines()]
    want = WANT.read_text(encoding="utf-8").splitlines()
    names = {re.match(r"[^!]+!(\w+)", line)[1] for line in want}
    got = [line_of(call) for call in told if call["type"] == "call" and call["name"] in names
           and call["caller"].startswith(("trace_calls", "0x"))]
    wrong = list(difflib.unified_diff(want, got, "want", f"told, {options.arch}", lineterm=""))
    print("\n".join(wrong))
    ended = [run["ended"] for run in told if run["type"] == "run"]
    return 0 if not wrong and ended == ["exit 0"] else 1


if __name__ == "__main__":
    sys.exit(main())
