"""Conversations that are made up, each with what coax must say of it: what vectors.py and misses.py are written with."""
import json
import pathlib
import subprocess
import tempfile

import packets

CASES = []


def case(*rules, patch=None, succeeded="any", client="10.0.0.1", server="10.0.0.2", details=None):
    """What the function's conversation must be told as; nothing where no rule is given. `details` are those of the last rule, and a None one is absent."""
    def add(make):
        CASES.append((make.__name__, make, rules, patch, succeeded, client, server, details))
        return make
    return add


def check(coax, folder, name, make, rules, patch, succeeded, client, server, details):
    path = pathlib.Path(folder) / f"{name}.pcap"
    packets.write(path, make().packets)
    done = subprocess.run([coax, "wire", "--json", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    found = [x for x in lines if x["type"] == "finding"]
    problems = []
    if {f["rule"] for f in found} != set(rules):
        problems.append(f"{sorted(f['rule'] for f in found)} instead of {sorted(rules)}")
    for f in found:
        if client and (f.get("attacker"), f.get("victim")) != (client, server):
            problems.append(f"{f.get('attacker')} attacks {f.get('victim')}")
        if succeeded != "any" and f["succeeded"] is not succeeded:
            problems.append(f"succeeded is {f['succeeded']}")
    for key, value in (details or {}).items():
        told = [f.get("details", {}).get(key) for f in found if f["rule"] == rules[-1]]
        if told != [value]:
            problems.append(f"{key} is {told} instead of {value}")
    hosts = [x["patch"] for x in lines if x["type"] == "host"]
    if patch and hosts != [patch]:
        problems.append(f"patch is {hosts} instead of {patch}")
    if not lines or lines[-1]["type"] != "summary":
        problems.append(f"no summary: {done.stderr.decode()[:200]}")
    for problem in problems:
        print(f"{name}: {problem}")
    return not problems


def run(coax, module):
    """Those that were made in the module: (how many there are, how many failed)."""
    mine = [one for one in CASES if one[1].__module__ == module]
    with tempfile.TemporaryDirectory() as folder:
        return len(mine), sum(not check(coax, folder, *one) for one in mine)
