"""Signed programs, right ones and forged ones, and what is to be said of each. python3-cryptography makes the signatures of
programs (forge.py), osslsigncode some of the right ones, so that two makers agree.

    programs.py COAX MKPE"""
import hashlib
import json
import pathlib
import struct
import subprocess
import sys
import tempfile

import authority as ca
import forge as f
from cryptography import x509

CASES = {}


class Case:
    def __init__(self, data, valid, words, rules, place):
        self.data, self.valid, self.words, self.rules, self.place = data, valid, words, rules, place


def case(name, data, valid, *words, rules=(), place=None):
    """words: "integrity=intact" of the first signature; rules: findings above "info", exactly; place: (offset, bytes) of one."""
    assert name not in CASES
    CASES[name] = Case(data, valid, dict(w.split("=") for w in words), sorted(rules), place)


def authorities():
    root = ca.authority("Own Root")
    issuing = ca.authority("Own Issuing CA", root)
    return root, issuing


def right_ones(pe, root, issuing, tsa):
    for digest in ("sha1", "sha256", "sha384", "sha512"):
        case(f"digest_{digest}", f.sign(pe, ca.signer("S " + digest, issuing), [issuing], digest), True)
    for kind in ("rsa3072", "rsa4096", "p256", "p384", "p521"):
        by = ca.signer("S " + kind, issuing, kind=kind)
        case(f"key_{kind}", f.sign(pe, by, [issuing]), True)
    for kind in ("rsa2048", "p256"):
        by = ca.Party(ca.signer("W " + kind, issuing, kind=kind).cert, ca.key(kind, -1))
        case(f"key_{kind}_wrong", f.sign(pe, by, [issuing]), False, "integrity=forged", rules=["sign.forged"])
    by = ca.signer("Right", issuing)
    case("root_in_bag", f.sign(pe, by, [issuing, root]), True)
    case("no_usage_at_all", f.sign(pe, ca.signer("Plain", issuing, extended=None, key_usage=False), [issuing]), True, "usage=allowed")
    case("odd_size", f.sign(pe + b"abc", by, [issuing]), True)
    flipped = bytearray(f.sign(pe, by, [issuing]))
    struct.pack_into("<I", flipped, f.layout(flipped)[0], 0)
    case("checksum_zero", bytes(flipped), True)
    case("stamped", f.sign(pe, by, [issuing], unsigned=lambda s: [f.token(tsa, s, "2024-05-01")]), True, "time=valid")
    case("stamped_pkcs9", f.sign(pe, by, [issuing, tsa], unsigned=lambda s: [f.counter_signature(tsa, s, "2024-05-01")]), True, "time=valid")
    inner = f.signature(pe, by, [issuing], "sha256")
    case("nested", f.sign(pe, by, [issuing], "sha1", unsigned=[f.attribute(f.NESTED, inner)]), True)
    case("two_entries", f.with_table(pe, f.entry(f.signature(pe, by, [issuing], "sha1")) + f.entry(inner)), True)
    case("revision_1", f.with_table(pe, f.entry(inner, revision=0x100)), True)
    case("length_odd", f.with_table(pe, f.entry(inner, length=len(inner) + 8)), True)
    return by, inner


