"""tools/pack/inf.py, tools/pack/registrar.py and tools/pack/initial.py: what a setup file or a registrar script puts into a registry."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'tools' / 'pack'))

from inf import Inf, split_fields, strip_comment  # noqa: E402
from initial import View32, hide_wine, module_paths, redirect  # noqa: E402
from registrar import BadScript, run_script  # noqa: E402
from registry import Registry  # noqa: E402

MACHINE = r'\Registry\Machine' + '\\'


def words(value):
    return value.decode('utf-16-le').split('\0')


class Fields(unittest.TestCase):
    def test_quotes_hold_commas_and_double_for_a_quote(self):
        self.assertEqual(split_fields('HKCR, a ,"b, c",,"say ""x"""'), ['HKCR', 'a', 'b, c', '', 'say "x"'])

    def test_blanks_inside_quotes_stay(self):
        self.assertEqual(split_fields('a," 1FG"'), ['a', ' 1FG'])

    def test_comment_ends_a_line_but_not_inside_quotes(self):
        self.assertEqual(strip_comment('a,"b;c" ; d'), 'a,"b;c" ')


class InfTest(unittest.TestCase):
    def install(self, lines, section='Install', registry=None):
        registry = registry or Registry()
        Inf(lines).install(section, registry)
        return registry

    def value(self, line, name=''):
        registry = self.install('[Install]\nAddReg=A\n[A]\n' + line)
        return registry.get(MACHINE + 'Software\\K', name)

    def test_types(self):
        self.assertEqual(self.value(r'HKLM,Software\K,,,text'), (1, 'text\0'.encode('utf-16-le')))
        self.assertEqual(self.value(r'HKLM,Software\K,,0x20000,"%%X%%"'), (2, '%X%\0'.encode('utf-16-le')))
        self.assertEqual(self.value(r'HKLM,Software\K,,1,21,81,7c,23'), (3, b'\x21\x81\x7c\x23'))
        self.assertEqual(self.value(r'HKLM,Software\K,,0x10001,0x1f4'), (4, b'\xf4\1\0\0'))
        self.assertEqual(self.value(r'HKLM,Software\K,,0x40002,5'), (4, b'\5\0\0\0'))
        self.assertEqual(self.value(r'HKLM,Software\K,,0x10000,a,b'), (7, 'a\0b\0\0'.encode('utf-16-le')))

    def test_link(self):
        lines = '[Install]\nAddReg=A,A\n[A]\nHKLM,L,SymbolicLinkValue,0x60000,\\Registry\\Machine\\T\nHKLM,L\\Sub,V,,x'
        registry = self.install(lines)
        link = registry.keys[(MACHINE + 'L').lower()]
        self.assertEqual(list(link.values.values()), [('SymbolicLinkValue', 6, r'\Registry\Machine\T'.encode('utf-16-le'))])
        self.assertIn('v', registry.keys[(MACHINE + 'T\\Sub').lower()].values)

    def test_key_only_makes_no_value(self):
        registry = self.install('[Install]\nAddReg=A\n[A]\nHKLM,Software\\K,,16')
        self.assertEqual(registry.key(MACHINE + 'Software\\K').values, {})

    def test_directories_strings_and_unknown_names(self):
        lines = '[Install]\nAddReg=A\n[A]\nHKLM,%Where%\\K,,,"%11%\\x.exe %24%\\y %Other% %1"\n[Strings]\nWhere="Software"'
        kind, data = self.install(lines).get(MACHINE + 'Software\\K', '')
        self.assertEqual(words(data)[0], r'C:\Windows\system32\x.exe C:\y %Other% %1')

    def test_continued_lines_are_one(self):
        registry = self.install('[Install]\nAddReg=A,\\\n  B\n[A]\n[B]\nHKCU,K,V,1,01,\\\n02')
        self.assertEqual(registry.get(r'\Registry\User\CURRENT\K', 'v'), (3, b'\1\2'))

    def test_noclobber_keeps_and_append_adds(self):
        lines = ('[Install]\nAddReg=A\n[A]\nHKLM,K,V,0x10003,1\nHKLM,K,V,0x10003,2\n'
                 'HKLM,K,M,0x10000,a\nHKLM,K,M,0x10008,b')
        registry = self.install(lines)
        self.assertEqual(registry.get(MACHINE + 'K', 'V'), (4, b'\1\0\0\0'))
        self.assertEqual(words(registry.get(MACHINE + 'K', 'M')[1]), ['a', 'b', '', ''])

    def test_delete(self):
        lines = ('[Install]\nDelReg=D\n[D]\nHKLM,K\\Sub\nHKLM,K,V\n[First]\nAddReg=A\n'
                 '[A]\nHKLM,K\\Sub\\Deep,,,x\nHKLM,K,V,,x\nHKLM,K,W,,x')
        registry = self.install(lines, 'First')
        self.install(lines, 'Install', registry=registry)
        self.assertEqual(list(registry.key(MACHINE + 'K').values), ['w'])
        self.assertNotIn((MACHINE + 'K\\Sub\\Deep').lower(), registry.keys)

    def test_service(self):
        lines = ('[Install]\n[Install.Services]\nAddService=Ours,0x800,OurService\n[OurService]\nDisplayName="Our Service"\n'
                 'ServiceBinary="%11%\\ours.exe -k"\nServiceType=32\nStartType=2\nErrorControl=1\nAddReg=Keys\n'
                 '[Keys]\nHKR,Parameters,"ServiceDll",,"%11%\\ours.dll"')
        registry = self.install(lines)
        path = MACHINE + r'System\CurrentControlSet\Services\Ours'
        self.assertEqual(registry.get(path, 'Start'), (4, b'\2\0\0\0'))
        self.assertEqual(words(registry.get(path, 'ImagePath')[1])[0], r'C:\Windows\system32\ours.exe -k')
        self.assertEqual(words(registry.get(path + r'\Parameters', 'ServiceDll')[1])[0], r'C:\Windows\system32\ours.dll')

    def test_32_bit_view_follows_links_to_shared_keys(self):
        lines = ('[Shared]\nAddReg=L\n[L]\nHKLM,Software\\Wow6432Node\\Shared,SymbolicLinkValue,0x60000,'
                 '\\Registry\\Machine\\Software\\Shared\n[Install]\nAddReg=A\n[A]\nHKLM,Software\\Shared,V,,x\nHKLM,Software\\Own,V,,x')
        registry = self.install(lines, 'Shared')
        self.install(lines, registry=View32(registry))
        self.assertIn('v', registry.keys[(MACHINE + 'Software\\Shared').lower()].values)
        self.assertIn('v', registry.keys[(MACHINE + 'Software\\Wow6432Node\\Own').lower()].values)

    def test_32_bit_view_of_paths(self):
        for path, want in (('Software\\Own', 'Software\\Wow6432Node\\Own'), ('System\\Select', 'System\\Select'),
                           ('Software\\Classes\\.exe', 'Software\\Classes\\.exe'), ('Software\\Classes', 'Software\\Classes'),
                           ('SOFTWARE\\Classes\\clsid\\{1}', 'Software\\Classes\\Wow6432Node\\clsid\\{1}'),
                           ('Software\\Classes\\TypeLib\\{1}\\1.0\\0\\win64',
                            'Software\\Classes\\TypeLib\\{1}\\1.0\\0\\win32')):
            self.assertEqual(redirect(MACHINE + path), MACHINE + want)

    def test_places_of_files(self):
        inf = Inf('[FakeDlls]\n11,wbem,b.dll\n11,,gone.dll,-\n16422,Reader,read.exe\n11,,*')
        paths = dict(module_paths(inf, ['a.dll', 'b.dll', 'gone.dll', 'read.exe', 'x.sys']))
        self.assertEqual(paths, {'a.dll': r'C:\Windows\system32\a.dll', 'b.dll': r'C:\Windows\system32\wbem\b.dll',
                                 'read.exe': r'C:\Program Files\Reader\read.exe',
                                 'x.sys': r'C:\Windows\system32\drivers\x.sys'})


