"""`tams sql --etc FOLDER`: the files of ``sql/etc``, and what the settings know of their variables.

The catalogs read the environment of Trino's process by the names of the settings (T1); its values
come from ``tams.env``, which is made here. No secret is written: whoever runs Trino fills it in.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tams_analytics import settings
from tams_analytics.cli import shipped
from tams_analytics.errors import BadParameter
from tams_analytics.settings import Settings, redacted

if TYPE_CHECKING:  # it moves to importlib.resources.abc, which 3.10 does not have
    from importlib.abc import Traversable

ETC = "etc"
ENVIRONMENT = "tams.env"
VARIABLE = re.compile(r"\$\{ENV:([A-Z0-9_]+)\}")
SECRET = re.compile(r"PASSWORD|SECRET|_KEY")
IMAGE = "TRINO_IMAGE"
"""Compose's own variable."""
ENDINGS = (".config", ".json", ".md", ".properties", ".yaml")
"""Others in a checkout are somebody's own."""
SCHEMES = {"vast": "http", "vast+https": "https"}


def write(folder: str, url: str | None) -> None:
    """Into a new folder, or an empty one. Raises `BadParameter`."""
    target = Path(folder)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BadParameter("etc", folder, "is there, and is not empty", "a new folder")
    known = values(settings.load(), url)
    choice = _choice(known["S3_ENDPOINT_URL"])
    try:
        for name, content in _files():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_text(content, "utf-8")
        _write_environment(target / ENVIRONMENT, known, choice)
    except OSError as error:
        reason = f"cannot be written: {error.strerror}"
        raise BadParameter("etc", folder, reason, "another folder") from error
    click.echo(f"{target}: start Trino as README.md there tells")
    click.echo(f"{target / ENVIRONMENT}: fill in {', '.join(n for n in known if not known[n])}")
    for line in choice:
        click.echo(line)


def variables() -> list[str]:
    """What the catalogs read of the environment, each once."""
    texts = (content for name, content in _files() if name.startswith("catalog/"))
    return sorted({name for content in texts for name in VARIABLE.findall(content)})


def values(known: Settings, url: str | None = None) -> dict[str, str]:
    """Of each variable its value, where the settings have one that is no secret; else nothing."""
    said = {"VAST_ENDPOINT": _vast(known, url), "S3_ENDPOINT_URL": _s3(known)}
    return {name: "" if SECRET.search(name) else said.get(name, "") for name in variables()}


def _vast(known: Settings, url: str | None) -> str:
    """The cluster of a store on VAST, as its connector takes it."""
    store = url or known.store_url or ""
    scheme, separator, rest = store.partition("://")
    if not separator or scheme not in SCHEMES:
        return ""
    place = re.split("[/?]", rest, maxsplit=1)[0].rpartition("@")[2]
    return f"{SCHEMES[scheme]}://{place}"


def _s3(known: Settings) -> str:
    """That of the setting of this name, else the one that storage backends have."""
    places = [*_places()]
    first = _with_scheme(known.s3_endpoint_url, known.s3_use_ssl)
    return first or (places[0] if len(places) == 1 else "")


def _places() -> dict[str, list[str]]:
    """The endpoints of the storage backends in the settings file, with the names of those there."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, entry in settings.file_table(settings.TABLE).items():
        endpoint = entry.get("endpoint") if isinstance(entry, dict) else None
        if isinstance(endpoint, str) and (written := _with_scheme(endpoint, True)):
            found[written].append(name)
    return found


def _choice(chosen: str) -> list[str]:
    """What to know where storage backends have other endpoints of S3 than the one for Iceberg."""
    others = [
        f"{endpoint} ({', '.join(names)})"
        for endpoint, names in _places().items()
        if endpoint != chosen
    ]
    if not others:
        return []
    what = f"is {chosen}, not" if chosen else "is one of"
    said = f"{what} {'; '.join(others)}"
    return [
        f"S3_ENDPOINT_URL, where Iceberg's tables and the listings lie, {said}.",
        "One will do: media is not read through Trino, and a listing of all of them is one table.",
    ]


def _with_scheme(endpoint: str | None, is_over_tls: bool) -> str:
    if not endpoint or redacted(endpoint) != endpoint:
        return ""  # there is a secret in it
    return endpoint if "://" in endpoint else f"{'https' if is_over_tls else 'http'}://{endpoint}"


def _write_environment(file: Path, known: Mapping[str, str], choice: Iterable[str]) -> None:
    """For its owner alone: secrets will stand in it."""
    lines = [f"{name}={value}\n" for name, value in known.items()]
    head = f"# What the catalogs read. {IMAGE} is for compose, from its own environment.\n"
    head += "".join(f"# {line}\n" for line in choice)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
        written.write(head + "".join(lines))


def _files() -> Iterator[tuple[str, str]]:
    yield from _below(shipped.FOLDER.joinpath(ETC), "")


def _below(folder: Traversable, prefix: str) -> Iterator[tuple[str, str]]:
    for each in sorted(folder.iterdir(), key=lambda found: found.name):
        if each.is_dir():
            yield from _below(each, f"{prefix}{each.name}/")
        elif each.name.endswith(ENDINGS):
            yield f"{prefix}{each.name}", each.read_text("utf-8")