def broken_files(pe, by, inner, issuing):
    good = f.sign(pe, by, [issuing])
    end = len(f.padded(pe))
    data = bytearray(good)
    data[0x200] ^= 1
    case("code_changed", bytes(data), False, "integrity=altered", rules=["sign.altered"])
    case("data_after_table", good + b"hello, world", False, "integrity=altered", rules=["sign.altered", "sign.data-after-table"], place=(len(good), 12))
    case("cut_short", good[:-200], False, "integrity=malformed", rules=["sign.malformed", "sign.malformed"])
    hidden = f.entry(inner, padding=bytes(-(len(inner) + 8) % 8) + b"P" * 64)
    case("hidden_in_padding", f.with_table(pe, hidden), True, rules=["sign.hidden-bytes"], place=(end + 8 + len(inner) + -(len(inner) + 8) % 8, 64))
    case("hidden_behind_entry", f.with_table(pe, f.entry(inner) + bytes(8) + b"x" * 24), True, rules=["sign.hidden-bytes"],
         place=(end + len(f.entry(inner)), 32))
    case("hidden_in_other_type", f.with_table(pe, f.entry(inner) + f.entry(b"y" * 40, kind=1)), True, rules=["sign.odd-entry"],
         place=(end + len(f.entry(inner)), 48))
    blob = f.signature(pe, by, [issuing], unsigned=[f.attribute("1.3.6.1.4.1.42921.1.2.1", f.octets(b"z" * 100))])
    case("hidden_in_attribute", f.with_table(pe, f.entry(blob)), True, rules=["sign.unauthenticated-data"], place=(end + 8 + blob.index(b"z" * 100) - 2, 102))
    stray = ca.party("Tag", subject=ca.name("T" * 60), key_usage=False)
    blob = f.signature(pe, by, [issuing, stray])
    case("hidden_in_certificate", f.with_table(pe, f.entry(blob)), True, rules=["sign.stray-certificate"], place=(end + 8 + blob.index(stray.der), len(stray.der)))
    blob = f.signature(pe, by, [issuing], behind=f.octets(b"q" * 50))
    case("hidden_in_envelope", f.with_table(pe, f.entry(blob)), True, rules=["sign.hidden-bytes"], place=(end + 8 + blob.index(b"q" * 50) - 2, 52))
    other = bytearray(pe)
    other[0x200] ^= 0xFF
    case("of_another_file", f.with_table(pe, f.entry(f.signature(bytes(other), by, [issuing]))), False, "integrity=altered", rules=["sign.altered"])
    case("table_over_headers", bytes(f.with_table(pe, b"", size=0)[:0]) + at_offset(pe, 16, 64), False, rules=["sign.malformed", "sign.malformed"])
    case("length_too_long", f.with_table(pe, f.entry(inner, length=1 << 20)), True, "integrity=intact", rules=["sign.malformed"])
    case("no_pkcs7", f.with_table(pe, f.entry(b"\x30\x82\xff\xff" + b"a" * 100)), False, "integrity=malformed", rules=["sign.malformed"])


def at_offset(pe, offset, size):
    data = bytearray(pe)
    struct.pack_into("<II", data, f.layout(data)[1], offset, size)
    return bytes(data)


