"""Packets as tests need them: read from a capture, changed, written again with right checksums.

Nothing here carries a payload of an exploit: what tests make up is inert and says so."""
import dataclasses
import ipaddress
import os
import pathlib
import struct

FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32


def corpus(folder):
    return pathlib.Path(os.environ.get("COAX_CORPUS") or folder)


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


@dataclasses.dataclass
class Tcp:
    """One segment, or (raw set) a frame that is passed on as it is."""
    time: int = 0  # microseconds
    source: str = "10.0.0.1"
    destination: str = "10.0.0.2"
    sport: int = 40000
    dport: int = 445
    seq: int = 0
    ack: int = 0
    flags: int = ACK
    data: bytes = b""
    ttl: int = 64
    window: int = 65535
    urgent: int = 0
    bad_checksum: bool = False
    fragments: int = 0  # cut the datagram into pieces of so many bytes
    backwards: bool = False  # and send the last one first
    raw: bytes = None

    def copy(self, **changes):
        return dataclasses.replace(self, **changes)

    def key(self):
        return self.source, self.sport, self.destination, self.dport

    def segment(self):
        six = ":" in self.source
        source, destination = ipaddress.ip_address(self.source).packed, ipaddress.ip_address(self.destination).packed
        flags = self.flags | (URG if self.urgent else 0)
        head = struct.pack(">HHIIBBHHH", self.sport, self.dport, self.seq & 0xFFFFFFFF, self.ack & 0xFFFFFFFF, 5 << 4, flags,
                           self.window, 0, self.urgent)
        n = len(head) + len(self.data)
        pseudo = source + destination + (struct.pack(">II", n, 6) if six else struct.pack(">BBH", 0, 6, n))
        total = checksum(pseudo + head + self.data)
        if self.bad_checksum:
            total ^= 0x5A5A
        return head[:16] + struct.pack(">H", total) + head[18:] + self.data

    def datagrams(self, number):
        body = self.segment()
        source, destination = ipaddress.ip_address(self.source).packed, ipaddress.ip_address(self.destination).packed
        if ":" in self.source:
            return [struct.pack(">IHBB", 6 << 28, len(body), 6, self.ttl) + source + destination + body]
        size = self.fragments or len(body)
        pieces = [(at, body[at:at + size]) for at in range(0, len(body), size)]
        out = []
        for at, piece in pieces:
            more = 0x2000 if at + len(piece) < len(body) else 0
            head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(piece), number & 0xFFFF, more | at // 8, self.ttl, 6, 0)
            total = checksum(head + source + destination)
            out.append(head[:10] + struct.pack(">H", total) + source + destination + piece)
        return out[::-1] if self.backwards else out


def ethernet(datagram, tags=b""):
    kind = 0x86DD if datagram[0] >> 4 == 6 else 0x0800
    return b"\2\0\0\0\0\2\2\0\0\0\0\1" + tags + struct.pack(">H", kind) + datagram


def write(path, packets, wrap=ethernet, link=1, nano=False, big=False):
    """`wrap` makes a frame of a datagram."""
    order = ">" if big else "<"
    with open(path, "wb") as f:
        f.write(struct.pack(order + "IHHiIII", 0xA1B23C4D if nano else 0xA1B2C3D4, 2, 4, 0, 0, 262144, link))
        for number, p in enumerate(packets):
            for frame in [p.raw] if p.raw is not None else [wrap(d) for d in p.datagrams(number + 1)]:
                fraction = p.time % 1000000 * (1000 if nano else 1)
                f.write(struct.pack(order + "IIII", p.time // 1000000, fraction, len(frame), len(frame)) + frame)


def read(path):
    """A classic capture of Ethernet with IPv4; what is no TCP stays raw."""
    data = open(path, "rb").read()
    assert data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1"), "only little-endian captures"
    nano = data[0] == 0x4D
    at, out = 24, []
    while at + 16 <= len(data):
        seconds, fraction, n, _ = struct.unpack_from("<IIII", data, at)
        out.append(parse(seconds * 1000000 + (fraction // 1000 if nano else fraction), data[at + 16:at + 16 + n]))
        at += 16 + n
    return out


def parse(time, frame):
    if frame[12:14] != b"\x08\x00" or frame[23] != 6:
        return Tcp(time=time, raw=frame)
    ip = frame[14:]
    header, total = (ip[0] & 15) * 4, struct.unpack_from(">H", ip, 2)[0] or len(ip)
    body = ip[header:total]
    sport, dport, seq, ack, offset, flags, window, _, urgent = struct.unpack_from(">HHIIBBHHH", body)
    return Tcp(time=time, source=str(ipaddress.ip_address(ip[12:16])), destination=str(ipaddress.ip_address(ip[16:20])), sport=sport,
               dport=dport, seq=seq, ack=ack, flags=flags & 0x1F, data=body[(offset >> 4) * 4:], ttl=ip[8], window=window)
