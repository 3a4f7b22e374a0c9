#!/usr/bin/env python3
"""Programs that nobody here wrote run to their proper end, and leave what they are there to make.

    programs.py COAX ARCH CASE

Exit status 77 (skipped, for Meson) where the tool that makes the case's input is not installed."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "guest"))
import pack

SECONDS = 120
SKIP = 77
PRODUCT = """<?xml version="1.0"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
 <Product Id="*" Name="Small" Version="1.0.0" Manufacturer="Nobody" Language="1033"
          UpgradeCode="5d1a2c1e-63a4-4d0e-9c35-1f1f6f6f0a01">
  <Package Id="*" InstallerVersion="200" Compressed="yes"/>
  <Media Id="1" Cabinet="small.cab" EmbedCab="yes"/>
  <Directory Id="TARGETDIR" Name="SourceDir"><Directory Id="ProgramFilesFolder">
   <Directory Id="Folder" Name="Small">
    <Component Id="Part" Guid="5d1a2c1e-63a4-4d0e-9c35-1f1f6f6f0a02">
     <File Id="Text" Source="small.txt" KeyPath="yes"/>
    </Component>
   </Directory>
  </Directory></Directory>
  <Feature Id="All" Level="1"><ComponentRef Id="Part"/></Feature>
 </Product>
</Wix>
"""


def make_msi(folder):
    """The file of a product with one file, which wixl makes; None where it is not installed."""
    if not shutil.which("wixl"):
        return None
    (folder / "small.txt").write_text("a text\n", encoding="ascii")
    (folder / "small.wxs").write_text(PRODUCT, encoding="ascii")
    subprocess.run(["wixl", "-o", "small.msi", "small.wxs"], cwd=folder, check=True)
    return folder / "small.msi"


# case: program, arguments, what it writes, what makes its input (at C:\work\small.msi)
CASES = {
    "notepad": ("notepad.exe", [], None, None),
    "regedit": ("regedit.exe", ["/e", "C:\\out.reg", "HKEY_CURRENT_USER\\Environment"],
                "C:\\out.reg", None),
    "msiexec": ("msiexec.exe", ["/i", "C:\\work\\small.msi", "/qn"],
                "C:\\Program Files (x86)\\Small\\small.txt", make_msi),
}


def run(coax, program, arguments, given):
    command = [coax, "run", "--json"]
    if given:
        command += ["--set", f"file:C:\\work\\small.msi=@{given}"]
    done = subprocess.run([*command, program, *arguments], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=SECONDS)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main():
    coax, arch, case = sys.argv[1:]
    name, arguments, written, make = CASES[case]
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        given = make(folder) if make else None
        if make and not given:
            print("skipped: wixl is not installed")
            return SKIP
        lines = run(coax, pack.extract(name, arch, folder), arguments, given)
    ended = [line["ended"] for line in lines if line["type"] == "run"]
    files = {line["fields"]["TargetFilename"] for line in lines
             if line["type"] == "event" and line["category"] == "file_event"}
    print("ended:", ended, "files:", sorted(files))
    return 0 if ended == ["exit 0"] and (not written or written in files) else 1


if __name__ == "__main__":
    sys.exit(main())
