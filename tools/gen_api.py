#!/usr/bin/env python3
"""Makes the tables of src/guest/trace/ out of mingw-w64's headers and import libraries.

  gen_api.py write DIR    writes DIR/functions.tab, constants.tab and codes.tab
  gen_api.py check DIR    says whether DIR's tables are what this mingw-w64 gives; exit status 0 where
                          they are, 1 where they are not, 77 where mingw-w64 is absent or another version
  gen_api.py pack DIR     prints the tables as C

functions.tab has a line for each function: its name, its home DLL, the kind of its result, and
KIND:NAME for each parameter (see api/kinds.py for what a kind is). A build needs only `pack`, so it
works without mingw-w64.
"""

import collections
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'api'))

import cdecl      # noqa: E402
import compiler   # noqa: E402
import groups as grouping  # noqa: E402
import imports    # noqa: E402
import kinds      # noqa: E402
import pack       # noqa: E402

UNITS = ('own', 'user', 'apart', 'native', 'ucrt')
TABLES = ('functions.tab', 'constants.tab', 'codes.tab')
DOUBLE_WORDS = {'i64', 'u64', 'double'}
Row = collections.namedtuple('Row', 'name module result parameters variadic')


class Unit:
    """One file of headers, preprocessed and read."""

    def __init__(self, name):
        text = compiler.preprocess(name)
        self.name, self.macros = name, compiler.macros_of(text)
        self.reader = cdecl.Reader(text).read()
        self.kinds = kinds.Kinds(self.reader, {}, enum_groups(self.reader))


def enum_groups(reader):
    """{tag: group name}: the typedef's name where the enumeration has one."""
    found = {tag: tag.lstrip('_') for tag in reader.enums if tag[0] != '<'}
    for name, type_ in reader.typedefs.items():
        if type_.kind == 'enum' and type_.name in reader.enums:
            found[type_.name] = name
    return found


# ---- functions ----

def parameter_name(name, number):
    name = name.lstrip('_')
    return name if name else f'arg{number + 1}'


def parameters_of(unit, function, overrides, uses):
    """[(kind, name)] of a function's parameters, or None where a type is not understood."""
    rows = []
    for number, (name, type_) in enumerate(function.parameters):
        kind = unit.kinds.kind(type_)
        if kind in (None, 'void'):
            return None
        rows.append([kind, parameter_name(name, number), untyped_buffer(unit, kind, type_)])
    kinds.with_buffers(rows)
    names = [name for _, name, _ in rows]
    overridden = overrides.of_function(function.name, names)
    grouped = uses.of_function(function.name, names)
    return [(finish(override(kind, overridden.get(name)), name, grouped.get(name)), name)
            for kind, name, _ in rows]


def override(kind, other):
    if other == 'in':
        return kind[1:] if kind.startswith(('>str', '>wstr', '>bytes')) else kind
    return other or kind


def untyped_buffer(unit, kind, type_):
    """'in' or 'out' for a pointer to void or to bytes that a length may follow, else ''."""
    bare = unit.kinds.resolve(type_)
    if bare.kind != 'pointer':
        return ''
    target = unit.kinds.resolve(bare.of)
    is_buffer = target.kind == 'name' and target.name in ('void', 'char') \
        and kind in ('pointer', 'str', '>str') and type_.kind != 'name' \
        or kind == 'pointer' and target.kind == 'name' and target.name == 'void'
    if not is_buffer:
        return ''
    return 'in' if kinds.is_const(type_, bare, unit.kinds) or constant_name(type_) else 'out'


def constant_name(type_):
    return type_.kind == 'name' and type_.name.startswith(('LPC', 'PC'))


def finish(kind, name, group):
    if kind.lstrip('>^') == 'hkey':
        return kind + '/registry_root'
    if group and kind.lstrip('>^') in kinds.NUMBERS:
        return f'{kind}/{group}'
    return kinds.with_hex(kind, name)


def x86_bytes(parameters):
    """How many bytes of stack a function's arguments take on x86."""
    total = 0
    for kind, _ in parameters:
        if kind in DOUBLE_WORDS:
            total += 8
        elif kind.startswith('struct['):
            total += (int(kind[7:-1].split(',')[1]) + 3) // 4 * 4
        else:
            total += 4
    return total


