#!/usr/bin/python3
"""What no public capture exists of, and each predicate's near misses: synthetic, inert conversations (talk.py) and what coax must
say of them.

    vectors.py COAX"""
import pathlib
import subprocess
import sys
import tempfile

import cases
import packets
import talk as t
from cases import case


def session(**options):
    talk = t.Talk(**options)
    t.begin(talk)
    return talk


# ---- MS17-010 ----

def peek(fid, mpc, mdc, **key):
    return t.transaction(0x25, [0x23, fid], b"", b"", mpc=mpc, mdc=mdc, **key)


@case("wire.ms17-010-probe", patch="unpatched", succeeded=True)
def probe_unpatched():
    talk = session()
    talk.ask(peek(0, 0xFFFF, 0xFFFF))
    talk.answer(t.smb(0x25, reply=True, status=t.INSUFF_RESOURCES))
    return talk


@case("wire.ms17-010-probe", patch="likely-patched", succeeded=False)
def probe_patched_handle():
    talk = session()
    talk.ask(peek(0, 0xFFFF, 0xFFFF))
    talk.answer(t.smb(0x25, reply=True, status=t.INVALID_HANDLE))
    return talk


@case("wire.ms17-010-probe", patch="likely-patched", succeeded=False)
def probe_patched_denied():
    talk = session()
    talk.ask(peek(0, 0xFFFF, 0xFFFF))
    talk.answer(t.smb(0x25, reply=True, status=t.ACCESS_DENIED))
    return talk


@case(patch="unknown")
def status_without_a_probe():
    """STATUS_INSUFF_SERVER_RESOURCES says nothing where nobody probed."""
    talk = session()
    talk.ask(peek(0x4000, 16, 1024))
    talk.answer(t.smb(0x25, reply=True, status=t.INSUFF_RESOURCES))
    return talk


@case("wire.eternalblue")
def blue():
    talk = session()
    talk.ask(t.nt_transact(0, bytes(1000), tdc=0x103D0))
    talk.answer(t.smb(0xA0, reply=True))
    talk.ask(t.secondary(0x33, 0x103D0, bytes(1000), to=1000))
    return talk


@case("wire.transaction-confusion")
def small_family_change():
    """The same change of family, but nothing that overflows 16 bits."""
    talk = session()
    talk.ask(t.nt_transact(0, bytes(100), tdc=4000))
    talk.answer(t.smb(0xA0, reply=True))
    talk.ask(t.secondary(0x33, 4000, bytes(100), to=100))
    return talk


@case()
def big_nt_transact():
    """A large NT_TRANSACT, continued by its own kind."""
    talk = session()
    talk.ask(t.nt_transact(4, bytes(1000), tdc=0x11000))
    talk.answer(t.smb(0xA0, reply=True))
    talk.ask(t.nt_secondary(0x11000, bytes(1000), to=1000))
    return talk


@case()
def clumsy_secondary():
    """A plain TRANSACTION's rest that comes after it was complete, and belongs to nothing."""
    talk = session()
    talk.ask(t.transaction(0x25, [0x26, 0x4001], b"", bytes(32), mid=0x40))
    talk.ask(t.secondary(0x26, 32, bytes(9), to=32, mid=0x40))
    talk.ask(t.secondary(0x26, 32, bytes(9), to=0, mid=0x41))
    return talk


def rename_leak(talk, won):
    talk.ask(t.nt_transact(5, bytes(64), mdc=4096, mid=70))
    talk.ask(t.nt_secondary(64, bytes(64), to=0, mid=70))
    answer = b"\0\0\0" + t.struct.pack("<IIIIIIII", 0, 4304 if won else 64, 0, 0, 0, 4580 if won else 64, 74, 0) + b"\0"
    talk.answer(t.smb(0xA0, answer, bytes(64), reply=True, mid=70))


@case("wire.ms17-010-leak", patch="unpatched", succeeded=True)
def leak_won():
    talk = session()
    rename_leak(talk, True)
    return talk


@case("wire.ms17-010-leak", succeeded=None)
def leak_tried():
    talk = session()
    rename_leak(talk, False)
    return talk


@case("wire.eternalchampion", patch="unpatched")
def champion():
    talk = session()
    rename_leak(talk, True)
    talk.ask(t.transaction(0x32, [5], t.struct.pack("<HI", 6, 0) + bytes(8), b"", mid=71))
    talk.ask(t.secondary(0x33, 0, bytes(8), mid=71))
    return talk


@case()
def name_valid_alone():
    talk = session()
    talk.ask(t.transaction(0x32, [5], t.struct.pack("<HI", 6, 0) + bytes(8), b"", mid=71))
    talk.answer(t.smb(0x32, reply=True, mid=71))
    return talk


