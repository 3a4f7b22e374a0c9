"""Takes one of the guest's own programs out of its pack (docs/pack.md), to be run as a sample."""

import os
import pathlib
import struct
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
MACHINES = {"x64": "x86_64", "x86": "i386"}
ENTRY = struct.Struct("<80sIIQQQ16x")


def path(arch):
    cache = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    cache = os.environ.get("COAX_CACHE") or pathlib.Path(cache) / "coax"
    tools = subprocess.run([ROOT / "tools/pack/key"], check=True, capture_output=True, text=True).stdout.strip()
    return pathlib.Path(cache) / f"{MACHINES[arch]}-{tools}.pack"


def extract(name, arch, folder):
    """Writes the image to the folder and gives its path; OSError where there is none."""
    with open(path(arch), "rb") as pack:
        head = pack.read(32)
        count, = struct.unpack_from("<I", head, 16)
        pack.seek(*struct.unpack_from("<Q", head, 24))
        for entry in ENTRY.iter_unpack(pack.read(count * ENTRY.size)):
            if entry[0].rstrip(b"\0").decode() != name:
                continue
            pack.seek(entry[3])
            out = pathlib.Path(folder) / name
            out.write_bytes(pack.read(entry[4]))
            return out
    raise FileNotFoundError(f"{path(arch)} has no {name}")
