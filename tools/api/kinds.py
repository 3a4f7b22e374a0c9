"""From C types to the kinds that the decoder knows (src/guest/trace/kinds.def).

A kind is written as text: `u32`, `wstr`, `^handle` (a pointer to one), `>wstr` (filled in by the
callee, so it is only worth reading when the call returns), `x32/file_access` (with a group of
constants), `struct[12]` (by value, with its size), `bytes[2]` (a buffer whose length is parameter 2,
counted from 0, or, as bytes[r], the result).
"""

import re

# A typedef name that says more than what it stands for.
SEMANTIC = {
    'BOOL': 'bool', 'WINBOOL': 'bool', 'BOOLEAN': 'bool8', '_Bool': 'bool8',
    'NTSTATUS': 'ntstatus', 'HRESULT': 'hresult', 'SECURITY_STATUS': 'hresult', 'SCODE': 'hresult',
    'LSTATUS': 'win32', 'NET_API_STATUS': 'win32', 'RPC_STATUS': 'win32', 'DNS_STATUS': 'win32',
    'HANDLE': 'handle', 'SC_HANDLE': 'handle', 'SOCKET': 'handle', 'HINTERNET': 'handle',
    'HGLOBAL': 'handle', 'HLOCAL': 'handle', 'HCRYPTPROV': 'handle', 'HCRYPTKEY': 'handle',
    'HCRYPTHASH': 'handle', 'HCERTSTORE': 'handle', 'HCRYPTMSG': 'handle', 'HKEY': 'hkey',
    'LPCSTR': 'str', 'PCSTR': 'str', 'LPCCH': 'str', 'PCCH': 'str', 'LPSTR': '>str', 'PSTR': '>str',
    'RPC_CSTR': 'str', 'PCNZCH': 'str', 'PCSZ': 'str',
    'LPCWSTR': 'wstr', 'PCWSTR': 'wstr', 'LPCWCH': 'wstr', 'PCWCH': 'wstr', 'LPCOLESTR': 'wstr',
    'BSTR': 'wstr', 'RPC_WSTR': 'wstr', 'PCNZWCH': 'wstr', 'PCUNZWCH': 'wstr', 'LPCUWSTR': 'wstr',
    'LPWSTR': '>wstr', 'PWSTR': '>wstr', 'LPOLESTR': '>wstr',
    'ACCESS_MASK': 'x32', 'REGSAM': 'x32', 'LCID': 'x32', 'LCTYPE': 'x32', 'LANGID': 'u16',
    'COLORREF': 'x32', 'ALG_ID': 'x32', 'ATOM': 'u16', 'HFILE': 'i32',
    'SIZE_T': 'uptr', 'size_t': 'uptr', 'rsize_t': 'uptr', 'SSIZE_T': 'iptr', 'ssize_t': 'iptr',
    'ULONG_PTR': 'xptr', 'DWORD_PTR': 'xptr', 'UINT_PTR': 'xptr', 'WPARAM': 'xptr',
    'LPARAM': 'xptr', 'LRESULT': 'xptr', 'KAFFINITY': 'xptr', 'uintptr_t': 'xptr',
    'LONG_PTR': 'iptr', 'INT_PTR': 'iptr', 'intptr_t': 'iptr', 'ptrdiff_t': 'iptr',
    'LARGE_INTEGER': 'i64', 'ULARGE_INTEGER': 'u64', 'LARGEINT': 'i64', 'FILETIME': 'filetime',
    'GUID': 'guid', 'UNICODE_STRING': 'ustr', 'ANSI_STRING': 'astr', 'STRING': 'astr',
    'OEM_STRING': 'astr', 'OBJECT_ATTRIBUTES': 'objattr', 'FARPROC': 'code', 'PROC': 'code',
    'NEARPROC': 'code', 'va_list': 'pointer', '__builtin_va_list': 'pointer', 'time_t': 'iptr',
    'WCHAR': 'wchar', 'wchar_t': 'wchar', 'CHAR': 'char', 'UCHAR': 'u8', 'BYTE': 'u8',
    'HMIDIIN': 'handle', 'HMIDIOUT': 'handle', 'HWAVEIN': 'handle', 'HWAVEOUT': 'handle',
}
SEMANTIC_TAG = {'sockaddr': 'sockaddr', '_GUID': 'guid', '_FILETIME': 'filetime',
                '_UNICODE_STRING': 'ustr', '_STRING': 'astr', '_OBJECT_ATTRIBUTES': 'objattr',
                'sockaddr_in': 'sockaddr', 'sockaddr_in6': 'sockaddr'}
