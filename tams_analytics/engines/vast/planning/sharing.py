"""Which scans of a plan do for others as well.

Scans that ask for the same rows become one with the columns of all. A scan that asks for some of
the rows of another, and for no column more, is left out: the rest picks its rows from the other's.
A scan that keys may make smaller is left alone, unless they do the same to both: so what a table is
asked for, and what reduces it, tell one `Leaf` from another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from tams_analytics.engines.vast.planning.plan import Reduction, Scan
from tams_analytics.engines.vast.planning.values import names_of
from tams_analytics.engines.vast.pushing import Conjunct

Use = frozenset[tuple[int, str]]
"""Of one use of a table: tokens of keys, each with the column that they reduce."""


class Leaf(NamedTuple):
    """A scan, and what its rows may be reduced by."""

    scan: Scan
    use: Use = frozenset()


@dataclass(frozen=True)
class Shared:
    """A leaf that stands for another, and what it does not test of that other's conditions."""

    leaf: Leaf
    left_to_do: tuple[Conjunct, ...] = ()


@dataclass(frozen=True)
class _Group:
    """Leaves that become one, and the keys that make it smaller."""

    leaf: Leaf
    keys: frozenset[Any]

    @property
    def scan(self) -> Scan:
        return self.leaf.scan


def share_scans(names: Mapping[Leaf, str], reductions: Iterable[Reduction]) -> dict[Leaf, Shared]:
    """For each leaf that is not needed as it is, what does as well.

    Rows under a limit are any rows, so such a scan is nobody else's.
    """
    free = [leaf for leaf in names if leaf.scan.limit is None]
    keys = _keys(free, names, reductions)
    groups = _groups(free, keys)
    kept: list[_Group] = []
    instead: dict[Any, Shared] = {}
    for identity, group in sorted(groups.items(), key=lambda item: len(item[1].scan.pushed)):
        found = next((other.leaf for other in kept if _holds(other, group.scan)), None)
        if found is None:
            kept.append(group)
        instead[identity] = _instead(found, group.leaf)
    shared = {leaf: instead[_rows(leaf.scan), keys[leaf]] for leaf in free}
    return {leaf: other for leaf, other in shared.items() if other.leaf != leaf}


def _groups(leaves: list[Leaf], keys: Mapping[Leaf, frozenset[Any]]) -> dict[Any, _Group]:
    groups: dict[Any, _Group] = {}
    for leaf in leaves:
        identity = (_rows(leaf.scan), keys[leaf])
        known = groups.setdefault(identity, _Group(leaf, keys[leaf])).leaf
        columns = names_of(leaf.scan.table, (*known.scan.columns, *leaf.scan.columns))
        wider = known._replace(scan=replace(known.scan, columns=columns))
        groups[identity] = _Group(wider, keys[leaf])
    return groups


def _keys(
    leaves: list[Leaf], names: Mapping[Leaf, str], reductions: Iterable[Reduction]
) -> dict[Leaf, frozenset[Any]]:
    """What makes each scan smaller, but for keys from scans of the same rows."""
    rows = {names[leaf]: _rows(leaf.scan) for leaf in leaves}
    found: dict[str, set[Any]] = defaultdict(set)
    for each in reductions:
        source = each.source
        own = isinstance(source, str) and rows.get(source) == rows.get(each.target)
        if not own:
            found[each.target].add((source, each.source_column, each.target_column))
    return {leaf: frozenset(found[names[leaf]]) for leaf in leaves}


def _instead(found: Leaf | None, leaf: Leaf) -> Shared:
    if found is None:
        return Shared(leaf)
    known = found.scan.pushed
    return Shared(found, tuple(each for each in leaf.scan.pushed if each not in known))


def _rows(scan: Scan) -> Any:
    return scan.table, scan.pushed, scan.is_never


def _holds(wide: _Group, scan: Scan) -> bool:
    """`has_all`, and no keys make the wide one smaller."""
    return not wide.keys and has_all(wide.scan, scan)


def has_all(wide: Scan, scan: Scan) -> bool:
    """Every row of ``scan`` is among those of ``wide``, which has what tells them apart."""
    needed = {*scan.columns, *(each.column for each in scan.pushed if each not in wide.pushed)}
    return (
        wide.table == scan.table
        and not (wide.is_never or scan.is_never)
        and wide.limit is None
        and set(wide.pushed) <= set(scan.pushed)
        and needed <= set(wide.columns)
    )
