#!/usr/bin/env python3
"""Holds the lure to the guard programs: for each, the triggers that its source expects must be found
and proved, and the edit that the trigger prints must do what it says in `coax run --set`.

    run.py [--coax build/coax] [--programs build/tests/lure] [--arch x64|x86] [GUARD...]

A guard that is not solved yet stands in unsolved.txt with the reason: it is run, counted, and fails
the run once it is solved, so that the list stays true. Exit status 0 when all others agree, 77
(skipped, for Meson) when the one guard that was asked for is such a one, else 1.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
SKIP = 77
LIMIT = 300  # seconds for one program


def expectations(name):
    """The triggers that the source expects; an empty list for a program without a guard."""
    text = (HERE / "guards" / f"{name}.c").read_text()
    found = re.findall(r"/\* expect (.*?) \*/", text, re.S)
    return [json.loads(e.replace("\n *", " ")) for e in found if e != "nothing"]


def lines_of(command):
    """What the command tells, each trigger as docs/schema.json wants it where that can be asked."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    try:
        import jsonschema
    except ImportError:
        return lines
    schema = json.loads((HERE / "../../docs/schema.json").read_text())
    for line in lines:
        if line["type"] == "trigger":
            jsonschema.validate(line, schema)
    return lines


def agrees(trigger, wanted):
    """Whether the trigger is the expected one: fact, polarity, subject and values."""
    facts = wanted["fact"].split("|")
    if trigger["fact"] not in facts or trigger["polarity"] != wanted["polarity"]:
        return False
    if wanted.get("test", trigger["test"]) != trigger["test"]:
        return False
    subject = wanted.get("subject")
    if subject and expand(trigger.get("subject") or "") != expand(subject):
        return False
    values = {v.lower() for v in trigger["values"]}
    if trigger["fact"] in ("process", "service", "window"):
        values.add((trigger.get("subject") or "").lower())
    values |= {edit_value(trigger.get(side) or "") for side in ("edit", "counter")}
    if not all(v.lower() in values for v in wanted.get("values", [])):
        return False
    return trigger["proved"] == wanted.get("proved", "world")


def edit_value(edit):
    """What stands behind an edit's first single `=`, or its subject."""
    match = re.search(r"(?<!=)=(?!=)(.*)", edit, re.S)
    return (match[1] if match else edit.partition(":")[2].lstrip("+-")).lower()


def expand(subject):
    """In lower case; the folder that 32-bit programs get for System32 is System32."""
    subject = subject.lower().replace("syswow64", "system32")
    return subject.replace("%appdata%", r"c:\users\marta\appdata\roaming")


def revealed(coax, program, edits):
    """What the guard wrote in a plain run with the edits."""
    command = [coax, "run", "--json"]
    for edit in edits:
        command += ["--set", edit]
    lines = lines_of(command + [str(program)])
    return {
        line["fields"]["TargetFilename"]
        for line in lines
        if line.get("type") == "event" and line.get("category") == "file_event"
    }


def replays(coax, program, runs, trigger):
    """With the edits of the trigger's first run the guard reveals more than with those of its second:
    in plain runs, as a user would make them."""
    if trigger["proved"] != "world":
        return True
    with_it, without = (revealed(coax, program, runs[run]) for run in trigger["runs"][:2])
    return len(with_it - without) > 0


def judge(coax, program, wanted):
    """A sentence about what is wrong, or None; and the number of lives."""
    lines = lines_of([coax, "--json", str(program)])
    triggers = [line for line in lines if line.get("type") == "trigger"]
    runs = {line["id"]: line["edits"] for line in lines if line.get("type") == "run"}
    if not any(line.get("type") == "summary" for line in lines):
        return "no report"
    if not wanted:
        told = ", ".join(t.get("edit") or t["fact"] for t in triggers)
        return f"told triggers that are not there: {told}" if triggers else None
    missing = []
    for one in wanted:
        fitting = [t for t in triggers if agrees(t, one)]
        if not fitting:
            missing.append(f"{one['polarity']} {one['fact']}")
        elif not replays(coax, program, runs, fitting[0]):
            return f"the edit does not replay: {fitting[0]['edit']}"
    if missing:
        told = "; ".join(f"{t['polarity']} {t.get('edit')}" for t in triggers) or "nothing"
        return f"not found: {', '.join(missing)} (told: {told})"
    return None


def unsolved():
    """Reasons by guard, with or without -ARCH."""
    reasons = {}
    for line in (HERE / "unsolved.txt").read_text().splitlines():
        name, _, reason = line.partition(":")
        if reason and not line.startswith("#"):
            reasons[name.strip()] = reason.strip()
    return reasons


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--coax", default="build/coax")
    parser.add_argument("--programs", default="build/tests/lure", type=pathlib.Path)
    parser.add_argument("--arch", choices=["x64", "x86"])
    parser.add_argument("guards", nargs="*")
    given = parser.parse_args()
    names = given.guards or sorted(p.stem for p in (HERE / "guards").glob("*.c"))
    known = unsolved()
    solved = told = wrong = 0
    for name in names:
        for arch in [given.arch] if given.arch else ["x64", "x86"]:
            problem = judge(given.coax, given.programs / f"{name}-{arch}.exe", expectations(name))
            reason = known.get(f"{name}-{arch}", known.get(name))
            solved += not problem
            if problem and reason:
                told += 1
                print(f"unsolved  {name} {arch}: {problem} ({reason})")
            elif problem or reason:
                wrong += 1
                print(f"WRONG     {name} {arch}: {problem or 'is solved: take it out of unsolved.txt'}")
            sys.stdout.flush()
    print(f"{solved} solved, {told} unsolved and told so, {wrong} wrong")
    if wrong:
        return 1
    return SKIP if told and not solved else 0


if __name__ == "__main__":
    sys.exit(main())