class Script(unittest.TestCase):
    def run_script(self, script, registry=None):
        registry = registry or Registry()
        run_script(script, registry, {'MODULE': r'C:\m.dll'})
        return registry

    def test_keys_values_and_types(self):
        registry = self.run_script("HKLM\n{\n NoRemove K\n {\n  'a b' = s 'it''s %MODULE% 100%%'\n  {\n"
                                   "   val D = d 12\n   val B = b '0102f'\n  }\n }\n}")
        path = MACHINE + 'K\\a b'
        self.assertEqual(words(registry.get(path, '')[1])[0], r"it's C:\m.dll 100%")
        self.assertEqual(registry.get(path, 'D'), (4, b'\x0c\0\0\0'))
        self.assertEqual(registry.get(path, 'B'), (3, b'\1\2\xf0'))

    def test_a_quoted_brace_or_keyword_is_a_name(self):
        registry = self.run_script("HKLM { '}' { val '{' = s x } 'val' }")
        self.assertEqual(words(registry.get(MACHINE + '}', '{')[1])[0], 'x')
        self.assertIn((MACHINE + 'val').lower(), registry.keys)

    def test_force_remove_and_delete(self):
        registry = self.run_script("HKLM { A { Old } B { Old } }")
        self.run_script("HKLM { ForceRemove A { New } Delete B }", registry)
        self.assertEqual([k for k in registry.keys if k.startswith((MACHINE + 'a').lower())],
                         [(MACHINE + 'a').lower(), (MACHINE + 'a\\new').lower()])
        self.assertNotIn((MACHINE + 'B').lower(), registry.keys)

    def test_bad_scripts(self):
        for script in ('HKXX { }', 'HKLM { A', 'HKLM { val X }', "HKLM { A = q 'x' }", 'HKLM { A = s %WHAT% }', 'HKLM A'):
            with self.subTest(script), self.assertRaises(BadScript):
                self.run_script(script)


