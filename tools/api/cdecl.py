"""Reads preprocessed C declarations: typedefs, enumerators and function prototypes.

Follows the declaration grammar of C17 (ISO/IEC 9899:2018, 6.7), as far as system headers use it:
statements and initialisers are skipped by counting brackets, attributes are passed over, C++ is not
read. A declaration that does not parse is counted and left out, never guessed at.
"""

import re

TOKEN = re.compile(r'''
    \s+ | \#[^\n]*                                   # blanks, line markers, pragmas
  | (?P<word>[A-Za-z_$][\w$]*)
  | (?P<number>\.?\d(?:[eEpP][+-]|[\w.])*)
  | (?P<text>L?"(?:[^"\\]|\\.)*"|L?'(?:[^'\\]|\\.)*')
  | (?P<mark>\.\.\.|.)
''', re.X | re.S)

QUALIFIERS = {'const', 'volatile', 'restrict', '__const', '__volatile__', '__restrict__',
              '__restrict', '__unaligned', '__ptr32', '__ptr64', '__extension__', '_Noreturn',
              '__w64'}
STORAGE = {'extern', 'static', 'inline', '__inline', '__inline__', 'register', 'auto',
           '_Thread_local', '__thread', '__forceinline'}
BUILTIN = {'void', 'char', 'short', 'int', 'long', 'signed', '__signed__', 'unsigned', 'float',
           'double', '_Bool', '__int128', '__int64', '__int32', '__int16', '__int8', '_Float16',
           '_Complex', '__float128', '__builtin_va_list'}
ATTRIBUTES = {'__attribute__', '__attribute', '__declspec', '_Alignas', '__asm__', 'asm', '__asm',
              '__pragma', '_Pragma'}
CALLING = {'__stdcall', '__cdecl', '__fastcall', '__thiscall', '__stdcall__', '__cdecl__',
           '__fastcall__', '__thiscall__'}
BRACKETS = {'(': ')', '[': ']', '{': '}'}


class Malformed(Exception):
    pass


class Type:
    """kind: 'name' (typedef or builtin words), 'struct', 'union', 'enum' (name = tag),
    'pointer' (of), 'array' (of), 'function' (of = result, parameters, variadic)."""

    def __init__(self, kind, name='', of=None, const=False):
        self.kind, self.name, self.of, self.const = kind, name, of, const
        self.parameters, self.variadic, self.calling = [], False, ''


class Function:
    def __init__(self, name, type_):
        self.name, self.result, self.parameters = name, type_.of, type_.parameters
        self.variadic, self.calling = type_.variadic, type_.calling


def tokens_of(text):
    return [m.group() for m in TOKEN.finditer(text) if m.lastgroup]


