#!/usr/bin/python3
"""Real captures: each attack by its name, roles, patch state and implant; nothing in benign ones.

    corpus.py COAX FOLDER

FOLDER has `pcap/attack` and `pcap/benign` (COAX_CORPUS names another one); without them the test is skipped."""
import json
import subprocess
import sys

import packets

# what tshark shows of these files, read by hand
ATTACKS = {
    "es-doublepulsar-backdoor-connect-win7": ({"wire.doublepulsar"}, "192.168.198.204", "192.168.198.203", True),
    "es-eternalblue-success-unpatched-win7": ({"wire.eternalblue", "wire.doublepulsar"}, "192.168.198.204", "192.168.198.203", True),
    "es-eternalromance-success-2008r2": ({"wire.eternalromance"}, "10.99.99.8", "172.23.33.10", True),
    "sv-smb1-data-offset-synergy": ({"wire.eternalsynergy"}, "10.4.30.101", "10.4.30.5", True),
}


def lines(coax, path):
    done = subprocess.run([coax, "wire", "--json", path], stdout=subprocess.PIPE)
    return [json.loads(line) for line in done.stdout.splitlines()]


def problems_of_attack(name, told):
    rules, attacker, victim, succeeded = ATTACKS[name]
    found = [x for x in told if x["type"] == "finding"]
    if {f["rule"] for f in found} != rules:
        yield f"{sorted(f['rule'] for f in found)} instead of {sorted(rules)}"
    for f in found:
        if (f["attacker"], f["victim"], f["succeeded"]) != (attacker, victim, succeeded):
            yield f"{f['rule']}: {f['attacker']} attacks {f['victim']}, succeeded {f['succeeded']}"
    patch = {x["address"]: x["patch"] for x in told if x["type"] == "host"}.get(victim)
    if patch != "unpatched":
        yield f"{victim} is {patch}"


def main():
    coax, folder, seen, failed = sys.argv[1], packets.corpus(sys.argv[2]), 0, 0
    for path in sorted(folder.glob("pcap/*/*.pcap")):
        told, problems = lines(coax, path), []
        if path.parent.name == "benign":
            problems = [f"{x['rule']}: {x['title']}" for x in told if x["type"] == "finding"]
        elif path.stem in ATTACKS:
            problems = list(problems_of_attack(path.stem, told))
        seen += 1
        failed += bool(problems)
        for problem in problems:
            print(f"{path.name}: {problem}")
    if not seen:
        print("skipped: corpus absent")
        return 77
    print(f"{seen} captures, {failed} failed")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
