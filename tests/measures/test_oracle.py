"""Every measure in every kind of group is what loops over the rows find."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

import tams_analytics as ta
from tams_analytics.measures import MEASURES, measure
from tams_analytics.timerange import TimeRange
from tests.measures import oracle, world

OF_ALL_TIME = [each.name for each in MEASURES if not each.needs_during]
EVERY = [each.name for each in MEASURES]
BROADCAST = {"tz": "Europe/London", "day_starts": "06:00"}
FIVE_DAYS = TimeRange.from_ns(world.at(-60), world.at(60))
PART = TimeRange.from_ns(world.at(1), world.at(26.5))


def rows(store: ta.Store, names: Sequence[str], by: Sequence[str], **said: Any) -> dict[Any, Any]:
    """Each group and its measures; a group that comes twice fails."""
    found = measure(store.tables, names, by=by, **said).to_pyarrow().to_pylist()
    keyed = {tuple(row.values())[: len(by)]: row for row in found}
    assert len(keyed) == len(found)
    return {group: {name: near(row[name]) for name in names} for group, row in keyed.items()}


def expected(names: Sequence[str], by: Sequence[str], **said: Any) -> dict[Any, Any]:
    if "day_starts" in said:
        said["starts"] = said.pop("day_starts")
    found = oracle.answer(by, **said)
    return {group: {name: near(values[name]) for name in names} for group, values in found.items()}


def near(value: Any) -> Any:
    return pytest.approx(value, rel=1e-12) if isinstance(value, float) else value


def test_every_measure_is_right_on_every_engine(traps: ta.Store) -> None:
    by = ["source", "tag:genre"]

    assert expected(OF_ALL_TIME, by) == rows(traps, OF_ALL_TIME, by)


OF_BYTES = [each.name for each in MEASURES if "storage_backend" in each.dimensions]
SOME = ["gap_hours", "segments", "sources", "stored_bytes"]


@pytest.mark.parametrize(
    ("names", "by", "said"),
    [
        (OF_ALL_TIME, [], {}),
        (EVERY, ["flow", "day"], {"during": PART, **BROADCAST}),
        (SOME, ["codec", "container", "label"], {}),
        ([*SOME, "availability"], ["collection"], {"during": PART}),
        (SOME, ["source_tag:channel", "month"], {}),
        (SOME, ["tag:format", "week"], {"during": TimeRange.from_ns(world.at(2), None)}),
        (SOME, ["format"], {"during": TimeRange.from_ns(None, world.at(3.5))}),
        (["hours_covered"], ["hour"], {"during": FIVE_DAYS, **BROADCAST}),
        (["availability"], [], {"during": PART}),
        (OF_BYTES, ["storage_backend"], {}),
        (OF_BYTES, ["storage_backend", "source"], {}),
        (OF_BYTES, ["day", "storage_backend"], {"during": PART}),
    ],
)
def test_measures_are_right_in_all_groups(
    here: ta.Store, names: list[str], by: list[str], said: dict[str, Any]
) -> None:
    assert expected(names, by, **said) == rows(here, names, by, **said)