def raw_confusion(talk, mid=0x4000, **key):
    talk.ask(t.transaction(0x25, [0x54, mid], b"", bytes(32), tdc=512, mid=mid))
    talk.ask(t.write_andx(mid, bytes(16), mode=4, mid=90, **key))
    talk.ask(t.secondary(0x26, 512, bytes(16), to=32, mid=mid))


@case("wire.eternalromance", succeeded=True, patch="unpatched")
def romance():
    talk = session()
    talk.ask(peek(0x4000, 0x5400, 1, mid=80))
    raw_confusion(talk)
    talk.ask(t.transaction(0x32, [0x0E], bytes(12), b"", mid=91))
    talk.answer(t.smb(0x32, reply=True, mid=91))
    return talk


@case("wire.transaction-confusion")
def confusion_alone():
    talk = session()
    raw_confusion(talk)
    return talk


@case()
def psexec_raw_write():
    """A raw write to a pipe whose FID is nobody's MID."""
    talk = session()
    talk.ask(t.transaction(0x25, [0x26, 0x4001], b"", bytes(32), tdc=512, mid=0x40))
    talk.ask(t.write_andx(0x4001, bytes(64), mode=4, mid=0x41))
    talk.ask(t.secondary(0x26, 512, bytes(480), to=32, mid=0x40))
    return talk


@case()
def mid_is_fid_by_chance():
    """The FID is the MID of a transaction that is complete; and that of one of another process."""
    talk = session()
    talk.ask(t.transaction(0x25, [0x26, 0x4001], b"", bytes(32), mid=0x4001))
    talk.answer(t.smb(0x25, reply=True, mid=0x4001))
    talk.ask(t.write_andx(0x4001, bytes(64), mode=4, mid=0x42))
    talk.ask(t.transaction(0x25, [0x26, 0x4001], b"", bytes(32), tdc=64, mid=0x4002, pid=77))
    talk.ask(t.write_andx(0x4002, bytes(64), mode=4, mid=0x43))
    talk.ask(t.secondary(0x26, 64, bytes(32), to=32, mid=0x4002, pid=77))
    return talk


# ---- DoublePulsar ----

def pulsar(timeout, mid=65):
    return t.transaction(0x32, [0x0E], bytes(12), b"", timeout=timeout, mid=mid)


@case("wire.doublepulsar", succeeded=False)
def pulsar_nobody_there():
    talk = session()
    talk.ask(pulsar(0x23))
    talk.answer(t.smb(0x32, reply=True, status=t.NOT_IMPLEMENTED, mid=65))
    return talk


@case("wire.doublepulsar", succeeded=True, patch="unpatched")
def pulsar_answers():
    talk = session()
    talk.ask(pulsar(0x00120308 | 0x06000000))
    talk.answer(t.smb(0x32, reply=True, status=t.NOT_IMPLEMENTED, mid=81, signature=b"\x11\x22\x33\x44\x01\0\0\0"))
    return talk


@case("wire.doublepulsar", succeeded=True, patch="unpatched")
def pulsar_server_side_only():
    talk = session()
    talk.ask(pulsar(0x23))
    talk.answer(t.smb(0x32, reply=True, status=t.NOT_IMPLEMENTED, mid=81, signature=b"\x11\x22\x33\x44\0\0\0\0"))
    talk.packets = [x for x in talk.packets if x.sport == 445]
    return talk


@case()
def not_implemented_is_no_implant():
    talk = session()
    talk.ask(t.transaction(0x32, [0x10], bytes(12), b"", mid=65))
    talk.answer(t.smb(0x32, reply=True, status=t.NOT_IMPLEMENTED, mid=65))
    return talk


# ---- MS08-067 ----

LONG = "\\" + "A" * 100 + "\\..\\..\\" + "A" * 40


def rpc(talk, *pdus):
    talk.ask(t.create_pipe("\\browser", mid=20))
    talk.answer(t.created_pipe(0x4005, mid=20))
    for number, one in enumerate(pdus):
        talk.ask(t.write_andx(0x4005, one, mid=21 + number))
    return talk


for big in (False, True):
    for operation in (31, 32):
        def stub(path, big=big, operation=operation):
            return t.canonicalize(path, big) if operation == 31 else t.compare(path, "\\X", big)
        suffix = f"{operation}_{'big' if big else 'little'}_endian"

        def attack(big=big, operation=operation, stub=stub):
            return rpc(session(), t.bind(big=big), t.request(operation, stub(LONG), big))
        attack.__name__ = f"ms08_067_{suffix}"
        case("wire.ms08-067")(attack)

        def pieces(big=big, operation=operation, stub=stub):
            body = stub(LONG)
            return rpc(session(), t.bind(big=big), t.request(operation, body[:50], big, flags=1), t.request(operation, body[50:130], big, flags=0),
                       t.request(operation, body[130:], big, flags=2))
        pieces.__name__ = f"ms08_067_fragments_{suffix}"
        case("wire.ms08-067")(pieces)

        def plain(big=big, operation=operation, stub=stub):
            return rpc(session(), t.bind(big=big), t.request(operation, stub("\\C\\Folder\\file.txt"), big))
        plain.__name__ = f"path_without_parents_{suffix}"
        case()(plain)


