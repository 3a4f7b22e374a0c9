#!/usr/bin/python3
"""`coax wire -i IF`: an attack is replayed through a pair of interfaces in a network namespace of its own, and found while it goes on; the report
is moved away and goes on under its name; SIGTERM ends it with a summary; the packets of the finding are a capture.

    live.py COAX

Skipped where no such namespace can be had."""
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time

import packets
import vectors

IN_NAMESPACE = "COAX_TEST_IN_NAMESPACE"
PATIENCE = 20


def enter_namespace():
    if os.environ.get(IN_NAMESPACE):
        return True
    unshare = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--net", "--map-root-user"]
    if subprocess.run(unshare + ["ip", "link", "add", "one", "type", "veth", "peer", "name", "other"], capture_output=True).returncode:
        return False
    os.execvpe(unshare[0], unshare + [sys.executable, *sys.argv], {**os.environ, IN_NAMESPACE: "1"})


def open_interfaces():
    subprocess.run(["ip", "link", "add", "one", "type", "veth", "peer", "name", "other"], check=True)
    for name in ("one", "other"):
        subprocess.run(["ip", "link", "set", name, "up"], check=True)


def send(frames):
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
        s.bind(("one", 0))
        for frame in frames:
            s.send(frame)


def wait_until(condition):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def status_of(pid):
    try:
        return dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line)
    except OSError:
        return {}


def children(pid):
    return [x.name for x in pathlib.Path("/proc").iterdir() if x.name.isdigit() and status_of(x.name).get("PPid") == str(pid)]


def is_locked_in(pid):
    """seccomp filters, no capability, nothing to be gained."""
    status = status_of(pid)
    return (status.get("Seccomp"), status.get("NoNewPrivs"), int(status.get("CapEff", "1"), 16)) == ("2", "1", 0)


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def rules(path):
    return [x["rule"] for x in lines(path) if x["type"] == "finding"]


def frames_of(make, port):
    """The client's port is another one each time, or it would be the same connection once more."""
    talk = [p.copy(sport=port if p.dport == 445 else p.sport, dport=port if p.sport == 445 else p.dport) for p in make().packets]
    return [packets.ethernet(d) for number, p in enumerate(talk) for d in p.datagrams(number + 1)]


def replay_until(make, report, rule):
    """The worker opens its interface in its own time: it may miss the first ones."""
    ports = iter(range(41000 if rule.endswith("romance") else 42000, 60000))

    def try_once():
        send(frames_of(make, next(ports)))
        end = time.monotonic() + 4
        while time.monotonic() < end and rule not in rules(report):
            time.sleep(0.05)
        return rule in rules(report)
    return wait_until(try_once)


def check(coax, folder):
    report, moved, kept = folder / "report.json", folder / "moved.json", folder / "kept.pcap"
    process = subprocess.Popen([coax, "wire", "--json", "-i", "other", "-o", report, "--filter", "tcp", "--write", kept])
    if not wait_until(lambda: lines(report)):
        yield "no artifact line came"
    if not wait_until(lambda: any(is_locked_in(x) for x in children(process.pid))):
        yield "no worker is locked in"
    if not replay_until(vectors.romance, report, "wire.eternalromance"):
        yield "the first attack was not found while it went on"
    report.rename(moved)
    process.send_signal(signal.SIGHUP)
    if not replay_until(vectors.champion, report, "wire.eternalchampion"):
        yield "after SIGHUP no finding came under the report's name"
    process.send_signal(signal.SIGTERM)
    status = process.wait(timeout=PATIENCE)
    if status != 1:
        yield f"exit status {status}"
    told = lines(report)
    if not told or told[-1]["type"] != "summary" or told[-1]["findings"] < 2:
        yield f"the last line is {told[-1:]}"
    first = lines(moved)[0]
    if (first["type"], first["format"], first["sha256"]) != ("artifact", "interface", None):
        yield f"the first line is {first}"
    if not [x for x in told if x["type"] == "host" and x["patch"] == "unpatched"]:
        yield "no host is told as unpatched"
    if len(packets.read(kept)) < len(vectors.champion().packets):
        yield f"{kept} has {len(packets.read(kept))} packets"


def main():
    if not enter_namespace():
        print("skipped: no network namespace with a pair of interfaces is to be had here")
        return 77
    open_interfaces()
    with tempfile.TemporaryDirectory() as folder:
        problems = list(check(sys.argv[1], pathlib.Path(folder)))
    for problem in problems:
        print(problem)
    print(f"live capture: {len(problems)} problems")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
