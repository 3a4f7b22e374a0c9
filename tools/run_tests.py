#!/usr/bin/python3
"""Run the tests of a build directory, show what failed, and end with one line that says how many.

    run_tests.py BUILD [arguments of `meson test`]
"""

import json
import subprocess
import sys
from pathlib import Path

PASSED = {'OK', 'EXPECTEDFAIL'}
SKIPPED = {'SKIP'}


def results(log):
    """[(result, name, output)] of the log that meson leaves, one JSON object a line."""
    with open(log, encoding='utf-8') as lines:
        for line in lines:
            test = json.loads(line)
            yield test['result'], test['name'], (test.get('stdout') or '') + (test.get('stderr') or '')


def main():
    build, arguments = Path(sys.argv[1]), sys.argv[2:]
    log = build / 'meson-logs' / 'testlog.json'
    log.unlink(missing_ok=True)
    status = subprocess.run(['meson', 'test', '-C', build, '--no-rebuild', '--num-processes', '2', *arguments],
                            stdin=subprocess.DEVNULL).returncode
    tests = list(results(log)) if log.exists() else []
    passed = sum(result in PASSED for result, _, _ in tests)
    skipped = sum(result in SKIPPED for result, _, _ in tests)
    for result, name, output in tests:
        if result not in PASSED | SKIPPED:
            print(f'\n---- {name}: {result}\n{output.rstrip()}')
    print(f'\n{passed} passed, {len(tests) - passed - skipped} failed, {skipped} skipped', flush=True)
    # A run of no test has shown nothing.
    return status or not tests


if __name__ == '__main__':
    sys.exit(main())
