"""What keeps a store running: `tams schema apply|status|drop`, `tams snapshots`, `tams doctor`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from importlib.metadata import entry_points
from typing import Any

import click
import pyarrow as pa

from tams_analytics import settings
from tams_analytics.cli import options
from tams_analytics.cli.interrupts import reading
from tams_analytics.cli.output import Output, write_rows
from tams_analytics.cli.sql import show
from tams_analytics.engines.administration import Administration, administration
from tams_analytics.engines.health import Finding
from tams_analytics.errors import BadParameter, TamsError
from tams_analytics.media import doctor as media
from tams_analytics.media.opening import file_to_be
from tams_analytics.media.storages import Storages
from tams_analytics.settings import redacted_within
from tams_analytics.store import connect
from tams_command.group import ABSENT, Failure

SETTINGS = "tams.settings"
"""Entry points that read what other packages can be set to, and raise `BadParameter`."""
NOTHING = "there is nothing to drop"
FINDINGS = pa.schema(
    {"what": pa.string(), "is_well": pa.bool_(), "said": pa.string(), "way_out": pa.string()}
)


def _administered(params: dict[str, Any]) -> Administration:
    return administration(options.the_store(params))


def apply(**params: Any) -> None:
    store = _administered(params)
    for step in store.apply():
        click.echo(step)
    bad = [finding for finding in store.status() if not finding.is_well]
    for finding in bad:
        click.echo(str(finding))
    _end(bad)


def status(format: str, **params: Any) -> None:
    _tell(_administered(params).status(), format)


def doctor(format: str, **params: Any) -> None:
    _tell(_diagnosed(params), format)


def _diagnosed(params: dict[str, Any]) -> Iterator[Finding]:
    of_settings = _of_settings()
    yield of_settings
    if of_settings.is_well:  # else nobody knows what is meant
        yield from _administered(params).diagnose()
        yield from _of_media(options.the_store(params))


def _of_settings() -> Finding:
    """Whether all that read settings, the server too, understand what they find."""
    try:
        file = settings.settings_file(os.environ)
        for read in (settings.load, *(each.load() for each in entry_points(group=SETTINGS))):
            read()
    except BadParameter as error:
        return Finding("settings", False, str(error))
    where = f"{file} and the environment" if file.exists() else f"the environment; no {file}"
    return Finding("settings", True, where)


def _of_media(url: str | None) -> Iterator[Finding]:
    """Of each storage backend that the settings name for this store, if there is one."""
    loaded = settings.load()
    file = file_to_be(url or str(loaded.store_url))
    if file is not None and not file.exists():
        return
    try:
        storages = Storages.configured(loaded, file)
    except TamsError as error:
        yield Finding("media", False, str(error))
        return
    yield from media.diagnose(storages)


def drop(yes: bool, **params: Any) -> None:
    store = _administered(params)
    if not yes:
        would = list(store.droppable())
        click.echo("\n".join(f"would drop {each}" for each in would) or NOTHING)
        if would:
            raise Failure("nothing was dropped; --yes drops it, and nothing brings it back")
        return
    steps = 0
    for step in store.drop():
        click.echo(step)
        steps += 1
    if not steps:
        click.echo(NOTHING)


def snapshots(**params: Any) -> None:
    output = options.the_output(params)
    with reading(lambda: connect(options.the_store(params), read_only=True)) as store:
        show(pa.table({"snapshot": pa.array(store.snapshots(), pa.string())}), output)


def _tell(findings: Iterable[Finding], format: str) -> None:
    """A line for each as it is found, or all of them as JSON."""
    found: list[Finding] = []
    for finding in findings:
        found.append(finding)
        if format == "table":
            click.echo(redacted_within(str(finding)))
    if format == "json":
        rows = pa.Table.from_pylist([asdict(finding) for finding in found], FINDINGS)
        write_rows(rows.to_reader(), Output("json"))
    _end(found)


def _end(findings: Iterable[Finding]) -> None:
    """With 1 where something is not well."""
    if not all(finding.is_well for finding in findings):
        raise click.exceptions.Exit(ABSENT)