# Structures that are only ever passed by address, and are read there.
BY_ADDRESS = {'guid', 'ustr', 'astr', 'objattr', 'sockaddr', 'filetime'}
# How long these are where they are passed by value.
VALUE_SIZE = {'guid': '16,16', 'filetime': '8,8'}

WORDS = {
    'void': 'void', 'char': 'char', 'char signed': 'i8', 'char unsigned': 'u8', 'short': 'i16',
    'int short': 'i16', 'short unsigned': 'u16', 'int short unsigned': 'u16', 'int': 'i32',
    'signed': 'i32', 'int signed': 'i32', 'unsigned': 'u32', 'int unsigned': 'u32', 'long': 'i32',
    'int long': 'i32', 'long unsigned': 'u32', 'int long unsigned': 'u32', 'long signed': 'i32',
    'long long': 'i64', 'int long long': 'i64', 'long long unsigned': 'u64',
    'int long long unsigned': 'u64', '__int64': 'i64', '__int64 unsigned': 'u64',
    'float': 'float', 'double': 'double', 'double long': 'struct[16,12]', '_Bool': 'bool8',
    '__int64 signed': 'i64', 'long long signed': 'i64', 'short signed': 'i16',
}
# What a group of constants can name.
NUMBERS = {'i8', 'i16', 'i32', 'iptr', 'u8', 'u16', 'u32', 'uptr', 'x32', 'xptr', 'handle', 'char'}
# ULONG_PTR, void * and such by the name of a handle.
HANDLE_NAME = re.compile(r'H[A-Z][A-Z0-9_]*$|.*_HANDLE$|HANDLE$')
HEX_NAME = re.compile(r'(?i)flags?|mask|access|attrib|options?$|style|ioctl|controlcode|^msg$|hash|crc')
LENGTH_NAME = re.compile(r'(?i)^(n|lp|p|pdw|lpdw)?(cb|cch|len|size|bytes|count)|^c$|(len|length|size|bytes|count|bytestowrite|bytestoread)$')


