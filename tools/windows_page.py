#!/usr/bin/python3
"""Writes docs/windows.md: what of Windows the guest has, read off the code and its tests.

    windows_page.py ROOT           prints the page
    windows_page.py ROOT --check   exit status 1 where docs/windows.md says something else

Purposes are the first sentences of the files' opening comments, limits their paragraphs "Limits: ..." and
"Not modelled: ...", judges the headers of tests/guest/want.
"""

import difflib
import re
import sys
from pathlib import Path

PAGE = 'docs/windows.md'
HEAD = """\
# Windows in the guest

What programs find, each with what holds us to it. This page is generated from the code and its tests (`make docs`); what is
behind it is told in [guest.md](guest.md). A system call that is not listed answers STATUS_NOT_IMPLEMENTED and is named in the report.
"""
SAMPLE_ARCHITECTURES = 'x64, x86'


def opening(path):
    """The comment with which a C file opens, or else its header; a paragraph an item."""
    found = re.match(r'\s*/\*(.*?)\*/', path.read_text(encoding='utf-8'), re.S)
    if not found:
        header = path.with_suffix('.h')
        return opening(header) if path.suffix == '.c' and header.exists() else []
    text = re.sub(r'\n \*[ \t]?', '\n', found[1])
    return [' '.join(part.split()) for part in re.split(r'\n\s*\n', text) if part.strip()]


def purpose(path):
    """The first sentence, in one cell of a table."""
    paragraphs = opening(path) if path.exists() else []
    if not paragraphs:
        return ''
    sentence = re.split(r'(?<=[a-z\])0-9])\.(?: |$)|: a row of', paragraphs[0])[0]
    return cell(sentence.rstrip('. '))


def cell(text):
    return text.replace('|', '\\|').strip()


def limits(path):
    """What a file says that it does not do."""
    for paragraph in opening(path):
        found = re.search(r'(?:Limits|Not modelled): (.*)', paragraph)
        if found:
            yield cell(found[1])


# ---- tests ----

def header(path):
    head = path.read_text(encoding='utf-8').partition('\n\n')[0]
    return dict((key.strip(), value.strip()) for key, _, value in (line.partition(':') for line in head.splitlines()))


def subject(tests, name, head):
    program = head.get('program', name)
    for suffix in '.c', '.cpp':
        if (tests / (program + suffix)).exists():
            return purpose(tests / (program + suffix))
    shown = program.removeprefix('pack:') if program.startswith('pack:') else Path(program).name
    return cell(f'`{shown} {head.get("arguments", "")}'.strip() + '`')


def judge(head):
    oracle = head.get('oracle', '')
    return cell(oracle.removeprefix('none:').strip() if oracle.startswith('none') else oracle.partition(',')[0])


def cases(root):
    tests = root / 'tests/guest'
    for want in sorted((tests / 'want').glob('*.txt')):
        head = header(want)
        yield want.stem, subject(tests, want.stem, head), head.get('only', SAMPLE_ARCHITECTURES), judge(head), head.get('gap')


# ---- the guest ----

def macro_rows(path, macro):
    text = re.sub(r'/\*.*?\*/', '', path.read_text(encoding='utf-8'), flags=re.S)
    return re.findall(rf'^{macro}\((.*)\)\s*$', text, re.M)


def sources(root):
    return {path: path.read_text(encoding='utf-8') for path in sorted((root / 'src/guest').rglob('*.c'))}


def families(root, files):
    for name in macro_rows(root / 'src/guest/nt/families.def', 'FAMILY'):
        for path, text in files.items():
            rows = re.search(rf'const SysRow nt_{name}_rows\[\] = \{{(.*?)\n\}};', text, re.S)
            if rows:
                calls = re.findall(r'\{\s*"(\w+)",', rows[1])
                yield name, purpose(path), calls


def listed(root, room, table, macro):
    """Of a table that names one file a row: (name, purpose)."""
    for name in macro_rows(root / 'src/guest' / room / table, macro):
        yield name, purpose(root / 'src/guest' / room / f'{name}.c')


def exports(root):
    for row in macro_rows(root / 'src/guest/export/exports.def', 'EXPORT'):
        module, name, _, reason = re.match(r'"([^"]+)", (\w+), (\d+),\s*"(.*)"$', row).groups()
        yield module, name, cell(reason)


# ---- the page ----

def table(titles, rows):
    yield ''
    yield '| ' + ' | '.join(titles) + ' |'
    yield '|' + '---|' * len(titles)
    for row in rows:
        yield '| ' + ' | '.join(text or '-' for text in row) + ' |'


def page(root):
    files = sources(root)
    known = list(cases(root))
    lines = HEAD.splitlines()
    lines += ['', '## Programs that hold us to it', '',
              'Each runs in the guest and must print what its judge printed, in 64 and in 32 bits (`tests/guest`).']
    lines += table(['program', 'what it shows', 'bits', 'judge'], (row[:4] for row in known))
    lines += ['', '## System calls']
    lines += table(['family', 'what', 'calls'], ((n, what, ' '.join(calls)) for n, what, calls in families(root, files)))
    lines += ['', '## Devices']
    lines += table(['device', 'what'], listed(root, 'device', 'devices.def', 'DEVICE'))
    lines += ['', '## Remote procedures', '', 'Interfaces of the services that no process of the guest runs.']
    lines += table(['interface', 'what'], listed(root, 'rpc', 'interfaces.def', 'INTERFACE'))
    lines += ['', '## Answered at the export', '', "Functions that we answer instead of Wine's code, and why."]
    lines += table(['module', 'function', 'why'], exports(root))
    lines += ['', '## What is missing', '']
    lines += [f'- {gap} (`tests/guest/{name}`)' for name, _, _, _, gap in known if gap]
    lines += [f'- `{path.relative_to(root / "src/guest")}`: {text}' for path in files for text in limits(path)]
    return '\n'.join(lines) + '\n'


def main():
    root = Path(sys.argv[1])
    made = page(root)
    if sys.argv[2:] != ['--check']:
        sys.stdout.write(made)
        return 0
    old = (root / PAGE).read_text(encoding='utf-8')
    for line in difflib.unified_diff(old.splitlines(), made.splitlines(), PAGE, 'make docs', lineterm='', n=0):
        print(line)
    return old != made


if __name__ == '__main__':
    sys.exit(main())
