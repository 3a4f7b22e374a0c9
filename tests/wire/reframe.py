"""The evasions of the trade: each way takes the packets of a capture and sends the same conversation otherwise, such that the
victim's stack still reads the same. Only what clients (of ports 445 and 139) send is changed."""
import packets as p

PORTS = (445, 139)


def is_attack(s):
    return s.raw is None and s.dport in PORTS and s.data


def cut(s, sizes):
    """Segments of the given sizes, the last one taking the rest."""
    out, at = [], 0
    for size in sizes:
        if at + size >= len(s.data):
            break
        out.append(s.copy(seq=s.seq + at, data=s.data[at:at + size]))
        at += size
    return out + [s.copy(seq=s.seq + at, data=s.data[at:])]


def noise(n):
    """Bytes that are no message of any kind."""
    return bytes((i * 73 + 41) & 0xFF for i in range(n))


def each(change):
    def way(segments):
        out = []
        for s in segments:
            out += change(s) if is_attack(s) else [s]
        return out
    return way


WINDOW = 60000


def fits(burst, s):
    """No receiver takes more than its window in disorder."""
    return not burst or (burst[0].key() == s.key() and s.seq + len(s.data) - burst[0].seq <= WINDOW)


def bursts(change):
    """Segments that follow each other without an answer in between."""
    def way(segments):
        out, burst = [], []
        for s in segments:
            if is_attack(s) and fits(burst, s):
                burst.append(s)
                continue
            out += change(burst) + ([] if is_attack(s) else [s])
            burst = [s] if is_attack(s) else []
        return out + change(burst)
    return way


one_byte = each(lambda s: cut(s, [1] * 80))
eight_bytes = each(lambda s: cut(s, [8] * (len(s.data) // 8 + 1)))
header = each(lambda s: cut(s, [2, 3, 20, 11]))
split_message = each(lambda s: cut(s, [len(s.data) // 2]))
retransmission = each(lambda s: [s, s.copy(data=noise(len(s.data)))])
low_ttl = each(lambda s: [s.copy(data=noise(len(s.data)), ttl=2), s])
low_ttl_after = each(lambda s: [s, s.copy(data=noise(len(s.data)), ttl=2)])
bad_checksum = each(lambda s: [s.copy(data=noise(len(s.data)), bad_checksum=True), s])
resets = each(lambda s: [s.copy(data=b"", flags=p.RST, ttl=2), s.copy(data=b"", flags=p.RST, seq=s.seq + (1 << 30)), s])
fins = each(lambda s: [s.copy(data=b"", flags=p.FIN | p.ACK, ttl=2), s])
fragments = each(lambda s: [s.copy(fragments=48)])
fragments_backwards = each(lambda s: [s.copy(fragments=64, backwards=True)])
# garbage beyond the window, and an old duplicate
outside = each(lambda s: [s.copy(seq=s.seq + (1 << 28), data=noise(32)), s])


def out_of_order(burst):
    pieces = [x for s in burst for x in cut(s, [len(s.data) // 3] * 2)]
    return pieces[::-1]


def overlap(first_wins):
    """The second half comes first; then the whole, whose second half says something else. In stacks where the old wins the first
    one is the true one, in stacks where the new wins the second one."""
    def change(s):
        half = len(s.data) // 2
        if half < 2:
            return [s]
        late, garbage = s.copy(seq=s.seq + half, data=s.data[half:]), noise(len(s.data) - half)
        if first_wins:
            return [late, s.copy(data=s.data[:half] + garbage)]
        return [late.copy(data=garbage), s]
    return each(change)


def overlap_linux(s):
    """Two pieces of the same beginning, then what lies before."""
    half = len(s.data) // 2
    if half < 2:
        return [s]
    late = s.copy(seq=s.seq + half, data=s.data[half:])
    return [late.copy(data=noise(len(late.data))), late, s.copy(data=s.data[:half])]


def coalesce(burst):
    """Several messages in one segment, as far as they follow each other."""
    out = []
    for s in burst:
        last = out[-1] if out else None
        if last and last.seq + len(last.data) == s.seq and len(last.data) + len(s.data) < 32000:
            out[-1] = last.copy(data=last.data + s.data)
        else:
            out.append(s)
    return out


def port_139(segments):
    return [s if s.raw is not None else s.copy(sport=139 if s.sport == 445 else s.sport, dport=139 if s.dport == 445 else s.dport)
            for s in segments]


def midstream(segments):
    return [s for s in segments if s.raw is not None or not s.flags & p.SYN]


def client_only(segments):
    return [s for s in segments if s.raw is None and s.dport in PORTS]


def wrap_around(segments):
    """Sequence numbers that pass 2^32 early in each direction."""
    shift = {}
    out = []
    for s in segments:
        if s.raw is not None:
            out.append(s)
            continue
        back = (s.destination, s.dport, s.source, s.sport)
        shift.setdefault(s.key(), (0xFFFFFF00 - s.seq) & 0xFFFFFFFF)
        out.append(s.copy(seq=s.seq + shift[s.key()], ack=s.ack + shift.get(back, 0) if s.flags & p.ACK else s.ack))
    return out


WAYS = {
    "one-byte": one_byte,
    "eight-bytes": eight_bytes,
    "header": header,
    "split-message": split_message,
    "coalesce": bursts(coalesce),
    "out-of-order": bursts(out_of_order),
    "overlap-first": overlap(True),
    "overlap-last": overlap(False),
    "overlap-linux": each(overlap_linux),
    "retransmission": retransmission,
    "low-ttl": low_ttl,
    "low-ttl-after": low_ttl_after,
    "bad-checksum": bad_checksum,
    "resets": resets,
    "fins": fins,
    "outside": outside,
    "fragments": fragments,
    "fragments-backwards": fragments_backwards,
    "port-139": port_139,
    "midstream": midstream,
    "one-sided": client_only,
    "wrap-around": wrap_around,
}

# Together they send no conversation that some stack reads as it was meant: the same bytes would have to win and to lose.
WINNERS = {"overlap-first": "old", "retransmission": "old", "overlap-last": "new", "overlap-linux": "new"}


def compatible(a, b):
    if a == b or {WINNERS.get(a), WINNERS.get(b)} == {"old", "new"}:
        return False
    # re-cutting or re-ordering decoys makes them win where they should lose
    decoys = {"retransmission", "overlap-first", "overlap-last", "overlap-linux", "low-ttl", "low-ttl-after", "bad-checksum", "outside"}
    orders = {"out-of-order", "coalesce"}
    return not (a in decoys and b in orders | decoys | {"one-byte", "eight-bytes", "header", "split-message"})


def apply(names, segments):
    """Times stay in order: what is put in between shares the moment of its neighbour."""
    for name in names:
        segments = WAYS[name](segments)
    last, out = 0, []
    for s in segments:
        last = max(last, s.time)
        out.append(s.copy(time=last))
    return out
