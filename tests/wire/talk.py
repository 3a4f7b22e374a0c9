"""Conversations made up for tests: TCP with its handshake, NetBIOS, SMB 1.0 and DCE/RPC around bytes that mean nothing.

All of it is SYNTHETIC and INERT: the shape of a request is what detectors go by; no payload of any exploit is in here, and where a
real attack carries one there are zeroes or the letter A."""
import struct

import packets as p

SUCCESS, NOT_IMPLEMENTED, INVALID_HANDLE, INVALID_PARAMETER = 0, 0xC0000002, 0xC0000008, 0xC000000D
ACCESS_DENIED, INSUFF_RESOURCES = 0xC0000022, 0xC0000205
SRVSVC = bytes.fromhex("c84f324b7016d30112785a47bf6ee188")


class Talk:
    """One TCP connection; `ask` is said by the client, `answer` by the server."""

    def __init__(self, client="10.0.0.1", server="10.0.0.2", sport=40000, dport=445, time=1_000_000_000, handshake=True):
        self.ends = ((client, sport), (server, dport))
        self.next = [1000, 9000]
        self.time, self.packets = time, []
        if handshake:
            self.say(0, b"", p.SYN)
            self.next[0] += 1
            self.say(1, b"", p.SYN | p.ACK)
            self.next[1] += 1
            self.say(0, b"")

    def say(self, side, data, flags=p.ACK, **changes):
        (source, sport), (destination, dport) = self.ends[side], self.ends[1 - side]
        self.time += 1000
        self.packets.append(p.Tcp(time=self.time, source=source, sport=sport, destination=destination, dport=dport, seq=self.next[side],
                                  ack=self.next[1 - side] if flags & p.ACK else 0, flags=flags, data=data, **changes))
        self.next[side] += len(data)

    def ask(self, message):
        for at in range(0, len(message), 1400):
            self.say(0, message[at:at + 1400])
        self.say(1, b"")

    def answer(self, message):
        for at in range(0, len(message), 1400):
            self.say(1, message[at:at + 1400])
        self.say(0, b"")


def netbios(body):
    return struct.pack(">I", len(body)) + body


