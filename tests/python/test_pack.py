"""tools/pack.py, with DLLs compiled here and python3-pefile as the judge of every image."""

import hashlib
import shutil
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

import pefile

TOOLS = Path(__file__).resolve().parents[2] / 'tools'
GCC = {'i386': 'i686-w64-mingw32-gcc', 'x86_64': 'x86_64-w64-mingw32-gcc'}

# Pointers to relocate in .data, a .bss that no file bytes stand for, and debug sections to drop.
SOURCE = '''
int uninitialised[5000];
int one = 1, *pointers[] = {&one, uninitialised + 4999, &one};
__declspec(dllexport) int *NAME(int n) { return pointers[n]; }
'''


def compile_image(folder, machine, name, *flags):
    source = folder / 'source.c'
    source.write_text(SOURCE.replace('NAME', 'f_' + name.split('.')[0]))
    subprocess.run([GCC[machine], '-g', '-nostdlib', '-Wl,-e,0', *flags, '-o', folder / name, source], check=True)
    source.unlink()


class Pack:
    """The pack as a reader of docs/pack.md sees it."""

    def __init__(self, path):
        self.bytes = path.read_bytes()
        (self.magic, self.version, self.machine, count, length, table, self.size, self.ntdll,
         text) = struct.unpack_from('<8sIIIIQQ32s128s', self.bytes)
        self.wine = text[:length]
        rows = [struct.unpack_from('<80sIIQQQ16x', self.bytes, table + 128 * i) for i in range(count)]
        self.names = [row[0].rstrip(b'\0').decode() for row in rows]
        self.offsets = [row[3] for row in rows]
        self.entries = {n: (r[1], self.bytes[r[3]:r[3] + r[4]], r[5]) for n, r in zip(self.names, rows)}


class PackTest(unittest.TestCase):
    machine = None

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        images, nls = cls.folder / 'images', cls.folder / 'nls'
        images.mkdir()
        nls.mkdir()
        for name in ('ntdll.dll', 'b.dll', 'A.dll'):
            compile_image(images, cls.machine, name, '-shared')
        compile_image(images, cls.machine, 'program.exe')
        (images / 'old.dll16').write_bytes(b'NE')
        (images / 'broken.dll').write_bytes(b'MZ')
        (nls / 'l_intl.nls').write_bytes(b'\1' * 5000)
        cls.images = images
        out = cls.folder / 'test.pack'
        cls.packing = subprocess.run(['/usr/bin/python3', TOOLS / 'pack.py', '--machine', cls.machine, '--wine-version', '1.2-3',
                                  '--nls', nls, '--out', out, images], check=True, capture_output=True, text=True)
        cls.pack = Pack(out)

    def image(self, name):
        _, data, base = self.pack.entries[name]
        return pefile.PE(data=data), data, base

    def each_image(self):
        for name, (kind, _, _) in self.pack.entries.items():
            if kind == 1:
                with self.subTest(name):
                    yield self.image(name)

    def test_header(self):
        self.assertEqual(self.pack.magic, b'COAXPACK')
        self.assertEqual(self.pack.version, 1)
        self.assertEqual(self.pack.machine, {'i386': 0x14C, 'x86_64': 0x8664}[self.machine])
        self.assertEqual(self.pack.wine, b'1.2-3')
        self.assertEqual(self.pack.size, len(self.pack.bytes))
        self.assertEqual(self.pack.ntdll, hashlib.sha256((self.images / 'ntdll.dll').read_bytes()).digest())

    def test_entries_are_sorted_and_on_pages(self):
        self.assertEqual(self.pack.names, ['a.dll', 'b.dll', 'l_intl.nls', 'ntdll.dll', 'program.exe'])
        self.assertTrue(all(offset % 4096 == 0 for offset in self.pack.offsets))

    def test_what_is_no_image_is_named_and_left_out(self):
        self.assertIn('broken.dll left out', self.packing.stderr)
        self.assertNotIn('old.dll16', self.packing.stderr)

    def test_blob_is_untouched(self):
        self.assertEqual(self.pack.entries['l_intl.nls'], (2, b'\1' * 5000, 0))

    def test_images_are_flat(self):
        for pe, data, _ in self.each_image():
            self.assertEqual(pe.OPTIONAL_HEADER.FileAlignment, 4096)
            self.assertEqual(pe.OPTIONAL_HEADER.SizeOfImage, len(data))
            end = pe.OPTIONAL_HEADER.SizeOfHeaders
            for section in pe.sections:
                self.assertEqual(section.PointerToRawData, section.VirtualAddress)
                self.assertEqual(section.VirtualAddress, end)
                self.assertGreaterEqual(section.SizeOfRawData, section.Misc_VirtualSize)
                end = section.VirtualAddress + section.SizeOfRawData
            self.assertEqual(end, len(data))

    def test_debug_information_is_gone(self):
        for pe, _, _ in self.each_image():
            self.assertEqual(pe.FILE_HEADER.NumberOfSymbols, 0)
            self.assertFalse([s.Name for s in pe.sections if s.Name.startswith((b'.debug', b'/'))])

    def test_checksums_hold(self):
        for pe, _, _ in self.each_image():
            self.assertTrue(pe.verify_checksum())

    def test_relocation_agrees_with_pefile(self):
        for name in ('ntdll.dll', 'b.dll'):
            pe, data, base = self.image(name)
            want = pefile.PE(self.images / name)
            want.relocate_image(base)
            moved = 0
            for section in pe.sections:
                mine = section.get_data()
                theirs = want.get_data(section.VirtualAddress, section.Misc_VirtualSize)
                theirs = theirs.ljust(len(mine), b'\0')  # a .bss has no bytes in the file
                self.assertEqual(mine, theirs, section.Name)
                moved += section.Name.startswith(b'.data')
            self.assertEqual(pe.OPTIONAL_HEADER.ImageBase, base)
            self.assertTrue(moved)

    def test_dlls_do_not_overlap_and_ntdll_is_highest(self):
        spans = sorted((base, base + len(data), name) for name, (kind, data, base) in self.pack.entries.items()
                       if name.endswith('.dll'))
        for low, high in zip(spans, spans[1:]):
            self.assertLessEqual(low[1], high[0])
        self.assertEqual(spans[-1][2], 'ntdll.dll')
        self.assertTrue(all(base % 0x10000 == 0 for base, _, _ in spans))

    def test_program_stays_where_it_was_linked(self):
        _, _, base = self.image('program.exe')
        self.assertEqual(base, pefile.PE(self.images / 'program.exe').OPTIONAL_HEADER.ImageBase)

    def test_without_ntdll_it_fails(self):
        empty = self.folder / 'empty'
        empty.mkdir(exist_ok=True)
        run = subprocess.run(['/usr/bin/python3', TOOLS / 'pack.py', '--machine', self.machine, '--wine-version', '1',
                              '--nls', empty, '--out', empty / 'x.pack', empty], capture_output=True, text=True)
        self.assertEqual(run.returncode, 1)
        self.assertIn('no ntdll.dll', run.stderr)
        self.assertFalse((empty / 'x.pack').exists())


class Pack32(PackTest):
    machine = 'i386'


class Pack64(PackTest):
    machine = 'x86_64'


del PackTest  # only its two subclasses are tests

if __name__ == '__main__':
    unittest.main()
