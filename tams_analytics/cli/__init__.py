"""The command `tams`: what the library can answer, typed in a terminal.

`main` is the group of all commands. Other distributions add theirs by the entry point group
``tams.commands``.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

import click

from tams_analytics.cli import administration, logs, look
from tams_analytics.cli.demo import demo
from tams_analytics.cli.explain import explain
from tams_analytics.cli.group import Tams
from tams_analytics.cli.ingest import ingest
from tams_analytics.cli.sql import query

COMMANDS: tuple[click.Command, ...] = (
    demo,
    ingest,
    *look.COMMANDS,
    query,
    explain,
    *administration.COMMANDS,
)
"""In the order of `tams --help`; those that other distributions add stand behind them."""


def own_version() -> str:
    """The version of this distribution, or that it is run from a checkout."""
    try:
        return version("tams-analytics")
    except PackageNotFoundError:
        return "of a checkout that is not installed"


@click.group(
    cls=Tams,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(own_version(), prog_name="tams", message="%(prog)s %(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """Ask a time-addressable media store what it covers, what is missing and what overlaps.

    STORE is a DuckDB file, a vast:// URL or a named store, given as the first argument or by -s;
    without it, $TAMS_URL.
    """
    logs.configure()
    logs.choose_colours(context)
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for each in COMMANDS:
    main.add_command(each)