def smb(command, words=b"", data=b"", reply=False, status=0, tid=1, pid=2, uid=3, mid=4, signature=bytes(8), flags2=0xC801):
    header = b"\xffSMB" + struct.pack("<BIBHH8sHHHHH", command, status, 0x98 if reply else 0x18, flags2, 0, signature, 0, tid, pid, uid, mid)
    return netbios(header + bytes([len(words) // 2]) + words + struct.pack("<H", len(data) & 0xFFFF) + data)


def transaction(command, setup, parameters=b"", data=b"", tpc=None, tdc=None, mpc=0, mdc=0, timeout=0, **key):
    """TRANSACTION (25h) and TRANSACTION2 (32h)."""
    at = 32 + 1 + 28 + 2 * len(setup) + 2
    words = struct.pack("<HHHHBBHIHHHHHBB", len(parameters) if tpc is None else tpc, len(data) if tdc is None else tdc, mpc, mdc, 0, 0, 0, timeout,
                        0, len(parameters), at, len(data), at + len(parameters), len(setup), 0) + b"".join(struct.pack("<H", s) for s in setup)
    return smb(command, words, parameters + data, **key)


def secondary(command, tdc, data, to=0, **key):
    """TRANSACTION_SECONDARY (26h) and TRANSACTION2_SECONDARY (33h)."""
    words = struct.pack("<HHHHHHHH", 0, tdc & 0xFFFF, 0, 0, 0, len(data), 32 + 1 + 16 + 2, to & 0xFFFF) + (b"\0\0" if command == 0x33 else b"")
    return smb(command, words, data, **key)


def nt_transact(function, data, tdc=None, tpc=0, mpc=0, mdc=0, **key):
    words = struct.pack("<BHIIIIIIIIBH", 0, 0, tpc, len(data) if tdc is None else tdc, mpc, mdc, 0, 0, len(data), 32 + 1 + 38 + 2, 0, function)
    return smb(0xA0, words, data, **key)


def nt_secondary(tdc, data, to=0, **key):
    words = b"\0\0\0" + struct.pack("<IIIIIIIIB", 0, tdc, 0, 0, 0, len(data), 32 + 1 + 36 + 2, to, 0)
    return smb(0xA1, words, data, **key)


def write_andx(fid, data, mode=0, **key):
    words = struct.pack("<BBHHIIHHHHH", 0xFF, 0, 0, fid, 0, 0, mode, 0, 0, len(data), 32 + 1 + 24 + 2)
    return smb(0x2F, words, data, **key)


def create_pipe(name, **key):
    words = struct.pack("<BBHBHIIIQIIIIIB", 0xFF, 0, 0, 0, len(name) * 2, 0, 0, 0x2019F, 0, 0, 3, 1, 0, 2, 0)
    return smb(0xA2, words, b"\0" + name.encode("utf-16le") + b"\0\0", **key)


def created_pipe(fid, **key):
    words = struct.pack("<BBHBHI", 0xFF, 0, 0, 0, fid, 1) + bytes(32) + struct.pack("<IQQHHB", 0x80, 0, 0, 2, 0, 0)
    return smb(0xA2, words, b"", reply=True, **key)


def begin(talk, **key):
    """Up to an open tree: what every client says."""
    talk.ask(smb(0x72, b"", b"\x02NT LM 0.12\0", **key))
    talk.answer(smb(0x72, bytes(34), bytes(16), reply=True, **key))
    talk.ask(smb(0x73, struct.pack("<BBHHHHIHHII", 0xFF, 0, 0, 65535, 2, 1, 0, 0, 0, 0, 0), bytes(20), **key))
    talk.answer(smb(0x73, struct.pack("<BBHH", 0xFF, 0, 0, 0), b"\0" + "Synthetic".encode("utf-16le") + b"\0\0", reply=True, **key))
    talk.ask(smb(0x75, struct.pack("<BBHHH", 0xFF, 0, 0, 0, 1), b"\0" + "\\\\X\\IPC$".encode("utf-16le") + b"\0\0?????\0", **key))
    talk.answer(smb(0x75, struct.pack("<BBHH", 0xFF, 0, 0, 0), b"IPC\0", reply=True, **key))


# ---- DCE/RPC ----

def uuid(raw, big):
    """`raw` as a little-endian sender writes it."""
    return raw[3::-1] + raw[5:3:-1] + raw[7:5:-1] + raw[8:] if big else raw


def pdu(kind, body, big=False, flags=3, call=1):
    order = ">" if big else "<"
    representation = b"\0\0\0\0" if big else b"\x10\0\0\0"
    return b"\5\0" + bytes([kind, flags]) + representation + struct.pack(order + "HHI", 16 + len(body), 0, call) + body


def bind(interface=SRVSVC, version=3, big=False, kind=11, context=0):
    order = ">" if big else "<"
    ndr = bytes.fromhex("045d888aeb1cc9119fe808002b104860")
    item = struct.pack(order + "HBB", context, 1, 0) + uuid(interface, big) + struct.pack(order + "I", version) + uuid(ndr, big) + struct.pack(order + "I", 2)
    return pdu(kind, struct.pack(order + "HHI", 4280, 4280, 0) + b"\1\0\0\0" + item, big)


def request(operation, stub, big=False, flags=3, context=0, call=1):
    return pdu(0, struct.pack((">" if big else "<") + "IHH", len(stub), context, operation) + stub, big, flags, call)


def wide(text, big, unique=False):
    order = ">" if big else "<"
    body = (text + "\0").encode("utf-16be" if big else "utf-16le")
    out = struct.pack(order + "III", len(text) + 1, 0, len(text) + 1) + body + bytes(-len(body) % 4)
    return (struct.pack(order + "I", 0x20004) if unique else b"") + out


def canonicalize(path, big=False, prefix="", server="X"):
    order = ">" if big else "<"
    name = wide(server, big, True) if server is not None else struct.pack(order + "I", 0)
    return name + wide(path, big) + struct.pack(order + "I", 1000) + wide(prefix, big) + struct.pack(order + "II", 1, 0)


def compare(one, two, big=False):
    return wide("X", big, True) + wide(one, big) + wide(two, big) + struct.pack((">" if big else "<") + "II", 1, 0)
