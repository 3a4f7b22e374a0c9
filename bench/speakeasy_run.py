"""Runs one program in Speakeasy: speakeasy_run.py CHECKOUT PROGRAM

lznt1 is in no package of Debian, and Debian names pycryptodome otherwise; neither is used by the
programs that we measure, so names that stand for them will do.
"""

import sys
import types

import Cryptodome.Cipher.ARC4

sys.path.insert(0, sys.argv[1])
sys.modules["lznt1"] = types.ModuleType("lznt1")
sys.modules["Crypto"] = Cryptodome
sys.modules["Crypto.Cipher"] = Cryptodome.Cipher

import speakeasy  # noqa: E402: it needs the names above

emulator = speakeasy.Speakeasy()
emulator.config["timeout"] = 3600
emulator.run_module(emulator.load_module(sys.argv[2]))
entry = emulator.get_report()["entry_points"][-1]
if not any(call["api_name"].endswith(("exit", "ExitProcess")) for call in entry["apis"]):
    sys.exit(f"the program did not come to its end: {entry.get('error')}")
