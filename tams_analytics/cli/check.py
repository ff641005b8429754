"""`tams check`: whether a store is sound; exit 1 where it is not."""

from __future__ import annotations

import json
from typing import Any

import click

from tams_analytics.checks import Checked
from tams_analytics.cli import options
from tams_analytics.cli.destination import open_stdout
from tams_analytics.cli.interrupts import reading
from tams_analytics.store import connect
from tams_command.group import ABSENT


def check(format: str, fail_on: str, **params: Any) -> None:
    """Open the store, run the checks, tell."""
    url = options.the_store(params)
    during = options.window(params["during"], params["last"])
    with reading(lambda: connect(url, read_only=True)) as live:
        store = options.as_of(live, params)
        checked = store.check(during, params["only"] or None, params["objects"])
        open_stdout()
        click.echo(as_json(checked) if format == "json" else repr(checked))
    if is_failed(checked, fail_on):
        raise click.exceptions.Exit(ABSENT)


def is_failed(checked: Checked, fail_on: str) -> bool:
    """Whether a check found something, of severity ``error`` or, for ``warn``, of any."""
    found = [each for each in checked.checks if each["failures"]]
    return bool(found) if fail_on == "warn" else not checked.passed


def as_json(checked: Checked) -> str:
    """The documented form (`interface.md`): ``store, engine, during, passed, checks``."""
    document = {
        "store": checked.store,
        "engine": checked.engine,
        "during": None if checked.during is None else str(checked.during),
        "passed": checked.passed,
        "checks": checked.checks,
    }
    return json.dumps(document, indent=1, ensure_ascii=False)