def broken_envelopes(pe, by, issuing):
    bad = dict(rules=["sign.malformed"])
    malformed = (False, "integrity=malformed")
    no_digest = lambda c: [f.attribute(f.CONTENT_TYPE, f.oid(f.INDIRECT))]
    case("no_message_digest", f.sign(pe, by, [issuing], attributes=no_digest), *malformed, **bad)
    no_type = lambda c: [f.attribute(f.MESSAGE_DIGEST, f.octets(hashlib.sha256(f.body_of(c)).digest()))]
    case("no_content_type", f.sign(pe, by, [issuing], attributes=no_type), *malformed, **bad)
    case("other_content_type", f.sign(pe, by, [issuing], attributes=lambda c: f.attributes_for(c, "sha256", f.DATA)), *malformed, **bad)
    twice = lambda c: f.attributes_for(c, "sha256", more=[f.attribute(f.MESSAGE_DIGEST, f.octets(bytes(32)))])
    case("message_digest_twice", f.sign(pe, by, [issuing], attributes=twice), *malformed, **bad)
    case("no_attributes", f.sign(pe, by, [issuing], attributes=lambda c: []), *malformed, **bad)
    old = f.indirect("sha256", bytes(32))
    case("content_swapped", f.sign(pe, by, [issuing], attributes=lambda c: f.attributes_for(old, "sha256")), *malformed, **bad)
    two = lambda c: [f.signer_info(by, "sha256", f.attributes_for(c, "sha256")), f.signer_info(by, "sha256", f.attributes_for(c, "sha256", more=[f.attribute(f.SIGNING_TIME, f.utc("2024-01-01"))]))]
    case("two_signers", f.sign(pe, by, [issuing], infos=two), *malformed, **bad)
    case("no_signer", f.sign(pe, by, [issuing], infos=lambda c: []), *malformed, **bad)
    case("content_is_data", f.sign(pe, by, [issuing], content=f.octets(b"nothing"), content_type=f.DATA), *malformed, **bad)
    case("for_a_cabinet", f.sign(pe, by, [issuing], kind=f.CAB_DATA), *malformed, **bad)
    case("for_an_installer", f.sign(pe, by, [issuing], kind=f.SIP_INFO), *malformed, **bad)
    case("digest_named_wrong", f.sign(pe, by, [issuing], declared="sha1", digests=["sha1", "sha256"]), *malformed, **bad)
    case("digest_not_listed", f.sign(pe, by, [issuing], digests=["sha1"]), *malformed, **bad)
    case("digests_disagree", f.sign(pe, by, [issuing], content=f.indirect("sha1", f.pe_digest(f.padded(pe), "sha1"))), *malformed, **bad)
    case("digest_too_short", f.sign(pe, by, [issuing], value=b"ab"), *malformed, **bad)
    case("two_contents", f.sign(pe, by, [issuing], content=f.indirect("sha256", f.pe_digest(f.padded(pe), "sha256")) + f.octets(b"more" * 9),
                                attributes=lambda c: f.attributes_for(f.indirect("sha256", f.pe_digest(f.padded(pe), "sha256")), "sha256")),
         True, rules=["sign.hidden-bytes"])
    case("leaf_missing", f.sign(pe, by, certs=[issuing]), False, "integrity=unverifiable", rules=["sign.malformed"])


