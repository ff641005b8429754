"""Documents are executed: each block of code in them, in order, as a reader would.

What a reader has is made beforehand: a newsroom, a file of media, the addresses that a text names.
A server that a block starts runs on while the next blocks ask it, and ends with the document.
"""

from __future__ import annotations

import contextlib
import csv
import doctest
import io
import json
import os
import re
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.support.processes import free_port

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_FENCE = re.compile(r"^([ \t]*)```([^\n`]*)\n(.*?)^\1```[ \t]*$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"^[ \t>]*(```|~~~)", re.MULTILINE)
"""What may begin or end a block, however it is written."""
_PORT = re.compile(r"(?:(?<=:)|(?<=--port )|(?<=PORT = ))(8000|8766|9000)\b")
SHOWN = ("text",)
"""What is printed, or drawn."""
DATA = {
    "toml": tomllib.loads,
    "json": json.loads,
    "csv": lambda text: list(csv.reader(io.StringIO(text))),
    "yaml": yaml.safe_load,
}
"""What is read by a program: it has to be well-formed; with a name it is a file of the folder."""
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS

TAMS = r"""#!/usr/bin/env bash
# `tams`; but a server goes on in the background until the next one: when it is back it is asked
set -eu
if [ "$1" = check ]; then "{python}" -m tams_command "$@" || test $? = 1; exit; fi  # 1: findings
if [ "$1" != serve ]; then exec "{python}" -m tams_command "$@"; fi
if [ -f "{state}/server" ]; then
  # no INT, which is ignored at first by what a shell has started in the background
  server=$(cat "{state}/server")
  kill -TERM "$server" || true
  for _ in $(seq 300); do kill -0 -- -"$server" 2> /dev/null || break; sleep 0.1; done
fi
setsid "{python}" -m tams_command "$@" > "{state}/serve.log" 2>&1 &
echo $! > "{state}/server"
for _ in $(seq 600); do
  if grep -q "http://" "{state}/serve.log"; then exit 0; fi
  if ! kill -0 "$(cat "{state}/server")" 2> /dev/null; then break; fi
  sleep 0.1
done
cat "{state}/serve.log" >&2
exit 1
"""


@dataclass(frozen=True)
class Block:
    """A fenced block: ``language`` and ``name`` of its first line, and where it begins."""

    language: str
    name: str
    text: str
    line: int

    def __str__(self) -> str:
        return f"{self.language} block in line {self.line}"


def blocks(text: str) -> list[Block]:
    """All fenced blocks in order, also those of a list.

    Raises `ValueError` for a fence that is written in another way: its block would not be executed.
    """
    found = []
    for match in _FENCE.finditer(text):
        language, _space, name = match[2].strip().partition(" ")
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(language, name, textwrap.dedent(match[3]), line))
    rest = _FENCE.sub("", text)
    if lost := _MARK.search(rest):
        raise ValueError(f"no block is begun or ended by: {rest[lost.start() :].splitlines()[0]}")
    return found


@dataclass
class Reader:
    """Does what a document says, in a folder of its own."""

    folder: Path
    instead: Mapping[str, str] = field(default_factory=dict)
    """Addresses that a text names, and what is there in their place."""
    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "__main__"})

    def __post_init__(self) -> None:
        self._state = self.folder / ".state"
        self._state.mkdir()
        self._bin = self._state / "bin"
        self._bin.mkdir()
        tams = self._bin / "tams"
        tams.write_text(TAMS.format(python=sys.executable, state=self._state))
        tams.chmod(0o755)
        (self._bin / "python").symlink_to(sys.executable)
        self._ports: dict[str, str] = {}

    def do(self, block: Block) -> None:
        """Execute it, and raise `AssertionError` where that fails."""
        if block.language == "python":
            self._python(block)
        elif block.language == "sh":
            self._shell(block)
        elif block.language == "sql":
            self._shell_of('tams query newsroom.duckdb "$SQL"', block, SQL=block.text)
        elif block.language in DATA:
            self._data(block)
        else:
            assert block.language in SHOWN, f"{block}: what language is that?"

    def _python(self, block: Block) -> None:
        text = self._placed(block.text)
        with contextlib.chdir(self.folder) if sys.version_info >= (3, 11) else _chdir(self.folder):
            if ">>> " in text:
                self._doctest(block, text)
            else:
                padding = "\n" * block.line
                exec(compile(padding + text, str(block), "exec"), self.names)  # noqa: S102

    def _doctest(self, block: Block, text: str) -> None:
        found = doctest.DocTestParser().get_doctest(text, self.names, str(block), None, block.line)
        said = io.StringIO()
        doctest.DocTestRunner(optionflags=OPTIONS).run(found, out=said.write, clear_globs=False)
        self.names.update(found.globs)
        assert not said.getvalue(), said.getvalue()

    def _shell(self, block: Block) -> None:
        self._shell_of(self._placed(block.text), block)

    def _shell_of(self, script: str, block: Block, **more: str) -> None:
        """In one bash after the other; what one sets the next one has."""
        kept = self._state / "variables"
        whole = (
            f'set -aeuo pipefail\n[ ! -f "{kept}" ] || . "{kept}"\n{script}\nexport -p > "{kept}"\n'
        )
        path = os.pathsep.join([str(self._bin), os.environ["PATH"]])
        ran = subprocess.run(
            ["bash", "-c", whole],
            cwd=self.folder,
            env={**os.environ, "PATH": path, **more},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert ran.returncode == 0, f"{block}: exit {ran.returncode}\n{ran.stdout}\n{ran.stderr}"

    def _data(self, block: Block) -> None:
        DATA[block.language](block.text)
        if block.name:
            (self.folder / block.name).write_text(block.text)

    def _placed(self, text: str) -> str:
        """With addresses of here for those that the text names."""
        for written, here in self.instead.items():
            text = text.replace(written, here)
        return _PORT.sub(lambda found: self._port(found[0]), text)

    def _port(self, written: str) -> str:
        return self._ports.setdefault(written, str(free_port()))

    def close(self) -> None:
        """End what it started."""
        server = self._state / "server"
        if server.exists():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(int(server.read_text()), signal.SIGKILL)


@contextlib.contextmanager
def _chdir(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
