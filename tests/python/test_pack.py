"""tools/pack/pack.py, with DLLs compiled here and python3-pefile as the judge of every image."""

import hashlib
import shutil
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

import pefile

TOOLS = Path(__file__).resolve().parents[2] / 'tools' / 'pack'
PREFIX = {'i386': 'i686-w64-mingw32-', 'x86_64': 'x86_64-w64-mingw32-'}

# Pointers to relocate in .data, a .bss that no file bytes stand for, debug sections to drop, an export to rename.
EXPORTER = '''
int uninitialised[5000];
int one = 1, *pointers[] = {&one, uninitialised + 4999, &one};
__declspec(dllexport) int *pointer(int n) { return pointers[n]; }
__declspec(dllexport) int wine_get_version(void) { return 8; }
__declspec(dllexport) int wine_server_call(void) { return 9; }
'''
CONSOLE = '''
#define EXPORT __declspec(dllexport) __attribute__((stdcall))
EXPORT int VerifyConsoleIoHandle(void *handle) { return handle != 0; }
EXPORT const void *name(void) { static const __WCHAR_TYPE__ text[] = L"WINEUSERNAME"; return text; }
EXPORT const void *narrow(void) { return "WINEUSERNAME"; }
'''
IMPORTER = '''
__declspec(dllimport) int wine_get_version(void);
__declspec(dllexport) int call(void) { return wine_get_version(); }
'''
RESOURCES = r'''
1 VERSIONINFO
FILEVERSION 6,1,7601,24059
PRODUCTVERSION 6,1,7601,24059
{
  BLOCK "StringFileInfo" { BLOCK "040904b0" {
    VALUE "FileDescription", "Wine test DLL"
    VALUE "FileVersion", "6.1.7601.24059"
    VALUE "LegalCopyright", "Copyright (c) 1993-2023 the Wine project authors (see the file AUTHORS for a complete list)"
    VALUE "ProductName", "Wine"
  } }
  BLOCK "VarFileInfo" { VALUE "Translation", 0x409, 1200 }
}
1 WINE_REGISTRY { "HKCR { ours = s '%MODULE%' { val Size = d 7 } }" }
'''
INF = r'''
[DefaultInstall.NT]
AddReg=Values
[DefaultInstall.ntamd64]
AddReg=Values
[FakeDlls]
11,wbem,b.dll
11,,*
[Values]
HKLM,Software\Wine\Own,"Version",,"8"
HKLM,Software\Ours,"Folder",,"%11%\sub"
HKLM,Software\Ours,"Debugger",,"%11%\winedbg.exe"
'''


class Builder:
    """Compiles what the test packs."""

    def __init__(self, folder, machine):
        self.folder, self.prefix = folder, PREFIX[machine]

    def image(self, name, source, *flags):
        self.folder.joinpath('source.c').write_text(source)
        subprocess.run([self.prefix + 'gcc', '-g', '-nostdlib', '-Wl,-e,0', '-o', self.folder / name,
                        self.folder / 'source.c', *flags], check=True)

    def resources(self):
        self.folder.joinpath('resources.rc').write_text(RESOURCES)
        subprocess.run([self.prefix + 'windres', self.folder / 'resources.rc', self.folder / 'resources.o'], check=True)
        return self.folder / 'resources.o'


class Pack:
    """The pack as a reader of docs/pack.md sees it."""

    def __init__(self, path):
        self.bytes = path.read_bytes()
        (self.magic, self.version, self.machine, count, length, table, self.size, self.ntdll,
         text, tools) = struct.unpack_from('<8sIIIIQQ32s128s16s', self.bytes)
        self.wine = text[:length]
        self.tools = tools.rstrip(b'\0')
        rows = [struct.unpack_from('<80sIIQQQ16x', self.bytes, table + 128 * i) for i in range(count)]
        self.names = [row[0].rstrip(b'\0').decode() for row in rows]
        self.offsets = [row[3] for row in rows]
        self.entries = {n: (r[1], self.bytes[r[3]:r[3] + r[4]], r[5]) for n, r in zip(self.names, rows)}

    def registry(self):
        """{key: {name: (type, data)}}"""
        _, data, _ = self.entries['registry']
        keys, values, at = {}, None, 0
        while at < len(data):
            kind, _, name_length, value_type, length = struct.unpack_from('<BBHII', data, at)
            name = data[at + 12:at + 12 + name_length].decode()
            at += 12 + name_length
            if kind == 1:
                values = keys[name] = {}
            else:
                values[name] = value_type, data[at:at + length]
            at += length
        return keys


