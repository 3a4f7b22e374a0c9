#!/usr/bin/env python3
"""--pcap: what a program sends is in the capture, with sums that are right, and the same every time.

    capture.py [--coax build/coax] [--programs build/tests/guest]
"""

import argparse
import pathlib
import struct
import subprocess
import sys
import tempfile


def capture(coax, program, folder, name):
    out = folder / name
    subprocess.run([coax, "run", "--quiet", "--pcap", out, program], timeout=300, check=False,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return out.read_bytes()


def frames(data):
    magic, major, minor, _, _, link = struct.unpack_from("<IHHQII", data)
    assert (magic, major, minor, link) == (0xA1B23C4D, 2, 4, 1), "no capture in nanoseconds"
    at, before = 24, (0, 0)
    while at < len(data):
        seconds, part, size, whole = struct.unpack_from("<IIII", data, at)
        assert size == whole and part < 10**9 and (seconds, part) >= before, f"frame at {at}"
        before = (seconds, part)
        yield data[at + 16:at + 16 + size]
        at += 16 + size


def total(data):
    data += b"\0" * (len(data) % 2)
    value = sum(struct.unpack(f">{len(data) // 2}H", data))
    while value >> 16:
        value = (value & 0xFFFF) + (value >> 16)
    return value


def check(frame):
    """The IPv4 packet in a frame: (protocol, segment), its sums checked."""
    assert frame[12:14] == b"\x08\0", "not IPv4"
    packet = frame[14:]
    assert total(packet[:20]) == 0xFFFF, "the sum of the header"
    assert int.from_bytes(packet[2:4], "big") == len(packet), "the length"
    protocol, segment = packet[9], packet[20:]
    pseudo = packet[12:20] + struct.pack(">HH", protocol, len(segment))
    if protocol in (6, 17):
        assert total(pseudo + segment) == 0xFFFF, "the sum of the segment"
    return protocol, segment


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--coax", default="build/coax")
    parser.add_argument("--programs", type=pathlib.Path, default="build/tests/guest")
    options = parser.parse_args()
    for arch in ("x64", "x86"):
        with tempfile.TemporaryDirectory() as folder:
            one, two = (capture(options.coax, options.programs / f"web-{arch}.exe",
                                pathlib.Path(folder), name) for name in ("one", "two"))
        assert one == two, "a second run makes another capture"
        packets = [check(frame) for frame in frames(one)]
        syn = sum(p == 6 and s[13] == 2 for p, s in packets)
        answered = sum(p == 6 and s[13] == 18 for p, s in packets)
        requests = sum(p == 6 and b"GET /page HTTP/1.1\r\n" in s for p, s in packets)
        names = sum(p == 17 and s[2:4] == b"\0\x35" for p, s in packets)
        assert syn and answered and requests >= 3 and names >= 3, (syn, answered, requests, names)
        print(f"{arch}: {len(packets)} frames, {syn} connections, {requests} requests, {names} names")
    return 0


if __name__ == "__main__":
    sys.exit(main())