class Reader:
    """Parses a translation unit into `typedefs`, `enums` (tag -> names) and `functions`."""

    def __init__(self, text):
        self.tokens, self.at = tokens_of(text), 0
        self.typedefs, self.enums, self.functions = {}, {}, {}
        self.malformed = 0
        self.unnamed = 0

    # ---- the stream ----

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ''

    def next(self):
        token = self.peek()
        self.at += 1
        return token

    def accept(self, token):
        if self.peek() != token:
            return False
        self.at += 1
        return True

    def expect(self, token):
        if not self.accept(token):
            raise Malformed(f'{token} expected, {self.peek()} found')

    def skip_brackets(self):
        """Passes a balanced (...), [...] or {...} and returns where its inside begins and ends."""
        first, depth = self.at + 1, 0
        while self.at < len(self.tokens):
            token = self.next()
            if token in BRACKETS:
                depth += 1
            elif token in BRACKETS.values():
                depth -= 1
                if depth == 0:
                    return first, self.at - 1
        raise Malformed('a bracket is not closed')

    def skip_attributes(self):
        """Passes attributes; returns the calling convention that they name, or ''."""
        calling = ''
        while True:
            token = self.peek()
            if token in ATTRIBUTES:
                self.at += 1
                while self.peek() in ('volatile', '__volatile__'):
                    self.at += 1
                first, last = self.skip_brackets()
                calling = next((t for t in self.tokens[first:last] if t in CALLING), calling)
            elif token in CALLING:
                calling = token
                self.at += 1
            elif token in QUALIFIERS - {'const', '__const'}:
                self.at += 1
            else:
                return calling.strip('_')

    # ---- declarations ----

    def read(self):
        while self.at < len(self.tokens):
            start = self.at
            try:
                self.declaration()
            except Malformed:
                self.malformed += 1
                self.at = start
                self.skip_declaration()
        return self

    def skip_declaration(self):
        """To behind the next `;` or the `}` of a body, outside of all brackets."""
        while self.at < len(self.tokens):
            token = self.peek()
            if token in BRACKETS:
                try:
                    self.skip_brackets()
                except Malformed:
                    return
                if token == '{' and self.peek() not in (';', ',', '=', '*') and not self.is_word():
                    return
            else:
                self.at += 1
                if token == ';':
                    return

    def is_word(self):
        return bool(re.match(r'[A-Za-z_]', self.peek()))

    def declaration(self):
        if self.accept(';'):
            return
        if self.peek() == '_Static_assert':
            self.skip_declaration()
            return
        is_typedef, base, calling = self.specifiers()
        if self.accept(';'):
            return
        while True:
            name, type_ = self.declarator(base, calling)
            self.skip_attributes()
            if not name:
                raise Malformed('a declarator without a name')
            if is_typedef:
                self.typedefs[name] = type_
            elif type_.kind == 'function':
                self.add_function(Function(name, type_))
                if self.peek() == '{':
                    self.skip_brackets()
                    return
            if self.accept('='):
                self.skip_initialiser()
            if self.accept(','):
                continue
            self.expect(';')
            return

    def add_function(self, function):
        """The first prototype counts, unless a later one names what it left without a name."""
        known = self.functions.get(function.name)
        if known is None or not all(name for name, _ in known.parameters):
            self.functions[function.name] = function

    def skip_initialiser(self):
        while self.peek() not in (',', ';', ''):
            if self.peek() in BRACKETS:
                self.skip_brackets()
            else:
                self.at += 1

    def specifiers(self):
        """Declaration specifiers: (is it a typedef, the base type, calling convention)."""
        is_typedef, const, words, base, calling = False, False, [], None, ''
        while True:
            calling = self.skip_attributes() or calling
            token = self.peek()
            if token == 'typedef':
                is_typedef = True
            elif token in STORAGE:
                pass
            elif token in ('const', '__const'):
                const = True
            elif token in ('struct', 'union', 'enum'):
                base = self.tagged()
                continue
            elif token in ('__typeof__', 'typeof', '_Atomic'):
                raise Malformed('a computed type')
            elif token in BUILTIN:
                words.append(token)
            elif base is None and not words and self.is_word():
                base = Type('name', token)
            else:
                break
            self.at += 1
        if words:
            base = Type('name', ' '.join(sorted(words)))
        if base is None:
            raise Malformed(f'no type before {self.peek()}')
        if const:
            base = Type(base.kind, base.name, base.of, True)
        return is_typedef, base, calling

    def tagged(self):
        kind = self.next()
        self.skip_attributes()
        tag = ''
        if self.is_word():
            tag = self.next()
        self.skip_attributes()
        if kind == 'enum' and self.accept(':'):
            self.specifiers()
        if not tag:
            self.unnamed += 1
            tag = f'<{self.unnamed}>'
        if self.peek() == '{':
            first, last = self.skip_brackets()
            if kind == 'enum':
                self.enums[tag] = self.enumerators(first, last)
        return Type(kind, tag)

    def enumerators(self, first, last):
        names, depth, fresh = [], 0, True
        for token in self.tokens[first:last]:
            if fresh and depth == 0 and re.match(r'[A-Za-z_]', token):
                names.append(token)
                fresh = False
            elif token in BRACKETS:
                depth += 1
            elif token in BRACKETS.values():
                depth -= 1
            elif token == ',' and depth == 0:
                fresh = True
        return names

    def declarator(self, base, calling=''):
        """A declarator, abstract or not: (name or '', type). Built inside out: the suffixes bind
        to the base before what stands in the parentheses does."""
        calling = self.skip_attributes() or calling
        while self.accept('*'):
            base = Type('pointer', of=base)
            while True:
                calling = self.skip_attributes() or calling
                if not (self.accept('const') or self.accept('__const')):
                    break
                base.const = True
        inner = None
        if self.peek() == '(' and self.is_nested_declarator():
            self.at += 1
            inner = self.at
            self.at -= 1
            self.skip_brackets()
            name = ''
        else:
            calling = self.skip_attributes() or calling
            name = self.next() if self.is_word() else ''
        base = self.suffixes(base, calling)
        if inner is None:
            return name, base
        after, self.at = self.at, inner
        name, type_ = self.declarator(base)
        self.expect(')')
        self.at = after
        return name, type_

    def is_nested_declarator(self):
        """Is this `(` of a declarator, and not of an abstract function's parameter list?"""
        ahead = self.at + 1
        while ahead < len(self.tokens) and (self.tokens[ahead] in CALLING
                                            or self.tokens[ahead] in ATTRIBUTES):
            if self.tokens[ahead] in ATTRIBUTES:
                saved, self.at = self.at, ahead + 1
                self.skip_brackets()
                ahead, self.at = self.at, saved
            else:
                ahead += 1
        token = self.tokens[ahead] if ahead < len(self.tokens) else ''
        if token in ('*', '('):
            return True
        return (bool(re.match(r'[A-Za-z_]', token)) and token not in BUILTIN | QUALIFIERS
                and token not in ('const', 'struct', 'union', 'enum')
                and token not in self.typedefs)

    def suffixes(self, base, calling):
        if self.peek() == '[':
            self.skip_brackets()
            return Type('array', of=self.suffixes(base, calling))
        if self.peek() != '(':
            return base
        self.at += 1
        function = Type('function')
        function.calling = calling
        self.parameter_list(function)
        function.of = self.suffixes(base, '')
        return function

    def parameter_list(self, function):
        if self.accept(')'):
            return
        while True:
            if self.accept('...'):
                function.variadic = True
                self.expect(')')
                return
            _, base, calling = self.specifiers()
            name, type_ = self.declarator(base, calling)
            self.skip_attributes()
            function.parameters.append((name, type_))
            if self.accept(')'):
                break
            self.expect(',')
        only = function.parameters[0]
        if len(function.parameters) == 1 and only[1].kind == 'name' and only[1].name == 'void':
            function.parameters = []
