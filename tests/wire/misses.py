#!/usr/bin/python3
"""What separates each exploit from what only looks like it: synthetic, inert conversations (talk.py) that lack one part of a predicate, and such as
tools write otherwise than those of our captures.

    misses.py COAX"""
import sys

import cases
import talk as t
from cases import case
from vectors import LONG, peek, pulsar, raw_confusion, rename_leak, rpc, session


def run_in(make, **options):
    """The same conversation with another client's port, later."""
    talk = session(**options)
    make(talk)
    return talk.packets


def joined(*talks):
    class All:
        packets = [p for one in talks for p in one]
    return All


# ---- EternalBlue ----

def blue(talk, tdc=0x103D0, mid=4, other=4, uid=3):
    talk.ask(t.nt_transact(0, bytes(1000), tdc=tdc, mid=mid))
    talk.answer(t.smb(0xA0, reply=True, mid=mid))
    talk.ask(t.secondary(0x33, tdc & 0xFFFF, bytes(1000), to=1000, mid=other, uid=uid))


@case("wire.transaction-confusion")
def blue_that_fits_16_bits():
    talk = session()
    blue(talk, tdc=0xFFFF)
    return talk


@case("wire.eternalblue")
def blue_one_byte_more():
    talk = session()
    blue(talk, tdc=0x10000)
    return talk


@case()
def blue_of_another_mid():
    talk = session()
    blue(talk, other=5)
    return talk


@case()
def blue_of_another_user():
    talk = session()
    blue(talk, uid=9)
    return talk


@case("wire.eternalblue", patch="unpatched")
def blue_ended_as_transaction2():
    talk = session()
    blue(talk)
    talk.answer(t.smb(0x32, reply=True, status=t.INVALID_PARAMETER))
    return talk


@case("wire.eternalblue", patch="likely-patched", succeeded=False)
def blue_refused():
    talk = session()
    blue(talk)
    talk.answer(t.smb(0x33, reply=True, status=t.INVALID_PARAMETER))
    return talk


@case("wire.eternalblue", "wire.doublepulsar", succeeded=False)
def blue_that_left_nothing():
    """Whoever attacked calls for the implant, and the system itself answers."""
    talk = session()
    blue(talk)
    talk.ask(pulsar(0x23, mid=65))
    talk.answer(t.smb(0x32, reply=True, status=t.NOT_IMPLEMENTED, mid=65))
    return talk


@case()
def many_lengths_of_grooming():
    """Twenty connections that begin a long NetBIOS message and end: slow backups do."""
    return joined(*[run_in(lambda talk: talk.ask(b"\0\0\xff\xf7" + bytes(80)), sport=42000 + n) for n in range(20)])


# ---- the confusion ----

def nt_confusion(talk, mid=0x4003, mode=4, key=None, late=True):
    """As Synergy's tools and the matched pairs do it: the transaction is an NT_TRANSACT."""
    talk.ask(t.nt_transact(0, bytes(32), tdc=512, mid=mid))
    talk.ask(t.write_andx(mid, bytes(16), mode=mode, mid=90, **(key or {})))
    if late:
        talk.ask(t.nt_secondary(512, bytes(16), to=32, mid=mid))


@case("wire.eternalsynergy", patch="unpatched")
def synergy_of_nt_transacts():
    talk = session()
    rename_leak(talk, True)
    nt_confusion(talk)
    return talk


@case("wire.eternalsynergy")
def synergy_with_other_mids():
    talk = session()
    talk.ask(t.nt_transact(5, bytes(0x10D0), mdc=0x10D0, mid=16384))
    talk.ask(t.nt_secondary(0x10D0, bytes(276), to=0, mid=16384))
    nt_confusion(talk, mid=0x0001)
    return talk


@case("wire.eternalsynergy")
def leak_first_and_control_later():
    """In two connections: the leak is a part of the whole, and no finding of its own."""
    return joined(run_in(lambda talk: rename_leak(talk, True)),
                  run_in(lambda talk: (rename_leak(talk, False), nt_confusion(talk)), sport=40001, time=1_000_500_000))


@case("wire.transaction-confusion")
def peek_for_little_and_confusion():
    talk = session()
    talk.ask(peek(0x4000, 16, 1, mid=80))
    raw_confusion(talk)
    return talk


@case("wire.ms17-010-leak", patch="unpatched", succeeded=True)
def peek_that_leaked():
    talk = session()
    talk.ask(peek(0x4000, 0x5400, 1, mid=80))
    words = t.struct.pack("<HHHHHHHHHBB", 16, 0x584, 0, 16, 56, 0, 0x100, 72, 0, 0, 0)
    talk.answer(t.smb(0x25, words, bytes(0x110), reply=True, mid=80))
    return talk


@case()
def peek_for_much_alone():
    talk = session()
    talk.ask(peek(0x4000, 0x5400, 1, mid=80))
    talk.answer(t.smb(0x25, bytes(20), bytes(8), reply=True, mid=80))
    return talk


@case()
def message_mode_is_not_raw():
    talk = session()
    nt_confusion(talk, mode=8)
    return talk


