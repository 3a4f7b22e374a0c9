"""tools/gen_api.py: reading C declarations, the kinds of parameters, packing."""

import contextlib
import io
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / 'tools'), str(ROOT / 'tools' / 'api')]

import cdecl  # noqa: E402
import groups  # noqa: E402
import kinds  # noqa: E402
import pack  # noqa: E402

HEADER = '''
typedef unsigned long DWORD; typedef void *HANDLE; typedef HANDLE *PHANDLE; typedef const char *LPCSTR;
typedef int BOOL; typedef unsigned long long ULONG_PTR; typedef HANDLE BCRYPT_KEY_HANDLE;
struct HWND__ { int unused; }; typedef struct HWND__ *HWND;
typedef struct _GUID { DWORD a; unsigned char b[8]; } GUID;
typedef enum _COLOUR { Red, Green = (1 << 4), Blue } COLOUR;
typedef int (__attribute__((stdcall)) *CALLBACK_TYPE)(HANDLE, const void *);
__attribute__((dllimport)) HANDLE __attribute__((__stdcall__)) Open(LPCSTR name, DWORD flags);
extern int (*table[3])(int), unrelated;
static inline int twice(int x) { return x + x; }
void (*signal(int number, void (*handler)(int)))(int);
BOOL Write(HANDLE file, const void *buffer, DWORD nBytes, DWORD *written, COLOUR colour, GUID value);
int printf(const char *format, ...);
DWORD Nameless(PHANDLE, GUID *, CALLBACK_TYPE, HWND, BCRYPT_KEY_HANDLE, char *, ULONG_PTR, double);
DWORD Nameless(PHANDLE out, GUID *, CALLBACK_TYPE, HWND, BCRYPT_KEY_HANDLE, char *, ULONG_PTR, double);
@ what is this;
int after(void);
'''


class Declarations(unittest.TestCase):
    def setUp(self):
        self.reader = cdecl.Reader(HEADER).read()
        self.kinds = kinds.Kinds(self.reader, {'GUID': '12,12'}, {'_COLOUR': 'COLOUR'})

    def kinds_of(self, name):
        return [self.kinds.kind(type_) for _, type_ in self.reader.functions[name].parameters]

    def test_functions(self):
        self.assertEqual(set(self.reader.functions),
                         {'Open', 'twice', 'signal', 'Write', 'printf', 'Nameless', 'after'})
        self.assertEqual([n for n, _ in self.reader.functions['Open'].parameters], ['name', 'flags'])
        self.assertEqual(self.reader.functions['after'].parameters, [])
        self.assertTrue(self.reader.functions['printf'].variadic)
        self.assertEqual(self.reader.functions['signal'].result.kind, 'pointer')
        self.assertEqual(self.reader.malformed, 1)

    def test_enumerators(self):
        self.assertEqual(self.reader.enums['_COLOUR'], ['Red', 'Green', 'Blue'])

    def test_a_later_prototype_gives_names(self):
        self.assertEqual(self.reader.functions['Nameless'].parameters[0][0], 'out')

    def test_kinds(self):
        self.assertEqual(self.kinds_of('Open'), ['str', 'u32'])
        self.assertEqual(self.kinds_of('Write'),
                         ['handle', 'pointer', 'u32', '>^u32', 'i32/COLOUR', 'struct[16,16]'])
        self.assertEqual(self.kinds_of('Nameless'),
                         ['>^handle', '>guid', 'code', 'handle', 'handle', '>str', 'xptr', 'double'])
        self.assertEqual(self.kinds_of('signal'), ['i32', 'code'])

    def test_buffers_find_their_length(self):
        rows = [['pointer', 'buffer', 'in'], ['u32', 'nBytes', ''], ['wstr', 'text', ''], ['i32', 'flags', '']]
        kinds.with_buffers(rows)
        self.assertEqual([row[0] for row in rows], ['bytes[1]', 'u32', 'wstr', 'i32'])


class Groups(unittest.TestCase):
    def test_patterns(self):
        uses = groups.Uses([('Open.flags', 'exact'), ('Open*.f*', 'wild')])
        self.assertEqual(uses.of_function('Open', ['flags', 'file']), {'flags': 'exact', 'file': 'wild'})
        self.assertEqual(uses.of_function('Close', ['flags']), {})

    def test_every_group_is_used_by_a_function(self):
        with open(ROOT / 'src/guest/trace/functions.tab', encoding='ascii') as text:
            table = text.read()
        for group in groups.read():
            self.assertRegex(table, f'/{group.name}[: \n]', group.name)


class Packing(unittest.TestCase):
    def test_fields_of_a_kind(self):
        number = {'access': 4}
        self.assertEqual(pack.kind_fields('wstr', number), (0, 0, 'WSTR', 0))
        self.assertEqual(pack.kind_fields('>^u32/access', number), (1, 1, 'U32', 5))
        self.assertEqual(pack.kind_fields('>bytes[2]', number), (1, 0, 'BYTES', 3))
        self.assertEqual(pack.kind_fields('>bytes[r]', number), (1, 0, 'BYTES', pack.RESULT_LENGTH))
        self.assertEqual(pack.kind_fields('struct[24,16]', number), (0, 0, 'STRUCT', 24 << 8 | 16))

    def test_flags_with_more_bits_come_first(self):
        entries = [(1, 'ONE'), (3, 'BOTH'), (2, 'TWO')]
        self.assertEqual(pack.by_weight('flags x', entries)[0], (3, 'BOTH'))
        self.assertEqual(pack.by_weight('enum x', entries), entries)

    def test_a_table_becomes_c(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, 'functions.tab').write_text('# x\nmodules a.dll\nF a.dll void u32/g:n ...\n')
            Path(folder, 'constants.tab').write_text('# x\nflags g\n    0x1 ONE\n')
            Path(folder, 'codes.tab').write_text('ntstatus\n    0x0 OK\nwin32\nhresult\n')
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                pack.pack(folder)
        self.assertIn('API_U32, 0, 0, 1}', out.getvalue())
        self.assertIn('"ONE\\0"', out.getvalue())


if __name__ == '__main__':
    unittest.main()
