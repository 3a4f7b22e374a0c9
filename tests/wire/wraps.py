#!/usr/bin/python3
"""Every attack of the corpus in other files and frames: link layers, tunnels, pcapng with what it may hold, snap lengths; the name, attacker and victim
survive. And the benign ones stay without a finding where only the beginnings of packets were captured.

    wraps.py COAX FOLDER

FOLDER has pcap/attack and pcap/benign (COAX_CORPUS names another one); without them the test is skipped."""
import pathlib
import struct
import sys
import tempfile

import evasion
import packets


def ip_of(frame):
    """What follows an Ethernet header, with the EtherType."""
    return frame[12:14], frame[14:]


def ipv4(protocol, body, source=b"\xc0\0\2\1", destination=b"\xc0\0\2\2"):
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0, 64, protocol, 0) + source + destination
    return head[:10] + struct.pack(">H", packets.checksum(head)) + head[12:] + body


def udp(port, body):
    return struct.pack(">HHHH", 50000, port, 8 + len(body), 0) + body


def behind(tag):
    return lambda frame: frame[:12] + tag + frame[12:]


def outer(datagram):
    return b"\2\0\0\0\0\2\2\0\0\0\0\1\x08\0" + datagram


# name: (link type, frame -> frame)
WRAPS = {
    "vlan": (1, behind(b"\x81\0\0\x64")),
    "qinq": (1, behind(b"\x88\xa8\0\x64\x81\0\0\x65")),
    "mpls": (1, lambda f: f[:12] + b"\x88\x47" + b"\0\1\x01\x40" + f[14:]),
    "pppoe": (1, lambda f: f[:12] + b"\x88\x64" + b"\x11\0\0\1" + struct.pack(">H", len(f) - 12) + b"\0\x21" + f[14:]),
    "cooked": (113, lambda f: b"\0\0\0\1\0\6" + f[6:12] + b"\0\0" + f[12:]),
    "cooked2": (276, lambda f: f[12:14] + b"\0\0\0\0\0\2\0\1\0\6" + f[6:12] + b"\0\0" + f[14:]),
    "raw": (101, lambda f: f[14:]),
    "null": (0, lambda f: b"\2\0\0\0" + f[14:]),
    "gre": (1, lambda f: outer(ipv4(47, b"\0\0" + f[12:]))),
    "gre-ethernet": (1, lambda f: outer(ipv4(47, b"\0\0\x65\x58" + f))),
    "vxlan": (1, lambda f: outer(ipv4(17, udp(4789, b"\x08\0\0\0\0\0\x64\0" + f)))),
    "ip-in-ip": (1, lambda f: outer(ipv4(4, f[14:]))),
}


def read_frames(path):
    """[(seconds, microseconds, frame)], whatever they are."""
    data, at, out = path.read_bytes(), 24, []
    while at + 16 <= len(data):
        seconds, micro, n, _ = struct.unpack_from("<IIII", data, at)
        out.append((seconds, micro, data[at + 16:at + 16 + n]))
        at += 16 + n
    return out


def is_ip(frame):
    return frame[12:14] == b"\x08\0"


def pcap(frames, link=1, order="<", nano=False, snap=None):
    out = [struct.pack(order + "IHHiIII", 0xA1B23C4D if nano else 0xA1B2C3D4, 2, 4, 0, 0, snap or 262144, link)]
    for seconds, micro, frame in frames:
        kept = frame[:snap]
        out.append(struct.pack(order + "IIII", seconds, micro * (1000 if nano else 1), len(kept), len(frame)) + kept)
    return b"".join(out)


def block(order, kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack(order + "II", kind, 12 + len(body)) + body + struct.pack(order + "I", 12 + len(body))


def option(order, code, value):
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def pcapng(frames, order="<"):
    """Two interfaces with clocks of their own, one of which has no packets' order in common with the other's number, and blocks that nobody reads."""
    section = struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1)
    nano = option(order, 9, b"\x09") + option(order, 0, b"")
    out = [block(order, 0x0A0D0D0A, section), block(order, 0x0BAD, b"custom" * 7),
           block(order, 1, struct.pack(order + "HHI", 101, 0, 0) + option(order, 2, b"tun0") + option(order, 0, b"")),
           block(order, 1, struct.pack(order + "HHI", 1, 0, 0) + nano),
           block(order, 4, struct.pack(order + "HH", 0, 0))]
    for number, (seconds, micro, frame) in enumerate(frames):
        raw = number % 3 == 1 and is_ip(frame)
        ticks = (seconds * 1000000 + micro) * (1 if raw else 1000)
        body = frame[14:] if raw else frame
        head = struct.pack(order + "IIIII", 0 if raw else 1, ticks >> 32, ticks & 0xFFFFFFFF, len(body), len(body))
        out.append(block(order, 6, head + body + bytes(-len(body) % 4) + option(order, 1, b"a comment") + option(order, 0, b"")))
        if number == len(frames) // 2:
            out += [block(order, 5, struct.pack(order + "III", 1, 0, 0)), block(order, 10, struct.pack(order + "II", 0x544C534B, 4) + b"none")]
    return b"".join(out)


def files(frames):
    """(name, bytes of a file) of each way."""
    for name, (link, wrap) in WRAPS.items():
        yield name, pcap([(s, m, wrap(f)) for s, m, f in frames if is_ip(f)], link)
    yield "big-endian", pcap(frames, order=">")
    yield "nanoseconds", pcap(frames, nano=True)
    yield "pcapng", pcapng(frames)
    yield "pcapng-big-endian", pcapng(frames, ">")
    yield "pcapng-two-sections", pcapng(frames[:len(frames) // 2]) + pcapng(frames[len(frames) // 2:], ">")
    yield "broken-tail", pcap(frames)[:-7]
    yield "snaplen-1024", pcap(frames, snap=1024)
    yield "snaplen-256", pcap(frames, snap=256)


def main():
    coax, folder = sys.argv[1], packets.corpus(sys.argv[2])
    attacks, tried, failed = sorted(folder.glob("pcap/attack/*.pcap")), 0, 0
    if not attacks:
        print("skipped: corpus absent")
        return 77
    with tempfile.TemporaryDirectory() as temporary:
        path = pathlib.Path(temporary) / "x.pcap"
        for capture in attacks:
            want = evasion.wanted(evasion.findings(coax, capture))
            for name, data in files(read_frames(capture)):
                path.write_bytes(data)
                got = evasion.findings(coax, path)
                tried += 1
                if want <= got and not {f for f in got if f[0] in evasion.EXPLOITS} - want:
                    continue
                failed += 1
                print(f"{capture.name}, {name}: {sorted(got)} instead of {sorted(want)}")
        for capture in sorted(folder.glob("pcap/benign/*.pcap")):
            for snap in (96, 160, 400):
                path.write_bytes(pcap(read_frames(capture), snap=snap))
                got = evasion.findings(coax, path)
                tried += 1
                failed += bool(got)
                if got:
                    print(f"{capture.name}, snaplen {snap}: {sorted(got)}")
    print(f"{tried} files, {failed} failed")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
