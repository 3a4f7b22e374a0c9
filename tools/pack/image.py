"""One Windows image made ready for the guest pack: flat, without debug sections, at an address of its own.

Follows Microsoft's "PE Format". An image is read once and rebuilt as the bytes that a loader would have in memory,
so that offset and RVA are the same number everywhere below.
"""

import struct

PAGE = 0x1000
ALLOCATION = 0x10000  # Windows maps images on multiples of 64 KiB

MACHINES = {'i386': 0x14C, 'x86_64': 0x8664}

FILE_RELOCS_STRIPPED = 0x0001
FILE_LINE_NUMS_STRIPPED = 0x0004
FILE_LOCAL_SYMS_STRIPPED = 0x0008
FILE_DEBUG_STRIPPED = 0x0200
FILE_DLL = 0x2000

DIRECTORY_EXPORT, DIRECTORY_IMPORT, DIRECTORY_RESOURCE = 0, 1, 2
DIRECTORY_RELOC, DIRECTORY_DEBUG = 5, 6
REL_ABSOLUTE, REL_HIGHLOW, REL_DIR64 = 0, 3, 10

DOS_STUB = (bytes.fromhex('0e1fba0e00b409cd21b8014ccd21') +
            b'This program cannot be run in DOS mode.\r\r\n$').ljust(64, b'\0')


class NotAnImage(ValueError):
    """The file is not a PE image of the machine that was asked for."""


def round_up(n, unit):
    return (n + unit - 1) // unit * unit


