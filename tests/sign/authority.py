"""Certificates, revocation lists and keys of an authority of our own, made at test time (python3-cryptography)."""
import datetime
import functools

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID, ObjectIdentifier

CODE = ObjectIdentifier("1.3.6.1.5.5.7.3.3")
TIME = ObjectIdentifier("1.3.6.1.5.5.7.3.8")
SERVER = ObjectIdentifier("1.3.6.1.5.5.7.3.1")
LIFETIME = ObjectIdentifier("1.3.6.1.4.1.311.10.3.13")
HASHES = {"md5": hashes.MD5, "sha1": hashes.SHA1, "sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512}
CURVES = {"p256": ec.SECP256R1, "p384": ec.SECP384R1, "p521": ec.SECP521R1}


def day(text):
    return datetime.datetime.fromisoformat(text)


@functools.lru_cache(maxsize=None)
def key(kind="rsa2048", number=0):
    """The same key for the same arguments."""
    if kind in CURVES:
        return ec.generate_private_key(CURVES[kind]())
    return rsa.generate_private_key(65537, int(kind[3:]))


def name(common, organization="Own", country=None):
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, country)] if country else []
    return x509.Name(parts + [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization), x509.NameAttribute(NameOID.COMMON_NAME, common)])


class Party:
    """A certificate and its key."""

    def __init__(self, cert, private):
        self.cert, self.key = cert, private

    @property
    def der(self):
        return self.cert.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self):
        return self.cert.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self):
        return self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())


counter = 0x1000


def usage(sign=False, certs=False):
    return x509.KeyUsage(sign, False, False, False, False, certs, certs, False, False)


def party(common, issuer=None, *, kind="rsa2048", number=None, subject=None, begin="2020-01-01", end="2036-01-01", serial=None,
          extended=None, authority=False, path=None, constraints=None, key_usage=None, basic=True, digest="sha256", key_of=None, extra=()):
    """issuer None: self-signed."""
    global counter
    counter += 1
    private = key_of.key if key_of else key(kind, number if number is not None else counter if authority else 0)
    subject = subject or name(common)
    build = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.cert.subject if issuer else subject)
             .public_key(private.public_key()).serial_number(serial or counter).not_valid_before(day(begin)).not_valid_after(day(end)))
    if basic:
        build = build.add_extension(x509.BasicConstraints(authority, path if authority else None), True)
    if key_usage is not False:
        build = build.add_extension(key_usage or usage(sign=not authority, certs=authority), True)
    if extended:
        build = build.add_extension(x509.ExtendedKeyUsage(extended), extended == [TIME])
    if constraints:
        build = build.add_extension(constraints, True)
    for extension, critical in extra:
        build = build.add_extension(extension, critical)
    by = issuer.key if issuer else private
    return Party(build.sign(by, HASHES[digest]()), private)


def authority(common, issuer=None, **more):
    return party(common, issuer, authority=True, **{"begin": "2008-01-01", "end": "2044-01-01", **more})


def signer(common="Signer", issuer=None, **more):
    return party(common, issuer, **{"extended": [CODE], **more})


def stamper(common="Stamper", issuer=None, **more):
    return party(common, issuer, **{"extended": [TIME], **more})


def crl(issuer, revoked):
    """revoked: (Party, day, invalidity day or None)"""
    build = x509.CertificateRevocationListBuilder().issuer_name(issuer.cert.subject).last_update(day("2026-01-01")).next_update(day("2040-01-01"))
    for who, when, since in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(who.cert.serial_number).revocation_date(day(when))
        entry = entry.add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), False)
        if since:
            entry = entry.add_extension(x509.InvalidityDate(day(since)), False)
        build = build.add_revoked_certificate(entry.build())
    return build.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
