"""Reads groups.txt: which constants a parameter takes."""

import fnmatch
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))


class Group:
    def __init__(self, name, flags):
        self.name, self.flags = name, flags
        self.patterns, self.excluded, self.uses = [], [], []
        self.constants = []  # (name, value)

    def names(self, known):
        """The constants' names, with wildcards looked up in `known`."""
        chosen = []
        for pattern in self.patterns:
            if re.search(r'[*?]', pattern):
                chosen += sorted(n for n in known if fnmatch.fnmatchcase(n, pattern))
            else:
                chosen.append(pattern)
        return [n for n in dict.fromkeys(chosen)
                if not any(fnmatch.fnmatchcase(n, e) for e in self.excluded)]


def read():
    groups = []
    with open(os.path.join(HERE, 'groups.txt'), encoding='ascii') as lines:
        for line in lines:
            words = line.split('#')[0].split()
            if not words:
                continue
            if not line[0].isspace():
                groups.append(Group(words[1], words[0] == 'flags'))
            elif words[0] == '@':
                groups[-1].uses += words[1:]
            else:
                groups[-1].patterns += [w for w in words if w[0] != '!']
                groups[-1].excluded += [w[1:] for w in words if w[0] == '!']
    return groups


def overrides():
    """[(pattern of function.parameter, kind)] of overrides.txt."""
    with open(os.path.join(HERE, 'overrides.txt'), encoding='ascii') as lines:
        rows = [line.split('#')[0].split() for line in lines]
    return [(pattern, row[0]) for row in rows if row for pattern in row[1:]]


class Uses:
    """Looks up patterns FUNCTION.PARAMETER, those without a wildcard fast."""

    def __init__(self, pairs):
        self.exact, self.wild = {}, []
        for pattern, what in pairs:
            if re.search(r'[*?]', pattern):
                function, parameter = pattern.split('.')
                self.wild.append((re.compile(fnmatch.translate(function)),
                                  re.compile(fnmatch.translate(parameter)), what))
            else:
                self.exact[pattern] = what

    def of_function(self, function, parameters):
        """{parameter: what}"""
        found = {p: self.exact[f'{function}.{p}'] for p in parameters
                 if f'{function}.{p}' in self.exact}
        for function_pattern, parameter_pattern, what in self.wild:
            if function_pattern.match(function):
                for parameter in parameters:
                    if parameter not in found and parameter_pattern.match(parameter):
                        found[parameter] = what
        return found
