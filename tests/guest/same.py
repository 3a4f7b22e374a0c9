#!/usr/bin/env python3
"""Same input, same output: the JSON of several programs is byte for byte the same in a second run and
for any number of jobs. Single runs: the lure's order is tests/golden/same_bytes' to hold.

    same.py [--coax build/coax] [--programs build/tests/guest]
"""

import argparse
import pathlib
import subprocess
import sys

# Threads that race, memory of the host's choosing, time, names out of nothing: what could differ.
PROGRAMS = ("hello", "threads", "locks", "waits", "timers", "pool", "cpp_threads", "heap", "memory",
            "files", "registry", "pipes", "virtual_time", "system_info", "toolhelp", "faults")


def output(coax, jobs, programs):
    done = subprocess.run([coax, "--json", "--trace", "--replays", "0", "-j", str(jobs), *programs], timeout=600,
                          stdin=subprocess.DEVNULL, capture_output=True)
    if b'"type":"run"' not in done.stdout:
        sys.exit(f"no run; coax ended with {done.returncode}: {done.stderr.decode()[-500:]}")
    return done.stdout.splitlines()


def differences(first, second):
    """Where two outputs part, as text."""
    for i, (a, b) in enumerate(zip(first, second)):
        if a != b:
            return f"line {i + 1}:\n  {a.decode()[:600]}\n  {b.decode()[:600]}"
    if len(first) != len(second):
        return f"{len(first)} lines and {len(second)} lines"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--coax", default="build/coax")
    parser.add_argument("--programs", type=pathlib.Path, default="build/tests/guest")
    options = parser.parse_args()
    programs = [options.programs / f"{name}-{arch}.exe" for name in PROGRAMS
                for arch in ("x64", "x86")]
    first = output(options.coax, 1, programs)
    failed = 0
    for what, jobs in (("a second run", 1), ("eight jobs", 8)):
        different = differences(first, output(options.coax, jobs, programs))
        print(f"{what}: {different or 'the same'}")
        failed += bool(different)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
