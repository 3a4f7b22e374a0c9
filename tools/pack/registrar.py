"""Registrar scripts (.rgs), by which a DLL says what its registration writes.

Follows Microsoft's "Creating Registrar Scripts" (ATL): keys in braces, NoRemove/ForceRemove/Delete before a name,
`val` for a named value, `= s 'text'` for a value's data.
"""

import re

from registry import REG_BINARY, REG_DWORD, REG_SZ, ROOTS, number, text

# A quoted word doubles its quotes; a brace stands alone only before a blank, because names may begin with one.
TOKEN = re.compile(r"'((?:[^']|'')*)'|([{}])(?=\s|$)|(=)|(\S+)")


class BadScript(ValueError):
    """The script does not follow the grammar."""


def replace_names(script, names):
    """%NAME% by what it stands for, %% by a percent sign."""
    def replacement(match):
        name = match.group(1).upper()
        if name and name not in names:
            raise BadScript(f'unknown replacement %{name}%')
        return names[name] if name else '%'
    return re.sub('%([^%]*)%', replacement, script)


class Words:
    """The words of a script; a quoted one is never a keyword or a brace."""

    def __init__(self, script):
        self.words = [(m.group(1).replace("''", "'"), True) if m.group(1) is not None else (m.group(0), False)
                      for m in TOKEN.finditer(script)]
        self.at = 0

    def next(self):
        if self.at >= len(self.words):
            raise BadScript('the script ends early')
        self.at += 1
        return self.words[self.at - 1]

    def accept(self, word):
        if self.at < len(self.words) and self.words[self.at] == (word, False):
            self.at += 1
            return True
        return False

    def done(self):
        return self.at >= len(self.words)


def run_script(script, registry, names):
    words = Words(replace_names(script, names))
    while not words.done():
        root, _ = words.next()
        if root.upper() not in ROOTS or not words.accept('{'):
            raise BadScript(f'no root key: {root}')
        run_keys(words, registry, ROOTS[root.upper()])


def run_keys(words, registry, path):
    """Everything up to the closing brace."""
    while not words.accept('}'):
        word, quoted = words.next()
        keyword = None if quoted else word.lower()
        if keyword in ('noremove', 'forceremove', 'delete', 'val'):
            word, _ = words.next()
        if keyword == 'val':
            if not words.accept('='):
                raise BadScript(f'value without data: {word}')
            set_value(words, registry, path, word)
        elif keyword == 'delete':
            registry.delete(path + '\\' + word)
        else:
            run_key(words, registry, path + '\\' + word, keyword == 'forceremove')


def run_key(words, registry, path, fresh):
    if fresh:
        registry.delete(path)
    registry.key(path)
    if words.accept('='):
        set_value(words, registry, path, '')
    if words.accept('{'):
        run_keys(words, registry, path)


def set_value(words, registry, path, name):
    kind, _ = words.next()
    data, _ = words.next()
    if kind == 's':
        registry.set(path, name, REG_SZ, text(data))
    elif kind == 'd':
        registry.set(path, name, REG_DWORD, number(int(data, 0)))
    elif kind == 'b':
        registry.set(path, name, REG_BINARY, bytes.fromhex(data if len(data) % 2 == 0 else data + '0'))
    else:
        raise BadScript(f'unknown type of value: {kind}')
