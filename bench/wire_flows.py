#!/usr/bin/python3
"""Makes a capture of short connections, so many of them at once: wire_flows.py FILE CONNECTIONS AT_ONCE

Each is a handshake and one SMB negotiation, each packet of a round after those of the same kind of all others that are open: what
is told is the same for every AT_ONCE, and so is every packet but for its place. The same arguments make the same bytes."""
import struct
import sys

import wire_mix  # its folder is that of the tests' talk.py, too

NEGOTIATE = wire_mix.segments(wire_mix.t.smb(0x72, b"", b"\x02NT LM 0.12\0"))[0]
ROUNDS = ((0, (b"", 0), 2), (1, (b"", 0), 18), (0, (b"", 0), 16), (0, NEGOTIATE, 24))


def frames(connections, at_once):
    for first in range(0, connections, at_once):
        alive = [wire_mix.Flow(n) for n in range(first, min(first + at_once, connections))]
        for side, (data, data_sum), flags in ROUNDS:
            for flow in alive:
                yield flow.frame(side, data, data_sum, flags)


def main():
    path, connections, at_once = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with open(path, "wb") as f:
        f.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for number, frame in enumerate(frames(connections, at_once)):
            f.write(struct.pack("<IIII", 1_500_000_000 + number // 100000, number % 100000 * 10, len(frame), len(frame)) + frame)


if __name__ == "__main__":
    main()
