#!/usr/bin/python3
"""Every attack of the corpus, sent in every way of reframe.py and in pairs of them: the name, the attacker and the victim survive.

    evasion.py COAX FOLDER [--all] [--keep FOLDER]

FOLDER has pcap/attack (COAX_CORPUS names another one); without it the test is skipped. Pairs are many: without --all every seventh is tried."""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import packets
import reframe

EXPLOITS = ("wire.eternalblue", "wire.eternalromance", "wire.eternalsynergy", "wire.eternalchampion")


def findings(coax, path):
    done = subprocess.run([coax, "wire", "--json", path], stdout=subprocess.PIPE)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {(f["rule"], f["attacker"], f["victim"]) for f in lines if f["type"] == "finding" and "attacker" in f}


def wanted(found):
    """An exploit's name; where there is none, the implant's."""
    return {f for f in found if f[0] in EXPLOITS} or {f for f in found if f[0] == "wire.doublepulsar"}


def combinations(everything):
    singles = [(a,) for a in reframe.WAYS]
    pairs = [(a, b) for a in reframe.WAYS for b in reframe.WAYS if reframe.compatible(a, b)]
    return singles + (pairs if everything else pairs[::7])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("coax")
    parser.add_argument("folder")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--only", help="a way that must be among those tried")
    options = parser.parse_args()
    captures = sorted(packets.corpus(options.folder).glob("pcap/attack/*.pcap"))
    if not captures:
        print("skipped: corpus absent")
        return 77
    tried = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for capture in captures:
            segments, want = packets.read(capture), wanted(findings(options.coax, capture))
            if not want:
                print(f"{capture.name}: nothing is found in it as it is")
                failed += 1
            for names in combinations(options.all):
                if options.only and options.only not in names:
                    continue
                path = pathlib.Path(folder) / "x.pcap"
                packets.write(path, reframe.apply(names, segments))
                got = findings(options.coax, path)
                tried += 1
                extra = {f for f in got if f[0] in EXPLOITS} - want
                if want <= got and not extra:
                    continue
                failed += 1
                print(f"{capture.name}, {' + '.join(names)}: {sorted(f[0] for f in got)} instead of {sorted(f[0] for f in want)}", flush=True)
                if options.keep:
                    path.rename(options.keep / f"{capture.stem}-{'-'.join(names)}.pcap")
    print(f"{tried} re-framed captures, {failed} failed")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
