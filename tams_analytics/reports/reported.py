"""What a report says of one store: lazy tables, and their first rows to look at."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from tams_analytics.display import tables as shown
from tams_analytics.display import text
from tams_analytics.engines import Engine
from tams_analytics.errors import NotFound
from tams_analytics.reports.report import Part, Report, Scope
from tams_analytics.settings import redacted
from tams_analytics.tables import Tables
from tams_analytics.widgets.timeline import Timeline

ROWS = 20
"""So many rows of each table are shown; all of them are in `Reported.tables`."""


@dataclass(frozen=True)
class Look:
    """One table as it is shown: its first rows, and how many there are in all."""

    part: Part
    rows: pa.Table
    total: int

    @property
    def cells(self) -> list[tuple[Any, ...]]:
        """The rows with TAMS texts beside their bounds."""
        found = shown.timeranges(self.rows)
        return [tuple(row.values()) for row in found.to_pylist()]

    @property
    def columns(self) -> list[str]:
        return list(shown.timeranges(self.rows).column_names)

    @property
    def heading(self) -> str:
        return f"{self.part.name}: {self.part.meaning}"

    @property
    def note(self) -> str:
        """What is left out, or how many rows these are."""
        if self.total > self.rows.num_rows:
            shown_of = f"{text.count(self.rows.num_rows)} of {text.count(self.total)}"
            return f"the first {shown_of} rows"
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

        def expressions(tables: Tables) -> list[ir.Table]:
            return [part.rows for part in self._made(tables)]

        with self._engine.swept(expressions) as tables:
            return [_looked(part) for part in self._made(tables)]

    @functools.cached_property
    def picture(self) -> Timeline | None:
        """What there is to see of it, or nothing."""
        return None if self._report.picture is None else self._report.picture(self._scope)

    @property
    def heading(self) -> str:
        """The title, of which store, when."""
        when = f" in {self.during}" if self.during is not None else ""
        return shown.one_line(f"{self.title} of {self.store}{when}")

    def __repr__(self) -> str:
        parts = [
            f"{each.heading}\n{shown.plain(each.columns, each.cells)}\n{each.note}"
            for each in self.summary
        ]
        return "\n\n".join([self.heading, *parts, self.look])

    def _repr_html_(self) -> str:
        picture = self.picture.picture() if self.picture is not None else ""
        parts = [
            f"<h3>{escape(each.part.name)}</h3><p>{escape(each.part.meaning)}</p>"
            f"{shown.html(each.columns, each.cells)}<p>{escape(each.note)}</p>"
            for each in self.summary
        ]
        head = f"<h2>{escape(self.heading)}</h2><p>{escape(self.look)}</p>"
        return f"<section>{head}{picture}{''.join(parts)}</section>"

    def to_html(self, path: str | Path | None = None) -> str:
        """The report as one complete HTML document, written to ``path`` if one is given."""
        made = page(self.heading, self._repr_html_())
        if path is not None:
            Path(path).write_text(made, encoding="utf-8")
        return made


PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>
body {{ font: 14px/1.5 system-ui, sans-serif; margin: 2rem; color-scheme: light dark }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums }}
th, td {{ padding: 2px 14px 2px 0; border-bottom: 1px solid #8884 }}
</style></head><body>
{body}
</body></html>
"""


def page(title: str, body: str) -> str:
    """One HTML document without a script, that asks for nothing outside itself."""
    return PAGE.format(title=escape(title), body=body)


def _looked(part: Part) -> Look:
    rows = part.rows.limit(ROWS + 1).to_pyarrow()
    total = rows.num_rows
    if total > ROWS:
        total = int(part.rows.count().to_pyarrow().as_py())
    return Look(part, rows.slice(0, ROWS), total)


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
