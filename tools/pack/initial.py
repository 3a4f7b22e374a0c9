"""The registry that a freshly installed guest starts with: that of a 64-bit Windows and of its 32-bit programs.

Wine fills a new registry from wine.inf and from the WINE_REGISTRY resources of its DLLs; we read the same two, then
our own data/registry.inf, which makes it that of a Windows 10, and drop what would give Wine away.
"""

import re
import sys

from inf import DIRECTORIES, Inf
from registrar import BadScript, run_script
from registry import REG_EXPAND_SZ, REG_MULTI_SZ, REG_SZ, Registry, text

SOFTWARE = ['', 'registry', 'machine', 'software']
CLASSES = r'\Registry\Machine\Software\Classes'
CODEPAGES = r'\Registry\Machine\System\CurrentControlSet\Control\Nls\CodePage'

# The 32-bit view of a 64-bit machine has folders of its own.
DIRECTORIES_32 = dict(DIRECTORIES, **{
    '16422': r'C:\Program Files (x86)',
    '16427': r'C:\Program Files (x86)\Common Files',
})

# What 32-bit programs see under HKLM\\Software of a 64-bit machine lies below Wow6432Node, but for what Classes shares
# ("Registry Keys Affected by WOW64").
WOW64_SOFTWARE = r'\Registry\Machine\Software\Wow6432Node'
WOW64_CLASSES = r'\Registry\Machine\Software\Classes\Wow6432Node'
REDIRECTED_CLASSES = {'clsid', 'directshow', 'interface', 'media type', 'mediafoundation'}

# Both views share the type libraries, and each names its file for itself.
LIBRARY_64 = re.compile(r'(\\Software\\Classes\\TypeLib\\.*\\)win64$', re.I)

# Wine's own names for programs that Windows has too.
REPLACED = [
    (re.compile(r'C:\\Windows\\system32\\winebrowser\.exe', re.I), r'C:\\Program Files\\Internet Explorer\\iexplore.exe'),
    (re.compile(r'winedbg --auto', re.I), r'drwtsn32 -p %ld -e %ld -g'),
    (re.compile(r'winemapi\.dll', re.I), 'mapi32.dll'),
]
GIVEAWAY = re.compile('wine', re.I)


def redirect(path):
    """Where a write of a 32-bit program to HKLM\\Software lands."""
    parts = path.lower().split('\\')
    if parts[:4] != SOFTWARE:
        return path
    if parts[4:5] != ['classes']:
        return WOW64_SOFTWARE + path[len('\\'.join(SOFTWARE)):]
    if len(parts) > 5 and parts[5] in REDIRECTED_CLASSES:
        return WOW64_CLASSES + path[len(CLASSES):]
    return LIBRARY_64.sub(r'\1win32', path)


class View32:
    """A registry as the 32-bit programs of a 64-bit machine write it."""

    def __init__(self, registry):
        self.registry = registry

    def key(self, path):
        return self.registry.key(redirect(path))

    def set(self, path, name, kind, data):
        self.registry.set(redirect(path), name, kind, data)

    def get(self, path, name):
        return self.registry.get(redirect(path), name)

    def delete(self, path):
        self.registry.delete(redirect(path))


def install_wine_inf(registry, source):
    inf = Inf(source)
    inf.install('PreInstall.ntamd64', registry)
    inf.install('DefaultInstall.ntamd64', registry)
    Inf(source, DIRECTORIES_32).install('Wow64Install', View32(registry))
    return inf


def module_paths(inf, names):
    """[(name, path)] of the images that are installed, in the order in which they are registered."""
    placed, folder_of_rest = [], r'C:\Windows\system32'
    left_out = inf.left_out('FakeDlls')
    for folder, file in inf.places('FakeDlls'):
        if file in names and file not in left_out:
            placed.append((file, folder + '\\' + file))
    known = {name for name, _ in placed} | left_out
    rest = [(n, (DIRECTORIES['12'] if n.endswith('.sys') else folder_of_rest) + '\\' + n)
            for n in sorted(names) if n not in known]
    return placed + rest


def register_images(registry, inf, images, system32):
    """What the images write at their registration, as their resources say: scripts, or the .inf that they install."""
    for name, path in module_paths(inf, images):
        if name.startswith('wine'):
            continue
        replacements = {'MODULE': path.replace(DIRECTORIES['11'], system32), 'SYSTEMROOT': DIRECTORIES['10']}
        for (kind, *_), data in images[name].resources():
            try:
                if kind == 'WINE_REGISTRY':
                    run_script(data.decode(), registry, replacements)
                elif kind == 'REGINST':
                    install_own_inf(registry, data.decode())
            except (BadScript, UnicodeDecodeError) as why:
                print(f'pack: registration of {name}: {why}', file=sys.stderr)


def install_own_inf(registry, source):
    inf = Inf(source)
    for section in list(inf.sections):
        if section.startswith('register'):
            inf.install(section, registry)


def add_codepages(registry, nls_names):
    for name in nls_names:
        page = re.fullmatch(r'c_0*(\d+)\.nls', name)
        if page:
            registry.set(CODEPAGES, page.group(1), REG_SZ, text(name))
    for name, page in (('ACP', '1252'), ('OEMCP', '437'), ('MACCP', '10000')):
        registry.set(CODEPAGES, name, REG_SZ, text(page))


def hide_wine(registry):
    """Rename what Windows has under another name, drop the rest of what names Wine."""
    for key in list(registry.keys.values()):
        if GIVEAWAY.search(key.path.rpartition('\\')[2]):
            registry.delete(key.path)
    for key in registry.keys.values():
        for lower, (name, kind, data) in list(key.values.items()):
            if kind in (REG_SZ, REG_EXPAND_SZ, REG_MULTI_SZ):
                value = data.decode('utf-16-le', 'surrogatepass')
                for pattern, instead in REPLACED:
                    value = pattern.sub(instead, value)
                key.values[lower] = name, kind, value.encode('utf-16-le', 'surrogatepass')
                if GIVEAWAY.search(value):
                    del key.values[lower]
            if GIVEAWAY.search(name):
                key.values.pop(lower, None)


def initial_registry(wine_inf, own_inf, images, nls_names):
    """`images` are by name; the .inf files are text."""
    registry = Registry()
    inf = install_wine_inf(registry, wine_inf)
    # The 32-bit DLLs carry the same scripts; first, so that what both views share is the 64-bit DLL's word.
    register_images(View32(registry), inf, images, r'C:\Windows\SysWOW64')
    register_images(registry, inf, images, DIRECTORIES['11'])
    add_codepages(registry, nls_names)
    Inf(own_inf).install('Wow64Install', View32(registry))
    Inf(own_inf).install('Install', registry)
    hide_wine(registry)
    return registry