class Encoding(unittest.TestCase):
    def test_names_compare_without_case_and_keep_their_first(self):
        registry = Registry()
        registry.set(MACHINE + 'Key', 'Name', 4, b'\1\0\0\0')
        registry.set(MACHINE + 'KEY', 'NAME', 4, b'\2\0\0\0')
        self.assertEqual(registry.encode().count(b'Name'), 1)
        self.assertNotIn(b'NAME', registry.encode())

    def test_records(self):
        registry = Registry()
        registry.set('\\A', 'n', 3, b'xyz')
        self.assertEqual(registry.encode(), b'\1\0\2\0' + bytes(8) + b'\\A' + b'\2\0\1\0\3\0\0\0\3\0\0\0nxyz')

    def test_parents_come_before_children(self):
        registry = Registry()
        registry.key(r'\A\B\C')
        self.assertEqual([k.path for _, k in sorted(registry.keys.items())], ['\\A', '\\A\\B', '\\A\\B\\C'])


class Hiding(unittest.TestCase):
    def test_wine_is_renamed_or_gone(self):
        registry = Registry()
        registry.set(MACHINE + 'Wine\\Sub', 'a', 1, 'x\0'.encode('utf-16-le'))
        registry.set(MACHINE + 'K', 'open', 1, 'C:\\Windows\\system32\\winebrowser.exe %1\0'.encode('utf-16-le'))
        registry.set(MACHINE + 'K', 'WineName', 1, 'x\0'.encode('utf-16-le'))
        registry.set(MACHINE + 'K', 'author', 1, 'The Wine Project\0'.encode('utf-16-le'))
        registry.set(MACHINE + 'K', 'window', 1, 'Windows\0'.encode('utf-16-le'))
        hide_wine(registry)
        self.assertNotIn((MACHINE + 'Wine').lower(), registry.keys)
        self.assertNotIn((MACHINE + 'Wine\\Sub').lower(), registry.keys)
        values = registry.key(MACHINE + 'K').values
        self.assertEqual(sorted(values), ['open', 'window'])
        self.assertIn('iexplore.exe %1', words(values['open'][2])[0])


if __name__ == '__main__':
    unittest.main()
