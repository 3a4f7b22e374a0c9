"""Authenticode signatures byte by byte, so that each part can be made wrong. Programs only."""
import datetime
import hashlib
import struct

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding

from authority import HASHES

# ---- DER ----


def tlv(tag, *parts):
    body = b"".join(parts)
    n = len(body)
    size = bytes([n]) if n < 128 else (lambda b: bytes([0x80 | len(b)]) + b)(n.to_bytes((n.bit_length() + 7) // 8, "big"))
    return bytes([tag]) + size + body


def seq(*parts):
    return tlv(0x30, *parts)


def set_of(*parts):
    return tlv(0x31, *sorted(parts))


def octets(body):
    return tlv(0x04, body)


def integer(n):
    return tlv(0x02, n.to_bytes(n.bit_length() // 8 + 1, "big"))


def oid(dotted):
    numbers = [int(x) for x in dotted.split(".")]
    out = bytearray([numbers[0] * 40 + numbers[1]])
    for n in numbers[2:]:
        piece = [n & 0x7F]
        while n := n >> 7:
            piece.append(0x80 | n & 0x7F)
        out += bytes(reversed(piece))
    return tlv(0x06, bytes(out))


NULL = tlv(0x05)
DIGESTS = {"md5": "1.2.840.113549.2.5", "sha1": "1.3.14.3.2.26", "sha256": "2.16.840.1.101.3.4.2.1", "sha384": "2.16.840.1.101.3.4.2.2",
           "sha512": "2.16.840.1.101.3.4.2.3"}
INDIRECT, PE_DATA, CAB_DATA, SIP_INFO = "1.3.6.1.4.1.311.2.1.4", "1.3.6.1.4.1.311.2.1.15", "1.3.6.1.4.1.311.2.1.25", "1.3.6.1.4.1.311.2.1.30"
CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME, COUNTER = (f"1.2.840.113549.1.9.{n}" for n in (3, 4, 5, 6))
NESTED, TOKEN, TST_INFO, DATA = "1.3.6.1.4.1.311.2.4.1", "1.3.6.1.4.1.311.3.3.1", "1.2.840.113549.1.9.16.1.4", "1.2.840.113549.1.7.1"
SIGNED_DATA, CTL = "1.2.840.113549.1.7.2", "1.3.6.1.4.1.311.10.1"


def algorithm(digest):
    return seq(oid(DIGESTS[digest]), NULL)


def attribute(kind, *values):
    return seq(oid(kind), set_of(*values))


def body_of(element):
    """What follows tag and length."""
    n = element[1]
    return element[2:] if n < 128 else element[2 + (n & 0x7F):]


def utc(day):
    return tlv(0x17, datetime.datetime.fromisoformat(day).strftime("%y%m%d%H%M%SZ").encode())


# ---- signatures ----


def raw_sign(key, digest, message):
    chosen = HASHES[digest]()
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(message, ec.ECDSA(chosen))
    return key.sign(message, padding.PKCS1v15(), chosen)


def key_algorithm(key):
    return seq(oid("1.2.840.10045.2.1")) if isinstance(key, ec.EllipticCurvePrivateKey) else seq(oid("1.2.840.113549.1.1.1"), NULL)


def identity(party):
    issuer = party.cert.issuer.public_bytes(serialization.Encoding.DER) if hasattr(party.cert.issuer, "public_bytes") else None
    return seq(issuer, integer(party.cert.serial_number))


def signer_info(by, digest, attributes, unsigned=(), *, declared=None, message=None):
    """declared: the digest algorithm that it names, where that is another than the real one."""
    encoded = set_of(*attributes)
    to_sign = encoded if attributes else message
    parts = [integer(1), identity(by), algorithm(declared or digest)]
    if attributes:
        parts.append(b"\xa0" + encoded[1:])
    signature = raw_sign(by.key, digest, to_sign)
    parts += [key_algorithm(by.key), octets(signature)]
    more = unsigned(signature) if callable(unsigned) else unsigned
    if more:
        parts.append(b"\xa1" + set_of(*more)[1:])
    return seq(*parts)


def signed_data(content_type, content, certs, infos, digests, *, behind=b"", version=1):
    bag = tlv(0xA0, *[c if isinstance(c, bytes) else c.der for c in certs]) if certs else b""
    return seq(oid(SIGNED_DATA), tlv(0xA0, seq(integer(version), set_of(*[algorithm(d) for d in digests]),
                                               seq(oid(content_type), tlv(0xA0, content)), bag, set_of(*infos), behind)))


def indirect(digest, value, kind=PE_DATA, data=None):
    if data is None:
        data = seq(tlv(0x03, b"\x00"), tlv(0xA0, tlv(0xA2, tlv(0x80, "<<<Obsolete>>>".encode("utf-16-be")))))
    return seq(seq(oid(kind), data), seq(algorithm(digest), octets(value)))


def attributes_for(content, digest, content_type=INDIRECT, more=()):
    return [attribute(CONTENT_TYPE, oid(content_type)), attribute(MESSAGE_DIGEST, octets(hashlib.new(digest, body_of(content)).digest())), *more]


def token(by, over, when, digest="sha256", certs=None, imprint=None, **more):
    """An RFC 3161 time stamp over a signature, as Microsoft's attribute."""
    hashed = hashlib.new(digest, imprint if imprint is not None else over).digest()
    moment = datetime.datetime.fromisoformat(when).strftime("%Y%m%d%H%M%SZ").encode()
    info = seq(integer(1), oid("1.2.3.4"), seq(algorithm(digest), octets(hashed)), integer(77), tlv(0x18, moment))
    content = octets(info)
    made = signer_info(by, digest, attributes_for(content, digest, TST_INFO), **more)
    return attribute(TOKEN, signed_data(TST_INFO, content, certs if certs is not None else [by], [made], [digest], version=3))


def counter_signature(by, over, when, digest="sha1"):
    """A PKCS #9 countersignature."""
    return attribute(COUNTER, signer_info(by, digest, [attribute(CONTENT_TYPE, oid(DATA)), attribute(SIGNING_TIME, utc(when)),
                                                       attribute(MESSAGE_DIGEST, octets(hashlib.new(digest, over).digest()))]))


# ---- programs ----


def layout(pe):
    """Offsets of the checksum and of the security directory's entry."""
    at = struct.unpack_from("<I", pe, 0x3C)[0] + 24
    plus = struct.unpack_from("<H", pe, at)[0] == 0x20B
    return at + 64, at + (112 if plus else 96) + 8 * 4


def pe_digest(pe, digest, table=None, tail=b""):
    checksum, directory = layout(pe)
    end = len(pe) if table is None else table
    return hashlib.new(digest, pe[:checksum] + pe[checksum + 4:directory] + pe[directory + 8:end] + tail).digest()


def padded(pe):
    return pe + bytes(-len(pe) % 8)


def entry(blob, revision=0x200, kind=2, length=None, padding=None):
    body = blob + (bytes(-(len(blob) + 8) % 8) if padding is None else padding)
    return struct.pack("<IHH", len(body) + 8 if length is None else length, revision, kind) + body


def with_table(pe, table, size=None, tail=b""):
    pe = bytearray(padded(pe))
    struct.pack_into("<II", pe, layout(pe)[1], len(pe), len(table) if size is None else size)
    return bytes(pe) + table + tail


def signature(pe, by, chain=(), digest="sha256", *, content=None, value=None, attributes=None, unsigned=(), certs=None, infos=None, kind=PE_DATA,
              content_type=INDIRECT, data=None, digests=None, **more):
    """The PKCS #7 of a program, as it should be where nothing else is said."""
    made = indirect(digest, value or pe_digest(padded(pe), digest), kind, data) if content is None else content
    named = attributes_for(made, digest, content_type) if attributes is None else attributes(made)
    info = infos(made) if infos else [signer_info(by, digest, named, unsigned, declared=more.pop("declared", None), message=body_of(made))]
    return signed_data(content_type, made, [by, *chain] if certs is None else certs, info, digests or [digest], **more)


def sign(pe, *arguments, **more):
    return with_table(pe, entry(signature(pe, *arguments, **more)))