def hidden_result(kind):
    """Does a result of this kind come back through a hidden first argument?"""
    return kind.startswith('struct[') and int(kind[7:-1].split(',')[0]) > 8


def row_of(unit, function, export, overrides, uses, complain):
    parameters = parameters_of(unit, function, overrides, uses)
    result = unit.kinds.kind(function.result)
    if parameters is None or result is None:
        complain(f'{function.name}: a type is not understood')
        return None
    if hidden_result(result):
        parameters.insert(0, ('pointer', 'result'))
        result = 'pointer'
    if result.startswith('struct['):
        result = 'u64'
    bytes_ = x86_bytes(parameters)
    # Some import libraries say @0 of everything.
    if export.bytes is None or export.bytes > 0 and export.bytes != bytes_:
        complain(f'{function.name}: takes {bytes_} bytes on x86, its export says {export.bytes}')
        return None
    group = uses.of_function(function.name, ['return']).get('return')
    result = override(result, overrides.of_function(function.name, ['return']).get('return'))
    result = result.lstrip('>').replace('octets', 'pointer')
    return Row(function.name, export.module, finish(result, '', group), parameters,
               function.variadic)


def probe_sizes(units):
    """Fills in the sizes of structures that are passed by value."""
    for unit in units:
        names = sorted(unit.kinds.by_value)
        sizes = [compiler.evaluate(unit.name, [f'sizeof({n})' for n in names], triple)
                 for triple in (compiler.X64, compiler.X86)]
        for name in names:
            expression = f'sizeof({name})'
            if all(expression in s for s in sizes):
                unit.kinds.sizes[name] = f'{sizes[0][expression]},{sizes[1][expression]}'


def functions(units, exports, uses, overrides, complain):
    rows = {}
    for unit in units:
        for name, function in unit.reader.functions.items():
            if name in exports and name not in rows:
                row = row_of(unit, function, exports[name], overrides, uses, complain)
                if row:
                    rows[name] = row
    return [rows[name] for name in sorted(rows)]


def with_forwards(rows):
    """The rows, and those of forwards.txt: a call of a forwarded export arrives at the other name."""
    known = {row.name: row for row in rows}
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'api', 'forwards.txt')
    with open(path, encoding='ascii') as text:
        pairs = [line.split() for line in text if line.strip() and line[0] != '#']
    for name, same_as in pairs:
        known.setdefault(name, known[same_as]._replace(name=name, module='ntdll.dll'))
    return [known[name] for name in sorted(known)]


# ---- constants and codes ----

def used_groups(rows):
    used = set()
    for row in rows:
        for kind in [row.result] + [kind for kind, _ in row.parameters]:
            if '/' in kind:
                used.add(kind.split('/')[1])
    return used


def enumeration_groups(units, used):
    """Groups made of the C enumerations that prototypes name."""
    found = {}
    for unit in units:
        for tag, name in unit.kinds.enum_groups.items():
            if name in used and name not in found and unit.reader.enums[tag]:
                group = grouping.Group(name, False)
                group.patterns = unit.reader.enums[tag]
                found[name] = (group, unit)
    return found


def fill(group, names, values):
    seen = set()
    for name in names:
        if name in values and values[name] & 0xFFFFFFFF not in seen:
            seen.add(values[name] & 0xFFFFFFFF)
            group.constants.append((name, values[name] & 0xFFFFFFFF))


def constants(units, rows, written):
    """All groups that rows use, with the values of their constants, by name."""
    used = used_groups(rows)
    macros = set().union(*(unit.macros for unit in units))
    wanted = {group.name: (group, group.names(macros), None)
              for group in written if group.name in used}
    for name, (group, unit) in enumeration_groups(units, used).items():
        wanted.setdefault(name, (group, group.patterns, unit))
    values = {}
    for unit in units:
        known = set(unit.macros).union(*unit.reader.enums.values())
        missing = {n for _, names, only in wanted.values() if only in (None, unit) for n in names}
        values.update(compiler.evaluate(unit.name, sorted((missing & known) - set(values))))
    for group, names, _ in wanted.values():
        fill(group, names, values)
    return [wanted[name][0] for name in sorted(wanted)]


PREFERRED = {'STATUS_SUCCESS', 'ERROR_SUCCESS', 'S_OK', 'STATUS_TIMEOUT', 'STATUS_PENDING', 'WAIT_TIMEOUT'}
WIN32_PREFIXES = ('ERROR_', 'WSA', 'DNS_ERROR_', 'RPC_S_', 'RPC_X_', 'EPT_S_')


