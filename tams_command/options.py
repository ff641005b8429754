"""The options that commands share: which store and flows, when, how it is written."""

from __future__ import annotations

from collections.abc import Sequence

import click

from tams_command.words import FORMATS, GROUPS, SPELLINGS


def store() -> list[click.Parameter]:
    """STORE: the first argument, or -s."""
    said = "The store; as well the first argument. Default: $TAMS_URL."
    return [
        click.Argument(["place"], metavar="[STORE]", required=False),
        store_option(said),
    ]


def store_option(help_: str = "The store. Default: $TAMS_URL.") -> click.Option:
    return click.Option(["-s", "--store"], metavar="STORE", help=help_)


def selection() -> list[click.Parameter]:
    """Which flows, and when."""
    return [
        click.Option(
            ["--flow"],
            metavar="FLOW",
            multiple=True,
            help="An id, the beginning of one, or a label; several by --flow A --flow B.",
        ),
        click.Option(
            ["--source"],
            metavar="SOURCE",
            multiple=True,
            help="The flows of this source, named likewise; may be given several times.",
        ),
        click.Option(
            ["--timerange"],
            metavar="RANGE",
            help=f"For example {SPELLINGS}; an end with only a time of day, "
            "if not after the start, lies on the next day.",
        ),
        click.Option(["--last"], metavar="TIME", help="Up to now: 90s, 10m, 24h, 7d, 2w."),
        click.Option(["--at"], metavar="SNAPSHOT", help="As of then; see tams snapshots."),
    ]


def max_runtime(then: str) -> click.Option:
    return click.Option(
        ["--max-runtime"], metavar="TIME", help=f"End after so many seconds, or 10m: {then}"
    )


def output(formats: Sequence[str] = FORMATS) -> list[click.Parameter]:
    """How many rows, in which form, where to."""
    return [
        click.Option(["--limit"], type=click.IntRange(min=0), help="At most so many rows."),
        click.Option(["--format"], type=click.Choice(formats), help="Default: table, or as FILE."),
        click.Option(["-o", "--output"], metavar="FILE", help="Write here instead of to stdout."),
    ]


NOT_EXPECTED = (
    "Not multi flows without segments, nor flows whose media lies in one that collects them."
)
SPECIAL: dict[str, click.Option] = {
    "by": click.Option(
        ["--by"], type=click.Choice(tuple(GROUPS)), default="flow", help="Apart for each, or not."
    ),
    "min_duration": click.Option(
        ["--min-duration"],
        metavar="TIME",
        help="Gaps at least so long: 60s, 10m, 0:200000000; a bare number is nanoseconds.",
    ),
    "missing_flows": click.Option(
        ["--all-flows", "missing_flows"],
        is_flag=True,
        help=f"Every registered flow: one with nothing in the timerange is a gap. {NOT_EXPECTED}",
    ),
    "all_flows": click.Option(
        ["--all-flows"],
        is_flag=True,
        help=f"Every registered flow: one with nothing covers 0. {NOT_EXPECTED}",
    ),
}
"""Options of single commands."""
