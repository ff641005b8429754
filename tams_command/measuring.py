"""What is typed to measure a store: which numbers, by what, and when."""

from __future__ import annotations

import click

from tams_command import options
from tams_command.later import later
from tams_command.words import FORMATS_OF_MEASURES

measure = click.Command(
    "measure",
    callback=later("measure:measure"),
    params=[
        click.Argument(["words"], metavar="[STORE] [NAME]…", nargs=-1),
        options.store_option(),
        click.Option(
            ["--by"],
            metavar="DIMENSION",
            multiple=True,
            help="Apart for each: source, flow, format, codec, container, label, tag:NAME,"
            " source_tag:NAME, collection, hour, day, week, month, storage_backend; several by"
            " --by A --by B.",
        ),
        click.Option(
            ["--during"], metavar="RANGE", help="Time is cut to it; segments that overlap it."
        ),
        click.Option(["--last"], metavar="TIME", help="Up to now: 90s, 10m, 24h, 7d, 2w."),
        click.Option(["--at"], metavar="SNAPSHOT", help="As of then; see tams snapshots."),
        click.Option(
            ["--tz"], metavar="ZONE", default="UTC", help="Whose days: Europe/London. Default: UTC."
        ),
        click.Option(
            ["--day-starts"],
            metavar="TIME",
            default="00:00",
            help="When a day begins there: 06:00. Default: 00:00.",
        ),
        click.Option(
            ["--remember"],
            is_flag=True,
            help="Keep the numbers in the store, which is opened for writing.",
        ),
        options.max_runtime("there is no answer, exit 2."),
        *options.output(FORMATS_OF_MEASURES),
    ],
    help="Numbers by source, day, tag, …, right in each group. For example: measure"
    " STORE hours_covered --by source. Without a NAME, which there are.",
)
