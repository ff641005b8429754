"""`tams acknowledge`: somebody answers for what checks find."""

from __future__ import annotations

from typing import Any

import click

from tams_analytics.cli import options
from tams_analytics.display import text
from tams_analytics.store import Store

ANSWER = ("owner", "reason", "expires")


def acknowledge(
    check: str, ids: tuple[str, ...], *, every: bool, withdraw: bool, **params: Any
) -> None:
    """Open the store for writing, note who answers, say for how many."""
    if every == bool(ids):
        raise click.UsageError("name the findings by their ids, or all of the check by --all")
    named = list(ids) or None
    if withdraw and (idle := [f"--{name}" for name in ANSWER if params[name] is not None]):
        raise click.UsageError(f"--withdraw takes no {' and no '.join(idle)}")
    with options.open_store(options.the_store(params), writable=True) as store:
        if withdraw:
            _withdraw(store, check, named, params)
            return
        answer = {name: params[name] for name in ANSWER[:2]}
        for name, value in answer.items():
            if value is None:
                raise click.UsageError(f"--{name} is missing: who answers for it, and why")
        number = store.acknowledge(
            check, named, **answer, expires=params["expires"], entity=params["entity"]
        )
    kept = text.plural(number, "acknowledgement")
    done = "all that it finds" if every else text.plural(len(set(ids)), "finding")
    until = "" if params["expires"] is None else f", until {params['expires']}"
    click.echo(f"{check}: {params['owner']} answers for {done}{until} ({kept} of it)")


def _withdraw(store: Store, check: str, ids: list[str] | None, params: dict[str, Any]) -> None:
    number = store.writes.withdraw_acknowledgement(check, ids, entity=params["entity"])
    click.echo(f"{check}: {text.plural(number, 'acknowledgement')} withdrawn")
