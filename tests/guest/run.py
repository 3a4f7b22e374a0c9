#!/usr/bin/env python3
"""Holds the guest to what Windows programs must print: runs each case in `coax run --json` and
compares standard output and exit code with want/CASE.txt.

    run.py [--coax build/coax] [--programs build/tests/guest] [--arch x64|x86] [CASE...]

Exit status 0 when all agree, 1 when one does not, 77 (skipped, for Meson) when the one case that
was asked for needs a package that is not installed.
"""

import argparse
import difflib
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import cases
import pack

SKIP = 77
LIMIT = 300  # seconds for one run


def console_text(lines, stream):
    """What the guest wrote to that stream, from the console events."""
    out = []
    for line in lines:
        if line.get("type") != "event" or line.get("category") != "console":
            continue
        fields = line["fields"]
        if fields.get("Stream", "stdout") == stream:
            out.append(fields["Text"] * line.get("count", 1))
    return "".join(out).replace("\r\n", "\n")


def exit_code(lines):
    """The 32-bit exit code as the wants spell it, or the ending itself where there is none."""
    runs = [line for line in lines if line.get("type") == "run"]
    if not runs:
        return "no run"
    ended = runs[0]["ended"]
    exited = re.fullmatch(r"exit (\d+)", ended)
    if exited:
        return f"{int(exited[1]):08x}"
    crashed = re.match(r"unhandled exception (?:0x)?([0-9a-fA-F]{8})", ended)
    return crashed[1].lower() if crashed else ended


def unmodelled(lines):
    return sorted({call for line in lines for call in line.get("unmodelled", [])})


def run(command):
    """The lines of coax, or ValueError with a sentence where it gives none to go by."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    if not any(line.get("type") == "run" for line in lines):
        said = done.stderr.decode("utf-8", "replace").strip()[-500:]
        raise ValueError(f"no run; coax ended with {done.returncode}: {said}")
    return lines


def program_of(case, arch, options, scratch):
    if case.in_pack:
        return pack.extract(case.in_pack, arch, scratch)
    return case.host_path(options.programs, arch)


def command_of(case, program, options):
    command = [options.coax, "run", "--json", "--world", case.header.get("world", "home")]
    command += case.options
    for edit in case.edits:
        command += ["--set", edit]
    for name in case.files:
        command += ["--set", f"file:C:\\work\\{name}=@{cases.HERE / name}"]
    for name in case.companions:
        command += ["--set", f"file:C:\\work\\{name}=@{options.programs / name}"]
    if case.files or case.companions:
        command += ["--directory", "C:\\work"]
    return [*command, program, *case.arguments]


def compare(case, arch, lines):
    """Lines that say how the run differs from the want."""
    code = exit_code(lines)
    out = list(difflib.unified_diff(case.text.splitlines(),
                                    console_text(lines, case.stream).splitlines(),
                                    "want", f"got, {arch}", lineterm=""))
    if code.startswith("not started"):
        return [code]
    if code != case.header["exit"]:
        out.append(f"exit code: want {case.header['exit']}, got {code}")
    found = {line["rule"] for line in lines if line.get("type") == "finding"}
    out += [f"no finding {rule}" for rule in case.findings if rule not in found]
    if out and unmodelled(lines):
        out.append("unmodelled: " + ", ".join(unmodelled(lines)))
    return out


def check(case, arch, options):
    """What is wrong, a list of lines; None where the case's package is not installed."""
    if "exit" not in case.header:
        return [f"there is no want/{case.name}.txt"]
    if case.package and not case.host_path(options.programs, arch).exists():
        return None
    try:
        with tempfile.TemporaryDirectory() as scratch:
            program = program_of(case, arch, options, scratch)
            return compare(case, arch, run(command_of(case, program, options)))
    except subprocess.TimeoutExpired:
        return [f"no end in {LIMIT} s"]
    except (OSError, ValueError) as error:
        return [str(error)]


def judge(case, wrong):
    """(verdict, lines): a gap that is told is skipped for as long as it is one, and not longer."""
    if wrong is None:
        return "skipped", [f"needs the package {case.package}"]
    if case.gap and wrong:
        return "skipped", [f"not yet: {case.gap}"]
    if case.gap:
        return "FAILED", ["the guest does it now: take the line 'gap' out of its want"]
    return ("FAILED", wrong) if wrong else ("ok", [])


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--coax", default="build/coax")
    parser.add_argument("--programs", type=pathlib.Path, default="build/tests/guest")
    parser.add_argument("--arch", choices=cases.ARCHITECTURES)
    parser.add_argument("case", nargs="*")
    options = parser.parse_args()
    results = []
    for name in options.case or cases.names():
        case = cases.Case(name)
        for arch in case.architectures:
            if options.arch not in (None, arch):
                continue
            verdict, lines = judge(case, check(case, arch, options))
            results.append(verdict)
            print("\n".join([f"{case.name} {arch}: {verdict}", *lines]), flush=True)
    skipped, failed = results.count("skipped"), results.count("FAILED")
    if len(results) > 1:
        print(f"{results.count('ok')} ok, {failed} failed, {skipped} skipped")
    if skipped == len(results):
        return SKIP
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
