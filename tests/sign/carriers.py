"""Signed installers, cabinets, scripts and catalogs. wixl and gcab make the files, osslsigncode signs them; catalogs are ours.

    carriers.py COAX MKPE"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

import authority as ca
import forge as f
import programs
from programs import case

SKIPPED = 77
WXS = """<?xml version="1.0" encoding="utf-8"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
 <Product Id="12345678-1234-1234-1234-000000000000" UpgradeCode="12345678-1234-1234-1234-111111111111" Name="Own" Version="1.0.0" Manufacturer="Own" Language="1033">
  <Package InstallerVersion="200" Compressed="yes"/>
  <Media Id="1" Cabinet="a.cab" EmbedCab="yes"/>
  <Directory Id="TARGETDIR" Name="SourceDir"><Directory Id="ProgramFilesFolder"><Directory Id="D" Name="Own">
   <Component Id="C" Guid="12345678-1234-1234-1234-222222222222"><File Id="F" Source="payload.txt"/></Component></Directory></Directory></Directory>
  <Feature Id="X" Level="1"><ComponentRef Id="C"/></Feature>
 </Product>
</Wix>
"""


def run(folder, *command):
    done = subprocess.run([str(c) for c in command], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


def signed(folder, name, *options):
    out = folder / ("signed-" + name)
    out.unlink(missing_ok=True)
    run(folder, "osslsigncode", "sign", "-certs", "by.pem", "-key", "by.key", "-h", "sha256", *options, "-in", name, "-out", out.name)
    return out.read_bytes()


def flip(data, at):
    data = bytearray(data)
    data[at] ^= 1
    return bytes(data)


def installers(folder):
    (folder / "payload.txt").write_text("payload " * 2000)
    (folder / "own.wxs").write_text(WXS)
    run(folder, "wixl", "-o", "own.msi", "own.wxs")
    plain, extended = signed(folder, "own.msi"), signed(folder, "own.msi", "-add-msi-dse")
    case("plain.msi", plain, True)
    case("extended.msi", extended, True)
    case("changed.msi", flip(plain, plain.index(b"MSCF") + 60), False, "integrity=altered", rules=["sign.altered"])
    name = "SummaryInformation".encode("utf-16-le")
    at = extended.index(b"\x05\x00" + name)
    case("directory_changed.msi", flip(extended, at + 100), False, "integrity=altered", rules=["sign.altered"])
    case("directory_unsigned.msi", flip(plain, plain.index(b"\x05\x00" + name) + 100), True)
    case("tail.msi", plain + b"a jar archive, say", True, rules=["sign.data-after-end"], place=(len(plain), 18))
    case("unsigned.msi", (folder / "own.msi").read_bytes(), False)


def cabinets(folder):
    run(folder, "gcab", "-c", "own.cab", "payload.txt", "own.wxs")
    good = signed(folder, "own.cab")
    case("good.cab", good, True)
    case("changed.cab", flip(good, 200), False, "integrity=altered", rules=["sign.altered"])
    case("header_changed.cab", flip(good, 32), False, "integrity=altered", rules=["sign.altered"])
    case("tail.cab", good + b"tail", True, rules=["sign.data-after-end"], place=(len(good), 4))
    case("unsigned.cab", (folder / "own.cab").read_bytes(), False)
    case("cut.cab", good[:-300], False, "integrity=malformed", rules=["sign.malformed", "sign.malformed"])


def scripts(folder):
    text = 'Write-Host "größe"\r\n'
    for name, data in (("plain.ps1", text.encode()), ("marked.ps1", b"\xef\xbb\xbf" + text.encode()), ("wide.ps1", b"\xff\xfe" + text.encode("utf-16-le")),
                       ("unix.ps1", text.replace("\r", "").encode()), ("no_end.psm1", b"Write-Host 1"), ("types.ps1xml", b"<Types>\r\n</Types>\r\n"), ("own.mof", b"#pragma x\r\n")):
        (folder / name).write_bytes(data)
        case("s-" + name, signed(folder, name), True)
    good = programs.CASES["s-plain.ps1"].data
    case("changed.ps1", good.replace(b"Host", b"Most"), False, "integrity=altered", rules=["sign.altered"])
    case("behind.ps1", good + b"evil\r\n", False, "integrity=altered", rules=["sign.altered", "sign.data-after-end"], place=(len(good) - 2, 8))
    js = good.replace(b"# SIG # ", b"// SIG // ").replace(b"\r\n# ", b"\r\n// SIG // ")
    case("host.js", js.replace(b"Host", b"Most"), False, "integrity=unsupported")


def catalog(by, issuing, files):
    """CertificateTrustList of files' SHA-256, as Windows' own have it."""
    usage = f.seq(f.oid("1.3.6.1.4.1.311.12.1.1"))
    entries = [f.seq(f.octets(d), f.set_of(f.attribute(f.INDIRECT, f.indirect("sha256", d)))) for d in files]
    content = f.seq(usage, f.octets(b"0123456789abcdef"), f.utc("2024-01-01"), f.seq(f.oid("1.3.6.1.4.1.311.12.1.3"), f.NULL), f.seq(*entries))
    made = f.signer_info(by, "sha256", f.attributes_for(content, "sha256", f.CTL))
    return f.signed_data(f.CTL, content, [by, issuing], [made], ["sha256"])


def main():
    program, mkpe = map(pathlib.Path, sys.argv[1:])
    for tool in ("wixl", "gcab", "osslsigncode"):
        if not shutil.which(tool):
            print(f"skipped: no {tool}")
            return SKIPPED
    with tempfile.TemporaryDirectory(prefix="coax-sign-") as name:
        folder = pathlib.Path(name)
        root, issuing = programs.authorities()
        by = ca.signer("Right", issuing)
        (folder / "by.pem").write_bytes(by.pem + issuing.pem)
        (folder / "by.key").write_bytes(by.key_pem)
        installers(folder)
        cabinets(folder)
        scripts(folder)
        run(folder, mkpe.resolve(), "--64", "plain.exe")
        pe = (folder / "plain.exe").read_bytes()
        listed = catalog(by, issuing, [bytes(32), f.pe_digest(pe, "sha256")])
        case("own.cat", listed, True)
        case("changed.cat", listed.replace(bytes(32), bytes(31) + b"\1"), False, "integrity=malformed", rules=["sign.malformed"])
        wrong = programs.judge(program, folder, root)
        programs.CASES.clear()
        case("in_catalog.exe", pe, True, "integrity=intact")
        case("not_in_catalog.exe", flip(pe, 0x201), False)
        (folder / "list.cat").write_bytes(listed)
        wrong += programs.judge(program, folder, root, "--catalog", "list.cat")
        print("\n".join(wrong))
        print(f"{len(wrong)} complaints")
        return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
