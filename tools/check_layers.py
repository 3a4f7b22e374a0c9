#!/usr/bin/python3
"""Hold every #include of src/ against layers.txt: which room may include which.

    check_layers.py ROOT
"""

import re
import sys
from pathlib import Path

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)

# Unicorn is GPL-2.0 only and OpenSSL 3 is Apache-2.0: one room each, so that they never meet in one program.
FOREIGN = [
    (re.compile(r'unicorn/'), {'guest'}),
    (re.compile(r'openssl/'), {'sign'}),
]


def read_layers(text):
    """{room: the rooms that it may include, itself among them}"""
    layers = {}
    for number, line in enumerate(text.splitlines(), 1):
        line = line.partition('#')[0].strip()
        if not line:
            continue
        room, colon, others = line.partition(':')
        if not colon:
            raise SystemExit(f'layers.txt:{number}: no colon')
        layers[room] = {room, *others.split()}
    for room, others in layers.items():
        for unknown in others - layers.keys():
            raise SystemExit(f'layers.txt: {room} may include {unknown}, which is no room')
    return layers


def wrong_includes(root, layers):
    """'file: sentence' for every include that breaks the list."""
    source = root / 'src'
    for file in sorted(source.rglob('*')):
        if file.suffix not in ('.c', '.h', '.def'):
            continue
        room = file.relative_to(source).parts[0]
        for bracket, name in INCLUDE.findall(file.read_text(encoding='utf-8')):
            for library, rooms in FOREIGN:
                if library.match(name) and room not in rooms:
                    yield f'{file.relative_to(root)}: {name} belongs to {", ".join(rooms)} only'
            if bracket == '<' or '/' not in name:
                continue
            other = name.split('/')[0]
            if room not in layers:
                yield f'{file.relative_to(root)}: {room} is not in layers.txt'
            elif other in layers and other not in layers[room]:
                yield f'{file.relative_to(root)}: {room} may not include {name}'
            elif other not in layers and not (source / room / name).exists():
                yield f'{file.relative_to(root)}: {name} is in no room'


def main():
    root = Path(sys.argv[1])
    wrong = list(wrong_includes(root, read_layers((root / 'layers.txt').read_text(encoding='utf-8'))))
    for sentence in wrong:
        print(sentence)
    return bool(wrong)


if __name__ == '__main__':
    sys.exit(main())