@case()
def raw_write_of_another_user():
    talk = session()
    nt_confusion(talk, key={"uid": 77})
    return talk


@case()
def raw_write_in_another_tree():
    talk = session()
    nt_confusion(talk, key={"tid": 77})
    return talk


@case()
def raw_write_and_nothing_more():
    talk = session()
    nt_confusion(talk, late=False)
    return talk


# ---- the leak ----

@case()
def rename_in_two_parts():
    talk = session()
    talk.ask(t.nt_transact(5, bytes(64), tdc=128, mdc=4096, mid=70))
    talk.ask(t.nt_secondary(128, bytes(64), to=64, mid=70))
    return talk


@case()
def rename_alone():
    talk = session()
    talk.ask(t.nt_transact(5, bytes(64), mdc=4096, mid=70))
    talk.answer(t.smb(0xA0, bytes(37), b"", reply=True, mid=70))
    return talk


@case("wire.transaction-confusion")
def late_secondary_of_another_function():
    talk = session()
    talk.ask(t.nt_transact(4, bytes(64), mdc=4096, mid=70))
    talk.ask(t.nt_secondary(64, bytes(64), to=0, mid=70))
    return talk


def champion(talk, level=6, received=None):
    rename_leak(talk, True)
    talk.ask(t.transaction(0x32, [5], t.struct.pack("<HI", level, 0) + bytes(8), b"", tdc=received, mid=71))
    talk.ask(t.secondary(0x33, received or 0, bytes(8), mid=71))


@case("wire.ms17-010-leak")
def champion_with_another_level():
    talk = session()
    champion(talk, level=0x101)
    return talk


@case("wire.ms17-010-leak")
def champion_in_time():
    """The secondary request is one that the transaction waits for."""
    talk = session()
    champion(talk, received=8)
    return talk


# ---- probes ----

@case(patch="unknown")
def probe_that_a_server_can_answer():
    talk = session()
    talk.ask(peek(0, 0x400, 0x10000 - 1, mid=80))
    talk.answer(t.smb(0x25, reply=True, status=t.INSUFF_RESOURCES, mid=80))
    return talk


@case("wire.ms17-010-probe", patch="unknown")
def probe_with_another_answer():
    talk = session()
    talk.ask(peek(0, 0xFFFF, 0x800, mid=80))
    talk.answer(t.smb(0x25, reply=True, status=0xC0000001, mid=80))
    return talk


# ---- DoublePulsar ----

@case()
def pulsar_of_no_command():
    talk = session()
    talk.ask(pulsar(0x24))
    talk.answer(t.smb(0x32, reply=True, status=t.NOT_IMPLEMENTED, mid=65))
    return talk


@case("wire.doublepulsar", succeeded=True)
def pulsar_of_no_command_that_is_answered():
    talk = session()
    talk.ask(pulsar(0x24))
    talk.answer(t.smb(0x32, reply=True, status=t.NOT_IMPLEMENTED, mid=81, signature=b"\x11\x22\x33\x44\x01\0\0\0"))
    return talk


@case("wire.doublepulsar", succeeded=True)
def pulsar_runs_and_is_killed():
    talk = session()
    for timeout, mid in ((0xC8, 66), (0x77, 67)):
        talk.ask(pulsar(timeout, mid=mid))
        talk.answer(t.smb(0x32, reply=True, status=t.NOT_IMPLEMENTED, mid=mid + 16))
    return talk


@case()
def signed_answer_is_no_implant():
    """Server's side alone; a signature where messages are signed says nothing."""
    talk = session()
    talk.answer(t.smb(0x32, reply=True, status=t.NOT_IMPLEMENTED, mid=81, signature=b"\x11\x22\x33\x44\x01\0\0\0", flags2=0xC805))
    talk.packets = [x for x in talk.packets if x.sport == 445]
    return talk


# ---- MS08-067 ----

@case("wire.ms08-067-probe")
def long_path_that_stays_inside():
    return rpc(session(), t.bind(), t.request(31, t.canonicalize("\\" + "A" * 100 + "\\..\\" + "B" * 40)))


@case()
def exploit_of_another_version():
    return rpc(session(), t.bind(version=2), t.request(31, t.canonicalize(LONG)))


@case()
def exploit_of_another_operation():
    return rpc(session(), t.bind(), t.request(30, t.canonicalize(LONG)))


@case("wire.ms08-067")
def exploit_in_the_prefix():
    return rpc(session(), t.bind(), t.request(31, t.canonicalize("\\A", prefix=LONG)))


@case("wire.ms08-067")
def exploit_in_a_transaction_of_two_parts():
    talk = rpc(session(), t.bind())
    body = t.request(31, t.canonicalize(LONG))
    talk.ask(t.transaction(0x25, [0x26, 0x4005], b"", body[:90], tdc=len(body), mid=30))
    talk.answer(t.smb(0x25, reply=True, mid=30))
    talk.ask(t.secondary(0x26, len(body), body[90:], to=90, mid=30))
    return talk


