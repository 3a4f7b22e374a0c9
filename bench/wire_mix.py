#!/usr/bin/python3
"""Makes a capture that is heavy with SMB: wire_mix.py FILE [PACKETS [FLOWS]]

Clients open sessions, read and write files in pieces, peek at pipes; nothing of it is an attack. The same arguments make the same bytes."""
import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "wire"))
import talk as t  # noqa: E402

PAGE = bytes(range(256)) * 16


def total(data):
    """The sum of 16-bit words, not folded; pieces of even length add up."""
    data += b"\0" * (len(data) % 2)
    return sum(struct.unpack(f">{len(data) // 2}H", data))


def segments(data):
    return [(data[at:at + 1400], total(data[at:at + 1400])) for at in range(0, len(data), 1400)]


def conversation():
    """[(side, [(bytes, sum)])], the same for every flow."""
    out = []

    class Recorder:
        def ask(self, message):
            out.append((0, segments(message)))

        def answer(self, message):
            out.append((1, segments(message)))

    say = Recorder()
    t.begin(say)
    begin, out = out, []
    read = struct.pack("<BBHHIHHIHI", 0xFF, 0, 0, 0x4010, 0, 4096, 4096, 0, 0, 0)
    answer = struct.pack("<BBHHHHHHHIH", 0xFF, 0, 0, 0, 0, 0, 4096, 59, 0, 0, 0)
    for n in range(4):
        out.append((0, segments(t.smb(0x2E, read, mid=100 + n))))
        out.append((1, segments(t.smb(0x2E, answer, PAGE, reply=True, mid=100 + n))))
        out.append((0, segments(t.write_andx(0x4011, PAGE[:2600], mid=200 + n))))
        out.append((1, segments(t.smb(0x2F, bytes(12), reply=True, mid=200 + n))))
    out.append((0, segments(t.transaction(0x25, [0x23, 0x4001], mpc=6, mdc=0, mid=300))))
    out.append((1, segments(t.smb(0x25, bytes(20), bytes(6), reply=True, mid=300))))
    return begin, out


class Flow:
    def __init__(self, number):
        self.ends = [struct.pack(">I", 0x0A000000 + number // 4), struct.pack(">I", 0xC0A80000 + number % 251)]
        self.ports = [20000 + number % 40000, 445]
        self.next = [number * 7919 & 0xFFFFFFFF, number * 104729 & 0xFFFFFFFF]
        self.addresses = total(self.ends[0] + self.ends[1])

    def frame(self, side, data, data_sum, flags):
        n = 20 + len(data)
        tcp = struct.pack(">HHIIBBH", self.ports[side], self.ports[1 - side], self.next[side], self.next[1 - side] if flags != 2 else 0, 80, flags, 65535)
        c = self.addresses + 6 + n + total(tcp) + data_sum
        ip = struct.pack(">BBHIBB", 0x45, 0, 20 + n, 0, 64, 6)
        h = total(ip) + self.addresses
        self.next[side] = self.next[side] + len(data) + (1 if flags & 2 else 0) & 0xFFFFFFFF
        return b"".join((b"\2\0\0\0\0\2\2\0\0\0\0\1\x08\0", ip, struct.pack(">H", fold(h)), self.ends[side], self.ends[1 - side], tcp,
                         struct.pack(">HH", fold(c), 0), data))


def fold(n):
    while n >> 16:
        n = (n & 0xFFFF) + (n >> 16)
    return ~n & 0xFFFF


def frames(flows):
    begin, loop = conversation()
    live = [Flow(n) for n in range(flows)]
    for f in live:
        yield f.frame(0, b"", 0, 2)
        yield f.frame(1, b"", 0, 18)
        yield f.frame(0, b"", 0, 16)
        for side, pieces in begin:
            for data, s in pieces:
                yield f.frame(side, data, s, 24)
    while True:
        for f in live:
            for side, pieces in loop:
                for data, s in pieces:
                    yield f.frame(side, data, s, 24)
                if len(pieces) > 1:
                    yield f.frame(1 - side, b"", 0, 16)


def main():
    path, packets, flows = sys.argv[1], int((sys.argv[2:] + ["1000000"])[0]), int((sys.argv[3:] + ["1000"])[0])
    with open(path, "wb") as f:
        f.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for number, frame in enumerate(frames(flows)):
            if number == packets:
                break
            f.write(struct.pack("<IIII", 1_500_000_000 + number // 100000, number % 100000 * 10, len(frame), len(frame)) + frame)


if __name__ == "__main__":
    main()
