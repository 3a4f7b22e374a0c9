#!/usr/bin/env python3
"""The guards' names, one a line."""

import pathlib

for source in sorted(pathlib.Path(__file__).parent.glob("guards/*.c")):
    print(source.stem)
