#!/usr/bin/python3
"""Write a guest pack, as docs/pack.md describes it, from Wine's DLLs, its NLS files and its wine.inf."""

import argparse
import hashlib
import os
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from hide import MODULES, hide  # noqa: E402
from image import ALLOCATION, MACHINES, PAGE, Image, NotAnImage, round_up  # noqa: E402
from initial import initial_registry  # noqa: E402
from mend import mend  # noqa: E402

DATA = Path(__file__).resolve().parents[2] / 'data'

LAYOUT_VERSION = 2
KIND_IMAGE, KIND_BLOB = 1, 2
HEADER = struct.Struct('<8sIIIIQQ32s128s16s')
ENTRY = struct.Struct('<80sIIQQQ16x')

# Only what Windows loads, and nothing that has Wine in its name; Wine ships 16-bit modules (.dll16, .vxd) in the same folder.
SUFFIXES = {'.acm', '.ax', '.com', '.cpl', '.dll', '.drv', '.ds', '.exe', '.msstyles', '.ocx', '.sys', '.tlb'}

# DLLs lie one below the other from `top` to `bottom`, where Windows 10 has them; programs stay where they were linked.
# A DLL that finds no more room gets `shared`, and the guest's loader moves it when it must.
REGIONS = {
    'i386': {'top': 0x77F00000, 'bottom': 0x60000000, 'shared': 0x10000000},
    'x86_64': {'top': 0x7FF8E5B40000, 'bottom': 0x7FF800000000, 'shared': 0x180000000},
}
# Programs of the machine's own, which no program of the guest finds by a name: without a dot they are no files.
HIDDEN = {'answer.exe': 'answer'}

FIRST = ['ntdll.dll', 'kernel32.dll', 'kernelbase.dll']


def read_images(places, machine):
    """{name: (image, SHA-256 of the file)}; a place is a folder or one file, and the first of a name wins."""
    images = {}
    for place in places:
        files = sorted(place.iterdir()) if place.is_dir() else [place]
        for file in files:
            name = (HIDDEN | MODULES).get(file.name.lower(), file.name.lower())
            if file.suffix.lower() not in SUFFIXES or name in images or name.startswith('wine'):
                continue
            raw = file.read_bytes()
            try:
                images[name] = Image(raw, machine), hashlib.sha256(raw).digest()
            except NotAnImage as why:
                print(f'pack: {file} left out: {why}', file=sys.stderr)
    return images


def place_images(images, machine):
    """Relocate every DLL to an address of its own."""
    region = REGIONS[machine]
    at = region['top']
    for name in sorted(images, key=lambda n: (FIRST.index(n) if n in FIRST else len(FIRST), n)):
        image, _ = images[name]
        if not image.is_dll() or not image.can_move():
            continue
        room = round_up(len(image.bytes), ALLOCATION)
        fits = at - room >= region['bottom']
        at -= room if fits else 0
        image.relocate(at if fits else region['shared'])


def registry_of(args, images):
    """The one of a 64-bit Windows is that of its 32-bit programs too."""
    registry = initial_registry(args.inf.read_text(encoding='utf-8'),
                                (DATA / 'registry.inf').read_text(encoding='utf-8'),
                                {name: image for name, (image, _) in images.items()},
                                [file.name for file in args.nls.iterdir()])
    return registry.encode()


def entries_of(images, nls, registry):
    """[(name, kind, bytes, address)], sorted by name."""
    entries = [(name, KIND_IMAGE, image.bytes, image.base) for name, (image, _) in images.items()]
    entries += [(file.name.lower(), KIND_BLOB, file.read_bytes(), 0) for file in nls.iterdir() if file.suffix == '.nls']
    if registry:
        entries.append(('registry', KIND_BLOB, registry, 0))
    return sorted(entries, key=lambda e: e[0].encode())


def write_pack(out, args, ntdll_hash, entries):
    """Header, table, then the bytes of each entry from a page of its own."""
    table_at = PAGE
    at = table_at + round_up(ENTRY.size * len(entries), PAGE)
    rows = []
    for name, kind, data, address in entries:
        rows.append(ENTRY.pack(name.encode(), kind, 0, at, len(data), address))
        at += round_up(len(data), PAGE)
    version = args.wine_version.encode()
    out.write(HEADER.pack(b'COAXPACK', LAYOUT_VERSION, MACHINES[args.machine], len(entries), len(version),
                          table_at, at, ntdll_hash, version, args.tools.encode()))
    out.seek(table_at)
    out.write(b''.join(rows))
    for _, _, data, _ in entries:
        out.seek(round_up(out.tell(), PAGE))
        out.write(data)
    out.truncate(at)


def build(args):
    images = read_images(args.images, args.machine)
    if 'ntdll.dll' not in images:
        sys.exit(f'pack: no ntdll.dll for {args.machine} in {" ".join(map(str, args.images))}')
    place_images(images, args.machine)
    for name, (image, _) in images.items():
        hide(name, image)
        mend(name, image)
        image.seal()
    registry = registry_of(args, images) if args.machine == 'x86_64' else None
    entries = entries_of(images, args.nls, registry)
    # Renamed when it is whole, so that a pack that exists is a good one.
    part = args.out.with_suffix('.part')
    with open(part, 'wb') as out:
        write_pack(out, args, images['ntdll.dll'][1], entries)
    os.replace(part, args.out)
    return len(images), len(entries) - len(images)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--machine', required=True, choices=sorted(MACHINES))
    parser.add_argument('--wine-version', required=True, help='the version text of the package, for reports')
    parser.add_argument('--tools', required=True, help='the version of these tools, as ./key says it')
    parser.add_argument('--nls', required=True, type=Path, help='folder of .nls files')
    parser.add_argument('--inf', required=True, type=Path, help="Wine's wine.inf")
    parser.add_argument('--out', required=True, type=Path)
    parser.add_argument('images', nargs='+', type=Path, help='folders of images, or single ones')
    args = parser.parse_args()
    images, blobs = build(args)
    print(f'{args.out}: {images} images, {blobs} blobs, {args.out.stat().st_size >> 20} MiB')


if __name__ == '__main__':
    main()
