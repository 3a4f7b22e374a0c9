"""Packs the tables into C: src/guest/trace/table.h says what the arrays mean.

Every name is kept once, in one run of NUL-terminated texts, and everything else refers to it by
offset, so that the arrays hold no pointers and stay shared, unrelocated pages of the program.
"""

import os
import re

RESULT_LENGTH = 0xFFFF  # detail of bytes[r]


def lines_of(folder, name):
    with open(os.path.join(folder, name), encoding='ascii') as text:
        return [line.rstrip('\n') for line in text if not line.startswith('#')]


class Pool:
    """Texts, each once, and where they begin."""

    def __init__(self):
        self.offsets, self.size = {}, 0
        self.add('')

    def add(self, text):
        if text not in self.offsets:
            self.offsets[text] = self.size
            self.size += len(text) + 1
        return self.offsets[text]

    def emit(self):
        print('static const char api_text[] =')
        for text in self.offsets:
            print(f'    "{text}\\0"')
        print('    ;')


class Numbered:
    """Rows, each once, and their numbers."""

    def __init__(self):
        self.numbers = {}

    def add(self, row):
        return self.numbers.setdefault(row, len(self.numbers))


def read_sections(folder, name):
    """[(first line of a section, [(value, name)])] of a table with indented rows."""
    sections = []
    for line in lines_of(folder, name):
        if line.startswith(' '):
            value, text = line.split()
            sections[-1][1].append((int(value, 16), text))
        else:
            sections.append((line, []))
    return sections


KIND = re.compile(r'(>?)(\^?)([a-z0-9]+)(?:\[(\w+)(?:,(\d+))?\])?(?:/(\S+))?$')


def kind_fields(kind, groups):
    """(out, pointer, kind, detail) of a kind's text."""
    out, pointer, base, first, second, group = KIND.match(kind).groups()
    detail = groups[group] + 1 if group else 0
    if base == 'struct':
        detail = int(first) << 8 | int(second)
        if int(first) > 255 or int(second) > 255:
            base, detail = 'pointer', 0
    elif first:
        detail = RESULT_LENGTH if first == 'r' else int(first) + 1
    return int(bool(out)), int(bool(pointer)), base.upper(), detail


class Functions:
    def __init__(self, folder, pool, groups):
        self.pool, self.groups = pool, groups
        self.parameters, self.sequences, self.flat = Numbered(), {}, []
        self.modules, self.rows = [], []
        for line in lines_of(folder, 'functions.tab'):
            words = line.split()
            if words[0] == 'modules':
                self.modules = words[1:]
            else:
                self.add(words)

    def parameter(self, kind, name):
        out, pointer, base, detail = kind_fields(kind, self.groups)
        return self.parameters.add((self.pool.add(name), base, out, pointer, detail))

    def sequence(self, numbers):
        if numbers not in self.sequences:
            self.sequences[numbers] = len(self.flat)
            self.flat += numbers
        return self.sequences[numbers]

    def add(self, words):
        name, module, result, *rest = words
        variadic = rest[-1:] == ['...']
        numbers = tuple(self.parameter(*p.rsplit(':', 1)) for p in rest[:len(rest) - variadic])
        self.rows.append((name, self.pool.add(name), self.modules.index(module),
                          self.parameter(result, ''), self.sequence(numbers), len(numbers),
                          int(variadic)))

    def emit(self):
        print('static const ApiParameterRow api_parameter_rows[] = {')
        for name, base, out, pointer, detail in self.parameters.numbers:
            print(f'    {{{name}, API_{base}, {out}, {pointer}, {detail}}},')
        print('};\nstatic const uint16_t api_sequences[] = {')
        emit_numbers(self.flat)
        print('};\nstatic const ApiSignature api_signatures[] = {')
        for _, name, module, result, first, count, variadic in sorted(self.rows):
            print(f'    {{{name}, {first}, {result}, {module}, {count}, {variadic}}},')
        print('};\nstatic const uint32_t api_modules[] = {')
        emit_numbers([self.pool.add(module) for module in self.modules])
        print('};')


def emit_numbers(numbers):
    for at in range(0, len(numbers), 16):
        print('    ' + ', '.join(str(n) for n in numbers[at:at + 16]) + ',')


def emit_names(title, sections, pool):
    """One array of (value, name) for all sections, and where each of them begins."""
    starts, rows = [], []
    for _, entries in sections:
        starts.append(len(rows))
        rows += [(value, pool.add(name)) for value, name in entries]
    print(f'static const ApiNameRow {title}_rows[] = {{')
    for value, name in rows:
        print(f'    {{{value:#x}, {name}}},')
    print(f'}};\nstatic const uint16_t {title}_starts[] = {{')
    emit_numbers(starts + [len(rows)])
    print('};')


def by_weight(head, entries):
    """Flags with more bits first, so that a name for several bits is tried before theirs."""
    if not head.startswith('flags'):
        return entries
    return sorted(entries, key=lambda e: -bin(e[0]).count('1'))


def pack(folder):
    pool = Pool()
    constants = [(head, by_weight(head, entries))
                 for head, entries in read_sections(folder, 'constants.tab')]
    groups = {head.split()[1]: number for number, (head, _) in enumerate(constants)}
    functions = Functions(folder, pool, groups)
    codes = read_sections(folder, 'codes.tab')
    print('/* Made by tools/gen_api.py pack; see table.h. */')
    functions.emit()
    print('enum { API_SIGNATURE_COUNT = sizeof(api_signatures) / sizeof(api_signatures[0]) };')
    emit_names('api_constant', constants, pool)
    print('static const bool api_group_flags[] = {')
    emit_numbers([int(head.startswith('flags')) for head, _ in constants])
    print('};')
    emit_names('api_code', codes, pool)
    pool.emit()
    return 0
