"""`tams demo`, the main job: real media, a newsroom, what they cover, and a page to look at."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import click

from tams_analytics.cli import demo_media, findings
from tams_analytics.cli.views import Columns
from tams_analytics.display import text
from tams_analytics.errors import BadParameter, Unsupported
from tams_analytics.examples import newsroom
from tams_analytics.media.opening import beside
from tams_analytics.store import Store, connect
from tams_analytics.timerange import TimeRange, periods, to_utc
from tams_analytics.widgets import frame, page, timeline

T = TypeVar("T")
Shown = tuple[str, timeline.Timeline]

MEDIA, NEWSROOM, PAGE = "media.duckdb", "newsroom.duckdb", "timeline.html"
SAMPLE, OBJECTS = "media-sample", beside(Path(MEDIA)).name
MARK = ".tams-demo"
"""In a folder that a demo wrote to; a store of the same name elsewhere is never replaced."""
OWN_FILES = (PAGE, *(f"{name}{suffix}" for name in (MEDIA, NEWSROOM) for suffix in ("", ".wal")))
"""With the folders ``SAMPLE`` and ``OBJECTS`` all that the demo writes, and what a second run
replaces; nothing else in its folder is touched."""

Finding = tuple[str, Callable[[Store], Columns]]
COVERED: Finding = ("Coverage and gaps of each flow", findings.by_flow)
LONGEST: Finding = ("The longest gaps", findings.longest_gaps)
DOUBLED: Finding = ("Overlaps inside a flow", findings.overlaps)
REUSED: Finding = ("Reused: objects that are shown by a second flow", findings.reuse)

INTRO = (
    "Two small media stores: a minute of real media with a hole cut into it, and a newsroom that "
    "records around the clock. Each bar is what a flow has; what it lacks stands out."
)
SQL = '"SELECT label FROM flows"'
PYTHON = """\
import tams_analytics as ta
store = ta.connect("{store}", read_only=True)
ta.to_pandas(ta.gaps(store.segments, by="flow_id", min_duration="60:0"))"""


def make_demo(output: str, seconds: int, segments: int) -> None:
    began = time.monotonic()
    if not output:
        raise BadParameter("output", output, "names no folder", "for example demo-out")
    folder = Path(output)
    make_way(folder)
    click.echo(f"A time-addressable media store, made here and asked; all of it is in {folder}/")
    media, newsroom_day = real_media(folder, seconds), a_newsroom(folder, segments)
    served = next(folder / name for name in (MEDIA, NEWSROOM) if (folder / name).exists())
    typed = steps(own_name(), folder / NEWSROOM, served, whole_days(newsroom_day[1].timerange))
    made = page.page(
        [*media, newsroom_day],
        title="What was recorded, and what is missing",
        intro=INTRO,
        next_steps=typed,
    )
    (folder / PAGE).write_text(made, encoding="utf-8")
    tell_next(typed, folder / NEWSROOM)
    click.echo(f"\nDone in {time.monotonic() - began:.0f} s. The timelines, to open in a browser:")
    click.echo(folder / PAGE)


def make_way(folder: Path) -> None:
    """Take away what an earlier run left; refuse to if no run left it, or somebody has it open."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = [name for name in (*OWN_FILES, SAMPLE, OBJECTS) if (folder / name).exists()]
    if taken and not (folder / MARK).exists():
        problem = f"has a {taken[0]} that no demo made"
        raise BadParameter("output", str(folder), problem, "another folder")
    for name in (MEDIA, NEWSROOM):
        refuse_if_open(folder / name)
    (folder / MARK).touch()
    for name in OWN_FILES:
        (folder / name).unlink(missing_ok=True)
    for name in (SAMPLE, OBJECTS):
        shutil.rmtree(folder / name, ignore_errors=True)


def refuse_if_open(file: Path) -> None:
    """A process that has it open would go on writing to a file that nobody finds any more."""
    if file.exists():
        with contextlib.suppress(BadParameter):  # no store, so no process writes to it
            connect(str(file)).close()


