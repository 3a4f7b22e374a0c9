#!/usr/bin/env python3
"""Holds the analysis to the field's programs (demo/field), and --against to two of our own.

    run.py COAX PROGRAMS ARCH CASE

Each must be silent in a plain run, its condition found with the values that its source has, and the
edits of the proving run must show in `coax run` what they showed to the lure."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
SECONDS = 600
DEEDS = ("http_request", "network_connection")


def lines_of(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS)
    return [json.loads(line) for line in done.stdout.splitlines()]


def of(lines, kind):
    return [line for line in lines if line["type"] == kind]


def categories(lines, run):
    return {e["category"] for e in of(lines, "event") if e["run"] == run}


def files(lines, run):
    return {
        e["fields"].get("TargetFilename", "").rpartition("\\")[2].lower()
        for e in of(lines, "event")
        if e["run"] == run and e["category"].startswith("file_")
    }


def find(lines, facts, polarity, proved):
    found = [
        t
        for t in of(lines, "trigger")
        if t["fact"] in facts and t["polarity"] == polarity and t["proved"] == proved
    ]
    told = "; ".join(f"{t['polarity']} {t['fact']} {t['proved']}" for t in of(lines, "trigger"))
    assert found, f"no trigger {polarity} {facts} proved {proved}; told: {told or 'nothing'}"
    assert found[0]["attack"] and found[0]["mbc"] and found[0]["site"]
    return found[0]


def replay(coax, program, lines, run):
    """A plain run with the edits of a run that the report tells."""
    edits = next(r["edits"] for r in of(lines, "run") if r["id"] == run)
    options = [word for edit in edits for word in ("--set", edit)]
    return lines_of(coax, "run", "--json", *options, program)


def is_silent(lines):
    assert not categories(lines, "r1") & set(DEEDS), "it is not silent when run plainly"


def updater(coax, program, _):
    lines = lines_of(coax, "--json", program)
    is_silent(lines)
    assert "idx.ini" in files(lines, "r1")
    trigger = find(lines, ["mac"], "must", "forced")
    assert trigger["test"] == "md5 equals" and len(set(trigger["values"])) == 600, trigger["test"]
    assert all(len(v) == 32 for v in trigger["values"])
    assert "http_request" in categories(lines, trigger["runs"][0])
    assert any("logo2.jpg?" + trigger["values"][0] in r for r in trigger["reveals"])


def wallet(coax, program, folder):
    """sys.exe alone waits; dropped by the setup, it goes on."""
    together = lines_of(coax, "run", "--json", program)
    assert {"sys.exe", "wallet.exe", "abbc.log"} <= files(together, "r1")
    assert "http_request" in categories(together, "r1")
    alone = folder / "sys.exe"
    shutil.copy(program, alone)
    lines = lines_of(coax, "--json", alone)
    is_silent(lines)
    trigger = find(lines, ["file"], "must", "world")
    assert trigger["subject"].lower().endswith("\\abbc.log"), trigger["subject"]
    assert trigger["values"] == ["123456789"] and trigger["test"] == "contains"
    assert "http_request" in categories(replay(coax, alone, lines, trigger["runs"][0]), "r1")
    assert "http_request" not in categories(replay(coax, alone, lines, trigger["runs"][1]), "r1")


KOREAN = {"V3LITE.EXE", "V3MAIN.EXE", "V3SP.EXE"}


def downloader(coax, program, _, products=13):
    lines = lines_of(coax, "--json", program)
    is_silent(lines)
    process = find(lines, ["process"], "must-not", "world")
    assert len(process["values"]) == products, process["values"]
    assert (KOREAN <= set(process["values"])) == (products == 13)
    domain = find(lines, ["domain", "command"], "must", "world")
    assert "http_request" in categories(replay(coax, program, lines, domain["runs"][0]), "r1")


def downloader_newer(coax, program, folder):
    downloader(coax, program, folder, products=10)


WORLDS = "cuckoo,cape,virtualbox,vmware,office,home"


def personas(coax, program):
    lines = lines_of(coax, "--json", "--replays", "0", "--against", WORLDS, program)
    rows = of(lines, "persona")
    assert [row["world"] for row in rows] == WORLDS.split(",")
    for row in rows:
        assert row["avoided"] == bool(row["missing"]) == bool(row["by"]), row
    return rows, lines


def flees_virtualbox(coax, program, _):
    rows, lines = personas(coax, program)
    assert [row["world"] for row in rows if row["avoided"]] == ["virtualbox"]
    row = next(row for row in rows if row["avoided"])
    assert row["reference"] == "home" and row["shown"] == 0
    assert {by["fact"] for by in row["by"]} == {"file", "registry"}, row["by"]
    for by in row["by"]:
        options = [word for edit in by["edits"] for word in ("--set", edit)]
        assert "revealed.txt" not in files(lines_of(coax, "run", "--json", *options, program), "r1")
    try:
        import jsonschema
    except ImportError:
        return
    schema = json.loads((HERE / "../../docs/schema.json").read_text())
    for line in lines:
        jsonschema.validate(line, schema)


def wants_domain(coax, program, _):
    rows, _ = personas(coax, program)
    assert [row["world"] for row in rows if not row["avoided"]] == ["office"]
    assert all(row["reference"] == "office" for row in rows)
    for row in rows:
        assert not row["avoided"] or row["by"][0]["fact"] == "domain", row["by"]


TOOLS = [
    "/usr/lib/x86_64-linux-gnu/wine/x86_64-windows/hostname.exe",
    "/usr/lib/x86_64-linux-gnu/wine/x86_64-windows/whoami.exe",
    "/usr/lib/x86_64-linux-gnu/wine/x86_64-windows/find.exe",
    "/usr/share/win64/gdbreplay.exe",
    "/usr/share/win32/gdbreplay.exe",
]


def tools(coax, _program, _folder):
    """Programs that wait for nothing: no condition that is not there."""
    there = [tool for tool in TOOLS if pathlib.Path(tool).exists()]
    if not there:
        print("skipped: neither Wine's tools nor gdb's for Windows are here")
        sys.exit(77)
    for tool in there:
        told = [t.get("edit") or t["fact"] for t in of(lines_of(coax, "--json", tool), "trigger")]
        assert not told, f"{tool}: told conditions that are not there: {told}"


def jobs(coax, program, folder):
    """The same for any number of jobs, and a word about worlds that are not there."""
    for name in "ab":
        shutil.copy(program, folder / f"{name}.exe")
    command = [coax, "--json", "--replays", "0", "--against", "virtualbox,office", folder]
    one, two = (
        subprocess.run([*command, "-j", n], capture_output=True, timeout=SECONDS).stdout
        for n in "12"
    )
    assert one == two and one.count(b'"persona"') == 6
    wrong = subprocess.run([coax, "--against", "home,homely", program], capture_output=True, timeout=60)
    assert wrong.returncode == 2 and b"homely: there is no such world" in wrong.stderr


def lives_at_once(coax, program, _):
    """What is told does not depend on how many lives are lived beside each other."""
    one, three = (
        subprocess.run([coax, "--json", "-j", n, program], capture_output=True, timeout=SECONDS).stdout
        for n in "13"
    )
    assert one == three and b'"type":"trigger"' in one, "another story with -j 3"


def outwaiter(coax, program, _):
    """It flees where somebody has set the error mode before, after a timer and a loop of four million rounds."""
    lines = lines_of(coax, "--json", program)
    t = find(lines, ["error_mode"], "must-not", "world")
    assert any("NOTE.txt" in text for text in t["reveals"]), t["reveals"]
    assert not [o for o in of(lines, "trigger") if o is not t], "another trigger"


def main():
    coax, programs, arch, case = sys.argv[1:]
    name = {"jobs": "flees_virtualbox", "lives_at_once": "downloader"}.get(case, case)
    program = pathlib.Path(programs) / f"{name}-{arch}.exe"
    with tempfile.TemporaryDirectory() as folder:
        try:
            globals()[case](coax, program, pathlib.Path(folder))
        except AssertionError as e:
            print(f"{case} {arch}: {e}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
