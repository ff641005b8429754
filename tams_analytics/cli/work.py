"""`tams work`: what runs in the background, without a server."""

from __future__ import annotations

import signal
from collections.abc import Iterable
from types import FrameType
from typing import Any

import click

from tams_analytics.cli import options
from tams_analytics.work.loop import Found, Look
from tams_command.group import Failure


def work(once: bool, **params: Any) -> None:
    """Until it is stopped by Ctrl-C or SIGTERM; with ``once``, what there is to do now."""
    with options.open_store(options.the_store(params), writable=True) as store:
        store.writes.prepare_storage_backends()
        background = store.background()
        if once:
            _tell(background.run_once())
            return

        def stop(_number: int, _frame: FrameType | None) -> None:
            background.stop_soon()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        background.start()
        click.echo(f"working on {store.url}, until Ctrl-C", err=True)
        background.wait()
        background.stop()


def _tell(looks: Iterable[Look]) -> None:
    """A line for each job as it ends. Raises `Failure` that names those that failed."""
    failed: list[str] = []
    for look in looks:
        click.echo(str(look))
        if look.found is Found.FAILURE:
            failed.append(look.job)
    if failed:
        raise Failure(f"{' and '.join(failed)} failed; the log says why")
