"""Signed installers, cabinets, scripts and catalogs. wixl and gcab make the files, osslsigncode signs them; catalogs are ours.

    carriers.py COAX MKPE"""
import base64
import hashlib
import pathlib
import shutil
import struct
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


# How the languages of the Windows Script Host write the block: begin, end, what is in front of a line.
HOSTS = {"js": ("// SIG // Begin signature block", "// SIG // End signature block", "// SIG // "),
         "vbs": ("'' SIG '' Begin signature block", "'' SIG '' End signature block", "'' SIG '' "),
         "wsf": ("<signature>", "</signature>", "** SIG ** ")}


def host_script(by, issuing, kind, text, encoding="cp1252", mark=b"", placed="", signed_as=None):
    """text and the block before `placed`, as signtool signs them: UTF-16 without a mark, and the place of the block."""
    at = text.rindex(placed) if placed else len(text)
    wide = (signed_as or text).encode("utf-16-le") + struct.pack("<I", at)
    blob = f.signature(b"", by, [issuing], kind=f.SIP_INFO, value=hashlib.sha256(wide).digest())
    begin, end, prefix = HOSTS[kind]
    lines = base64.b64encode(blob).decode()
    block = "".join(f"{line}\r\n" for line in ["", begin, *[prefix + lines[i:i + 64] for i in range(0, len(lines), 64)], end])
    return mark + (text[:at] + block + text[at:]).encode(encoding)


def host_scripts(by, issuing):
    wsf = '<job id="a">\r\n<script language="VBScript">\r\nMsgBox 1\r\n</script>\r\n</job>\r\n'
    texts = {"js": 'WScript.Echo("größe €");\r\n', "vbs": 'MsgBox "größe"\r\n', "wsf": wsf}
    utf8, utf16 = b"\xef\xbb\xbf", b"\xff\xfe"
    for kind, text in texts.items():
        placed = "</job>" if kind == "wsf" else ""
        make = lambda text=text, **more: host_script(by, issuing, kind, text, placed=placed, **more)
        good = make()
        case(f"host.{kind}", good, True)
        case(f"host_utf8.{kind}", make(encoding="utf-8", mark=utf8), True)
        case(f"host_utf16.{kind}", make(encoding="utf-16-le", mark=utf16), True)
        plain = make(text.encode("ascii", "ignore").decode())
        case(f"host_changed.{kind}", plain.replace(b"o", b"O", 1), False, "integrity=altered", rules=["sign.altered"])
        case(f"host_behind.{kind}", plain + b"evil()\r\n", False, "integrity=altered", rules=["sign.altered"])
    moved = host_script(by, issuing, "wsf", wsf, placed="</job>", signed_as=wsf).replace(b"MsgBox 1\r\n", b"").replace(b"</job>", b"MsgBox 1\r\n</job>")
    case("host_moved.wsf", moved, False, "integrity=altered", rules=["sign.altered"])
    cyrillic = host_script(by, issuing, "vbs", 'MsgBox "\u043e\u043a"\r\n', encoding="cp1251")
    case("host_other_code_page.vbs", cyrillic, False, "integrity=unsupported")
    case("host_cut.js", host_script(by, issuing, "js", texts["js"])[:-500], False, "integrity=malformed", rules=["sign.malformed"])


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
        host_scripts(by, issuing)
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