class Packing:
    """One run of pack.py over six small images; a subclass says for which machine."""

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.images = cls.folder / 'images'
        cls.images.mkdir()
        cls.folder.joinpath('nls').mkdir()
        cls.folder.joinpath('nls', 'c_1252.nls').write_bytes(b'\1' * 5000)
        cls.folder.joinpath('test.inf').write_text(INF)
        build = Builder(cls.images, cls.machine)
        build.image('ntdll.dll', EXPORTER, '-shared')
        build.image('A.dll', EXPORTER, '-shared')
        build.image('b.dll', IMPORTER, '-shared', cls.images / 'ntdll.dll', build.resources())
        build.image('kernel32.dll', CONSOLE, '-shared', '-Wl,--kill-at')
        build.image('program.exe', EXPORTER)
        cls.images.joinpath('old.dll16').write_bytes(b'NE')
        cls.images.joinpath('broken.dll').write_bytes(b'MZ')
        cls.packing = cls.run_pack(cls.images, cls.folder / 'test.pack')
        cls.pack = Pack(cls.folder / 'test.pack')

    @classmethod
    def run_pack(cls, images, out):
        return subprocess.run(['/usr/bin/python3', TOOLS / 'pack.py', '--machine', cls.machine, '--wine-version', '1.2-3', '--tools', '0123456789ab',
                               '--nls', cls.folder / 'nls', '--inf', cls.folder / 'test.inf', '--out', out, images],
                              capture_output=True, text=True)

    def image(self, name):
        _, data, base = self.pack.entries[name]
        return pefile.PE(data=data), data, base

    def each_image(self):
        for name, (kind, _, _) in self.pack.entries.items():
            if kind == 1:
                with self.subTest(name):
                    yield self.image(name)

    def test_header(self):
        self.assertEqual(self.packing.returncode, 0, self.packing.stderr)
        self.assertEqual(self.pack.magic, b'COAXPACK')
        self.assertEqual(self.pack.version, 2)
        self.assertEqual(self.pack.machine, {'i386': 0x14C, 'x86_64': 0x8664}[self.machine])
        self.assertEqual(self.pack.wine, b'1.2-3')
        self.assertEqual(self.pack.tools, b'0123456789ab')
        self.assertEqual(self.pack.size, len(self.pack.bytes))
        self.assertEqual(self.pack.ntdll, hashlib.sha256((self.images / 'ntdll.dll').read_bytes()).digest())

    def test_entries_are_sorted_and_on_pages(self):
        names = ['a.dll', 'b.dll', 'c_1252.nls', 'kernel32.dll', 'ntdll.dll', 'program.exe']
        self.assertEqual(self.pack.names, names + ['registry'] * (self.machine == 'x86_64'))
        self.assertTrue(all(offset % 4096 == 0 for offset in self.pack.offsets))

    def test_what_is_no_image_is_named_and_left_out(self):
        self.assertIn('broken.dll left out', self.packing.stderr)
        self.assertNotIn('old.dll16', self.packing.stderr)

    def test_blob_is_untouched(self):
        self.assertEqual(self.pack.entries['c_1252.nls'], (2, b'\1' * 5000, 0))

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

    def test_sections_keep_their_characteristics(self):
        pe, _, _ = self.image('a.dll')
        before = {s.Name: s.Characteristics for s in pefile.PE(self.images / 'A.dll').sections}
        for section in pe.sections:
            self.assertEqual(section.Characteristics, before.get(section.Name, section.Characteristics), section.Name)
        self.assertIn(b'.text\0\0\0', before)

    def test_debug_information_is_gone(self):
        for pe, _, _ in self.each_image():
            self.assertEqual(pe.FILE_HEADER.NumberOfSymbols, 0)
            self.assertFalse([s.Name for s in pe.sections if s.Name.startswith((b'.debug', b'/'))])

    def test_checksums_hold(self):
        for pe, _, _ in self.each_image():
            self.assertTrue(pe.verify_checksum())

    def test_relocation_agrees_with_pefile(self):
        pe, _, base = self.image('a.dll')
        want = pefile.PE(self.images / 'A.dll')
        before = want.get_memory_mapped_image()
        want.relocate_image(base)
        changed = []
        for section in pe.sections:
            if section.Name.startswith(b'.edata'):
                continue  # names of exports change there
            mine = section.get_data()
            theirs = want.get_data(section.VirtualAddress, section.Misc_VirtualSize).ljust(len(mine), b'\0')
            self.assertEqual(mine, theirs, section.Name)
            if mine.rstrip(b'\0') != before[section.VirtualAddress:section.VirtualAddress + len(mine)].rstrip(b'\0'):
                changed.append(section.Name.rstrip(b'\0'))
        self.assertEqual(pe.OPTIONAL_HEADER.ImageBase, base)
        self.assertIn(b'.data', changed)

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
        run = self.run_pack(empty, empty / 'x.pack')
        self.assertEqual(run.returncode, 1)
        self.assertIn('no ntdll.dll', run.stderr)
        self.assertFalse((empty / 'x.pack').exists())

    def test_exports_are_renamed_sorted_and_still_the_same_functions(self):
        pe, _, _ = self.image('ntdll.dll')
        exports = {e.name: e.address for e in pe.DIRECTORY_ENTRY_EXPORT.symbols}
        before = {e.name: e.address for e in pefile.PE(self.images / 'ntdll.dll').DIRECTORY_ENTRY_EXPORT.symbols}
        self.assertEqual(list(exports), [b'host_get_version', b'host_server_call', b'pointer'])
        self.assertEqual(exports[b'host_get_version'], before[b'wine_get_version'])
        self.assertEqual(exports[b'pointer'], before[b'pointer'])

    def test_imports_follow_the_new_names(self):
        pe, _, _ = self.image('b.dll')
        self.assertEqual([i.name for d in pe.DIRECTORY_ENTRY_IMPORT for i in d.imports], [b'host_get_version'])

    def test_version_resource_claims_windows(self):
        pe, _, _ = self.image('b.dll')
        texts = next(block.StringTable[0].entries for info in pe.FileInfo for block in info if block.Key == b'StringFileInfo')
        self.assertEqual(texts[b'ProductName'].decode(), 'Microsoft® Windows® Operating System')
        self.assertEqual(texts[b'FileDescription'], b'Windows test DLL')
        self.assertEqual(texts[b'FileVersion'], b'10.0.19041.3930')
        self.assertEqual(pe.VS_FIXEDFILEINFO[0].FileVersionMS, 10 << 16)
        self.assertEqual(pe.VS_FIXEDFILEINFO[0].ProductVersionLS, 19041 << 16 | 3930)

    def test_c_libraries_leave_bytes_to_the_console(self):
        pe, data, _ = self.image('kernel32.dll')
        at = {e.name: e.address for e in pe.DIRECTORY_ENTRY_EXPORT.symbols}[b'VerifyConsoleIoHandle']
        code = bytes.fromhex('31c0c3' if self.machine == 'x86_64' else '31c0c20400')
        self.assertEqual(data[at:at + len(code)], code)

    def test_the_users_name_is_looked_up_as_windows_spells_it(self):
        _, data, _ = self.image('kernel32.dll')
        for encoding in 'ascii', 'utf-16-le':
            self.assertNotIn('WINE'.encode(encoding), data)
            self.assertIn('USERNAME\0'.encode(encoding), data)


