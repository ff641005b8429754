"""Which scans of a plan do for others as well.

Scans that ask for the same rows become one with the columns of all. A scan that asks for some of
the rows of another, and for no column more, is left out: the rest picks its rows from the other's.
A scan that keys may make smaller is left alone, unless they do the same to both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tams_analytics.engines.vast.planning.plan import Reduction, Scan
from tams_analytics.engines.vast.planning.values import names_of
from tams_analytics.engines.vast.pushing import Conjunct


@dataclass(frozen=True)
class Shared:
    """A scan that stands for another, and what it does not test of that other's conditions."""

    scan: Scan
    left_to_do: tuple[Conjunct, ...] = ()


@dataclass(frozen=True)
class _Group:
    """Scans that become one, and the keys that make it smaller."""

    scan: Scan
    keys: frozenset[Any]


def share_scans(names: Mapping[Scan, str], reductions: Iterable[Reduction]) -> dict[Scan, Shared]:
    """For each scan that is not needed as it is, what does as well.

    Rows under a limit are any rows, so such a scan is nobody else's.
    """
    free = [scan for scan in names if scan.limit is None]
    keys = _keys(free, names, reductions)
    groups = _groups(free, keys)
    kept: list[_Group] = []
    instead: dict[Any, Shared] = {}
    for identity, group in sorted(groups.items(), key=lambda item: len(item[1].scan.pushed)):
        found = next((other.scan for other in kept if _has_all(other, group.scan)), None)
        if found is None:
            kept.append(group)
        instead[identity] = _instead(found, group.scan)
    shared = {scan: instead[_rows(scan), keys[scan]] for scan in free}
    return {scan: other for scan, other in shared.items() if other.scan != scan}


def _groups(scans: list[Scan], keys: Mapping[Scan, frozenset[Any]]) -> dict[Any, _Group]:
    groups: dict[Any, _Group] = {}
    for scan in scans:
        identity = (_rows(scan), keys[scan])
        known = groups.setdefault(identity, _Group(scan, keys[scan])).scan
        columns = names_of(scan.table, (*known.columns, *scan.columns))
        groups[identity] = _Group(replace(known, columns=columns), keys[scan])
    return groups


def _keys(
    scans: list[Scan], names: Mapping[Scan, str], reductions: Iterable[Reduction]
) -> dict[Scan, frozenset[Any]]:
    """What makes each scan smaller, but for keys from scans of the same rows."""
    rows = {names[scan]: _rows(scan) for scan in scans}
    found: dict[str, set[Any]] = defaultdict(set)
    for each in reductions:
        source = each.source
        own = isinstance(source, str) and rows.get(source) == rows.get(each.target)
        if not own:
            found[each.target].add((source, each.source_column, each.target_column))
    return {scan: frozenset(found[names[scan]]) for scan in scans}


def _instead(found: Scan | None, scan: Scan) -> Shared:
    if found is None:
        return Shared(scan)
    return Shared(found, tuple(each for each in scan.pushed if each not in found.pushed))


def _rows(scan: Scan) -> Any:
    return scan.table, scan.pushed, scan.is_never


def _has_all(wide: _Group, scan: Scan) -> bool:
    """Every row of ``scan`` is in ``wide``, with all that is needed of it."""
    known = wide.scan
    needed = {*scan.columns, *(each.column for each in scan.pushed if each not in known.pushed)}
    return (
        known.table == scan.table
        and not (wide.keys or known.is_never or scan.is_never)
        and set(known.pushed) <= set(scan.pushed)
        and needed <= set(known.columns)
    )
