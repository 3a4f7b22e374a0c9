"""Setup information files (.inf), as far as they say what goes into a registry.

Follows Microsoft's "INF AddReg Directive", "INF AddService Directive" and "INF Strings Section".
"""

import re

from registry import (REG_BINARY, REG_DWORD, REG_EXPAND_SZ, REG_LINK, REG_MULTI_SZ, REG_SZ, ROOTS, number, text, texts)

FLAG_BINARY = 0x00000001
FLAG_KEEP = 0x00000002  # NOCLOBBER: leaves a value that is there already
FLAG_APPEND = 0x00000008
FLAG_KEY_ONLY = 0x00000010

# Some DLLs hand the names of their classes to the .inf at run time; lines about a class we cannot name are left out.
UNKNOWN_CLASS = re.compile(r'%(CLSID|IID|LIBID)_\w+%')

SERVICES = r'\Registry\Machine\System\CurrentControlSet\Services'

# "INF DirIds" and, from 16384 on, the CSIDLs of shlobj.h.
DIRECTORIES = {
    '10': r'C:\Windows',
    '11': r'C:\Windows\system32',
    '12': r'C:\Windows\system32\drivers',
    '17': r'C:\Windows\inf',
    '18': r'C:\Windows\help',
    '20': r'C:\Windows\fonts',
    '23': r'C:\Windows\system32\spool\drivers\color',
    '24': 'C:\\',
    '25': r'C:\Windows',
    '30': 'C:\\',
    '50': r'C:\Windows\system',
    '51': r'C:\Windows\system32\spool',
    '52': r'C:\Windows\system32\spool\drivers',
    '55': r'C:\Windows\system32\spool\prtprocs',
    '16422': r'C:\Program Files',
    '16426': r'C:\Program Files (x86)',
    '16427': r'C:\Program Files\Common Files',
    '16428': r'C:\Program Files (x86)\Common Files',
    '66000': r'C:\Windows\system32\spool\drivers',
}


def split_fields(line):
    """The fields of a line: separated by commas, quoted where they hold one, a doubled quote for a quote."""
    fields, field, quoted, at = [], '', False, 0
    while at < len(line):
        c = line[at]
        if quoted and line.startswith('""', at):
            field += '"'
            at += 1
        elif c == '"':
            quoted = not quoted
        elif c == ',' and not quoted:
            fields.append(field)
            field = ''
        elif quoted or not c.isspace() or field:
            field += c
        at += 1
        if not quoted and (at == len(line) or line[at] == ','):
            # Blanks around an unquoted field are not part of it.
            field = field if line[at - 1] == '"' else field.rstrip()
    return fields + [field]


def strip_comment(line):
    quoted = False
    for at, c in enumerate(line):
        if c == '"':
            quoted = not quoted
        elif c == ';' and not quoted:
            return line[:at]
    return line


