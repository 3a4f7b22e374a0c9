#!/usr/bin/python3
"""The wire reads what the guest wrote with --pcap, and sees the same names, addresses and requests that the guest told.

    agree.py COAX PROGRAM..."""
import json
import pathlib
import subprocess
import sys
import tempfile


# Servers that send elsewhere, and bodies in chunks.
EDITS = ["http:http://moved.example/a=http://told.example/page", "http.status:http://moved.example/a=302",
         "http.chunked:http://chunks.example/*=true", "http:http://chunks.example/*=" + "0123456789" * 250]


def events(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, timeout=300)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return [(x["category"], x["fields"]) for x in lines if x["type"] == "event"]


def is_inside(address):
    """Connections within the computer pass no adapter."""
    return address.startswith("127.") or address in ("::1", "0.0.0.0", "::")


def names(told):
    return {f["QueryName"].lower() for category, f in told if category == "dns_query"}


def resolved(told):
    return {(f["QueryName"].lower(), f["QueryResults"]) for category, f in told if category == "dns_query" and f.get("QueryResults")}


def connections(told):
    """Names are asked of the router, which the guest tells as a question only."""
    return {(f["DestinationIp"], f["DestinationPort"]) for category, f in told
            if category == "network_connection" and f["Protocol"] == "tcp" and not is_inside(f["DestinationIp"])}


def requests(told):
    return {(f["Method"], f["Url"], f.get("UserAgent"), f.get("Answer")) for category, f in told
            if category == "http_request" and f["Url"].startswith("http:")}


def main():
    coax, failed, seen = sys.argv[1], 0, 0
    for program in sys.argv[2:]:
        with tempfile.TemporaryDirectory() as folder:
            capture = pathlib.Path(folder) / "guest.pcap"
            edits = [word for edit in EDITS for word in ("--set", edit)]
            guest = events(coax, "run", "--json", *edits, "--pcap", capture, program)
            wire = events(coax, "wire", "--json", capture)
        for what in (names, resolved, connections, requests):
            one, other = what(guest), what(wire)
            seen += len(one)
            if one != other:
                failed += 1
                print(f"{program}, {what.__name__}: the guest alone {sorted(one - other, key=str)}, the wire alone {sorted(other - one, key=str)}")
    print(f"{seen} names, addresses and requests, {failed} disagreements")
    return bool(failed or not seen)


if __name__ == "__main__":
    sys.exit(main())
