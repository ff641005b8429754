"""`tams demo`, the main job: real media, a newsroom day, what they cover, and a page to look at."""

from __future__ import annotations

import functools
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from tams_analytics.cli import demo_media, findings
from tams_analytics.display import text
from tams_analytics.errors import Unsupported
from tams_analytics.examples import newsroom
from tams_analytics.store import Store, connect
from tams_analytics.widgets import page, timeline

T = TypeVar("T")

MEDIA, NEWSROOM, PAGE = "media.duckdb", "newsroom.duckdb", "timeline.html"
FOLDERS = ("media-sample", "media-objects")
OWN = (PAGE, *(f"{name}{suffix}" for name in (MEDIA, NEWSROOM) for suffix in ("", ".wal")))
"""What the demo writes, and what a second run replaces; nothing else in the folder is touched."""


def _demo(output: str, seconds: int, segments: int) -> None:
    began = time.monotonic()
    folder = Path(output)
    make_way(folder)
    click.echo(f"A time-addressable media store, made and asked. All of it stays in {folder}/")
    shown = [*real_media(folder, seconds), *a_day(folder, segments)]
    write_page(folder, shown)
    tell_next(folder)
    say(f"\nDone in {time.monotonic() - began:.0f} s. The timeline, to open in a browser:")
    click.echo(folder / PAGE)


def make_way(folder: Path) -> None:
    """Take away what an earlier run left."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in OWN:
        (folder / name).unlink(missing_ok=True)
    for name in FOLDERS:
        shutil.rmtree(folder / name, ignore_errors=True)


Shown = tuple[str, timeline.Timeline]


def real_media(folder: Path, seconds: int) -> list[Shown]:
    """The first half; without PyAV, what to install for it."""
    heading("1  Real media")
    try:
        took, files = timed(lambda: demo_media.make(folder / FOLDERS[0], seconds))
    except Unsupported as missing:
        say(f"left out: {missing}")
        return []
    step(f"{seconds} s of moving picture and tone made, 640x360, as HLS and as MP4", took)
    path = folder / MEDIA
    took, done = timed(lambda: demo_media.fill(path, files))
    sums = [sum(getattr(one.kept, name) for one in done) for name in ("segments", "bytes_stored")]
    flows = sum(len(one.flows) for one in done)
    step(f"ingested: {flows} flows, {sums[0]} segments, {text.size(sums[1])} in {path}", took)
    with connect(str(path)) as store:
        took, cut = timed(lambda: demo_media.reuse_and_cut(store, done))
        step(
            f"a clip shows {text.plural(cut.objects, 'object')} of it again; {cut.hole} deleted",
            took,
        )
        tell(store)
        return [("Real media, with a hole", store.timeline())]


def a_day(folder: Path, segments: int) -> list[Shown]:
    """The second half."""
    heading("2  A newsroom day")
    path = folder / NEWSROOM
    with connect(str(path)) as store:
        took, _store = timed(lambda: newsroom(store, segments=segments))
        step(f"{text.count(segments)} segments of live studios, programmes and clips made", took)
        click.echo(indented(store.card().to_text()))
        tell(store)
        say("\nThe longest gaps")
        click.echo(findings.table(findings.longest_gaps(store, 4)))
        return [("A newsroom day", store.timeline())]


def tell(store: Store) -> None:
    """Coverage and gaps of each flow, overlaps, reuse."""
    for title, found in (
        ("Coverage and gaps of each flow", findings.by_flow),
        ("Overlaps inside a flow", findings.overlaps),
        ("Reused", findings.reuse),
    ):
        took, columns = timed(functools.partial(found, store))
        say(f"\n{title}", took)
        click.echo(findings.table(columns))


def write_page(folder: Path, shown: list[Shown]) -> None:
    made = page.page(
        shown, title="What was recorded, and what is missing", next_steps=steps(folder)
    )
    (folder / PAGE).write_text(made, encoding="utf-8")


def steps(folder: Path) -> list[page.NextStep]:
    """What to type next, and what it does."""
    store = folder / NEWSROOM
    return [
        (f"tams info {store}", "what the store holds"),
        (f"tams gaps {store} --min-duration 60:0", "gaps of a minute and more"),
        (f'tams coverage {store} --flow "S1 video" --format json', "one flow, for a program"),
        (f"tams explain {store} overlaps", "what runs where"),
        (f"tams query {store} {SQL}", "SQL, read only"),
    ]


SQL = '"SELECT label, codec FROM flows"'
PYTHON = """\
import tams_analytics as ta
store = ta.connect("{store}")
ta.gaps(store.segments, by="flow_id", min_duration="60:0").to_pandas()"""


def tell_next(folder: Path) -> None:
    heading("3  What to type next")
    typed = steps(folder)
    room = max(len(command) for command, _does in typed)
    for command, does in typed:
        click.echo(f"  {command:<{room}}  {does}")
    click.echo("")
    click.echo(indented(PYTHON.format(store=folder / NEWSROOM)))


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """How many seconds it took, and its result."""
    began = time.monotonic()
    result = work()
    return time.monotonic() - began, result


def heading(words: str) -> None:
    click.echo("\n" + click.style(words, bold=True))


def say(words: str, took: float | None = None) -> None:
    click.echo(words if took is None else f"{words}  ({took:.1f} s)")


def step(words: str, took: float) -> None:
    click.echo(f"  {words:<90} {took:4.1f} s")


def indented(lines: str) -> str:
    return "\n".join(f"  {line}" for line in lines.splitlines())


demo = click.Command(
    "demo",
    callback=_demo,
    params=[
        click.Option(
            ["-o", "--output"], metavar="DIR", default="demo-out", help="Default: demo-out."
        ),
        click.Option(
            ["--seconds"], type=click.IntRange(8, 3600), default=60, help="Of real media."
        ),
        click.Option(
            ["--segments"], type=click.IntRange(1000), default=100_000, help="Of the newsroom."
        ),
    ],
    help="Make a store of real media and a newsroom day, and look at them.",
)
