"""Asks the cross compilers: preprocesses a file of headers, and says what constant expressions
are worth. Values are read off the assembly text, so nothing is ever run."""

import os
import re
import subprocess
import tempfile

X64, X86 = 'x86_64-w64-mingw32', 'i686-w64-mingw32'
HEADERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'headers')
WHERE = re.compile(r'probe\.c:(\d+):(?:\d+:)? error')
PROBE = re.compile(r'probe_(\d+):\s+\.(quad|long|space|zero)\s+(-?\d+)(?:\s+\.long\s+(-?\d+))?')


def command(triple):
    return [f'{triple}-gcc', '-w', f'-I/usr/{triple}/include/ddk', f'-I{HEADERS}']


def run(arguments, **options):
    return subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          check=False, **options)


def preprocess(name):
    """The preprocessed text of headers/NAME.c with its #define lines, in their order."""
    done = run(command(X64) + ['-E', '-dD', '-P', os.path.join(HEADERS, name + '.c')])
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout


def macros_of(text):
    """{name: expansion} of the object-like macros, in the order of the headers."""
    found = {}
    for match in re.finditer(r'^#define ([A-Za-z_]\w*) (.+)$', text, re.M):
        found.setdefault(match.group(1), match.group(2).strip())
    return found


def evaluate(name, expressions, triple=X64):
    """{expression: value modulo 2^64} of those among `expressions` that are constant after
    including headers/NAME.c."""
    wanted = list(expressions)
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        while wanted:  # again without those that the compiler refuses
            path = os.path.join(folder, 'probe.c')
            with open(path, 'w', encoding='ascii') as out:
                out.write(f'#include "{name}.c"\n')
                for number, expression in enumerate(wanted):
                    out.write(f'const unsigned long long probe_{number} = '
                              f'(unsigned long long)({expression});\n')
            done = run(command(triple) + ['-S', '-O0', '-fmax-errors=0', '-o', '-', path])
            if done.returncode == 0:
                for number, value in read_assembly(done.stdout).items():
                    found[wanted[number]] = value
                break
            bad = {int(line) - 2 for line in WHERE.findall(done.stderr)}
            if not bad:
                raise SystemExit(done.stderr)
            wanted = [e for n, e in enumerate(wanted) if n not in bad]
    return found


def read_assembly(text):
    values = {}
    for match in PROBE.finditer(text):
        number, directive, first, second = match.groups()
        value = 0 if directive in ('space', 'zero') else int(first)
        if directive == 'long':
            value = (value & 0xFFFFFFFF) | (int(second or 0) & 0xFFFFFFFF) << 32
        values[int(number)] = value & 0xFFFFFFFFFFFFFFFF
    return values


def version():
    """mingw-w64's version, as the tables name it."""
    values = evaluate('ucrt', ['__MINGW64_VERSION_MAJOR', '__MINGW64_VERSION_MINOR'])
    return '.'.join(str(v) for v in values.values())
