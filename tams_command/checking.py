"""What is typed to check a store: which checks, of what, in which forms, and for how long."""

from __future__ import annotations

import click

from tams_command import options
from tams_command.later import later
from tams_command.words import FORMATS_OF_CHECKS

FAIL_ON = ("error", "warn", "new")


def forms() -> list[click.Parameter]:
    """In which forms an outcome is told, and where."""
    return [
        click.Option(
            ["--format", "formats"],
            type=click.Choice(FORMATS_OF_CHECKS),
            multiple=True,
            help="Default: table. With -o also several, each as a file.",
        ),
        click.Option(
            ["-o", "--output"],
            metavar="DIR",
            help="Into this folder, which is made: check.json, the forms asked for as check.txt,"
            " .xml, .html, .prom, and the failing rows of each check as Parquet in failures/.",
        ),
        click.Option(
            ["--keep-rows"],
            metavar="N",
            type=click.IntRange(min=0),
            help="At most so many failing rows of each check. Default: 10000.",
        ),
    ]


def ends() -> list[click.Parameter]:
    """When a run ends, and how it is judged."""
    return [
        click.Option(
            ["--fail-on"],
            type=click.Choice(FAIL_ON),
            default="error",
            help="Exit 1 where checks of this severity, or a worse one, find something; new: where"
            " checks of severity error find what no remembered run has told of.",
        ),
        options.max_runtime("what was found is told, exit 2."),
    ]


def memory() -> list[click.Parameter]:
    """What earlier runs have told, and whether later ones will know of this one."""
    return [
        click.Option(
            ["--since-last"],
            is_flag=True,
            help="Only segments of flows that changed since the last remembered run.",
        ),
        click.Option(
            ["--remember/--no-remember"],
            default=None,
            help="Keep the run in the store, which is opened for writing."
            " Default: with --since-last, and --fail-on new.",
        ),
    ]


check = click.Command(
    "check",
    callback=later("check:check"),
    params=[
        *options.store(),
        click.Option(
            ["--during"], metavar="RANGE", help="Only segments that overlap it, as --timerange."
        ),
        click.Option(["--last"], metavar="TIME", help="Up to now: 90s, 10m, 24h, 7d, 2w."),
        click.Option(["--at"], metavar="SNAPSHOT", help="As of then; see tams snapshots."),
        click.Option(
            ["--only"], metavar="CHECK", multiple=True, help="This check; may be repeated."
        ),
        click.Option(
            ["--objects"],
            metavar="LISTING",
            help="Checks of bytes too, by a listing of the buckets: list, inventory, catalog, or"
            " Parquet (on Trino a table).",
        ),
        *memory(),
        *ends(),
        *forms(),
    ],
    help="Whether a store is sound. Exit 0 where it is, 1 where checks find what should not be"
    " there, 2 where it could not be told.",
)

acknowledge = click.Command(
    "acknowledge",
    callback=later("acknowledge:acknowledge"),
    params=[
        click.Argument(["check"], metavar="CHECK"),
        click.Argument(["ids"], metavar="[ID…]", nargs=-1),
        options.store_option(),
        click.Option(["--owner"], metavar="NAME", help="Who answers for it."),
        click.Option(["--reason"], metavar="TEXT", help="Why it is no failure."),
        click.Option(
            ["--expires"],
            metavar="TIME",
            help="When it is one again: 30d, or a moment. Default: never.",
        ),
        click.Option(["--entity"], metavar="TABLE", help="Only findings of this table."),
        click.Option(["--all", "every"], is_flag=True, help="All that the check finds, and will."),
        click.Option(["--withdraw"], is_flag=True, help="Take it back."),
    ],
    help="Answer for findings of a check.\n\n"
    "tams check counts what somebody answers for apart from failures, until that expires.",
)
