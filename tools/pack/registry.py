"""The initial registry of a guest, and its form in the pack (docs/pack.md)."""

import struct

REG_NONE, REG_SZ, REG_EXPAND_SZ, REG_BINARY, REG_DWORD, REG_LINK, REG_MULTI_SZ = 0, 1, 2, 3, 4, 6, 7

ROOTS = {
    'HKCR': r'\Registry\Machine\Software\Classes',
    'HKEY_CLASSES_ROOT': r'\Registry\Machine\Software\Classes',
    'HKCU': r'\Registry\User\CURRENT',
    'HKEY_CURRENT_USER': r'\Registry\User\CURRENT',
    'HKLM': r'\Registry\Machine',
    'HKEY_LOCAL_MACHINE': r'\Registry\Machine',
    'HKU': r'\Registry\User',
    'HKEY_USERS': r'\Registry\User',
}

LINK_NAME = 'SymbolicLinkValue'

RECORD = struct.Struct('<BBHII')
RECORD_KEY, RECORD_VALUE = 1, 2


def text(value):
    """A REG_SZ as the registry holds it."""
    return (value + '\0').encode('utf-16-le')


def texts(values):
    """A REG_MULTI_SZ."""
    return ''.join(v + '\0' for v in values).encode('utf-16-le') + b'\0\0'


def number(value):
    return struct.pack('<I', value & 0xFFFFFFFF)


class Key:
    def __init__(self, path):
        self.path = path
        self.values = {}  # lower-case name: (name, type, data)


class Registry:
    """Keys by their full path; names compare without case, as Windows does, and keep the case of their first use."""

    def __init__(self):
        self.keys = {}

    def resolve(self, path):
        """The path with the links along it followed, so that a shared 32-bit key is written once."""
        at = 0
        while at < len(path):
            at = path.find('\\', at + 1)
            at = len(path) if at == -1 else at
            key = self.keys.get(path[:at].lower())
            link = key and key.values.get(LINK_NAME.lower())
            if link:
                path = link[2].decode('utf-16-le') + path[at:]
                at = 0
        return path

    def key(self, path):
        """The key of that path, made with its parents where it is new."""
        return self._make(self.resolve(path))

    def _make(self, path):
        found = self.keys.get(path.lower())
        if found is None:
            parent, _, name = path.rpartition('\\')
            if parent:
                path = self.key(parent).path + '\\' + name
            found = self.keys[path.lower()] = Key(path)
        return found

    def link(self, path, target):
        """Make the key of that path a link, whatever it was."""
        parent, _, name = path.rpartition('\\')
        key = self._make(self.resolve(parent) + '\\' + name)
        key.values = {LINK_NAME.lower(): (LINK_NAME, REG_LINK, target)}

    def set(self, path, name, kind, data):
        if kind == REG_LINK:
            self.link(path, data)
            return
        values = self.key(path).values
        name = values[name.lower()][0] if name.lower() in values else name
        values[name.lower()] = (name, kind, data)

    def get(self, path, name):
        """(type, data) or None; makes no key."""
        key = self.keys.get(self.resolve(path).lower())
        value = key and key.values.get(name.lower())
        return value[1:] if value else None

    def delete(self, path):
        """The key and everything below it."""
        path = self.resolve(path).lower()
        self.keys = {p: k for p, k in self.keys.items() if p != path and not p.startswith(path + '\\')}

    def delete_value(self, path, name):
        key = self.keys.get(self.resolve(path).lower())
        if key:
            key.values.pop(name.lower(), None)

    def encode(self):
        out = bytearray()
        for _, key in sorted(self.keys.items()):
            out += self._record(RECORD_KEY, key.path, 0, b'')
            for _, (name, kind, data) in sorted(key.values.items()):
                out += self._record(RECORD_VALUE, name, kind, data)
        return bytes(out)

    @staticmethod
    def _record(record, name, kind, data):
        name = name.encode()
        return RECORD.pack(record, 0, len(name), kind, len(data)) + name + data
