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
        say(f"installing what {pins.name} pins; the first time takes a minute or two")
        # two steps: pip refuses an editable requirement beside pins with hashes
        pip(venv, "--require-hashes", "-r", pins)
        say("installing tams-analytics itself, editable")
        pip(venv, "--no-deps", "--no-build-isolation", "-e", ROOT)
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
    """What an environment is made of and where: both are written into it."""
    parts = [pins, ROOT / "pyproject.toml", Path(__file__)]
    digests = [f"{part.name} {hashlib.sha256(part.read_bytes()).hexdigest()}" for part in parts]
    return "\n".join([f"python {platform.python_version()}", f"folder {ROOT}", *digests, ""])


def make(venv: Path) -> None:
    """An environment of this interpreter; one that is there and works is kept and updated."""
    if works(venv):
        say(f"updating {venv.name} (Python {platform.python_version()})")
        return
    interpreter = outside()
    say(f"making {venv.name} with Python {platform.python_version()} ({interpreter})")
    shutil.rmtree(venv, ignore_errors=True)
    run(interpreter, "-m", "venv", venv)


def outside() -> Path:
    """This interpreter as it is any virtual environment."""
    own = Path(sys.base_prefix, "bin", "python{}.{}".format(*sys.version_info))
    return own if own.is_file() else Path(sys.executable)


def works(venv: Path) -> bool:
    """The environment has pip and the version of Python that runs this, and was made here."""
    ask = "import pip, platform; print(platform.python_version())"
    try:
        said = subprocess.run(
            [str(python(venv)), "-c", ask], capture_output=True, text=True, check=False
        )
        made_here = str(venv) in (venv / "bin" / "pip").read_text()
    except OSError:
        return False
    return made_here and said.stdout.strip() == platform.python_version()


def pip(venv: Path, *options: str | Path) -> None:
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    quiet += ["--no-compile"]  # Python compiles what is imported; of the rest there is more
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
