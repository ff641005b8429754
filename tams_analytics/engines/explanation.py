"""What runs where, as a value: the answer of `tams_analytics.explain`."""

from __future__ import annotations

from dataclasses import dataclass


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

    ``rows``, ``bytes`` and ``requests`` are known after running, and only where the engine counts
    them; ``estimated_rows`` is the engine's own guess or an upper bound.
    """

    table: str
    columns: tuple[str, ...]
    pushed: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    limit: int | None = None
    estimated_rows: int | None = None
    rows: int | None = None
    bytes: int | None = None
    requests: int | None = None


@dataclass(frozen=True)
class Explanation:
    """All scans of a query, what runs above them (``local``), and the SQL where there is any."""

    engine: str
    scans: tuple[Scan, ...]
    local: tuple[str, ...]
    sql: str | None = None

    def __str__(self) -> str:
        return "\n".join(
            [f"engine: {self.engine}", *map(_scan_text, self.scans), _local_text(self)]
        )

    @property
    def pushed(self) -> tuple[str, ...]:
        """What all scans take, in one tuple."""
        return tuple(condition for scan in self.scans for condition in scan.pushed)


def _scan_text(scan: Scan) -> str:
    lines = [
        f"scan {scan.table}",
        f"  columns: {', '.join(scan.columns) or '(none)'}",
        f"  pushed:  {' AND '.join(scan.pushed) or '(nothing)'}",
    ]
    lines += [f"  refused: {refused}" for refused in scan.refused]
    lines += [f"  {name}: {count:,}" for name, count in _counts(scan)]
    return "\n".join(lines)


def _counts(scan: Scan) -> list[tuple[str, int]]:
    named = {
        "limit": scan.limit,
        "estimated rows": scan.estimated_rows,
        "rows": scan.rows,
        "bytes": scan.bytes,
        "requests": scan.requests,
    }
    return [(name, count) for name, count in named.items() if count is not None]


def _local_text(explanation: Explanation) -> str:
    return "local: " + (", ".join(explanation.local) or "(nothing)")
