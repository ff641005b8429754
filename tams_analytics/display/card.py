"""The card that a store shows of itself: engine, place, counts, extent, what it can do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from tams_analytics.display import tables, text
from tams_analytics.timerange import TimeRange

_BOX = (
    "font:13px/1.5 system-ui,sans-serif;font-variant-numeric:tabular-nums;"
    "border:1px solid #8886;border-radius:8px;padding:10px 14px;max-width:900px;margin:10px 0"
)
_KEY = "opacity:.7;padding:1px 18px 1px 0;text-align:left;vertical-align:top;font-weight:400"
WRITE = "write"
"""The capability that a store which is opened read-only lacks on purpose."""
_NUMBER = "display:inline-block;margin:2px 22px 6px 0"


@dataclass(frozen=True)
class StoreCard:
    """Facts about a store. ``url`` has to be redacted by whoever makes the card.

    ``counts`` in the order in which they are shown, None for one that is not known; ``extent`` is
    the timerange from the first to the last segment; ``capabilities`` names what the engine can do
    and cannot; ``versions`` of what answers; ``lacks`` says why there is nothing to count.
    """

    engine: str
    url: str
    counts: Mapping[str, int | None] = field(default_factory=dict)
    extent: TimeRange | None = None
    capabilities: Mapping[str, bool] | Sequence[str] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    lacks: str = ""

    @property
    def line(self) -> str:
        """Engine, place and counts in one line."""
        counts = (text.counted(n, name) for name, n in self.counts.items())
        return tables.one_line(" · ".join([self.engine, self.url, *counts]))

    def to_text(self) -> str:
        """A few lines for a terminal."""
        facts = [(name, value) for name, value in self._facts() if value]
        room = max(len(name) for name, _value in facts)
        lines = [f"{name:<{room}}  {tables.one_line(value)}" for name, value in facts]
        return "\n".join([self._heading(), *lines])

    def to_html(self) -> str:
        """The same for a notebook or a page: no script, every text in it escaped."""
        numbers = "".join(
            f'<span style="{_NUMBER}"><b style="font-size:16px">{escape(number)}</b> '
            f'<span style="opacity:.7">{escape(name)}</span></span>'
            for number, name in self._numbers()
        )
        rows = "".join(
            f'<tr><th style="{_KEY}">{escape(name)}</th>'
            f'<td style="text-align:left">{escape(tables.one_line(value))}</td></tr>'
            for name, value in self._facts()
            if value and (name != "holds" or self.lacks)
        )
        return (
            f'<div style="{_BOX}"><div style="font-weight:600;margin-bottom:4px">'
            f"{escape(self._heading())}</div>{numbers}"
            f'<table style="border-collapse:collapse">{rows}</table></div>'
        )

    def __str__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        return self.to_html()

    def _heading(self) -> str:
        return tables.one_line(f"{self.name or 'Time-addressable media store'} · {self.engine}")

    def _facts(self) -> list[tuple[str, str]]:
        """Name and value of each line."""
        return [
            ("store", self.url),
            ("holds", self.lacks or ", ".join(map(" ".join, self._numbers()))),
            ("extent", "" if self.extent is None else str(self.extent)),
            ("in UTC", _in_utc(self.extent)),
            ("length", _length(self.extent)),
            ("opened", "read-only" if WRITE in self._able(False) else ""),
            ("can", ", ".join(self._able(True))),
            ("cannot", ", ".join(name for name in self._able(False) if name != WRITE)),
            ("versions", ", ".join(f"{name} {value}" for name, value in self.versions.items())),
        ]

    def _numbers(self) -> Iterator[tuple[str, str]]:
        """How many, and of what: ``1``, ``flow``."""
        for name, number in self.counts.items():
            shown, _space, noun = text.counted(number, name).partition(" ")
            yield shown, noun

    def _able(self, wanted: bool) -> list[str]:
        if isinstance(self.capabilities, Mapping):
            return [name for name, able in self.capabilities.items() if able is wanted]
        return list(self.capabilities) if wanted else []


def _in_utc(extent: TimeRange | None) -> str:
    if extent is None or extent.start_ns is None or extent.end_ns is None or extent.is_empty:
        return ""
    if not text.is_wall_clock(extent.start_ns):
        return ""
    return f"{text.utc(extent.start_ns)} to {text.utc(extent.end_ns)}"


def _length(extent: TimeRange | None) -> str:
    if extent is None or not extent.duration_ns:
        return ""
    return text.duration(extent.duration_ns)
