"""``tams serve``: its words. What it does is in `serving`, imported when it is to be done."""

from __future__ import annotations

import pkgutil
from typing import Any

import click

from tams_command import interrupts, options


def _serve(**params: Any) -> None:
    run = pkgutil.resolve_name("tams_server.serving:serve")
    interrupts.raise_again()
    run(**params)


serve = click.Command(
    "serve",
    callback=_serve,
    params=[
        *options.store(),
        click.Option(["--host"], metavar="HOST", help="Default: 127.0.0.1, or $TAMS_HOST."),
        click.Option(
            ["--port"],
            type=click.IntRange(0, 65535),
            help="0: one that is free. Default: 8000, or $TAMS_PORT.",
        ),
        click.Option(
            ["--workers"],
            type=click.IntRange(1),
            help="Processes; more than one needs a store on VAST DB. Default: 1.",
        ),
        click.Option(
            ["--ui/--no-ui"], default=None, help="Pages to look at, under /ui. Default: --ui."
        ),
    ],
    help="The API of TAMS 8.2 on a store, until Ctrl-C.",
)