@case("wire.ms08-067")
def exploit_in_old_writes():
    talk = session()
    talk.ask(t.create_pipe("\\browser", mid=20))
    talk.answer(t.created_pipe(0x4005, mid=20))
    for number, body in enumerate((t.bind(), t.request(31, t.canonicalize(LONG)))):
        words = t.struct.pack("<HHIH", 0x4005, len(body), 0, 0)
        talk.ask(t.smb(0x0B, words, b"\1" + t.struct.pack("<H", len(body)) + body, mid=21 + number))
    return talk


@case("wire.ms08-067")
def exploit_through_port_139():
    talk = t.Talk(dport=139)
    talk.ask(b"\x81\0\0\x44" + b" " + b"CK" * 16 + b"\0" + b" " + b"EB" * 16 + b"\0")
    talk.answer(b"\x82\0\0\0")
    t.begin(talk)
    return rpc(talk, t.bind(), t.request(31, t.canonicalize(LONG)))


# ---- what is around an attack ----

@case("wire.eternalblue")
def attack_behind_an_empty_dns_message():
    """DNS over TCP: a message of no bytes, and one that is only begun."""
    names = t.Talk(client="10.0.0.9", server="10.0.0.8", dport=53)
    names.ask(bytes(2) + b"\0\0\0\5ab")
    return joined(names.packets, run_in(blue))


# ---- Stratum ----

LOGIN = b'{"id":1,"jsonrpc":"2.0","method":"login","params":{"login":"x","pass":"x","agent":"synthetic"}}\n'
SUBSCRIBE = b'{"id": 1, "method": "mining.subscribe", "params": ["synthetic/1.0"]}\n'
EXPLOITED = {"after": "wire.eternalromance", "exploited_by": "10.0.0.1"}


def taken(talk):
    talk.ask(peek(0x4000, 0x5400, 1, mid=80))
    raw_confusion(talk)
    talk.ask(t.transaction(0x32, [0x0E], bytes(12), b"", mid=91))
    talk.answer(t.smb(0x32, reply=True, mid=91))


def pool(*lines, client="10.0.0.2", time=2_000_000_000, size=1400):
    talk = t.Talk(client=client, server="192.0.2.7", dport=14444, time=time)
    text = b"".join(lines)
    for at in range(0, len(text), size):
        talk.ask(text[at:at + size])
    return talk


@case("wire.eternalromance", "wire.stratum", client=None, details=EXPLOITED)
def miner_on_an_exploited_host():
    return joined(run_in(taken), pool(LOGIN).packets)


@case("wire.eternalromance", "wire.stratum", client=None, details=EXPLOITED)
def subscribing_miner_on_an_exploited_host():
    return joined(run_in(taken), pool(SUBSCRIBE).packets)


@case("wire.eternalromance", "wire.stratum", client=None, details={"after": None, "exploited_by": None})
def miner_on_another_host():
    return joined(run_in(taken), pool(LOGIN, client="10.0.0.3").packets)


@case("wire.eternalromance", "wire.stratum", client=None, details={"after": None, "exploited_by": None})
def miner_that_was_there_before():
    return joined(pool(LOGIN, time=500_000_000).packets, run_in(taken))


@case("wire.stratum", client="192.0.2.7", server="10.0.0.2")
def miner_letter_by_letter():
    return pool(LOGIN, size=1)


@case("wire.stratum", client="192.0.2.7", server="10.0.0.2")
def miner_with_many_lines_in_a_segment():
    return pool(b'{"id":7,"method":"keepalived","params":{"id":"x"}}\n', SUBSCRIBE, b'{"id":2,"method":"mining.authorize","params":["x","x"]}\n')


@case("wire.stratum", client="192.0.2.7", server="10.0.0.2")
def pool_alone_is_seen():
    talk = pool(LOGIN)
    talk.answer(b'{"id":null,"method":"mining.set_difficulty","params":[1]}\n{"id":null,"method":"mining.notify","params":[]}\n')
    talk.packets = [x for x in talk.packets if x.sport == 14444]
    return talk


@case()
def other_json_rpc():
    """Methods of wallets, editors and light bulbs; words of miners as values, nested, as names and in halves."""
    return pool(b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"rootUri":null}}\n',
                b'{"id":1,"method":"login","params":{"user":"x","pass":"x"}}\n',
                b'{"id":1,"method":"submit","params":{"form":"x","nonce":"1"}}\n',
                b'{"id":1,"method":"set_power","params":["on","smooth",500]}\n',
                b'{"params":{"method":"mining.subscribe"},"id":1,"method":"log"}\n',
                b'{"id":1,"method":"log","params":{"text":"{\\"method\\":\\"mining.subscribe\\"}"}}\n',
                b'{"id":1,"method":"blockchain.subscribe","mining.subscribe":"method"}\n',
                b'{"id":1,"method":["mining.subscribe"]}\n',
                b'{"id":1,"method":"mining.subscribed"}\n')


def main():
    count, failed = cases.run(sys.argv[1], __name__)
    print(f"{count} near misses and variants, {failed} failed")
    return bool(failed or not count)


if __name__ == "__main__":
    sys.exit(main())
