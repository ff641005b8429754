"""What a report says of one store: lazy tables, and their first rows to look at."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from tams_analytics.display import tables as shown
from tams_analytics.display import text
from tams_analytics.display.readable import Readable, readable
from tams_analytics.engines import Engine
from tams_analytics.errors import NotFound
from tams_analytics.reports.report import Part, Report, Scope
from tams_analytics.settings import redacted
from tams_analytics.tables import Tables
from tams_analytics.timerange import TimeRange
from tams_analytics.widgets import frame
from tams_analytics.widgets.timeline import Timeline

ROWS = 20
"""So many rows of each table are shown; all of them are in `Reported.tables`."""
COUNTED = 1_000
"""So many are counted: to count all of them would be a second question, as long as the first."""


@dataclass(frozen=True)
class Look:
    """One table as it is shown: its first rows, and how many there are, up to `COUNTED`."""

    part: Part
    rows: pa.Table
    total: int
    is_more: bool = False

    @functools.cached_property
    def readable(self) -> Readable:
        """The rows for people: lengths, moments and shares as text."""
        return readable(self.rows)

    @property
    def heading(self) -> str:
        return f"{self.part.name}: {self.part.meaning}"

    @property
    def note(self) -> str:
        """What is left out, or how many rows these are."""
        if self.total > self.rows.num_rows:
            more = "more than " if self.is_more else ""
            all_of_them = f"{more}{text.count(self.total)}"
            return f"the first {text.count(self.rows.num_rows)} of {all_of_them} rows"
        return text.plural(self.total, "row")


class Reported:
    """A report of one store. Shows itself, with the first rows of each table.

    ``tables`` are lazy ibis tables by name, ``parameters`` what they were made with. What is shown
    is read once, when it is first shown; the store has to be open then.
    """

    def __init__(
        self, engine: Engine, report: Report, scope: Scope, parameters: Mapping[str, Any]
    ) -> None:
        self.name = report.name
        self.title = report.title
        self.look = report.look
        self.store = redacted(engine.url)
        self.engine = engine.name
        self.during = scope.during
        self.now = scope.now
        self.parameters = dict(parameters)
        self._engine = engine
        self._report = report
        self._scope = scope
        self._parts = {part.name: part for part in self._made(scope.tables)}

    def _made(self, tables: Tables) -> list[Part]:
        scope = dataclasses.replace(self._scope, tables=tables)
        return list(self._report.parts(scope, **self.parameters))

    @property
    def tables(self) -> Mapping[str, ir.Table]:
        """Each table by its name, lazy."""
        return Parts(self._parts)

    @functools.cached_property
    def summary(self) -> list[Look]:
        """The first `ROWS` rows of each table; an engine that is far away is read once for all."""
        return self.looks()

    def looks(self, rows: int = ROWS, only: Collection[str] = ()) -> list[Look]:
        """The first ``rows`` of each table, or of ``only`` these. Raises `NotFound`."""
        with self.opened(only) as parts:
            return [_looked(part, rows) for part in parts]

    @contextlib.contextmanager
    def opened(self, only: Collection[str] = ()) -> Iterator[list[Part]]:
        """Its tables, or ``only`` these, to be read one after the other; read once for all."""
        for name in only:
            self.tables[name]

        def chosen(parts: Iterable[Part]) -> list[Part]:
            return [part for part in parts if not only or part.name in only]

        def of(tables: Tables) -> Iterable[Part]:
            # not made anew without need: what has to be copied for them would be copied again
            return self._parts.values() if tables is self._scope.tables else self._made(tables)

        def expressions(tables: Tables) -> list[ir.Table]:
            return [part.rows for part in chosen(of(tables))]

        with self._engine.swept(expressions) as tables:
            yield chosen(of(tables))

    @functools.cached_property
    def picture(self) -> Timeline | None:
        """What there is to see of it, or nothing."""
        draw = self._report.picture
        return None if draw is None else draw(self._scope, **self.parameters)

    @functools.cached_property
    def hint(self) -> str | None:
        """Why there is nothing to see, and what to ask instead; None where there is something."""
        tell = self._report.hint
        return None if tell is None else tell(self._scope)

    @property
    def heading(self) -> str:
        """The title, of which store, when."""
        return shown.one_line(f"{self.title} of {self.store}{_when(self.during)}")

    def __repr__(self) -> str:
        return self.to_text(self.summary)

    def _repr_html_(self) -> str:
        return self._section(self.summary)

    def to_text(self, looks: Iterable[Look], width: int | None = None) -> str:
        """The report as text, with what is seen of its tables, in lines of this ``width``."""
        parts = [f"{each.heading}\n{each.readable.plain(width)}\n{each.note}" for each in looks]
        return "\n\n".join([self.heading, *self._hints(), *parts, self.look])

    def _hints(self) -> list[str]:
        return [] if self.hint is None else [self.hint]

    def to_html(self, path: str | Path | None = None, looks: Iterable[Look] | None = None) -> str:
        """The report as one complete HTML document, written to ``path`` if one is given."""
        parts = map(_framed, self.summary if looks is None else looks)
        made = frame.framed(
            [self._drawn(), *parts], title=self.heading, lines=[*self._hints(), self.look]
        )
        if path is not None:
            Path(path).write_text(made, encoding="utf-8")
        return made

    def _section(self, looks: Iterable[Look]) -> str:
        parts = [
            f"<h3>{escape(each.part.name)}</h3><p>{escape(each.part.meaning)}</p>"
            f"{each.readable.html()}<p>{escape(each.note)}</p>"
            for each in looks
        ]
        lines = "".join(f"<p>{escape(line)}</p>" for line in [*self._hints(), self.look])
        head = f"<h2>{escape(self.heading)}</h2>{lines}"
        return f"<section>{head}{self._drawn()}{''.join(parts)}</section>"

    def _drawn(self) -> str:
        return self.picture.picture() if self.picture is not None else ""


def _framed(look: Look) -> str:
    """A table as it stands in a page, in a box that scrolls."""
    meaning, note = escape(look.part.meaning), escape(look.note)
    return (
        f'<section><h2>{escape(look.part.name)}</h2><p class="soft">{meaning}</p>'
        f'<div class="wide">{look.readable.html()}</div><p class="soft">{note}</p></section>'
    )


def _when(during: TimeRange | None) -> str:
    """In which time, by the clock in UTC too where it is on the wall clock."""
    if during is None:
        return ""
    start, end = during.start_ns, during.end_ns
    if start is None or end is None or not text.is_wall_clock(start):
        return f" in {during}"
    return f" in {during}, {text.utc(start).removesuffix(' UTC')} to {text.utc(end)}"


def _looked(part: Part, most: int) -> Look:
    counted = max(COUNTED, most)
    rows = part.rows.limit(counted + 1).to_pyarrow()
    total = min(rows.num_rows, counted)
    return Look(part, rows.slice(0, most), total, is_more=rows.num_rows > counted)


class Parts(Mapping[str, ir.Table]):
    """The tables of a report by name; one that is not there names those that are."""

    def __init__(self, parts: Mapping[str, Part]) -> None:
        self._parts = parts

    def __getitem__(self, name: str) -> ir.Table:
        if name not in self._parts:
            raise NotFound("table of the report", name, f"one of {', '.join(self._parts)}")
        return self._parts[name].rows

    def __contains__(self, name: object) -> bool:
        return name in self._parts

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)

    def __repr__(self) -> str:
        lines = [f"{name}: {', '.join(each.rows.columns)}" for name, each in self._parts.items()]
        return "\n".join(lines)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._parts)
