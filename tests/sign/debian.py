"""Debian's own signed programs, packages shim-signed and fwupd-amd64-signed, judged with their roots.

    debian.py COAX [ROOT]

Nobody ships these roots as files: Debian's is in the shim itself, for which it is made, and those of the shim are the
authorities whose certificates its signatures bring along. Without them nothing is valid; with one bit turned over nothing is intact."""
import json
import pathlib
import struct
import subprocess
import sys
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

SKIPPED = 77
SHIM, FWUPD = "usr/lib/shim/shimx64.efi.signed", "usr/libexec/fwupd/efi/fwupdx64.efi.signed"


def tables(image):
    """The PKCS #7 of each WIN_CERTIFICATE."""
    optional = struct.unpack_from("<I", image, 0x3C)[0] + 24
    at, size = struct.unpack_from("<II", image, optional + 112 + 4 * 8)
    end = at + size
    while at + 8 <= end:
        length = struct.unpack_from("<I", image, at)[0]
        yield image[at + 8:at + length]
        at += (length + 7) & ~7


def authorities(image):
    certs = [c for table in tables(image) for c in pkcs7.load_der_pkcs7_certificates(table)]
    return [c for c in certs if c.extensions.get_extension_for_class(x509.BasicConstraints).value.ca] if certs else []


def inside(image, common):
    """A certificate of that subject among the program's bytes."""
    at = image.find(common)
    while at >= 0:
        for start in range(at, max(at - 2000, 0), -1):
            if image[start:start + 2] == b"\x30\x82" and start + 4 + int.from_bytes(image[start + 2:start + 4]) > at:
                try:
                    return x509.load_der_x509_certificate(image[start:start + 4 + int.from_bytes(image[start + 2:start + 4])])
                except ValueError:
                    pass
        at = image.find(common, at + 1)
    return None


def signatures(coax, file, *options):
    done = subprocess.run([coax, "sign", "--json", *options, file], stdout=subprocess.PIPE)
    return next(x for x in map(json.loads, done.stdout.splitlines()) if x["type"] == "artifact")["signatures"]


def complaints(coax, file, certs, folder):
    roots, broken = folder / "roots.pem", folder / "broken.efi"
    roots.write_bytes(b"".join(c.public_bytes(Encoding.PEM) for c in certs))
    image = bytearray(file.read_bytes())
    image[0x1000] ^= 1
    broken.write_bytes(image)
    right, bare = signatures(coax, file, "--roots", roots), signatures(coax, file)
    flipped = signatures(coax, broken, "--roots", roots)
    if not right or not all(s["valid"] for s in right):
        yield f"{file.name}: not valid with its roots: {[(s['integrity'], s['chain'], s['time']) for s in right]}"
    if any(s["valid"] for s in bare) or any(s["integrity"]["word"] != "intact" for s in bare):
        yield f"{file.name}: valid without its roots, or not intact"
    if any(s["integrity"]["word"] == "intact" for s in flipped):
        yield f"{file.name}: intact with a bit turned over"


def main():
    coax, root = sys.argv[1], pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else "/")
    if not (root / SHIM).exists() or not (root / FWUPD).exists():
        print("skipped: the packages shim-signed and fwupd-amd64-signed are not installed")
        return SKIPPED
    shim = (root / SHIM).read_bytes()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        wrong = list(complaints(coax, root / SHIM, authorities(shim), folder))
        wrong += complaints(coax, root / FWUPD, [inside(shim, b"Debian Secure Boot CA")], folder)
    print("\n".join(wrong) or "both are judged right")
    return bool(wrong)


sys.exit(main())
