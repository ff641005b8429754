"""Rewrites ``constraints.txt`` and ``constraints-tools.txt`` from ``pyproject.toml``.

Every distribution that any of Python 3.10 to 3.13 needs, on any system, with its hashes; the
second file is a superset of the first. ``--upgrade`` looks for newer versions, else the pins stay.
No address, index or path gets into the files: tests/test_packaging.py.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPILE = [
    *("uv", "pip", "compile", "pyproject.toml", "--all-extras", "--universal"),
    *("--python-version", "3.10", "--generate-hashes", "--no-emit-index-url"),
    *("--no-header", "--no-annotate", "--quiet"),
]


def main() -> None:
    compiled("--group", "test", "--output-file", "constraints.txt")
    compiled(
        *("--group", "tools", "--constraints", "constraints.txt"),
        *("--output-file", "constraints-tools.txt"),
    )


def compiled(*options: str) -> None:
    print(f"constraints: writing {options[-1]}", flush=True)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    subprocess.run(
        [*COMPILE, *options, *sys.argv[1:]], check=True, cwd=ROOT, env={**os.environ, "PATH": path}
    )


if __name__ == "__main__":
    main()
