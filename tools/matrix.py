"""Runs the tests on each CPython 3.10 to 3.13 that is installed; prints a table of how they ended.

    python tools/matrix.py [ARGUMENTS OF PYTEST]

One after the other, each in an environment of its own, ``.venv-3.10`` to ``.venv-3.13``. Exit
status 0 where no version failed and at least one passed; one that is not installed is no failure.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSIONS = ("3.10", "3.11", "3.12", "3.13")


def main() -> int:
    results = [(version, *tested(version)) for version in VERSIONS]
    print("\nmatrix")
    for version, status, ending in results:
        print(f"  {version}  {status:<13}  {ending}")
    statuses = [status for _, status, _ in results]
    return 1 if "failed" in statuses or "passed" not in statuses else 0


def tested(version: str) -> tuple[str, str]:
    """``passed``, ``failed`` or ``not installed``, and pytest's last line or what went wrong."""
    interpreter = found(version)
    if not interpreter:
        return "not installed", ""
    print(f"\nmatrix: Python {version}, {interpreter}", flush=True)
    venv = ROOT / f".venv-{version}"
    started = time.monotonic()
    set_up = [interpreter, str(ROOT / "tools" / "set_up.py"), "--venv", venv.name]
    if subprocess.run(set_up, check=False).returncode != 0:
        return "failed", "set-up failed"
    code, ending = shown([str(venv / "bin" / "python"), "-m", "pytest", *sys.argv[1:]])
    if code not in (0, 1):  # a crash, or nothing was run: its last line does not tell
        ending = f"pytest ended with status {code}: {ending}"
    return ("failed" if code else "passed"), f"{ending}; {time.monotonic() - started:.0f} s in all"


def found(version: str) -> str:
    search = ["sh", str(ROOT / "tools" / "find-python"), version]
    return subprocess.run(search, capture_output=True, text=True, check=False).stdout.strip()


def shown(command: list[str]) -> tuple[int, str]:
    """Runs it with its output shown; the exit code and the last line."""
    last = ""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as running:
        for line in running.stdout or ():
            print(line, end="", flush=True)
            last = line.strip(" =\n") or last
    return running.returncode, last


if __name__ == "__main__":
    sys.exit(main())