class Inf:
    """Sections of lines, each line a list of fields; `directories` are what %11% and its like stand for."""

    def __init__(self, source, directories=DIRECTORIES):
        self.directories = directories
        self.sections = {}
        current = None
        for line in self._lines(source):
            if line.startswith('['):
                current = self.sections.setdefault(line[1:line.index(']')].lower(), [])
            elif current is not None:
                current.append(line)
        self.strings = {name.strip().lower(): split_fields(value.strip())[0]
                        for name, _, value in (line.partition('=') for line in self.sections.get('strings', []))}

    @staticmethod
    def _lines(source):
        joined = ''
        for line in source.splitlines():
            line = strip_comment(line).strip()
            if line.endswith('\\') and not line.endswith('"'):
                joined += line[:-1].strip()
                continue
            if joined + line:
                yield joined + line
            joined = ''

    def expand(self, field):
        """%11% is a directory, %Name% a string, %% a percent sign; anything else stays as it is."""
        def replacement(match):
            name, slash = match.group(1), match.group(2)
            if not name:
                return '%' + slash
            value = self.directories.get(name, self.strings.get(name.lower()))
            if value is None:
                return match.group(0)
            return value + ('' if value.endswith('\\') else slash)
        return re.sub(r'%([^%\\ ]*)%(\\?)', replacement, field)

    def fields(self, section):
        return [[self.expand(f) for f in split_fields(line)] for line in self.sections.get(section.lower(), [])]

    def directive(self, section, name):
        """The values of every `name=` line of a section."""
        for line in self.sections.get(section.lower(), []):
            key, equals, value = line.partition('=')
            if equals and key.strip().lower() == name.lower():
                yield [self.expand(f) for f in split_fields(value.strip())]

    def install(self, section, registry):
        """Apply what the section and its .Services change."""
        for names in self.directive(section, 'DelReg'):
            for name in names:
                self._delete(name, registry)
        for names in self.directive(section, 'AddReg'):
            for name in names:
                self._add_values(name, registry, None)
        for service, _, details in (v[:3] for v in self.directive(section + '.Services', 'AddService')):
            self._add_service(service, details, registry)

    def _add_values(self, section, registry, here):
        for fields in self.fields(section):
            fields += [''] * (4 - len(fields))
            root, subkey, name, flags = fields[:4]
            path = here if root.upper() == 'HKR' else ROOTS[root.upper()]
            path += '\\' + subkey if subkey else ''
            if UNKNOWN_CLASS.search(path + name):
                continue
            add_value(registry, path, name, int(flags or '0', 0), fields[4:])

    def _delete(self, section, registry):
        for fields in self.fields(section):
            path = ROOTS[fields[0].upper()] + '\\' + fields[1]
            if len(fields) > 2 and fields[2]:
                registry.delete_value(path, fields[2])
            else:
                registry.delete(path)

    def _add_service(self, service, details, registry):
        path = SERVICES + '\\' + service
        one = {line.partition('=')[0].strip().lower(): self.expand(split_fields(line.partition('=')[2].strip())[0])
               for line in self.sections[details.lower()]}
        for name, field in (('Type', 'servicetype'), ('Start', 'starttype'), ('ErrorControl', 'errorcontrol')):
            registry.set(path, name, REG_DWORD, number(int(one[field], 0)))
        registry.set(path, 'ImagePath', REG_EXPAND_SZ, text(one['servicebinary']))
        if int(one['servicetype'], 0) & 0x30:  # a driver runs as nobody
            registry.set(path, 'ObjectName', REG_SZ, text('LocalSystem'))
        for name, field in (('DisplayName', 'displayname'), ('Description', 'description'), ('Group', 'loadordergroup')):
            if field in one:
                registry.set(path, name, REG_SZ, text(one[field]))
        for names in self.directive(details, 'AddReg'):
            for name in names:
                self._add_values(name, registry, path)

    def places(self, section):
        """[(folder, file)] of a list of files to install, in its order; a file of '*' stands for all others."""
        for fields in self.fields(section):
            directory, folder, file = (fields + ['', ''])[:3]
            if file and fields[-1] != '-':
                base = self.directories.get(directory)
                if base:
                    yield base + ('\\' + folder if folder else ''), file.lower()

    def left_out(self, section):
        """Files that the list says not to install."""
        return {fields[2].lower() for fields in self.fields(section) if len(fields) > 3 and fields[3] == '-'}


def add_value(registry, path, name, flags, data):
    if flags & FLAG_KEY_ONLY:
        registry.key(path)
        return
    if flags & FLAG_KEEP and registry.get(path, name):
        return
    kind = value_type(flags)
    before = registry.get(path, name)
    if flags & FLAG_APPEND and before and before[0] == REG_MULTI_SZ:
        data = before[1].decode('utf-16-le').split('\0')[:-2] + data
    registry.set(path, name, kind, encode_value(kind, flags, data))


def value_type(flags):
    """The low bit says that the data are bytes, the high word which type; both zero is text."""
    kinds = {0: REG_SZ, 1: REG_MULTI_SZ, 2: REG_EXPAND_SZ, 6: REG_LINK, 4: REG_DWORD}
    binary = {0: REG_BINARY, 1: REG_DWORD}
    return (binary if flags & FLAG_BINARY else kinds)[flags >> 16]


def encode_value(kind, flags, data):
    if kind == REG_BINARY:
        return bytes(int(f, 16) for f in data if f)
    if kind == REG_DWORD:
        return number(int(data[0] or '0', 0))
    if kind == REG_MULTI_SZ:
        return texts(f for f in data if f)
    if kind == REG_LINK:
        return data[0].encode('utf-16-le')
    return text(data[0] if data else '')
