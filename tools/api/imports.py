"""Reads mingw-w64's import libraries: which DLL exports a name, and, from the decoration of the
32-bit ones, how many bytes of arguments a stdcall function takes (_Name@bytes)."""

import collections
import glob
import re
import struct

# Where several DLLs export one name, the first of these is called its home.
HOMES = ('kernel32 advapi32 user32 gdi32 shell32 ole32 oleaut32 ws2_32 wininet winhttp urlmon shlwapi '
         'crypt32 bcrypt ncrypt secur32 rpcrt4 version winmm psapi iphlpapi dnsapi netapi32 mpr userenv '
         'wtsapi32 winscard icmui mscms setupapi imagehlp dbghelp comctl32 comdlg32 imm32 uxtheme winspool.drv msvcrt ucrtbase '
         'ntdll').split()
# Not of user mode, or not Windows' own.
FOREIGN = re.compile(r'\.(sys|exe)$|^(hal|bootvid|kdcom|ntoskrnl|libwinpthread.*|libgmon.*)\.dll$|'
                     r'^(storport|ndis|scsiport|iis|netui|infocomm|scredir|hmmapi|ftpmib|mydocs)')
# Nobody's home: they only offer again what another DLL does.
OTHERS = re.compile(r'^(msvcr\d|vcruntime|mfc|atl|msvcp|crtdll|api-ms-)')
# DLLs that have what the others' import libraries name, but no import library of their own.
BEHIND = ('kernelbase sechost combase win32u gdi32full cryptbase bcryptprimitives ucrtbase vcruntime140 '
          'vcruntime140_1 msvcp140 sspicli shcore wow64 wow64win wow64cpu cfgmgr32').split()
# The object that ends an import library of one DLL defines a symbol of this form and holds its name.
DLL_SYMBOL = re.compile(r'_lib\w*_iname$')
IMPORT_SECTION = b'.idata$5'
DLL_NAME = re.compile(rb'([\w.-]+\.(?:dll|drv|ocx|cpl|exe|sys))\0', re.I)

Export = collections.namedtuple('Export', 'module bytes')


class Library:
    """An import library: the names that it offers and the DLL that they are from, '' where that is
    not one. Read off the archive's symbol table (the member named "/": a big-endian count, that many
    offsets of members, and as many NUL-terminated names). Members without an import section are
    functions of the library's own, which the DLL does not have."""

    def __init__(self, path):
        with open(path, 'rb') as file:
            archive = file.read()
        self.names, dlls = [], set()
        if archive[8:10] == b'/ ':
            (count,) = struct.unpack_from('>I', archive, 68)
            offsets = struct.unpack_from(f'>{count}I', archive, 72)
            table = archive[72 + 4 * count:68 + int(archive[56:66])].split(b'\0')
            for offset, name in zip(offsets, (n.decode('latin-1') for n in table)):
                size = int(archive[offset + 48:offset + 58])
                member = archive[offset:offset + 60 + size]
                if name.startswith('__imp_') and IMPORT_SECTION in member:
                    self.names.append(name[6:])
                elif DLL_SYMBOL.search(name):
                    dlls |= set(DLL_NAME.findall(member))
        self.dll = dlls.pop().decode().lower() if len(dlls) == 1 else ''


def libraries(triple):
    found = [Library(path) for path in sorted(glob.glob(f'/usr/{triple}/lib/lib*.a'))]
    if not found:
        raise SystemExit(f'no import libraries of {triple} found')
    return [library for library in found if library.dll and not FOREIGN.search(library.dll)]


def home_of(modules):
    for home in HOMES:
        for module in modules:
            if module in (home, home + '.dll'):
                return module
    return min(modules, key=lambda m: (bool(OTHERS.search(m)), m))



def argument_bytes():
    """{name: bytes of arguments} of the 32-bit stdcall exports; None for a fastcall one."""
    found = {}
    for library in libraries('i686-w64-mingw32'):
        for name in library.names:
            match = re.match(r'([_@])([^@?]+)@(\d+)$', name)
            if match:
                found.setdefault(match.group(2), int(match.group(3)) if match.group(1) == '_' else None)
    return found


def exports(wanted):
    """{name: Export} of the names in `wanted`, and the names of all DLLs of Windows."""
    sizes, modules = argument_bytes(), collections.defaultdict(set)
    seen = {name + '.dll' for name in BEHIND}
    for library in libraries('x86_64-w64-mingw32'):
        seen.add(library.dll)
        for name in library.names:
            if name in wanted:
                modules[name].add(library.dll)
    found = {name: Export(home_of(dlls), sizes.get(name, -1)) for name, dlls in modules.items()}
    return found, sorted(seen)
