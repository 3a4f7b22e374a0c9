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
        self.cache = self.folder / 'cache' / 'coax'
        self.root = self.copy_checkout('checkout')
        self.wine.joinpath('nls').mkdir(parents=True)
        self.wine.joinpath('wine.inf').write_text('[DefaultInstall.NT]\n')
        for machine, triplet in TRIPLETS.items():
            images = self.wine / f'{machine}-windows'
            images.mkdir()
            source = self.folder / 'source.c'
            source.write_text('int one = 1, *pointer = &one;')
            subprocess.run([f'{triplet}-gcc', '-shared', '-nostdlib', '-Wl,-e,0', '-o', images / 'ntdll.dll', source], check=True)

    def run_bootstrap(self, *arguments, root=None, **environment):
        environment = dict(os.environ, XDG_CACHE_HOME=str(self.folder / 'cache'), COAX_WINE_DIR=str(self.wine), **environment)
        return subprocess.run([(root or self.root) / 'bootstrap', *arguments], env=environment, cwd='/', capture_output=True, text=True)

    def copy_checkout(self, name, change=''):
        """A copy of what bootstrap needs, with one program of the guest's own, which take their time."""
        root = self.folder / name
        for part in 'bootstrap', 'tools/pack', 'tools/stub', 'data':
            place = root / part
            place.parent.mkdir(parents=True, exist_ok=True)
            subprocess.run(['cp', '-r', ROOT / part, place], check=True)
        stubs = root / 'tools' / 'stub' / 'stubs.txt'
        stubs.write_text(next(line for line in stubs.read_text().splitlines(True) if line.strip() and line[0] != '#'))
        with open(root / 'data' / 'registry.inf', 'a') as inf:
            inf.write(change)
        return root

    def packs(self):
        return {p.name: p.stat().st_mtime_ns for p in self.cache.glob('*.pack')}

    def test_packs_are_made_once_and_again_when_the_dlls_change(self):
        key = subprocess.run([self.root / 'tools/pack/key'], check=True, capture_output=True, text=True).stdout.strip()
        x64, x86 = f'x86_64-{key}.pack', f'i386-{key}.pack'
        self.assertIn(f'{x64} is missing or old', self.run_bootstrap('--check').stdout)
        first = self.run_bootstrap('--packs')
        self.assertEqual(first.returncode, 0, first.stderr)
        made = self.packs()
        self.assertEqual(sorted(made), [x86, x64])
        self.assertNotIn('.pack is', self.run_bootstrap('--check').stdout)
        inode = self.cache.joinpath(x86).stat().st_ino
        self.assertIn(f'{x86} is up to date', self.run_bootstrap('--packs').stdout)
        self.assertEqual(self.cache.joinpath(x86).stat().st_ino, inode)
        self.wine.joinpath('i386-windows', 'new.dll').write_bytes(b'')
        self.assertIn(f'{x86} is missing or old', self.run_bootstrap('--check').stdout)
        self.run_bootstrap('--packs')
        self.assertNotEqual(self.cache.joinpath(x86).stat().st_ino, inode)

    def test_checkouts_with_other_tools_have_packs_of_their_own(self):
        self.run_bootstrap('--packs')
        mine = self.packs()
        for n in range(4):
            self.cache.joinpath(f'x86_64-{n}.pack').write_bytes(b'')
            os.utime(self.cache / f'x86_64-{n}.pack', (n, n))
        other = self.copy_checkout('other', '; another\n')
        self.run_bootstrap('--packs', root=other)
        now = self.packs()
        self.assertLessEqual(set(mine), set(now))
        self.assertEqual(sum(name.startswith('x86_64') for name in now), 4)
        self.assertNotIn('x86_64-0.pack', now)
        self.assertNotIn('x86_64-1.pack', now)
        self.assertIn('up to date', self.run_bootstrap('--packs').stdout)

    def test_a_folder_without_one_machine_is_refused(self):
        self.wine.joinpath('i386-windows').rename(self.folder / 'away')
        run = self.run_bootstrap('--packs')
        self.assertEqual(run.returncode, 1)
        self.assertIn('no folder i386-windows', run.stderr)

    def test_an_unknown_option_is_misuse(self):
        self.assertEqual(self.run_bootstrap('--frobnicate').returncode, 1)


if __name__ == '__main__':
    unittest.main()
