"""The stores that ``stores.toml`` names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tams_analytics.errors import BadParameter
from tams_analytics.settings.files import config_folder, read_toml
from tams_analytics.settings.redaction import redacted, secrets_in

EXAMPLE = 'url = "newsroom.duckdb"'
"""What an entry of ``stores.toml`` looks like."""
PLACEHOLDER = re.compile(r"\$\{(\w+)\}")


def named_stores(environ: Mapping[str, str] | None = None) -> NamedStores:
    """The URL of each store that ``stores.toml`` names: read, and judged, when it is asked for.

    An entry is a table with ``url``, or a plain URL. ``${NAME}`` in a URL is replaced from the
    environment, so that no secret has to be written down. A bad entry raises `BadParameter` where
    it is asked for, a file that is no TOML at any question.
    """
    return NamedStores(os.environ if environ is None else environ)


class NamedStores(Mapping[str, str]):
    """What `named_stores` gives. Errors and whoever else quotes a URL of it quote `written`."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.file = config_folder(environ) / "stores.toml"

    def __getitem__(self, name: str) -> str:
        return self._expanded(name, self.written(name))

    def __contains__(self, name: object) -> bool:
        return name in read_toml(self.file)

    def __iter__(self) -> Iterator[str]:
        return iter(read_toml(self.file))

    def __len__(self) -> int:
        return len(read_toml(self.file))

    def written(self, name: str) -> str:
        """The URL as the file has it, ``${NAME}`` for what may be a secret."""
        return _store_url(self.file, name, read_toml(self.file)[name])

    def _expanded(self, name: str, url: str) -> str:
        missing = [each for each in PLACEHOLDER.findall(url) if each not in self._environ]
        if missing:
            problem = f"is not set, but the URL of {name} in {self.file} needs it"
            raise BadParameter(missing[0], None, problem)
        return PLACEHOLDER.sub(lambda found: self._environ[found[1]], url)


def _store_url(file: Path, name: str, entry: Any) -> str:
    url = entry.get("url") if isinstance(entry, dict) else entry
    if not isinstance(url, str):
        raise BadParameter(name, _outline(entry), f"in {file} names no store", EXAMPLE)
    if any(PLACEHOLDER.sub("", secret) for secret in secrets_in(url)):
        expected = "${NAME} in its place, and the variable NAME in the environment"
        raise BadParameter(name, redacted(url), f"in {file} has a secret written in it", expected)
    return url


def _outline(entry: Any) -> Any:
    """What an entry is, without its values: one of them may be the secret."""
    return [redacted(key) for key in entry] if isinstance(entry, dict) else type(entry).__name__