class Kinds:
    def __init__(self, reader, sizes, enum_groups):
        self.typedefs, self.sizes, self.enum_groups = reader.typedefs, sizes, enum_groups
        self.by_value = set()

    def resolve(self, type_):
        """The type with its typedefs undone."""
        seen = 0
        while type_.kind == 'name' and type_.name in self.typedefs and seen < 32:
            type_, seen = self.typedefs[type_.name], seen + 1
        return type_

    def names(self, type_):
        """The typedef names on the way, the type's own first."""
        while type_.kind == 'name' and type_.name in self.typedefs:
            yield type_.name
            type_ = self.typedefs[type_.name]
        if type_.kind == 'name':
            yield type_.name

    def kind(self, type_):
        """The kind of a parameter or result of this type."""
        for name in self.names(type_):
            if name in SEMANTIC:
                return self.of_value(SEMANTIC[name])
            if HANDLE_NAME.match(name) and self.is_opaque(type_):
                return 'handle'
        bare = self.resolve(type_)
        if bare.kind in ('pointer', 'array'):
            return self.pointer(bare.of, is_const(type_, bare, self))
        if bare.kind == 'function':
            return 'code'
        if bare.kind == 'enum':
            group = self.enum_groups.get(bare.name)
            return f'i32/{group}' if group else 'i32'
        if bare.kind in ('struct', 'union'):
            return self.structure(type_, bare)
        return WORDS.get(bare.name)

    def is_opaque(self, type_):
        """void *, or an integer as wide as a pointer"""
        bare = self.resolve(type_)
        if bare.kind == 'pointer':
            target = self.resolve(bare.of)
            return target.kind == 'name' and target.name == 'void'
        return WORDS.get(bare.name) in ('u64', 'i64')

    def of_value(self, kind):
        """BY_ADDRESS kinds that are passed by value are plain structures there."""
        if kind in VALUE_SIZE:
            return f'struct[{VALUE_SIZE[kind]}]'
        return None if kind in BY_ADDRESS else kind

    def structure(self, type_, bare):
        if bare.name in SEMANTIC_TAG:
            return self.of_value(SEMANTIC_TAG[bare.name])
        name = type_.name if type_.kind == 'name' else f'{bare.kind} {bare.name}'
        self.by_value.add(name)
        size = self.sizes.get(name)
        return f'struct[{size}]' if size else None

    def pointer(self, target, const):
        """A pointer to `target`."""
        for name in self.names(target):
            if name in SEMANTIC:
                return self.pointer_to(SEMANTIC[name], const)
            if HANDLE_NAME.match(name) and self.is_opaque(target):
                return self.pointer_to('handle', const)
        bare = self.resolve(target)
        if bare.kind == 'function':
            return 'code'
        if bare.kind in ('struct', 'union'):
            if bare.name in SEMANTIC_TAG:
                return self.pointer_to(SEMANTIC_TAG[bare.name], const)
            return 'handle' if bare.name.endswith('__') else 'pointer'
        if bare.kind in ('pointer', 'array'):
            return self.pointer_to(self.pointer(bare.of, is_const(target, bare, self)), const)
        if bare.kind == 'enum':
            group = self.enum_groups.get(bare.name)
            return self.pointer_to(f'i32/{group}' if group else 'i32', const)
        word = WORDS.get(bare.name)
        if word in (None, 'void') or word.startswith('struct'):
            return 'pointer'
        return self.pointer_to(word, const)

    def pointer_to(self, kind, const):
        if kind is None or kind == 'code' or kind.startswith('struct'):
            return 'pointer'
        if kind.startswith('^') or kind.startswith('>^'):
            return 'pointer'
        if kind == 'char':
            return 'str' if const else '>str'
        if kind == 'wchar':
            return 'wstr' if const else '>wstr'
        if kind in ('octets', '>octets', 'void'):
            return 'pointer' if kind == 'void' else '>^pointer'
        if kind == 'u8':
            return 'octets' if const else '>octets'
        if kind in BY_ADDRESS:
            # Callers pass these to be read; what a callee fills in is named in overrides.txt.
            return kind if const or kind not in ('guid', 'filetime', 'sockaddr') else '>' + kind
        return ('^' if const else '>^') + kind.lstrip('>')


def is_const(type_, bare, kinds):
    """Is what a pointer type points to const?"""
    del type_
    target = bare.of
    while True:
        if target.const:
            return True
        if target.kind == 'name' and target.name in kinds.typedefs:
            target = kinds.typedefs[target.name]
        else:
            return False


def with_hex(kind, name):
    """A number whose name says that it is a set of bits or a code reads better in hex."""
    if kind in ('u32', 'i32', 'uptr') and HEX_NAME.search(name):
        return 'x32' if kind != 'uptr' else 'xptr'
    return kind


def with_buffers(parameters):
    """Turns octets and untyped pointers that are followed by their length into bytes[n], and texts
    that come with their length into str[n] or wstr[n]. `parameters` is a list of
    [kind, name, untyped]."""
    for at, (kind, _, untyped) in enumerate(parameters):
        octets = kind in ('octets', '>octets')
        if has_length(parameters, at) and (octets or untyped):
            out = kind.startswith('>') or untyped == 'out'
            parameters[at][0] = ('>' if out else '') + f'bytes[{at + 1}]'
        elif has_length(parameters, at) and kind in ('str', 'wstr'):
            parameters[at][0] = f'{kind}[{at + 1}]'
        elif has_length(parameters, at, ('>^u32', '>^i32')) and (octets or untyped):
            parameters[at][0] = f'>bytes[{at + 1}]'
        elif octets:
            parameters[at][0] = 'pointer'


def has_length(parameters, at, kinds=('u32', 'i32', 'uptr')):
    """Is the next parameter this one's length?"""
    if at + 1 >= len(parameters):
        return False
    kind, name, _ = parameters[at + 1]
    return kind in kinds and bool(LENGTH_NAME.search(name))