def real_media(folder: Path, seconds: int) -> list[Shown]:
    """The first half; without PyAV, what to install for it."""
    heading("1  Real media")
    try:
        took, files = timed(lambda: demo_media.make(folder / SAMPLE, seconds))
    except Unsupported as missing:
        click.echo(f"  left out: {missing}")
        return []
    step(f"a moving picture and a tone of {seconds} s, 640x360, as HLS and as MP4", took)
    path = folder / MEDIA
    took, done = timed(lambda: demo_media.fill(path, files))
    flows = text.plural(sum(len(one.flows) for one in done), "flow")
    count = text.plural(sum(one.kept.segments for one in done), "segment")
    size = text.size(sum(one.kept.bytes_stored for one in done))
    step(f"ingested into {path}: {flows}, {count}, {size}", took)
    with connect(str(path)) as store:
        took, cut = timed(lambda: demo_media.reuse_and_cut(store, done))
        clip = f"a clip shows {cut.reused} of {cut.flow_label} again"
        step(f"{clip}; a hole is cut there: {cut.hole}", took)
        tell(store, COVERED, DOUBLED, REUSED)
        return [("Real media, with a hole", timeline.of_tables(store.tables))]


def a_newsroom(folder: Path, segments: int) -> Shown:
    """The second half."""
    heading("2  A newsroom: live studios, programmes, clips")
    path = folder / NEWSROOM
    with connect(str(path)) as store:
        took, _filled = timed(lambda: newsroom(store, segments=segments))
        step(f"{text.count(segments)} segments made in {path}", took)
        card = store.card()
        if card.extent and card.extent.start_ns is not None and card.extent.end_ns is not None:
            first, last = card.extent.start_ns, card.extent.end_ns
            click.echo(
                f"  from {text.utc(first)} to {text.utc(last)}: {text.roughly(last - first)}"
            )
        tell(store, COVERED, LONGEST, DOUBLED, REUSED)
        return "A newsroom", timeline.of_tables(store.tables)


def tell(store: Store, *told: Finding) -> None:
    for title, find in told:
        took, columns = timed(functools.partial(find, store))
        click.echo("")
        if any(columns.values()):
            step(title, took)
            click.echo(findings.table(columns, indent="    "))
        else:
            step(f"{title}: none", took)


def whole_days(covered: TimeRange) -> str:
    """The days in UTC that share time with ``covered``, as --during takes them.

    A report looks at the time up to now, when the media of a demo are long over.
    """
    days = periods(covered)
    return f"{days[0].label}/{to_utc(days[-1].end_ns).date()}"


def steps(tams: str, store: Path, served: Path, during: str) -> list[frame.NextStep]:
    """What to type next, and what it does."""
    return [
        (f"{tams} info {store}", "what the store holds"),
        (f"{tams} gaps {store} --min-duration 60:0", "a minute or more"),
        (f'{tams} coverage {store} --flow "S1 video"', "of one flow"),
        (f"{tams} segments {store} --format csv", "for a program"),
        (f"{tams} check {store}", "is it sound?"),
        (f"{tams} report {store} daily_gaps --during {during}", "a report"),
        (f"{tams} explain {store} overlaps", "what runs where"),
        (f"{tams} query {store} {SQL}", "SQL, read only"),
        (f"{tams} serve {served}", "its API, until Ctrl-C"),
    ]


def own_name() -> str:
    """How this command is called from here."""
    if shutil.which("tams"):
        return "tams"
    called = Path(sys.argv[0])
    return os.path.relpath(called) if called.name == "tams" else "python -m tams_command"


def tell_next(typed: Sequence[frame.NextStep], store: Path) -> None:
    heading("3  What to type next")
    # one line is much longer than the others, and stands out of the column
    *_shorter, room, _longest = sorted(len(command) for command, _does in typed)
    for command, does in typed:
        click.echo(f"  {command:<{room}}  {does}")
    click.echo("")
    for line in PYTHON.format(store=store).splitlines():
        click.echo(f"  {line}")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """How many seconds it took, and its result."""
    began = time.monotonic()
    result = work()
    return time.monotonic() - began, result


def heading(words: str) -> None:
    click.echo("\n" + click.style(words, bold=True))


def step(words: str, took: float) -> None:
    """What was done, and at the right edge how long it took."""
    click.echo(f"  {words:<{findings.WIDTH - 9}} {took:4.1f} s")
