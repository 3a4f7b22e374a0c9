#!/usr/bin/python3
"""tshark as the oracle: of every capture of the corpus the same DCE/RPC interfaces and operations, shares and DNS names.

    oracle.py COAX FOLDER

Skipped without tshark or corpus."""
import json
import shutil
import subprocess
import sys

import packets

FIELDS = {"interfaces": ["dcerpc.cn_bind_to_uuid"], "operations": ["dcerpc.opnum"], "shares": ["smb.path", "smb2.tree"], "names": ["dns.qry.name"]}


def of_tshark(path):
    """A field that occurs several times in a frame is a list with commas."""
    options = [x for fields in FIELDS.values() for f in fields for x in ("-e", f)]
    done = subprocess.run(["tshark", "-r", path, "-T", "fields", "-E", "separator=;", *options], capture_output=True, text=True)
    out = {what: set() for what in FIELDS}
    owners = [what for what, fields in FIELDS.items() for _ in fields]
    for line in done.stdout.splitlines():
        for what, text in zip(owners, line.split(";")):
            out[what] |= {(x if what in ("shares", "operations") else x.lower()) for x in text.split(",") if x}
    return out


def of_coax(coax, path):
    done = subprocess.run([coax, "wire", "--json", path], stdout=subprocess.PIPE)
    told = [x for x in map(json.loads, done.stdout.splitlines()) if x["type"] == "event"]

    def every(category, field):
        return {x["fields"][field] for x in told if x["category"] == category and field in x["fields"]}
    return {"interfaces": {i.lower().split(" ")[0] for i in every("rpc_bind", "Interface")}, "operations": every("rpc_call", "Operation"),
            "shares": every("smb_tree", "ShareName"), "names": {n.lower() for n in every("dns_query", "QueryName")}}


def main():
    captures = sorted(packets.corpus(sys.argv[2]).glob("pcap/*/*.pcap"))
    if not captures or not shutil.which("tshark"):
        print("skipped: corpus or tshark absent")
        return 77
    failed = compared = 0
    for path in captures:
        one, other = of_tshark(path), of_coax(sys.argv[1], path)
        for what in one:
            compared += len(one[what])
            if one[what] == other[what]:
                continue
            failed += 1
            print(f"{path.name}, {what}: tshark alone {sorted(one[what] - other[what])}, coax alone {sorted(other[what] - one[what])}")
    print(f"{compared} facts of {len(captures)} captures, {failed} disagreements")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
