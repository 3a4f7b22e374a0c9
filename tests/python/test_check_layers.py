"""tools/check_layers.py: what an include may reach."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'tools'))

from check_layers import read_layers, wrong_includes  # noqa: E402

LAYERS = 'base:\npe: base  # a comment\nguest: base\nsign: base pe\n'


class CheckLayers(unittest.TestCase):
    def wrong(self, room, text, name='x.c'):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for other in ('base/bytes.h', 'pe/pe.h'):
                root.joinpath('src', other).parent.mkdir(parents=True)
                root.joinpath('src', other).write_text('')
            root.joinpath('src', room).mkdir(exist_ok=True)
            root.joinpath('src', room, name).write_text(text)
            return list(wrong_includes(root, read_layers(LAYERS)))

    def test_own_and_allowed_rooms(self):
        self.assertEqual(self.wrong('pe', '#include "pe/pe.h"\n#include "base/bytes.h"\n#include <stdio.h>\n'), [])

    def test_a_room_above(self):
        self.assertEqual(self.wrong('base', '  # include "pe/pe.h"\n'), ['src/base/x.c: base may not include pe/pe.h'])

    def test_definitions_count_too(self):
        self.assertEqual(len(self.wrong('base', '#include "pe/pe.h"\n', 'x.def')), 1)

    def test_unknown_rooms(self):
        self.assertEqual(self.wrong('attic', '#include "base/bytes.h"\n'), ['src/attic/x.c: attic is not in layers.txt'])
        self.assertEqual(self.wrong('pe', '#include "cellar/x.h"\n'), ['src/pe/x.c: cellar/x.h is in no room'])

    def test_foreign_libraries_have_one_room(self):
        self.assertEqual(self.wrong('guest', '#include <unicorn/unicorn.h>\n'), [])
        self.assertEqual(len(self.wrong('sign', '#include <unicorn/unicorn.h>\n')), 1)
        self.assertEqual(len(self.wrong('guest', '#include <openssl/x509.h>\n')), 1)

    def test_a_misspelt_list_is_refused(self):
        for text in ('base\n', 'base: cellar\n'):
            with self.subTest(text), self.assertRaises(SystemExit):
                read_layers(text)


if __name__ == '__main__':
    unittest.main()