class Pack32(Packing, unittest.TestCase):
    machine = 'i386'


class Pack64(Packing, unittest.TestCase):
    machine = 'x86_64'

    def test_registry_holds_setup_registration_and_codepages(self):
        keys = self.pack.registry()
        machine = '\\Registry\\Machine\\'
        text = {name: (kind, data.decode('utf-16-le')) for name, (kind, data) in keys[machine + 'Software\\Ours'].items()}
        self.assertEqual(text, {'Folder': (1, 'C:\\Windows\\system32\\sub\0')})
        ours = keys[machine + 'Software\\Classes\\ours']
        self.assertEqual(ours[''], (1, 'C:\\Windows\\system32\\wbem\\b.dll\0'.encode('utf-16-le')))
        self.assertEqual(ours['Size'], (4, b'\7\0\0\0'))
        pages = keys[machine + 'System\\CurrentControlSet\\Control\\Nls\\CodePage']
        self.assertEqual(pages['1252'][1].decode('utf-16-le'), 'c_1252.nls\0')

    def test_registry_does_not_name_wine(self):
        _, data, _ = self.pack.entries['registry']
        self.assertNotIn(b'wine', data.lower())
        self.assertNotIn('wine'.encode('utf-16-le'), data.lower())

    def test_registry_seeds_the_users_locale(self):
        international = self.pack.registry()['\\Registry\\User\\CURRENT\\Control Panel\\International']
        self.assertEqual(international['sList'], (1, ',\0'.encode('utf-16-le')))


if __name__ == '__main__':
    unittest.main()
