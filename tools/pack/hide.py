"""Take out of an image what lets a program recognise Wine: export names, version resources, the source of its version.

Samples look for these before anything else; what only a curious person would find (a text in a dialog) stays.
"""

import re
import struct

from image import DIRECTORY_EXPORT, DIRECTORY_IMPORT, DIRECTORY_RESOURCE

RT_VERSION = 16
FIXED_SIGNATURE = 0xFEEF04BD

# What Windows itself says; the versions are those of data/registry.inf.
WINDOWS_VERSION = '10.0.19041.3930'
WINE_VERSIONS = re.compile(r'(6\.1\.760[01]|10\.0\.18362)\.\d+')
PRODUCTS = 'Microsoft\u00ae Windows\u00ae Operating System', 'Windows'  # the second where the room is narrow
COPYRIGHT = '\u00a9 Microsoft Corporation. All rights reserved.'

# The guest's core knows the new names (src/guest/process.c, nt/host.c).
GIVEAWAY_EXPORT = re.compile(rb'(_*)wine_')
NAME_TEXT = re.compile(rb'\0(_*)wine_(\w+)(?=\0)')
ORDINARY_PREFIX = rb'\1host_'

# What Direct3D's DLLs of Wine import gets the name of what Windows' import; no longer than its own.
MODULES = {'wined3d.dll': 'dxcore.dll'}


def hide(name, image):
    rename_exports(image)
    rename_imports(image)
    rename_texts(image)
    rewrite_versions(image)
    if name == 'ntdll.dll':
        take_version_from_lcuver(image)


def ordinary(name):
    return GIVEAWAY_EXPORT.sub(ORDINARY_PREFIX, name, count=1) if GIVEAWAY_EXPORT.match(name) else name


def rename_exports(image):
    """Same length, so in place; the table of names is sorted again, since loaders search it by halving."""
    at, _ = image.directory(DIRECTORY_EXPORT)
    if not at:
        return
    rename_module(image, image.get(at + 12, '<I')[0])
    count, _, names, ordinals = image.get(at + 24, '<IIII')
    pairs = []
    for i in range(count):
        name_at, = image.get(names + 4 * i, '<I')
        name = image.text(name_at)
        image.bytes[name_at:name_at + len(name)] = ordinary(name)
        pairs.append((ordinary(name), name_at, image.get(ordinals + 2 * i, '<H')[0]))
    for i, (_, name_at, ordinal) in enumerate(sorted(pairs)):
        image.put(names + 4 * i, '<I', name_at)
        image.put(ordinals + 2 * i, '<H', ordinal)


def rename_imports(image):
    at, _ = image.directory(DIRECTORY_IMPORT)
    entry = '<Q' if image.is64 else '<I'
    by_ordinal = 1 << (63 if image.is64 else 31)
    while at:
        lookup, _, _, module, addresses = image.get(at, '<IIIII')
        if not module:
            break
        rename_module(image, module)
        thunk = lookup or addresses
        while (value := image.get(thunk, entry)[0]) != 0:
            if not value & by_ordinal:
                name = image.text(value + 2)
                image.bytes[value + 2:value + 2 + len(name)] = ordinary(name)
            thunk += struct.calcsize(entry)
        at += 20


def rename_module(image, at):
    name = image.text(at)
    new = MODULES.get(name.decode('ascii', 'replace').lower(), '').encode()
    if new:
        image.bytes[at:at + len(name)] = new.ljust(len(name), b'\0')


def rename_texts(image):
    """Wine's start-up code in each DLL looks some of these functions up by name."""
    image.bytes[:] = NAME_TEXT.sub(rb'\0\1host_\2', image.bytes)


def take_version_from_lcuver(image):
    """Wine's ntdll reads its major version from the registry's CurrentVersion, which has said 6.3 since Windows 8.1.

    LCUVer, of Windows 10 too, begins with the real one.
    """
    old = '\0CurrentVersion\0'.encode('utf-16-le')
    new = '\0LCUVer\0'.encode('utf-16-le').ljust(len(old), b'\0')
    if image.bytes.count(old) == 1:
        at = image.bytes.index(old)
        image.bytes[at:at + len(old)] = new


def rewrite_versions(image):
    root, _ = image.directory(DIRECTORY_RESOURCE)
    if not root:
        return
    for (kind, *_), entry in image.resource_entries():
        if kind != RT_VERSION:
            continue
        address, size = image.get(entry, '<II')
        old = bytes(image.bytes[address:address + size])
        for product in PRODUCTS:
            new = VersionNode.parse(old).claim_windows(product).build()
            if len(new) <= size:
                image.bytes[address:address + size] = new.ljust(size, b'\0')
                image.put(entry + 4, '<I', len(new))
                break


class VersionNode:
    """One block of a version resource: "VS_VERSIONINFO structure" and those that it holds."""

    def __init__(self, key, is_text, value, children):
        self.key, self.is_text, self.value, self.children = key, is_text, value, children

    @classmethod
    def parse(cls, data):
        return cls._parse(data, 0)[0]

    @classmethod
    def _parse(cls, data, at):
        length, value_length, is_text = struct.unpack_from('<HHH', data, at)
        end = at + length
        key_end = at + 6
        while data[key_end:key_end + 2] != b'\0\0':
            key_end += 2
        key = data[at + 6:key_end].decode('utf-16-le')
        value_at = (key_end + 2 + 3) & ~3
        value_end = min(value_at + value_length * (2 if is_text else 1), end)
        children, child = [], (value_end + 3) & ~3
        while child + 6 < end:
            node, child = cls._parse(data, child)
            children.append(node)
        return cls(key, is_text, data[value_at:value_end], children), (end + 3) & ~3

    def build(self):
        out = bytearray(6) + (self.key + '\0').encode('utf-16-le')
        out += bytes(-len(out) % 4) + self.value
        for child in self.children:
            out += bytes(-len(out) % 4) + child.build()
        value_length = len(self.value) // (2 if self.is_text else 1)
        struct.pack_into('<HHH', out, 0, len(out), value_length, self.is_text)
        return bytes(out)

    def text(self):
        return self.value.decode('utf-16-le').rstrip('\0')

    def claim_windows(self, product):
        if len(self.value) >= 52 and struct.unpack_from('<I', self.value)[0] == FIXED_SIGNATURE:
            self.value = claim_fixed(self.value)
        elif self.is_text and self.value:
            self.value = (self.ordinary_text(self.text(), product) + '\0').encode('utf-16-le')
        for child in self.children:
            child.claim_windows(product)
        return self

    def ordinary_text(self, text, product):
        if self.key == 'LegalCopyright' and 'Wine' in text:
            return COPYRIGHT
        if self.key == 'ProductName' and text.startswith('Wine'):
            return product
        if WINE_VERSIONS.fullmatch(text):
            return WINDOWS_VERSION
        return text.replace('Wine', 'Windows')


def claim_fixed(value):
    """The two binary versions of VS_FIXEDFILEINFO, each as (minor, major, revision, build) words."""
    fields = list(struct.unpack_from('<13I', value))
    new = [int(n) for n in WINDOWS_VERSION.split('.')]
    for i in (2, 4):
        old = f'{fields[i] >> 16}.{fields[i] & 0xFFFF}.{fields[i + 1] >> 16}.{fields[i + 1] & 0xFFFF}'
        if WINE_VERSIONS.fullmatch(old):
            fields[i], fields[i + 1] = new[0] << 16 | new[1], new[2] << 16 | new[3]
    return struct.pack('<13I', *fields) + value[52:]