class Image:
    """A mapped image: `bytes` is its memory, `base` the address that its pointers are for."""

    def __init__(self, raw, machine):
        self._read_headers(raw, machine)
        self.sections = [s for s in self._sections(raw) if not s[0].startswith(b'.debug')]
        if not self.sections:
            raise NotAnImage('no section')
        self._close_gaps()
        self._map(raw)
        self._write_headers()

    def _read_headers(self, raw, machine):
        if len(raw) < 0x40 or raw[:2] != b'MZ':
            raise NotAnImage('no MZ header')
        self.nt, = struct.unpack_from('<I', raw, 0x3C)
        if raw[self.nt:self.nt + 4] != b'PE\0\0':
            raise NotAnImage('no PE header')
        (found, self.section_count, _, self.symbols, self.symbol_count, optional_size,
         self.characteristics) = struct.unpack_from('<HHIIIHH', raw, self.nt + 4)
        if found != MACHINES[machine]:
            raise NotAnImage(f'machine {found:#x}')
        self.optional = self.nt + 24
        self.table = self.optional + optional_size
        self.is64 = machine == 'x86_64'
        self.pointer = '<Q' if self.is64 else '<I'
        self.base_at = self.optional + (24 if self.is64 else 28)
        self.base, = struct.unpack_from(self.pointer, raw, self.base_at)

    def _sections(self, raw):
        """(name, virtual size, address, raw size, raw offset, flags); "/4" names lie in the COFF string table."""
        strings = self.symbols + 18 * self.symbol_count
        for i in range(self.section_count):
            name, size, address, raw_size, offset, _, _, _, _, flags = struct.unpack_from(
                '<8sIIIIIIHHI', raw, self.table + 40 * i)
            name = name.rstrip(b'\0')
            if name.startswith(b'/') and self.symbols:
                start = strings + int(name[1:])
                name = raw[start:raw.index(b'\0', start)]
            yield name, size, address, raw_size, offset, flags

    def _close_gaps(self):
        """Windows wants sections without holes: one whose neighbour went grows over the hole."""
        ends = [s[2] for s in self.sections[1:]] + [0]
        for i, (name, size, address, raw_size, offset, flags) in enumerate(self.sections):
            size = size or raw_size
            if ends[i] > round_up(address + size, PAGE):
                size = ends[i] - address
            self.sections[i] = (name, size, address, raw_size, offset, flags)

    def _map(self, raw):
        last = self.sections[-1]
        self.bytes = bytearray(round_up(last[2] + last[1], PAGE))
        self.headers = self.table + 40 * len(self.sections)
        self.bytes[:self.table] = raw[:self.table]
        for name, size, address, raw_size, offset, _ in self.sections:
            data = raw[offset:offset + min(raw_size, size)]
            self.bytes[address:address + len(data)] = data

    def _write_headers(self):
        flags = self.characteristics | FILE_LINE_NUMS_STRIPPED | FILE_LOCAL_SYMS_STRIPPED | FILE_DEBUG_STRIPPED
        self.put(self.nt + 6, '<H', len(self.sections))
        self.put(self.nt + 12, '<II', 0, 0)
        self.put(self.nt + 22, '<H', flags)
        self.put(self.optional + 32, '<II', PAGE, PAGE)
        self.put(self.optional + 56, '<II', len(self.bytes), self.sections[0][2])
        for i, (name, size, address, _, _, section_flags) in enumerate(self.sections):
            self.put(self.table + 40 * i, '<8sIIIIIIHHI', name[:8], size, address, round_up(size, PAGE), address,
                     0, 0, 0, 0, section_flags)
        self.set_directory(DIRECTORY_DEBUG, 0, 0)
        if self.bytes[0x40:0x50] == b'Wine builtin DLL':
            room = self.nt - 0x40
            self.bytes[0x40:self.nt] = DOS_STUB[:room].ljust(room, b'\0')

    def put(self, at, layout, *values):
        struct.pack_into(layout, self.bytes, at, *values)

    def get(self, at, layout):
        return struct.unpack_from(layout, self.bytes, at)

    def _directory_at(self, n):
        at = self.optional + (112 if self.is64 else 96)
        count, = self.get(at - 4, '<I')
        return at + 8 * n if n < count else None

    def directory(self, n):
        """(address, size) of a data directory, (0, 0) where there is none."""
        at = self._directory_at(n)
        return self.get(at, '<II') if at is not None else (0, 0)

    def set_directory(self, n, address, size):
        at = self._directory_at(n)
        if at is not None:
            self.put(at, '<II', address, size)

    def is_dll(self):
        return bool(self.characteristics & FILE_DLL)

    def can_move(self):
        return not self.characteristics & FILE_RELOCS_STRIPPED

    def text(self, at):
        """The NUL-ended bytes at an RVA."""
        return bytes(self.bytes[at:self.bytes.index(b'\0', at)])

    def resources(self):
        """((type, name, language), data) of every resource; a type or name is a number or text."""
        for path, entry in self.resource_entries():
            address, size = self.get(entry, '<II')
            yield path, bytes(self.bytes[address:address + size])

    def resource_entries(self):
        """The same with the RVA of the data entry: address and size."""
        root, _ = self.directory(DIRECTORY_RESOURCE)
        return self._entries(root, root, ()) if root else ()

    def _entries(self, root, at, path):
        named, numbered = self.get(at + 12, '<HH')
        for entry in range(at + 16, at + 16 + 8 * (named + numbered), 8):
            name, below = self.get(entry, '<II')
            if name & 0x80000000:
                start = root + (name & 0x7FFFFFFF)
                length, = self.get(start, '<H')
                name = bytes(self.bytes[start + 2:start + 2 + 2 * length]).decode('utf-16-le')
            if below & 0x80000000:
                yield from self._entries(root, root + (below & 0x7FFFFFFF), path + (name,))
            else:
                yield path + (name,), root + below

    def pointers(self):
        """RVAs of all the pointers that the base relocations name."""
        at, size = self.directory(DIRECTORY_RELOC)
        end = at + size
        wanted = REL_DIR64 if self.is64 else REL_HIGHLOW
        while at + 8 <= end:
            page, length = self.get(at, '<II')
            if length < 8 or at + length > end:
                raise NotAnImage('broken base relocations')
            for entry, in struct.iter_unpack('<H', self.bytes[at + 8:at + length]):
                if entry >> 12 == wanted:
                    yield page + (entry & 0xFFF)
                elif entry >> 12 != REL_ABSOLUTE:
                    raise NotAnImage(f'relocation of type {entry >> 12}')
            at += length

    def relocate(self, base):
        pointer = struct.Struct(self.pointer)
        mask = (1 << 8 * pointer.size) - 1
        delta = base - self.base
        memory = self.bytes
        for at in self.pointers():
            value, = pointer.unpack_from(memory, at)
            pointer.pack_into(memory, at, (value + delta) & mask)
        self.put(self.base_at, self.pointer, base)
        self.base = base

    def seal(self):
        """Write the header's CheckSum: the one's complement sum of all words, plus the length."""
        self.put(self.optional + 64, '<I', 0)
        # 65536 is 1 modulo 65535, so the remainder of the whole file as one number is that sum.
        words = int.from_bytes(self.bytes, 'little') % 0xFFFF
        self.put(self.optional + 64, '<I', words + len(self.bytes))
