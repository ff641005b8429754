"""What runs where, as a value: the answer of `tams_analytics.explain`."""

from __future__ import annotations

from dataclasses import dataclass

from tams_analytics.display.explanation import explanation_html, explanation_text


@dataclass(frozen=True)
class Refused:
    """A condition that a scan did not take, and why."""

    condition: str
    reason: str

    def __str__(self) -> str:
        return f"{self.condition} ({self.reason})"


@dataclass(frozen=True)
class Scan:
    """One table's share of a query.

    ``dynamic`` are conditions that a join tells the scan while it runs. ``rows``, ``bytes`` and
    ``requests`` are known after running, and only where the engine counts them; ``estimated_rows``
    is the engine's own guess or an upper bound.
    """

    table: str
    columns: tuple[str, ...]
    pushed: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    dynamic: tuple[str, ...] = ()
    limit: int | None = None
    estimated_rows: int | None = None
    rows: int | None = None
    bytes: int | None = None
    requests: int | None = None


@dataclass(frozen=True, repr=False)
class Explanation:
    """All scans of a query, what runs above them (``local``), and the SQL where there is any."""

    engine: str
    scans: tuple[Scan, ...]
    local: tuple[str, ...]
    sql: str | None = None

    def __str__(self) -> str:
        return explanation_text(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return explanation_html(self)

    @property
    def pushed(self) -> tuple[str, ...]:
        """What all scans take, in one tuple."""
        return tuple(condition for scan in self.scans for condition in scan.pushed)
