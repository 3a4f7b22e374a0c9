"""The PE reader against pefile, which is not ours: the same sections, imports, exports, resources
and relocated tables for the Windows programs that this machine has (Wine's DLLs, 64 and 32 bits).

Usage: test_pe_oracle.py PEFACTS. Skipped (77) without pefile or without programs."""
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
    "/usr/lib/i386-linux-gnu/wine/i386-windows",
    "/usr/lib/python3/dist-packages/distlib",
    "/usr/share/win32",
    "/usr/share/win64",
]
PER_PLACE = 40
LARGEST = 8 << 20  # pefile is slow


def programs():
    for place in PLACES:
        found = [p for p in sorted(pathlib.Path(place).rglob("*")) if p.suffix in (".dll", ".exe", ".drv", ".sys")]
        small = [p for p in found if p.stat().st_size <= LARGEST]
        yield from small[:: max(1, len(small) // PER_PLACE)]


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


def theirs(path):
    pe = pefile.PE(path)
    return {
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


def ours(facts):
    return {
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
    paths = [str(p) for p in programs()]
    if not paths:
        print("no Windows programs on this machine: skipped")
        return 77
    output = subprocess.run([sys.argv[1], *paths], stdout=subprocess.PIPE, check=True).stdout
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
