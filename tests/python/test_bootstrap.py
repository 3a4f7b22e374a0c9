"""./bootstrap --packs and --check, with a Wine of a few bytes named by COAX_WINE_DIR."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TRIPLETS = {'i386': 'i686-w64-mingw32', 'x86_64': 'x86_64-w64-mingw32'}


class Bootstrap(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.wine = self.folder / 'wine'
        self.wine.joinpath('nls').mkdir(parents=True)
        self.wine.joinpath('wine.inf').write_text('[DefaultInstall.NT]\n')
        for machine, triplet in TRIPLETS.items():
            images = self.wine / f'{machine}-windows'
            images.mkdir()
            source = self.folder / 'source.c'
            source.write_text('int one = 1, *pointer = &one;')
            subprocess.run([f'{triplet}-gcc', '-shared', '-nostdlib', '-Wl,-e,0', '-o', images / 'ntdll.dll', source], check=True)

    def run_bootstrap(self, *arguments, **environment):
        environment = dict(os.environ, XDG_CACHE_HOME=str(self.folder / 'cache'), COAX_WINE_DIR=str(self.wine), **environment)
        return subprocess.run([ROOT / 'bootstrap', *arguments], env=environment, cwd='/', capture_output=True, text=True)

    def packs(self):
        return {p.name: p.stat().st_mtime_ns for p in self.folder.joinpath('cache', 'coax').glob('*.pack')}

    def test_packs_are_made_once_and_again_when_the_dlls_change(self):
        self.assertIn('x86_64.pack is missing or old', self.run_bootstrap('--check').stdout)
        first = self.run_bootstrap('--packs')
        self.assertEqual(first.returncode, 0, first.stderr)
        made = self.packs()
        self.assertEqual(sorted(made), ['i386.pack', 'x86_64.pack'])
        self.assertNotIn('.pack is', self.run_bootstrap('--check').stdout)
        self.assertIn('i386.pack is up to date', self.run_bootstrap('--packs').stdout)
        self.assertEqual(self.packs(), made)
        self.wine.joinpath('i386-windows', 'new.dll').write_bytes(b'')
        self.assertIn('i386.pack is missing or old', self.run_bootstrap('--check').stdout)
        self.run_bootstrap('--packs')
        self.assertNotEqual(self.packs()['i386.pack'], made['i386.pack'])

    def test_a_folder_without_one_machine_is_refused(self):
        self.wine.joinpath('i386-windows').rename(self.folder / 'away')
        run = self.run_bootstrap('--packs')
        self.assertEqual(run.returncode, 1)
        self.assertIn('no folder i386-windows', run.stderr)

    def test_an_unknown_option_is_misuse(self):
        self.assertEqual(self.run_bootstrap('--frobnicate').returncode, 1)


if __name__ == '__main__':
    unittest.main()
