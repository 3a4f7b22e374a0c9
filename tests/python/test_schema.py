"""Real output of coax --json against docs/schema.json, which is made strict here: a field that the
schema does not know is a mistake, in the output or in the documentation.

    test_schema.py COAX MKPE ROOT [PROGRAM...]

PROGRAMs are run with --trace where they exist."""
import copy
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema


def strict(schema):
    """A copy in which objects that list their properties have no others."""
    schema = copy.deepcopy(schema)

    def visit(node):
        if isinstance(node, dict):
            if node.get("properties"):
                node.setdefault("additionalProperties", False)
            for child in node.values():
                visit(child)
        elif isinstance(node, list):
            for child in node:
                visit(child)

    visit(schema)
    return schema


def inputs(mkpe, folder):
    """Files of many kinds, good and bad."""
    (folder / "empty").write_bytes(b"")
    (folder / "text.txt").write_text("hello\n")
    (folder / "bad\x1bname \udcff.bin").write_bytes(b"\x00\xff")
    for name, options in {
        "plain.exe": ["--import", "KERNEL32.dll"],
        "full64.exe": ["--64", "--dotnet", "--rich", "--import", "a.dll", "--overlay", "tail"],
        "lib.dll": ["--dll"],
        "driver.sys": ["--64", "--subsystem", "1", "--import", "ntoskrnl.exe"],
        "arm64.exe": ["--64", "--machine", "aa64"],
        "unaligned.exe": ["--flip", "3c"],
    }.items():
        subprocess.run([mkpe, *options, folder / name], check=True)
    subprocess.run([mkpe, "--prefixes", folder / "prefix"], check=True)
    for number, prefix in enumerate(sorted(folder.glob("prefix.*"))):
        if number % 8:
            prefix.unlink()  # all of them is golden/prefixes' business
    return folder


def check(validator, command, summary=True):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    lines = done.stdout.decode("utf-8").splitlines()  # strict: broken UTF-8 fails here
    failures, types = 0, set()
    for line in lines:
        value = json.loads(line)
        types.add(value["type"])
        kind = validator.evolve(schema={"$ref": f"#/$defs/line_{value['type']}", "$defs": validator.schema["$defs"]})
        for error in list(kind.iter_errors(value))[:3]:
            failures += 1
            print(f"{error.json_path}: {error.message[:300]}\n  in {line[:300]}")
    if summary and (not lines or json.loads(lines[-1])["type"] != "summary"):
        failures += 1
        print(f"no summary from {command}: {done.stderr.decode(errors='replace')[:500]}")
    return len(lines), types, failures


def check_case(validator, coax, mkpe):
    """Every subcommand of `coax case` that prints JSON, over programs that belong together."""
    with tempfile.TemporaryDirectory() as name:
        folder, case = pathlib.Path(name) / "in", pathlib.Path(name) / "test.case"
        folder.mkdir()
        for i in range(30):  # 22 of one imphash are too many for a tie
            library = "a.dll" if i < 22 else "b.dll"
            subprocess.run([mkpe, "--import", library, "--overlay", str(i), folder / f"{i}.exe"], check=True)
        subprocess.run([coax, "-n", "--quiet", "--case", case, folder], check=True)
        ask = [coax, "case", "--case", case]
        digest = hashlib.sha256((folder / "0.exe").read_bytes()).hexdigest()
        found = [check(validator, [*ask, *words, "--json"], summary=False)
                 for words in (["list"], ["find", digest], ["cluster"])]
        return [*found, check(validator, [*ask, "export"]), check(validator, [*ask, "show", "1", "--json"])]


def main():
    coax, mkpe, root = sys.argv[1:4]
    programs = [p for p in sys.argv[4:] if pathlib.Path(p).exists()]
    schema = json.loads((pathlib.Path(root) / "docs" / "schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(strict(schema))
    with tempfile.TemporaryDirectory() as folder:
        results = [check(validator, [coax, "--json", inputs(mkpe, pathlib.Path(folder))])]
        results += [check(validator, [coax, "run", "--json", "--trace", p]) for p in programs]
    results.append(check(validator, [coax, "wire", "--json", pathlib.Path(root) / "fuzz" / "corpus" / "wire_capture"]))
    results += check_case(validator, coax, mkpe)
    lines, failures = sum(r[0] for r in results), sum(r[2] for r in results)
    types = set().union(*(r[1] for r in results))
    print(f"{lines} lines of {', '.join(sorted(types))}; {failures} failures")
    return bool(failures or not {"artifact", "run", "summary", "input", "link", "cluster", "common"} <= types)


if __name__ == "__main__":
    sys.exit(main())
