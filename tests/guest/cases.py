"""The cases of this folder: one file want/NAME.txt each.

Header lines `key: value`, an empty line, then the text that the program must print:

    oracle            what says so: a tool and its version, or "none: why, and what says so instead"
    program           the program where it has another name than the case. A host path is a program
                      that is not ours, {bits} in it is 64 or 32; pack:NAME is one of the guest's own
    arguments         what the program is given, quoted as in a shell
    oracle-arguments  what the oracle gives it, where that differs
    only              the one architecture of the case, where it is not for both
    package           the Debian package that a host path comes from
    files             files of this folder that lie in the program's working folder, C:\work
    companions        programs of ours that lie there too, for both architectures, as NAME-x64.exe
                      and NAME-x86.exe
    world             the persona, where it is not home
    edits             changes of the world, quoted as in a shell
    options           further options of coax run, such as budgets
    findings          rules of findings that the report must have
    stream            stdout, or stderr: what the text was printed to
    gap               what the guest cannot do yet: the case is run, and skipped while it disagrees
    exit              the exit code in hexadecimal, 32 bits; an unhandled exception has its own code
"""

import pathlib
import shlex

HERE = pathlib.Path(__file__).resolve().parent
WANT = HERE / "want"
ARCHITECTURES = ("x64", "x86")
KEYS = ("oracle", "program", "only", "package", "arguments", "oracle-arguments", "files",
        "companions", "edits", "options", "findings",
        "stream", "gap", "exit", "world")
BITS = {"x64": "64", "x86": "32"}


class Case:
    def __init__(self, name):
        self.name = name
        self.header = {}
        self.text = ""
        path = WANT / f"{name}.txt"
        if not path.exists():
            return
        head, _, self.text = path.read_text(encoding="utf-8").partition("\n\n")
        for line in head.splitlines():
            key, _, value = line.partition(":")
            if key not in KEYS:
                raise ValueError(f"{path.name}: unknown key {key!r}")
            self.header[key] = value.strip()

    def save(self):
        head = [f"{k}: {self.header[k]}".rstrip() for k in KEYS if k in self.header]
        text = "\n".join(head) + "\n\n" + self.text
        (WANT / f"{self.name}.txt").write_text(text, encoding="utf-8")

    @property
    def program(self):
        return self.header.get("program", self.name)

    @property
    def in_pack(self):
        """The name of a program that lies in the guest's pack, or None."""
        return self.program[5:] if self.program.startswith("pack:") else None

    @property
    def architectures(self):
        return [self.header["only"]] if "only" in self.header else ARCHITECTURES

    def host_path(self, programs, arch):
        """Where the program lies on this computer; for one that does not lie in the guest."""
        if self.program.startswith("/"):
            return pathlib.Path(self.program.format(bits=BITS[arch]))
        return programs / f"{self.program}-{arch}.exe"

    @property
    def arguments(self):
        return shlex.split(self.header.get("arguments", ""))

    @property
    def oracle_arguments(self):
        return shlex.split(self.header.get("oracle-arguments", self.header.get("arguments", "")))

    @property
    def companions(self):
        return [f"{name}-{arch}.exe" for name in self.header.get("companions", "").split()
                for arch in ARCHITECTURES]

    @property
    def gap(self):
        return self.header.get("gap")

    @property
    def package(self):
        return self.header.get("package")

    @property
    def files(self):
        return self.header.get("files", "").split()

    @property
    def edits(self):
        return shlex.split(self.header.get("edits", ""))

    @property
    def options(self):
        return shlex.split(self.header.get("options", ""))

    @property
    def findings(self):
        return self.header.get("findings", "").split()

    @property
    def stream(self):
        return self.header.get("stream", "stdout")

    @property
    def has_oracle(self):
        return not self.header.get("oracle", "").startswith("none:")


def names():
    return sorted(p.stem for p in WANT.glob("*.txt"))


def normal_text(raw):
    """Console bytes as the wants hold them: UTF-8, one line feed per line."""
    return raw.decode("utf-8", "backslashreplace").replace("\r\n", "\n")
