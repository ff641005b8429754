"""Which commands there are, what each takes, and where in the library it is done."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

import click

from tams_command import logs, options
from tams_command.checking import acknowledge, check
from tams_command.group import Tams, WithSql
from tams_command.later import later
from tams_command.measuring import measure
from tams_command.words import FORMATS_OF_EXPLANATIONS, FORMATS_OF_FINDINGS, INSTANTS


def own_version() -> str:
    """The version of this distribution, or that it is run from a checkout."""
    try:
        return version("tams-analytics")
    except PackageNotFoundError:
        return "of a checkout that is not installed"


demo = click.Command(
    "demo",
    callback=later("demo:make_demo"),
    params=[
        click.Option(
            ["-o", "--output"], metavar="DIR", default="demo-out", help="Default: demo-out."
        ),
        click.Option(
            ["--seconds"], type=click.IntRange(16, 3600), default=60, help="Of real media."
        ),
        click.Option(
            ["--segments"], type=click.IntRange(1000), default=100_000, help="Of the newsroom."
        ),
    ],
    help="Make two stores, of real media and a newsroom; look at them.",
)
ingest = click.Command(
    "ingest",
    callback=later("ingest:take_in"),
    params=[
        click.Argument(["files"], metavar="FILE…", nargs=-1, required=True),
        options.store_option("The store; a new file becomes one. Default: $TAMS_URL."),
        click.Option(
            ["--start"],
            metavar="TIME",
            help=f"Where the first sample lies: {INSTANTS}. "
            "Default: the playlist's date, else 0:0.",
        ),
    ],
    help="Media files, HLS playlists and folders of them into a store.",
)


def _look(name: str, help_: str, *special: str) -> click.Command:
    """A command that looks, with its own options."""
    own = (options.SPECIAL[each] for each in special)
    params = [*options.store(), *options.selection(), *own, *options.output()]
    return click.Command(name, callback=later("look:answer", name), params=params, help=help_)


LOOKS = (
    _look("info", "What a store holds, and from when to when."),
    _look("flows", "The flows and what they carry."),
    _look("segments", "Which objects lie where on flows."),
    _look("gaps", "What no segment covers.", "min_duration", "by", "missing_flows"),
    _look("coverage", "How much of its time each flow covers.", "by", "all_flows"),
    _look("overlaps", "Segments that share time.", "by"),
    _look("depth", "How many segments there are at each time.", "by"),
)
query = WithSql(
    "query",
    callback=later("sql:answer"),
    params=[
        click.Argument(["words"], metavar="[STORE] SQL", nargs=-1),
        click.Option(["-f", "--file"], metavar="FILE", help="SQL from there; - is stdin."),
        options.store_option(),
        *options.output(),
    ],
    help="The rows of a SELECT. It changes nothing. On a DuckDB file it reads nothing beside the"
    " store; on Trino it reads what the user may, other catalogs too.",
)
sql = click.Command(
    "sql",
    callback=later("statements:tell"),
    params=[
        click.Argument(["name"], metavar="[NAME]", required=False),
        click.Option(["--engine"], type=click.Choice(("duckdb", "trino")), help="Whose SQL."),
        click.Option(["--run"], is_flag=True, help="Run it on the store, instead of printing it."),
        click.Option(
            ["--install"],
            metavar="CATALOG.SCHEMA",
            help="Make views of a trino:// store there, and functions where they are kept.",
        ),
        click.Option(
            ["--etc"],
            metavar="FOLDER",
            help="Write the files of a Trino there, and tams.env from the settings, no secret.",
        ),
        options.store_option(),
        *options.output(),
    ],
    help="The library's SQL: names, one of them, or what it answers.",
)
explain = click.Command(
    "explain",
    callback=later("explain:answer"),
    context_settings={"ignore_unknown_options": True},
    params=[
        click.Argument(
            ["words"],
            metavar="[STORE] COMMAND…",
            nargs=-1,
            required=True,
            type=click.UNPROCESSED,
        ),
        options.store_option(),
        click.Option(["--no-run"], is_flag=True, help="Only plan: no rows are counted."),
        click.Option(["--sql"], is_flag=True, help="Show the SQL as well."),
        click.Option(
            ["--format"], type=click.Choice(FORMATS_OF_EXPLANATIONS), help="Default: table."
        ),
    ],
    help="What a command's question pushes into scans. For example: explain gaps --flow F.",
)


def _administer(name: str, does: str, help_: str, *more: click.Parameter) -> click.Command:
    callback = later(f"administration:{does}")
    return click.Command(name, callback=callback, params=[*options.store(), *more], help=help_)


OF_FINDINGS = click.Option(
    ["--format"], type=click.Choice(FORMATS_OF_FINDINGS), default="table", help="Default: table."
)
YES = click.Option(
    ["--yes"], is_flag=True, help="Do it; without it, what would be dropped is said."
)
schema = click.Group(
    "schema",
    help="The tables of a store: made, looked at, dropped.",
    commands=[
        _administer(
            "apply", "apply", "Make what is missing; on VAST, try whether writers conflict."
        ),
        _administer(
            "status", "status", "Each table, and what it lacks. Changes nothing.", OF_FINDINGS
        ),
        _administer("drop", "drop", "Remove the tables with all that they hold.", YES),
    ],
)
snapshots = _administer(
    "snapshots",
    "snapshots",
    "The snapshots of a store. One is read by --at NAME, or as …/BUCKET/.snapshot/NAME/SCHEMA.",
    *options.output(),
)
doctor = _administer(
    "doctor", "doctor", "What keeps a store from working, and what to do.", OF_FINDINGS
)

work = click.Command(
    "work",
    callback=later("work:work"),
    params=[
        *options.store(),
        click.Option(["--once"], is_flag=True, help="What there is to do now, and no more."),
    ],
    help="Large deletes, unused bytes and events, until Ctrl-C.",
)

objects = click.Command(
    "objects",
    callback=later("objects:write_listing"),
    params=[
        *options.store(),
        click.Option(
            ["-o", "--output"],
            metavar="FILE",
            required=True,
            help="Parquet; there, or replaced, when all is listed.",
        ),
        click.Option(
            ["--storage"],
            metavar="LABEL",
            multiple=True,
            help="Of this storage backend alone; may be given several times.",
        ),
        click.Option(
            ["--threads"],
            type=click.IntRange(1, 64),
            default=8,
            help="So many requests at once. Default: 8.",
        ),
    ],
    help="What buckets and folders hold, as a Parquet file."
    " What was interrupted or killed is gone on with.",
)

report = click.Command(
    "report",
    callback=later("report:report"),
    params=[
        click.Argument(["words"], metavar="[STORE] [NAME]", nargs=-1),
        options.store_option(),
        click.Option(
            ["-p", "--parameter", "parameters"],
            metavar="NAME=VALUE",
            multiple=True,
            help="What this report can be told; tams report lists it.",
        ),
        click.Option(
            ["--during"],
            metavar="RANGE",
            help="The time, as --timerange. Without it what tams report says of NAME.",
        ),
        click.Option(["--last"], metavar="TIME", help="Up to now: 90s, 10m, 24h, 7d, 2w."),
        click.Option(["--tz"], metavar="ZONE", help="Of days. Default: UTC."),
        click.Option(["--day-starts"], metavar="HH:MM", help="When a day begins there."),
        click.Option(["--at"], metavar="SNAPSHOT", help="As of then; see tams snapshots."),
        click.Option(["--now"], metavar="TIME", help=f"As if it were then: {INSTANTS}."),
        click.Option(
            ["--objects"],
            metavar="LISTING",
            help="A listing of the buckets: a Parquet file, or list.",
        ),
        click.Option(["--other"], metavar="STORE", help="The store to compare with."),
        click.Option(
            ["--table", "tables"],
            metavar="TABLE",
            multiple=True,
            help="This table of it; csv and parquet take one.",
        ),
        options.max_runtime("there is no answer, exit 2."),
        *options.output(),
    ],
    help="A saved question of a store. Without NAME, which reports there are.",
)

notebook = click.Command(
    "notebook",
    callback=later("notebook:notebook"),
    params=[
        click.Argument(["folder"], default="tams-notebooks"),
        click.Option(["--port"], type=click.IntRange(1, 65535), help="Default: 8888, or the next."),
        click.Option(["--browser/--no-browser"], default=True, help="Open it in a browser."),
        click.Option(["--allow-root"], is_flag=True, help="As root too, which Jupyter refuses."),
        click.Option(["--copy-only"], is_flag=True, help="Only copy; open nothing."),
    ],
    help="Notebooks to start from, in JupyterLab. They are copied to FOLDER, tams-notebooks if none"
    " is named, and make the store that they ask.",
)

COMMANDS: tuple[click.Command, ...] = (
    demo,
    ingest,
    *LOOKS,
    query,
    sql,
    explain,
    schema,
    snapshots,
    doctor,
    work,
    objects,
    check,
    acknowledge,
    measure,
    report,
    notebook,
)
"""In the order of `tams --help`; those that other distributions add stand behind them."""


@click.group(
    cls=Tams,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(own_version(), prog_name="tams", message="%(prog)s %(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """Ask a time-addressable media store what it covers, what is missing and what overlaps.

    STORE is a DuckDB file, a vast:// or trino:// URL or a named store, given as the first argument
    or by -s; without it, $TAMS_URL.
    """
    logs.configure()
    logs.choose_colours(context)
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for each in COMMANDS:
    main.add_command(each)
