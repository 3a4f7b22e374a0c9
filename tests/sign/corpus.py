"""The corpus's signed programs, whose names say what they are: v valid, i not, h valid but with hidden bytes, u unsigned.

    corpus.py COAX CORPUS"""
import json
import pathlib
import subprocess
import sys
import tempfile

import authority as ca
import forge as f
from cryptography import x509

SKIPPED = 77


def complaint(name, lines):
    signatures = next(x for x in lines if x["type"] == "artifact")["signatures"]
    hidden = [e for x in lines if x["type"] == "finding" and x["rule"] == "sign.hidden-bytes" for e in x["evidence"]]
    valid = bool(signatures) and all(s["valid"] for s in signatures)
    kind = name[0]
    if kind == "u" and signatures:
        return "has signatures"
    if kind in "vh" and not valid:
        return f"is not valid: {signatures}"
    if kind == "i" and any(s["valid"] for s in signatures):
        return "is valid"
    if kind == "h" and not all(e.get("bytes") and "offset" in e for e in hidden or [{}]):
        return f"has no hidden bytes with their place: {hidden}"
    return "has hidden bytes" if kind == "v" and hidden else None


def judge(coax, file, *options):
    done = subprocess.run([coax, "sign", "--json", *options, file], capture_output=True, text=True)
    return [json.loads(x) for x in done.stdout.splitlines()]


def shadowhammer(coax, corpus):
    """A program that carries the real certificate of the field report, and none of its key: it is told as that one."""
    cert = x509.load_der_x509_certificate((corpus / "abuse/asus_shadowhammer_2ee50ca7.cer").read_bytes())
    with tempfile.NamedTemporaryFile(suffix=".exe") as out:
        out.write(f.sign((corpus / "u31_unsigned.exe").read_bytes(), ca.Party(cert, ca.key())))
        out.flush()
        words = [s["abuse"]["word"] for s in next(x for x in judge(coax, out.name) if x["type"] == "artifact")["signatures"]]
    return [] if words == ["listed"] else [f"the certificate of ShadowHammer is {words}"]


def main():
    coax, corpus = sys.argv[1], pathlib.Path(sys.argv[2]) / "authenticode"
    files = sorted(corpus.glob("[vihu]*.exe"))
    if not files:
        print("skipped: corpus absent")
        return SKIPPED
    wrong = shadowhammer(coax, corpus)
    for file in files:
        why = complaint(file.name, judge(coax, file, "--roots", corpus / "trust-root.pem", "--crl", corpus / "crl.pem"))
        wrong += [f"{file.name} {why}"] if why else []
    print("\n".join(wrong))
    print(f"{len(files) + 1} programs, {len(wrong)} wrong")
    return bool(wrong)


sys.exit(main())
