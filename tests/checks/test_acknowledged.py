"""Findings that somebody answers for are counted apart, until that expires."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from tams_analytics.checks import FINDING
from tams_analytics.errors import BadParameter
from tams_analytics.store import Store, connect
from tests.checks.small import CHECKS, LOST, add_flows, add_segments, fill, finding, told

UTC = dt.timezone.utc
LATER = dt.datetime(2199, 1, 1, tzinfo=UTC)
OTHER = "flow_without_source"


@pytest.fixture
def small(store: Store) -> Store:
    """Two lost segments, and a flow ``c`` without a source."""
    return filled(store)


@pytest.fixture
def local() -> Iterator[Store]:
    """The same, for what no engine has a part in."""
    with connect(":memory:") as store:
        yield filled(store)


def filled(store: Store) -> Store:
    fill(store)
    add_flows(store, ["c"], source_id="nobody")
    return store


def test_what_is_acknowledged_is_no_failure_and_told_apart(small: Store) -> None:
    acknowledged = {"owner": "Ann", "reason": "a tape, not recorded", "expires": LATER}
    assert 1 == small.acknowledge(LOST, [finding("a", 1)], **acknowledged)

    checked = small.check(only=CHECKS)

    lost, other = checked.checks
    assert (1, 1, None) == (lost["failures"], lost["acknowledged"], lost["new"])
    assert (1, 0, None) == (other["failures"], other["acknowledged"], other["new"])
    assert [finding("b", 1)] == [row["id"] for row in lost["sample"]]
    assert [finding("b", 1)] == checked.failures[LOST].id.to_pyarrow().to_pylist()
    assert small.segments.columns[0] in checked.failures[LOST].columns
    assert [finding("b", 1), "c"] == sorted(checked.findings.id.to_pyarrow().to_pylist())
    apart = checked.acknowledged.to_pyarrow()
    assert [*FINDING, "owner", "reason", "expires"] == apart.column_names
    assert [
        {
            "check": LOST,
            "severity": "error",
            "entity": "segments",
            "id": finding("a", 1),
            "detail": "there is no object lost",
            "owner": "Ann",
            "reason": "a tape, not recorded",
            "expires": LATER.replace(tzinfo=None),
        }
    ] == apart.to_pylist()
    assert "1 acknowledged" in repr(checked)


def test_where_all_is_acknowledged_the_check_passes(local: Store) -> None:
    local.acknowledge(OTHER, owner="Ann", reason="she knows", entity="flows")
    local.acknowledge(LOST, [finding("a", 1), finding("b", 1)], owner="Ann", reason="she knows")

    checked = local.check(only=CHECKS)
    assert checked.passed
    assert "passed" == checked.status
    assert [(0, 2, []), (0, 1, [])] == [
        (each["failures"], each["acknowledged"], each["sample"]) for each in checked.checks
    ]
    assert [0, 0] == [checked.failures[id].count().execute() for id in CHECKS]
    assert 3 == checked.acknowledged.count().execute()


def test_what_has_expired_is_a_failure_again_and_not_a_new_one(local: Store) -> None:
    local.acknowledge(LOST, owner="Ann", reason="for now", expires="30d")
    local.remember(local.check(only=CHECKS))
    assert (0, 0, 2) == told(local)[LOST]
    expired = {"expires": dt.datetime(2026, 1, 2)}
    local._engine.transact(lambda tx: tx.update("acknowledgements", {"check_id": LOST}, expired))

    assert (2, 0, 0) == told(local)[LOST]


def test_each_finding_has_one_answer_the_nearest(small: Store) -> None:
    small.acknowledge(LOST, owner="of all", reason="r")
    small.acknowledge(LOST, entity="segments", owner="of segments", reason="r")
    small.acknowledge(LOST, [finding("a", 1)], owner="of one", reason="r", expires=LATER)
    small.acknowledge(LOST, [finding("a", 1)], entity="segments", owner="of it", reason="r")
    small.acknowledge(LOST, [finding("b", 1)], entity="objects", owner="of another", reason="r")

    found = small.check(only=[LOST]).acknowledged.order_by("id").to_pyarrow().to_pylist()
    assert [("of one", LATER.replace(tzinfo=None)), ("of segments", None)] == [
        (row["owner"], row["expires"]) for row in found
    ]


def test_an_acknowledgement_is_replaced_and_withdrawn(small: Store) -> None:
    ids = [finding("a", 1), finding("b", 1)]
    assert 2 == small.acknowledge(LOST, ids, owner="Ann", reason="r")
    assert 2 == small.acknowledge(LOST, ids[:1], owner="Bob", reason="r")
    assert 3 == small.acknowledge(LOST, entity="segments", owner="Eve", reason="r")
    rows = small.acknowledgements.to_pyarrow().to_pylist()
    assert {(None, "Eve"), (ids[0], "Bob"), (ids[1], "Ann")} == {
        (row["id"], row["owner"]) for row in rows
    }

    withdraw = small.writes.withdraw_acknowledgement
    assert 1 == withdraw(LOST, entity="segments")
    assert 1 == withdraw(LOST, ids[1:])
    assert 0 == withdraw(LOST, ids[1:])
    assert (1, None, 1) == told(small)[LOST]
    assert 1 == withdraw(LOST)
    assert 0 == small.acknowledgements.count().execute()


def test_more_findings_than_are_shown_are_counted_apart(local: Store) -> None:
    add_segments(local, "a", *range(100, 130))
    local.acknowledge(
        LOST, [finding("a", second) for second in range(100, 125)], owner="Ann", reason="r"
    )
    local.remember(local.check(only=[LOST]))
    add_segments(local, "b", 200)

    (each,) = local.check(only=[LOST]).checks
    assert (8, 25, 1) == (each["failures"], each["acknowledged"], each["new"])
    left = [*(finding("a", n) for n in (1, *range(125, 130))), finding("b", 1), finding("b", 200)]
    assert sorted(left) == [row["id"] for row in each["sample"]]


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"check": "overlapping"}, "is no check; expected one of segments_"),
        ({"owner": " "}, "owner.*is empty"),
        ({"reason": ""}, "reason.*is empty"),
        ({"reason": None}, "reason.*is no text"),
        ({"ids": []}, "names no finding"),
        ({"ids": [""]}, "ids.*is empty"),
        ({"ids": ["a\0"]}, "NUL"),
        ({"entity": ""}, "entity.*is empty"),
        ({"expires": "2020-01-01T00:00Z"}, "is over already"),
        ({"expires": "tomorrow"}, "is no moment; expected a length such as 30d"),
        ({"expires": "999999w"}, "is no moment"),
        ({"expires": dt.datetime(2199, 1, 1)}, "no moment with a time zone"),
        ({"expires": 30}, "no moment with a time zone"),
        ({"ids": [f"{n}" for n in range(20_001)]}, "too many acknowledgements of one check"),
    ],
)
def test_an_acknowledgement_says_who_why_and_until_when(
    one: Store, changed: dict[str, Any], problem: str
) -> None:
    given = {"check": LOST, "ids": ["x"], "owner": "Ann", "reason": "r", **changed}
    with pytest.raises(BadParameter, match=problem):
        one.acknowledge(**given)


@pytest.fixture(scope="module")
def one() -> Iterator[Store]:
    with connect(":memory:") as store:
        yield store


def test_a_length_and_texts_are_moments_in_utc(one: Store) -> None:
    for check, expires in {
        "a": "36h",
        "b": "2199-01-01T02:00+02:00",
        "c": LATER.astimezone(dt.timezone(dt.timedelta(hours=-5))),
    }.items():
        one.writes.acknowledge(check, owner="Ann", reason="r", expires=expires)

    rows = {row["check_id"]: row for row in one.acknowledgements.to_pyarrow().to_pylist()}
    lasts = rows["a"]["expires"] - rows["a"]["created"]
    assert abs(lasts - dt.timedelta(hours=36)) < dt.timedelta(minutes=1)
    assert [LATER.replace(tzinfo=None)] * 2 == [rows[id]["expires"] for id in ("b", "c")]