@case("wire.ms08-067")
def ms08_067_slashes():
    return rpc(session(), t.bind(), t.request(31, t.canonicalize("/" + "A" * 100 + "/../../x")))


@case("wire.ms08-067")
def ms08_067_no_server_name():
    return rpc(session(), t.bind(), t.request(31, t.canonicalize(LONG, server=None)))


@case("wire.ms08-067")
def ms08_067_altered_context():
    return rpc(session(), t.bind(bytes(16), 1), t.bind(kind=14, context=5), t.request(31, t.canonicalize(LONG), context=5))


@case("wire.ms08-067")
def ms08_067_transaction():
    talk = rpc(session(), t.bind())
    talk.ask(t.transaction(0x25, [0x26, 0x4005], b"", t.request(31, t.canonicalize(LONG)), mid=30))
    return talk


@case("wire.ms08-067")
def ms08_067_in_single_writes():
    """One write per few bytes of the PDU."""
    talk = rpc(session(), t.bind())
    body = t.request(31, t.canonicalize(LONG))
    for at in range(0, len(body), 7):
        talk.ask(t.write_andx(0x4005, body[at:at + 7], mid=31))
    return talk


@case("wire.ms08-067-probe")
def conficker_scan():
    return rpc(session(), t.bind(), t.request(31, t.canonicalize("\\..\\x")))


@case("wire.ms08-067-probe")
def nmap_scan():
    return rpc(session(), t.bind(), t.request(32, t.compare("\\AAAA\\..\\nmap", "\\nmap")))


@case()
def other_interface():
    return rpc(session(), t.bind(bytes(range(16)), 3), t.request(31, t.canonicalize(LONG)))


@case()
def dots_in_a_name():
    return rpc(session(), t.bind(), t.request(31, t.canonicalize("\\A...\\..b\\." + "c" * 80)))


# ---- Stratum ----

@case("wire.stratum", client="10.0.0.2", server="10.0.0.1")
def stratum_subscribe():
    talk = t.Talk(dport=14444)
    talk.ask(b'{"id": 1, "method": "mining.subscribe", "params": ["synthetic/1.0"]}\n')
    talk.answer(b'{"id": 1, "result": [[], "00", 4], "error": null}\n')
    return talk


@case("wire.stratum", client="10.0.0.2", server="10.0.0.1")
def stratum_login():
    talk = t.Talk(dport=3333)
    talk.ask(b'{"id":1,"jsonrpc":"2.0","method":"login","params":{"login":"x","pass":"x","agent":"synthetic"}}\n')
    return talk


@case()
def json_rpc_login():
    talk = t.Talk(dport=8000)
    talk.ask(b'{"id":1,"jsonrpc":"2.0","method":"login","params":{"user":"x","password":"x"}}\n')
    return talk


# ---- a worm ----

def spread(coax, folder):
    """A infects B, B infects C and D, C attacks back at A: a tree, without a circle."""
    packets_of = []
    for number, (one, other) in enumerate([(1, 2), (2, 3), (2, 4), (3, 1)]):
        talk = session(client=f"10.0.0.{one}", server=f"10.0.0.{other}", sport=41000 + number, time=(1000 + number) * 1_000_000)
        talk.ask(peek(0x4000, 0x5400, 1, mid=80))
        raw_confusion(talk)
        talk.ask(t.transaction(0x32, [0x0E], bytes(12), b"", mid=91))
        talk.answer(t.smb(0x32, reply=True, mid=91))
        packets_of += talk.packets
    path = pathlib.Path(folder) / "spread.pcap"
    packets.write(path, packets_of)
    done = subprocess.run([coax, "wire", "--color", "never", path], stdout=subprocess.PIPE, text=True)
    lines = done.stdout.split("Who infected whom\n")[-1].split("\n\n")[0].splitlines()
    tree = [(len(line) - len(line.lstrip()), line.replace("->", "").split()[0]) for line in lines]
    want = [(4, "10.0.0.1"), (6, "10.0.0.2"), (8, "10.0.0.3"), (10, "10.0.0.1"), (8, "10.0.0.4")]
    if tree != want:
        print(f"spread: {tree} instead of {want}")
    return tree == want


def main():
    count, failed = cases.run(sys.argv[1], __name__)
    with tempfile.TemporaryDirectory() as folder:
        failed += not spread(sys.argv[1], folder)
    print(f"{count + 1} synthetic conversations, {failed} failed")
    return bool(failed or not count)


if __name__ == "__main__":
    sys.exit(main())