def code_kind(name, expansion):
    """Which table a macro of the error headers belongs to, or None."""
    if '_HRESULT_TYPEDEF_' in expansion or name in ('S_OK', 'S_FALSE'):
        return 'hresult'
    if name.startswith('STATUS_') and 'NTSTATUS' in expansion:
        return 'ntstatus'
    if name.startswith('DBG_') and 'NTSTATUS' in expansion:
        return 'ntstatus'
    return 'win32' if name.startswith(WIN32_PREFIXES) or name == 'WAIT_TIMEOUT' else None


def codes():
    """{'ntstatus': {value: name}, ...}; of several names for a value the headers' first."""
    macros = compiler.macros_of(compiler.preprocess('codes'))
    tables = {'ntstatus': {}, 'win32': {}, 'hresult': {}}
    chosen = {name: code_kind(name, expansion) for name, expansion in macros.items()}
    values = compiler.evaluate('codes', [name for name, kind in chosen.items() if kind])
    for name in sorted(chosen, key=lambda n: n not in PREFERRED):
        kind, value = chosen[name], values.get(name)
        if kind is None or value is None:
            continue
        value &= 0xFFFFFFFF
        if kind != 'win32' or value < 0x10000:
            tables[kind].setdefault(value, name)
    return tables


# ---- the tables ----

def generate(complain):
    """{file name: text} of all tables."""
    units = [Unit(name) for name in UNITS]
    written = grouping.read()
    uses = grouping.Uses([(use, g.name) for g in written for use in g.uses])
    overrides = grouping.Uses(grouping.overrides())
    wanted = set().union(*(unit.reader.functions for unit in units))
    exports, modules = imports.exports(wanted)
    functions(units, exports, uses, overrides, lambda text: None)
    probe_sizes(units)
    rows = with_forwards(functions(units, exports, uses, overrides, complain))
    head = f'# mingw-w64 {compiler.version()}; made by tools/gen_api.py, not by hand\n'
    return {'functions.tab': head + functions_text(rows, modules),
            'constants.tab': head + constants_text(constants(units, rows, written)),
            'codes.tab': head + codes_text(codes())}


def functions_text(rows, modules):
    lines = ['modules ' + ' '.join(modules)]
    for row in rows:
        words = [row.name, row.module, row.result]
        words += [f'{kind}:{name}' for kind, name in row.parameters]
        lines.append(' '.join(words + (['...'] if row.variadic else [])))
    return '\n'.join(lines) + '\n'


def constants_text(found):
    lines = []
    for group in found:
        lines.append(f'{"flags" if group.flags else "enum"} {group.name}')
        lines += [f'    {value:#x} {name}' for name, value in group.constants]
    return '\n'.join(lines) + '\n'


def codes_text(tables):
    lines = []
    for kind, table in tables.items():
        lines.append(kind)
        lines += [f'    {value:#x} {name}' for value, name in sorted(table.items())]
    return '\n'.join(lines) + '\n'


def write(folder):
    complaints = []
    for name, text in generate(complaints.append).items():
        with open(os.path.join(folder, name), 'w', encoding='ascii') as out:
            out.write(text)
    print('\n'.join(complaints), file=sys.stderr)
    return 0


def check(folder):
    if not all(shutil.which(f'{t}-gcc') for t in (compiler.X64, compiler.X86)):
        print('skipped: no mingw-w64')
        return 77
    have = {}
    for name in TABLES:
        with open(os.path.join(folder, name), encoding='ascii') as text:
            have[name] = text.read()
    if f' {compiler.version()};' not in have['functions.tab'].split('\n', 1)[0]:
        print('skipped: the tables were made with another version of mingw-w64')
        return 77
    stale = [name for name, text in generate(lambda text: None).items() if text != have[name]]
    print('stale: ' + ' '.join(stale) if stale else 'the tables are current')
    return 1 if stale else 0


def main(arguments):
    actions = {'write': write, 'check': check, 'pack': pack.pack}
    if len(arguments) != 2 or arguments[0] not in actions:
        print(__doc__, file=sys.stderr)
        return 2
    return actions[arguments[0]](arguments[1])


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
