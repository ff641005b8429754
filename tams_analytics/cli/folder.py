"""A folder that holds what one run told: each file whole, none beside it of an earlier run."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tams_analytics.cli.destination import destination, refuse_store
from tams_analytics.errors import BadParameter

ROWS = "failures"
"""The folder in it that has the failing rows of each check."""
OF_A_RUN = re.compile(rf"[a-z]+\.(txt|json|xml|html|prom)|{ROWS}/[^/]+\.parquet").fullmatch
"""What a run writes: nothing else is ever removed."""


@dataclass(frozen=True)
class Folder:
    """Holds the files of a run."""

    path: Path
    left: frozenset[str]
    """What an earlier run has written, as its index says."""

    @classmethod
    def made(cls, path: str, index: str) -> Folder:
        """The folder at ``path``, made where it is missing. Raises `BadParameter`.

        ``index`` is the JSON in it that lists the files of a run as ``files``.
        """
        if path in ("", "-"):
            raise BadParameter("output", path, "is no folder", "a folder, or no -o for stdout")
        try:
            Path(path).mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise BadParameter("output", path, "is a file", "a folder") from None
        return cls(Path(path), frozenset(filter(OF_A_RUN, _listed(Path(path) / index))))

    def refuse(self, store: str, files: Iterable[str]) -> None:
        """Raise `BadParameter` where one of these is the store that is read, or a folder."""
        for name in files:
            refuse_store(str(self.path / name), store)

    def write(self, name: str, made: bytes) -> None:
        """One file, at its place when it is whole."""
        file = self.path / name
        file.parent.mkdir(exist_ok=True)
        with destination(str(file)) as stream:
            stream.write(made)

    def tidy(self, files: Iterable[str], others: Iterable[str]) -> None:
        """Remove what is not of this run: ``files`` are what it wrote.

        ``others`` it might have written: an earlier one may have been killed before it listed any.
        """
        for name in {*self.left, *others} - set(files):
            (self.path / name).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # there are files in it, or it was never made
            (self.path / ROWS).rmdir()


def _listed(index: Path) -> list[str]:
    """The files of an earlier run; none where it left no index, or the file is somebody else's."""
    try:
        found = json.loads(index.read_bytes())
    except (FileNotFoundError, ValueError):
        return []
    files = found.get("files") if isinstance(found, dict) else None
    return [each for each in files if isinstance(each, str)] if isinstance(files, list) else []