def broken_chains(pe, root, issuing):
    def signed_by(name, valid, word, *chain, rules=("sign.untrusted",), at=None, **more):
        by = ca.signer(name, chain[0] if chain else None, **more)
        case(name, f.sign(pe, by, list(chain)), valid, word, rules=list(rules))

    signed_by("self_signed", False, "chain=untrusted")
    case("issuer_missing", f.sign(pe, ca.signer("I", issuing), []), False, "chain=incomplete", rules=["sign.untrusted"])
    fake_root = ca.authority("Own Root")
    signed_by("fake_root", False, "chain=untrusted", fake_root)
    fake = ca.authority("Own Issuing CA", subject=issuing.cert.subject, issuer=fake_root)
    case("issuer_of_same_name", f.sign(pe, ca.signer("F", fake), [issuing]), False, "chain=invalid", rules=["sign.untrusted"])
    no_ca = ca.party("No CA", root, key_usage=False)
    signed_by("issuer_is_no_authority", False, "chain=invalid", no_ca)
    signer = ca.signer("A leaf", issuing)
    signed_by("issuer_is_a_signer", False, "chain=invalid", signer, issuing)
    signed_by("issuer_may_not_sign", False, "chain=invalid", ca.authority("No KU", root, key_usage=ca.usage(sign=True)))
    short = ca.authority("Short", root, path=0)
    signed_by("path_too_long", False, "chain=invalid", ca.authority("Below", short), short)
    signed_by("path_just_right", True, "chain=trusted", short, rules=())
    names = lambda **k: x509.NameConstraints(**{"permitted_subtrees": None, "excluded_subtrees": None, **k})
    only = ca.authority("Only", root, constraints=names(permitted_subtrees=[x509.DirectoryName(x509.Name([x509.NameAttribute(ca.NameOID.ORGANIZATION_NAME, "Other")]))]))
    signed_by("name_not_permitted", False, "chain=invalid", only)
    signed_by("name_permitted", True, "chain=trusted", only, rules=(), subject=ca.name("x", "Other"))
    never = ca.authority("Never", root, constraints=names(excluded_subtrees=[x509.DirectoryName(x509.Name([x509.NameAttribute(ca.NameOID.ORGANIZATION_NAME, "Own")]))]))
    signed_by("name_excluded", False, "chain=invalid", never)
    signed_by("for_servers_above", False, "chain=invalid", ca.authority("Web", root, extra=[(x509.ExtendedKeyUsage([ca.SERVER]), False)]))
    unknown = x509.UnrecognizedExtension(ca.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00")
    signed_by("unknown_critical", False, "chain=invalid", issuing, extra=[(unknown, True)])
    signed_by("unknown_not_critical", True, "chain=trusted", issuing, rules=(), extra=[(unknown, False)])
    signed_by("old_issuer", False, "time=expired", ca.authority("Old", root, end="2021-01-01"), rules=["sign.expired"])
    signed_by("for_servers", False, "usage=refused", issuing, rules=["sign.wrong-usage"], extended=[ca.SERVER])
    signed_by("for_stamps", False, "usage=refused", issuing, rules=["sign.wrong-usage"], extended=[ca.TIME])
    signed_by("no_signatures", False, "usage=refused", issuing, rules=["sign.wrong-usage"], key_usage=ca.usage(certs=True))
    signed_by("md5_certificate", True, "chain=trusted", issuing, rules=["sign.weak-algorithm"], digest="md5")
    signed_by("short_key", True, "chain=trusted", issuing, rules=[], kind="rsa1024")


def times(pe, root, issuing, tsa):
    old = ca.signer("Old", issuing, begin="2015-01-01", end="2018-01-01")
    bad = dict(rules=["sign.bad-timestamp"])

    def stamped(name, valid, word, when="2016-06-01", by=old, stamper=tsa, rules=("sign.bad-timestamp",), **more):
        case(name, f.sign(pe, by, [issuing], unsigned=lambda s: [f.token(stamper, s, when, **more)]), valid, word, rules=list(rules))

    case("expired", f.sign(pe, old, [issuing]), False, "time=expired", rules=["sign.expired"])
    case("not_yet", f.sign(pe, ca.signer("New", issuing, begin="2030-01-01"), [issuing]), True, "time=valid")
    stamped("stamped_in_life", True, "time=valid", rules=())
    stamped("stamped_late", False, "time=expired", "2019-06-01", rules=["sign.expired"])
    stamped("stamped_early", False, "time=not-yet-valid", "2014-06-01", rules=["sign.expired"])
    stamped("stamp_of_another", False, "time=bad-timestamp", imprint=b"another signature")
    stamped("stamper_for_code", False, "time=bad-timestamp", stamper=ca.signer("No TSA", issuing))
    stamped("stamper_for_anything", False, "time=bad-timestamp", stamper=ca.signer("Any", issuing, extended=None))
    stamped("stamper_expired", False, "time=bad-timestamp", stamper=ca.stamper("Old TSA", issuing, end="2021-01-01"), when="2022-06-01", by=ca.signer("Alive", issuing))
    stamped("stamper_missing", False, "time=bad-timestamp", certs=[issuing])
    lone = ca.authority("Lone Root")
    stranger = ca.stamper("Stranger", lone)
    stamped("stamper_unknown", False, "time=untrusted-timestamp", stamper=stranger, certs=[stranger, lone])
    stamped("stamp_in_future", False, "time=bad-timestamp", "2034-06-01", by=ca.signer("Far", issuing))
    stamped("lifetime_stamped", False, "time=expired", by=ca.signer("Life", issuing, begin="2015-01-01", end="2018-01-01", extended=[ca.CODE, ca.LIFETIME]), rules=["sign.expired"])
    two = lambda s: [f.token(tsa, s, "2016-06-01"), f.token(tsa, b"x", "2017-06-01")]
    case("one_good_stamp", f.sign(pe, old, [issuing], unsigned=two), True, "time=valid", **bad)
    other = lambda s: [f.counter_signature(tsa, b"another", "2016-06-01")]
    case("counter_of_another", f.sign(pe, old, [issuing, tsa], unsigned=other), False, "time=bad-timestamp", **bad)


def revocations(pe, issuing, tsa):
    def revoked(name, valid, word, when, *stamp, since=None, rules=("sign.revoked",)):
        by = ca.signer(name, issuing)
        unsigned = (lambda s: [f.token(tsa, s, stamp[0])]) if stamp else ()
        case(name, f.sign(pe, by, [issuing], unsigned=unsigned), valid, word, rules=list(rules))
        return by, when, since

    return [revoked("revoked", False, "revocation=revoked", "2024-01-01"),
            revoked("revoked_later", True, "revocation=good", "2024-01-01", "2023-06-01", rules=()),
            revoked("revoked_before", False, "revocation=revoked", "2024-01-01", "2024-06-01"),
            revoked("invalid_since", False, "revocation=revoked", "2024-01-01", "2023-06-01", since="2023-01-01")]


def imitations(pe, issuing):
    serial = 0x05E6A0BE5AC359C7FF11F4B467AB20FC
    asus = ca.name("ASUSTeK Computer Inc.", "ASUSTeK Computer Inc.")
    case("asus_copied", f.sign(pe, ca.signer("A", issuing, subject=asus, serial=serial), [issuing]), True, "abuse=imitation", rules=["sign.imitation"])
    digicert = ca.authority("DigiCert SHA2 Assured ID Code Signing CA")
    case("asus_and_issuer_copied", f.sign(pe, ca.signer("B", digicert, subject=asus, serial=serial), [digicert]), False, "abuse=imitation",
         rules=["sign.imitation", "sign.untrusted"])
    case("asus_name_self_signed", f.sign(pe, ca.signer("C", subject=asus)), False, "abuse=imitation", rules=["sign.imitation", "sign.untrusted"])
    case("asus_name_alone", f.sign(pe, ca.signer("D", issuing, subject=asus), [issuing]), True, "abuse=none")
    case("listed", f.sign(pe, ca.signer("Listed", issuing, serial=0x00ABCDEF12345678), [issuing]), True, "abuse=listed", rules=["sign.abused-certificate"])
    case("serial_of_listed", f.sign(pe, ca.signer("Another", ca.authority("Own Other CA"), serial=0x00ABCDEF12345678)), False, "abuse=imitation",
         rules=["sign.imitation", "sign.untrusted"])


def by_osslsigncode(pe, folder, by, issuing, tsa):
    """A second maker, of whose signatures we know nothing but that they are right."""
    source = folder / "source.exe"
    source.write_bytes(pe)
    for name, who, chain in (("by", by, [issuing]), ("tsa", tsa, [issuing])):
        (folder / f"{name}.pem").write_bytes(b"".join(p.pem for p in [who, *chain]))
        (folder / f"{name}.key").write_bytes(who.key_pem)

    def made(name, *options, source=source):
        out = folder / f"{name}.out"
        done = subprocess.run(["osslsigncode", "sign", "-certs", folder / "by.pem", "-key", folder / "by.key", *options, "-in", source, "-out", out],
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return out

    stamp = ("-TSA-certs", folder / "tsa.pem", "-TSA-key", folder / "tsa.key", "-TSA-time", "1700000000")
    case("ossl_plain", made("plain", "-h", "sha256", "-n", "A program", "-i", "http://a.example/").read_bytes(), True)
    case("ossl_pages_sha1", made("pages1", "-h", "sha1", "-ph").read_bytes(), True)
    case("ossl_pages_sha256", made("pages2", "-h", "sha256", "-ph").read_bytes(), True)
    case("ossl_stamped", made("stamped", "-h", "sha256", *stamp).read_bytes(), True, "time=valid")
    case("ossl_nested", made("nested", "-nest", "-h", "sha256", *stamp, source=made("first", "-h", "sha1")).read_bytes(), True)
    small = bytearray(pe)
    struct.pack_into("<I", small, f.layout(small)[0] - 32, 0x2000)  # SectionAlignment
    source.write_bytes(small)
    case("ossl_pages_other_alignment", made("pages3", "-h", "sha256", "-ph").read_bytes(), True)


# ---- the run ----


def findings_of(lines):
    return sorted(x["rule"] for x in lines if x["type"] == "finding" and x["rule"].startswith("sign.") and x["severity"] != "info")


def check(name, want, lines):
    """What is wrong, as sentences."""
    signatures = next(x for x in lines if x["type"] == "artifact").get("signatures", [])
    wrong = []
    if any(s["valid"] for s in signatures) != want.valid or (want.valid and not all(s["valid"] for s in signatures)):
        wrong.append(f"valid is {[s['valid'] for s in signatures]}, not {want.valid}")
    for side, word in want.words.items():
        got = signatures[0][side] if signatures else {"word": "(no signature)", "reason": ""}
        if got["word"] != word:
            wrong.append(f"{side} is {got['word']} ({got['reason']}), not {word}")
    rules = findings_of(lines)
    if rules != want.rules:
        wrong.append(f"findings are {rules}, not {want.rules}")
    places = [(e.get("offset"), e.get("bytes")) for x in lines if x["type"] == "finding" for e in x["evidence"]]
    if want.place and want.place not in places:
        wrong.append(f"no finding is at {want.place}: {places}")
    return [f"{name}: {w}" for w in wrong]


def coax(program, folder, names, *options):
    done = subprocess.run([program, "sign", "--json", *options, *names], cwd=folder, capture_output=True, text=True)
    lines = [json.loads(x) for x in done.stdout.splitlines()]
    by_name, ids = {n: [] for n in names}, {}
    for line in lines:
        if line["type"] == "artifact" and line["parent"] is None:
            ids[line["id"]] = line["name"]
        owner = line.get("id") if line["type"] == "artifact" else line.get("artifact")
        if owner in ids:
            by_name[ids[owner]].append(line)
    return by_name


def judge(program, folder, root, *options):
    """The complaints about all cases."""
    (folder / "roots.pem").write_bytes(root.pem)
    for n, c in CASES.items():
        (folder / n).write_bytes(c.data)
    got = coax(program.resolve(), folder, list(CASES), "--roots", "roots.pem", *options)
    return [w for n, c in CASES.items() for w in check(n, c, got[n])]


def main():
    program, mkpe = map(pathlib.Path, sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="coax-sign-") as name:
        folder = pathlib.Path(name)
        subprocess.run([mkpe, "--64", folder / "plain.exe"], check=True)
        pe = (folder / "plain.exe").read_bytes()
        pe += bytes(-len(pe) % 8)
        root, issuing = authorities()
        tsa = ca.stamper("Own TSA", issuing, begin="2010-01-01")
        by, inner = right_ones(pe, root, issuing, tsa)
        broken_files(pe, by, inner, issuing)
        broken_envelopes(pe, by, issuing)
        broken_chains(pe, root, issuing)
        times(pe, root, issuing, tsa)
        revoked = revocations(pe, issuing, tsa)
        imitations(pe, issuing)
        by_osslsigncode(pe, folder, by, issuing, tsa)
        case("unsigned", pe, False)
        (folder / "crl.pem").write_bytes(ca.crl(issuing, revoked))
        (folder / "abuse.csv").write_text("Cert MD5,Serial,Subject,Issuer\n,%d,Listed,Own Issuing CA\n" % 0xABCDEF12345678)
        wrong = judge(program, folder, root, "--crl", "crl.pem", "--abuse", "abuse.csv")
        print("\n".join(wrong))
        print(f"{len(CASES)} programs, {len(wrong)} complaints")
        return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
