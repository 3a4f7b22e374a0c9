"""The PE reader against pefile, which is not ours: the same sections, imports, exports, resources
tables, hashes, entropies, times and versions for the Windows programs that this machine has (Wine's DLLs, 64 and
32 bits, NSIS, distlib, gdb's and mingw's).

Usage: test_pe_oracle.py [--all] PEFACTS [PLACE...]. Without --all some of each place are taken, which costs seconds.
Skipped (77) without pefile or without programs."""
import datetime
import json
import pathlib
import subprocess
import sys

try:
    import pefile
except ImportError:
    print("pefile is not installed: skipped")
    sys.exit(77)

PLACES = [
    "/usr/lib/x86_64-linux-gnu/wine/x86_64-windows",
    "/usr/lib/x86_64-linux-gnu/wine/i386-windows",
    "/usr/lib/i386-linux-gnu/wine/i386-windows",
    "/usr/share/nsis",
    "/usr/lib/gcc",
    "/usr/i686-w64-mingw32",
    "/usr/x86_64-w64-mingw32",
    "/usr/lib/python3/dist-packages/distlib",
    "/usr/share/win32",
    "/usr/share/win64",
]
PER_PLACE = 24
LARGEST = 8 << 20  # pefile is slow


def programs(places, per_place):
    for place in places:
        found = [p for p in sorted(pathlib.Path(place).rglob("*")) if p.suffix in (".dll", ".exe", ".drv", ".sys")]
        small = [p for p in found if p.stat().st_size <= LARGEST]
        yield from small[:: max(1, len(small) // per_place) if per_place else 1]


def text(raw):
    return raw.decode("utf-8", "replace") if raw else ""


def imports(pe):
    dlls = []
    for attribute, delayed in (("DIRECTORY_ENTRY_IMPORT", False), ("DIRECTORY_ENTRY_DELAY_IMPORT", True)):
        for dll in getattr(pe, attribute, []):
            names = [text(i.name) if i.name else f"#{i.ordinal}" for i in dll.imports]
            dlls.append({"dll": text(dll.dll), "delayed": delayed, "functions": names})
    return dlls


def exports(pe):
    table = getattr(pe, "DIRECTORY_ENTRY_EXPORT", None)
    symbols = table.symbols if table else []
    return sorted((s.ordinal, text(s.name), s.address, text(s.forwarder)) for s in symbols if s.address)


def resources(pe):
    out = []
    for kind in getattr(getattr(pe, "DIRECTORY_ENTRY_RESOURCE", None), "entries", []):
        for name in kind.directory.entries:
            for language in name.directory.entries:
                data = language.data.struct
                out.append((str(name.name) if name.name else f"#{name.id}", language.id, data.Size,
                            pe.get_offset_from_rva(data.OffsetToData)))
    return out


def iso(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds else None


def times(pe):
    def stamp(directory):
        table = getattr(pe, directory, None)
        return table.struct.TimeDateStamp if table else 0
    debug = [d.struct.TimeDateStamp for d in getattr(pe, "DIRECTORY_ENTRY_DEBUG", [])]
    return {
        "header": iso(pe.FILE_HEADER.TimeDateStamp),
        "export": iso(stamp("DIRECTORY_ENTRY_EXPORT")),
        "resource": iso(stamp("DIRECTORY_ENTRY_RESOURCE")),
        "debug": sorted({iso(t) for t in debug if t}),
    }


def version_strings(pe):
    out = {}
    for info in getattr(pe, "FileInfo", [[]])[:1]:
        for part in info:
            for table in getattr(part, "StringTable", []):
                out.update({text(k): text(v) for k, v in table.entries.items()})
    return out


def resource_entropies(pe):
    out = []
    for kind in getattr(getattr(pe, "DIRECTORY_ENTRY_RESOURCE", None), "entries", []):
        for name in kind.directory.entries:
            for language in name.directory.entries:
                data = language.data.struct
                out.append(round(pe.sections[0].entropy_H(pe.get_data(data.OffsetToData, data.Size)), 3))
    return out


def theirs(path):
    pe = pefile.PE(path)
    return {
        "times": times(pe),
        "version": version_strings(pe),
        "checksum_right": pe.verify_checksum() if pe.OPTIONAL_HEADER.CheckSum else None,
        "resource_entropies": resource_entropies(pe),
        "entry": hex(pe.OPTIONAL_HEADER.AddressOfEntryPoint),
        "image_base": hex(pe.OPTIONAL_HEADER.ImageBase),
        "image_size": pe.OPTIONAL_HEADER.SizeOfImage,
        "checksum": hex(pe.OPTIONAL_HEADER.CheckSum),
        "rich": pe.RICH_HEADER is not None,
        "rich_hash": pe.get_rich_header_hash() or None,
        "imphash": pe.get_imphash() or None,
        "sections": [(text(s.Name.rstrip(b"\0")), hex(s.VirtualAddress), s.Misc_VirtualSize, s.PointerToRawData,
                      s.SizeOfRawData, round(s.get_entropy(), 3)) for s in pe.sections],
        "imports": imports(pe),
        "exports": exports(pe),
        "resources": resources(pe),
    }


def our_version(facts):
    return {k: v for table in facts.get("version", {}).get("tables", []) for k, v in table["strings"].items()}


def our_times(facts):
    stamps = facts["times"]
    return {**{k: stamps.get(k) for k in ("header", "export", "resource")}, "debug": sorted(set(stamps.get("debug") or []))}


def ours(facts):
    return {
        "times": our_times(facts),
        "version": our_version(facts),
        "checksum_right": facts.get("checksum_right"),
        "resource_entropies": [r["entropy"] for r in facts.get("resources", [])],
        "entry": facts["entry"],
        "image_base": facts["image_base"],
        "image_size": facts["image_size"],
        "checksum": facts["checksum"],
        "rich": facts["rich"],
        "rich_hash": facts.get("rich_hash"),
        "imphash": facts.get("imphash"),
        "sections": [(s["name"], s["rva"], s["virtual_size"], s["offset"], s["raw_size"], s["entropy"])
                     for s in facts["sections"]],
        "imports": facts["imports"],
        "exports": sorted((e["ordinal"], e.get("name", ""), int(e["rva"], 16), e.get("forwarder", ""))
                          for e in facts.get("exports", [])),
        "resources": [(r["name"], r["language"], r["size"], r["offset"]) for r in facts.get("resources", [])],
    }


def main():
    arguments = sys.argv[1:]
    everything = "--all" in arguments
    pefacts, *places = [a for a in arguments if a != "--all"]
    paths = [str(p) for p in programs(places or PLACES, 0 if everything else PER_PLACE)]
    if not paths:
        print("no Windows programs on this machine: skipped")
        return 77
    output = subprocess.run([pefacts, *paths], stdout=subprocess.PIPE, check=True).stdout
    failures = 0
    for path, line in zip(paths, output.decode().splitlines(), strict=True):
        want, got = theirs(path), ours(json.loads(line))
        for key in want:
            if want[key] != got[key]:
                failures += 1
                print(f"{path}: {key}\n  pefile {str(want[key])[:300]}\n  coax   {str(got[key])[:300]}")
    print(f"{len(paths)} programs compared, {failures} differences")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
