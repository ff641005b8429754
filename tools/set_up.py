"""Makes a virtual environment with the pinned packages and this project, if it is not current.

    python tools/set_up.py                    .venv, from constraints.txt
    python tools/set_up.py --tools            .venv-tools, from constraints-tools.txt
    python tools/set_up.py --venv .venv-3.10  another folder

Needs the standard library of the interpreter that runs it, and no more. An environment is current
when its stamp names these files and this version of Python; the stamp is written last, so that
an interrupted set-up starts again.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    asked = arguments()
    venv = ROOT / (asked.venv or (".venv-tools" if asked.tools else ".venv"))
    pins = ROOT / ("constraints-tools.txt" if asked.tools else "constraints.txt")
    stamp = venv / "tams-set-up.txt"
    wanted = fingerprint(pins)
    if stamp.is_file() and stamp.read_text() == wanted:
        say(f"{venv.name} is current (Python {platform.python_version()})")
        return 0
    stamp.unlink(missing_ok=True)
    started = time.monotonic()
    try:
        make(venv)
        install(venv, pins)
    except subprocess.CalledProcessError as failed:
        say(f"failed at: {' '.join(map(str, failed.cmd))}")
        return 1
    stamp.write_text(wanted)
    say(f"{venv.name} is ready after {time.monotonic() - started:.0f} s")
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Make the project's virtual environment.")
    parser.add_argument("--tools", action="store_true", help="with benchmark peers and notebooks")
    parser.add_argument("--venv", help="its folder, in the project's")
    return parser.parse_args()


def fingerprint(pins: Path) -> str:
    """What an environment is made of: the pins, the project's metadata, the version of Python."""
    parts = [pins, ROOT / "pyproject.toml", Path(__file__)]
    digests = [f"{part.name} {hashlib.sha256(part.read_bytes()).hexdigest()}" for part in parts]
    return "\n".join([f"python {platform.python_version()}", *digests, ""])


def make(venv: Path) -> None:
    """An environment of this interpreter; one that is there and works is kept and updated."""
    if works(venv):
        say(f"updating {venv.name} (Python {platform.python_version()})")
        return
    interpreter = getattr(sys, "_base_executable", sys.executable)  # we may run from within it
    say(f"making {venv.name} with Python {platform.python_version()} ({interpreter})")
    shutil.rmtree(venv, ignore_errors=True)
    run(interpreter, "-m", "venv", venv)


def works(venv: Path) -> bool:
    """The environment has pip and the version of Python that runs this."""
    ask = "import pip, platform; print(platform.python_version())"
    try:
        said = subprocess.run(
            [python(venv), "-c", ask], capture_output=True, text=True, check=False
        )
    except OSError:
        return False
    return said.stdout.strip() == platform.python_version()


def install(venv: Path, pins: Path) -> None:
    """In two steps: pip refuses an editable requirement beside pins with hashes."""
    count = sum("==" in line for line in pins.read_text().splitlines())
    say(f"installing up to {count} pinned packages of {pins.name}, about a minute when new")
    pip(venv, "--require-hashes", "-r", pins)
    say("installing tams-analytics itself, editable")
    pip(venv, "--no-deps", "--no-build-isolation", "-e", ROOT)


def pip(venv: Path, *options: str | Path) -> None:
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    run(python(venv), "-m", "pip", "install", *quiet, *options)


def run(*command: str | Path) -> None:
    # a PYTHONPATH or an active environment of the caller must not reach into this one
    foreign = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"}
    environment = {name: value for name, value in os.environ.items() if name not in foreign}
    subprocess.run(command, check=True, env=environment)


def python(venv: Path) -> Path:
    return venv / "bin" / "python"


def say(what: str) -> None:
    print(f"set-up: {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
