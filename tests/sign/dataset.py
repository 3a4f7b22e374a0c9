"""A data set of abused certificates: programs that carry each of them are told as listed.

    dataset.py COAX CORPUS

The data set has no keys, so the signatures are not valid; who signed can be told all the same."""
import collections
import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

import authority as ca
import forge as f
from cryptography import x509

SKIPPED = 77


def certificates(abuse):
    """(name, certificate) of each that can be read."""
    with zipfile.ZipFile(abuse / "certs.zip") as all_of_them:
        for name in sorted(n for n in all_of_them.namelist() if n.endswith(".cer")):
            try:
                cert = x509.load_der_x509_certificate(all_of_them.read(name))
                cert.issuer, cert.serial_number
            except ValueError:
                continue
            yield pathlib.PurePath(name).stem, cert


def word_of(line):
    signatures = line["signatures"]
    return signatures[0]["abuse"]["word"] if signatures else "unsigned"


def main():
    coax, abuse = sys.argv[1], pathlib.Path(sys.argv[2]) / "authenticode" / "abuse"
    plain = abuse.parent / "u31_unsigned.exe"
    if not (abuse / "certs.zip").exists():
        print("skipped: corpus absent")
        return SKIPPED
    key, count = ca.key(), 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for stem, cert in certificates(abuse):
            (folder / f"{stem}.exe").write_bytes(f.sign(plain.read_bytes(), ca.Party(cert, key)))
            count += 1
        done = subprocess.run([coax, "sign", "--json", "--abuse", abuse / "CS_Dataset.csv", folder], stdout=subprocess.PIPE)
    artifacts = [line for line in map(json.loads, done.stdout.splitlines()) if line["type"] == "artifact"]
    words = collections.Counter(map(word_of, artifacts))
    wrong = [f"{a['name']}: {a['signatures'] and a['signatures'][0]['abuse']}" for a in artifacts if word_of(a) != "listed"]
    print("\n".join(wrong[:20]))
    print(f"{count} certificates: {dict(words)}")
    return len(artifacts) != count or count < 2000 or bool(wrong)


sys.exit(main())
