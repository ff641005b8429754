"""Which scans bring what several plans need: the rows of a table once, with the columns of all.

Scans with the same bounds become one, which has the columns of all and the conditions that all of
them have. What has other bounds is brought by itself: a few rows twice are less than a column more
of all rows. A scan that is left out is read when its question is asked, as if nothing was brought.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import ibis.expr.operations as ops

from tams_analytics.engines.vast.planning.plan import Plan, Scan
from tams_analytics.engines.vast.planning.sharing import has_all
from tams_analytics.engines.vast.planning.values import names_of
from tams_analytics.engines.vast.pushing import Conjunct

NAMED = {"==", "isin"}
"""Conditions that name values: few rows have them, as a rule."""
BOUNDING = {*NAMED, "<", "<=", ">", ">=", "startswith"}
"""Conditions that few rows may fulfil; most fulfil such as ``is not null`` and ``!=``."""

Bounds: TypeAlias = frozenset[Conjunct]


@dataclass(frozen=True)
class _Use:
    """A scan of one of the plans."""

    scan: Scan
    is_reduced: bool
    """Keys of few rows make it smaller, when its question is asked."""


def gathered(plans: Sequence[Plan]) -> tuple[Scan, ...]:
    """The scans to bring: those with the fewest conditions first.

    None where rows are counted, where any rows do, and where keys of few rows make all scans of a
    table smaller.
    """
    groups: dict[tuple[ops.DatabaseTable, Bounds], list[_Use]] = defaultdict(list)
    for use in (use for each in plans for use in _uses(each)):
        groups[use.scan.table, bounds(use.scan)].append(use)
    wanted = [_together(uses) for uses in groups.values() if not all(u.is_reduced for u in uses)]
    return tuple(_needed(each for each in wanted if each.columns))


def left_over(planned: Plan, brought: Sequence[Scan]) -> tuple[dict[str, Scan], Plan]:
    """The scans of a plan that ``brought`` has the rows of, each with that one, and the others.

    Few rows whose keys make one of the others smaller are read with it.
    """
    steps = _steps(planned)
    found = {scan.name: wide for scan in planned.scans if (wide := covering(scan, brought))}
    left = {scan.name for scan in planned.scans} - found.keys()
    while more := {
        each.source
        for each in planned.reductions
        if isinstance(each.source, str)
        and each.source in found
        and each.target in left
        and steps.get(each.source, len(steps)) < steps.get(each.target, 0)
    }:
        left |= more
        found = {name: wide for name, wide in found.items() if name not in more}
    return found, replace(
        planned,
        scans=tuple(scan for scan in planned.scans if scan.name in left),
        reductions=tuple(each for each in planned.reductions if each.target in left),
    )


def covering(scan: Scan, brought: Iterable[Scan]) -> Scan | None:
    """The one of ``brought`` with the most conditions that has all rows of ``scan``."""
    found = [wide for wide in brought if has_all(wide, scan)]
    return max(found, key=lambda wide: len(wide.pushed), default=None)


def _uses(planned: Plan) -> Iterator[_Use]:
    steps = _steps(planned)
    for scan in planned.scans:
        if not scan.is_never and scan.limit is None:
            yield _Use(scan, steps.get(scan.name, 0) > 0)


def _steps(planned: Plan) -> dict[str, int]:
    """Scans of few rows, as a rule: 0 where these are named, else how many steps away they are.

    A step goes by keys of such a scan, or from memory, to a scan that they make smaller.
    """
    found = {scan.name: 0 for scan in planned.scans if any(map(_names, scan.pushed))}
    step = 0
    while (
        more := {
            each.target
            for each in planned.reductions
            if not isinstance(each.source, str) or each.source in found
        }
        - found.keys()
    ):
        step += 1
        found |= dict.fromkeys(more, step)
    return found


def bounds(scan: Scan) -> Bounds:
    """Those of its conditions that few rows may fulfil."""
    return frozenset(each for each in scan.pushed if _is_of(each, BOUNDING))


def _names(conjunct: Conjunct) -> bool:
    return _is_of(conjunct, NAMED)


def _is_of(conjunct: Conjunct, kinds: set[str]) -> bool:
    """Not of booleans: of two values each has many rows. Parameters have their values later."""
    return (
        not conjunct.dtype.is_boolean()
        and not conjunct.parameters
        and all(term.op in kinds for term in conjunct.terms)
    )


def _together(uses: Sequence[_Use]) -> Scan:
    """One scan for all: what only some of them test is tested later, so its column comes too."""
    scans = [use.scan for use in uses]
    first = scans[0]
    pushed = tuple(
        each
        for each in first.pushed
        if not each.parameters and all(each in scan.pushed for scan in scans)
    )
    tested = [each.column for scan in scans for each in scan.pushed if each not in pushed]
    columns = names_of(first.table, (*(c for scan in scans for c in scan.columns), *tested))
    return Scan("", first.table, columns, pushed)


def _needed(wanted: Iterable[Scan]) -> Iterator[Scan]:
    """Without those whose rows and columns another one has, named in order."""
    kept: list[Scan] = []
    for scan in sorted(wanted, key=lambda each: len(each.pushed)):
        if not any(has_all(wide, scan) for wide in kept):
            kept.append(scan)
            yield replace(scan, name=f"brought_{len(kept)}")
