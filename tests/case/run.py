#!/usr/bin/python3
"""A case survives: run.py [--times N] [--seed S] BUILD kill|two|interrupt

    kill        kills analyses with SIGKILL at random moments: every case is sound, holds all that the analysis had
                told but what the next run names as in flight, and the next run goes on from there
    two         two analyses write one case at the same time
    interrupt   Ctrl-C leaves a good case
"""
import argparse
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

FILES = 80
MARK = "in flight was "


class Bench:
    def __init__(self, build, folder):
        self.coax = build / "coax"
        self.folder = folder
        self.case = folder / "test.case"
        self.out = folder / "out"

    def fill(self, name, count, programs=()):
        """A folder of small files, every one another, and programs among them."""
        folder = self.folder / name
        folder.mkdir()
        for i in range(count):
            (folder / f"f{i:04}.txt").write_text(f"{name} {i}\n" * (1 + i % 30))
        for i, program in enumerate(programs):
            (folder / f"f{(i + 1) * count // (len(programs) + 1):04}.exe").write_bytes(program.read_bytes())
        return folder

    def command(self, *paths):
        return [self.coax, "--case", self.case, "--replays", "0", "-j", "2", *paths]

    def start(self, *paths):
        with open(self.out, "wb") as out:
            return subprocess.Popen(self.command(*paths), stdin=subprocess.DEVNULL, stdout=out,
                                    stderr=subprocess.PIPE)

    def told(self):
        """The inputs that the report has begun to tell."""
        lines = self.out.read_bytes().decode().splitlines()
        return [line for line in lines if line.startswith(str(self.folder)) and line.split(".")[-1] in ("txt", "exe")]

    def database(self):
        return sqlite3.connect(self.case)

    def check_sound(self):
        with self.database() as db:
            verdict = db.execute("PRAGMA integrity_check").fetchall()
        assert verdict == [("ok",)], verdict

    def kept(self):
        """The names that the case has seen, in the order in which it saw them; none before it is a case."""
        with self.database() as db:
            if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'sightings'").fetchall():
                return []
            return [name for name, in db.execute("SELECT name FROM sightings ORDER BY rowid")]

    def forget(self):
        for file in self.folder.glob("test.case*"):
            file.unlink()


def ended(process, statuses=(0, 1)):
    _, said = process.communicate(timeout=120)
    assert process.returncode in statuses, (process.returncode, said)
    return said.decode()


def programs(build):
    found = [build / "tests" / "guest" / f"{name}.exe" for name in ("hello-x64", "dropper-x64")]
    return [p for p in found if p.exists()]


def kill_once(bench, folder, files, after):
    process = bench.start(folder)
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    told = bench.told()
    if not bench.case.exists():
        assert not told, told
        return 0, 0
    kept = bench.kept()
    bench.check_sound()
    assert kept == files[:len(kept)], "what is kept is not what came first"
    said = ended(bench.start(folder))
    lost = [line.split(MARK)[1] for line in said.splitlines() if MARK in line]
    missing = [name for name in told if name not in kept and name not in lost]
    assert not missing, f"told, but neither kept nor named: {missing}\n{said}"
    assert not set(kept) & set(lost), f"kept, but named as in flight: {set(kept) & set(lost)}"
    known = bench.out.read_text().count("answered from the case")
    assert known == len(kept), f"{len(kept)} were kept, {known} were known"
    bench.check_sound()
    assert bench.kept() == kept + files, "the next run did not do the rest"
    assert not list(bench.folder.glob("test.case-flight*"))
    return len(kept), len(lost)


def kill(build, times, seed):
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="coax-case-") as name:
        bench = Bench(build, pathlib.Path(name))
        folder = bench.fill("in", FILES, programs(build))
        files = sorted(str(p) for p in folder.iterdir())
        began = time.monotonic()
        ended(bench.start(folder))
        whole = time.monotonic() - began
        kept, lost = [], []
        for _ in range(times):
            bench.forget()
            k, n = kill_once(bench, folder, files, dice.uniform(0, whole))
            kept.append(k)
            lost.append(n)
    print(f"{times} kills: {sum(0 < k < len(files) for k in kept)} in the middle, {sum(lost)} inputs named as in "
          f"flight, {max(lost)} at most at a time")
    assert any(lost), "no kill came in the middle of the work"


def two(build):
    with tempfile.TemporaryDirectory(prefix="coax-case-") as name:
        bench = Bench(build, pathlib.Path(name))
        folders = [bench.fill(name, 150) for name in ("left", "right")]
        for process in [bench.start(folder) for folder in folders]:
            said = ended(process)
            assert not said, said
        bench.check_sound()
        want = sorted(str(p) for folder in folders for p in folder.iterdir())
        assert sorted(bench.kept()) == want
        with bench.database() as db:
            assert db.execute("SELECT count(*) FROM sessions WHERE outcome = 'done'").fetchone() == (2,)
            overlap = "SELECT count(*) FROM artifacts a JOIN inputs i ON a.input = i.id WHERE a.id NOT BETWEEN i.id AND i.last"
            assert db.execute(overlap).fetchone() == (0,)


def interrupt(build):
    with tempfile.TemporaryDirectory(prefix="coax-case-") as name:
        bench = Bench(build, pathlib.Path(name))
        folder = bench.fill("in", 3000)
        process = bench.start(folder)
        while not bench.case.exists() or len(bench.told()) < 100:
            assert process.poll() is None, "it ended before it was interrupted"
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        said = ended(process, (2,))
        assert "interrupted" in said, said
        bench.check_sound()
        kept = bench.kept()
        assert 100 <= len(kept) < 3000 and set(bench.told()) <= set(kept), (len(kept), len(bench.told()))
        with bench.database() as db:
            assert db.execute("SELECT outcome FROM sessions").fetchall() == [("interrupted",)]
        assert MARK not in ended(bench.start(folder)), "an interrupted run is no dead one"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=15)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("what", choices=["kill", "two", "interrupt"])
    o = parser.parse_args()
    if o.what == "kill":
        kill(o.build.resolve(), o.times, o.seed)
    else:
        {"two": two, "interrupt": interrupt}[o.what](o.build.resolve())


if __name__ == "__main__":
    sys.exit(main())
