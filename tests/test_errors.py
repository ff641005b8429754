"""Errors say the value, what is wrong and what would be right."""

from __future__ import annotations

import pickle

import pytest

from tams_analytics.errors import (
    AlreadyExists,
    BadParameter,
    BadTimeRange,
    BytesStay,
    EngineFailed,
    FlowBeingDeleted,
    NotFound,
    ReadOnlyFlow,
    Refused,
    SegmentsOverlap,
    StillReferenced,
    TamsError,
    Unsupported,
)

EACH = [
    (BadTimeRange("x", "a sign is missing", "1:0", 3), ValueError, "at position 3; expected 1:0"),
    (BadParameter("limit", -1, "is negative", "1 or more"), ValueError, "limit: -1 is negative"),
    (BadParameter("by", None, "is missing", "a name"), ValueError, "by is missing; expected a"),
    (BadParameter("flows.id", None, "may not be NULL"), ValueError, "flows.id may not be NULL"),
    (BadParameter("id", None, "is no text"), ValueError, "id: None is no text"),
    (NotFound("flow", "f1"), LookupError, "there is no flow f1"),
    (BytesStay("o1"), Refused, "object o1 is refused: it is registered"),
    (ReadOnlyFlow("f1"), Refused, "flow f1 is read-only"),
    (FlowBeingDeleted("f1"), ReadOnlyFlow, "flow f1 is being deleted"),
    (SegmentsOverlap("f1", "[0:0_1:0)", "[0:0_2:0)"), Refused, "[0:0_1:0)"),
    (
        StillReferenced("flow", "f1", {"segments": {"count": 3, "sample": []}}),
        Refused,
        "3 segments depend on it; cascade=true takes what depends on it too",
    ),
    (
        StillReferenced("flow", "f1", {"segments": {"count": 1, "sample": []}}),
        Refused,
        ": 1 segment depends on it; cascade=true",
    ),
    (
        StillReferenced("object", "o1", {"flows": {"count": 1, "sample": ["f1"]}}),
        Refused,
        ": 1 flow depends on it; it goes with the last segment that uses it",
    ),
    (AlreadyExists("flow", "f1"), Refused, "the id is taken"),
    (AlreadyExists("flow", "f1", instead="take f2"), Refused, "the id is taken; take f2"),
    (Unsupported("trino", "write"), NotImplementedError, "the trino engine cannot write"),
    (
        EngineFailed("duckdb", "reading", "no space"),
        TamsError,
        "duckdb failed at reading: no space",
    ),
]


@pytest.mark.parametrize(
    ("error", "builtin", "sentence"), EACH, ids=lambda each: type(each).__name__
)
def test_an_error_is_also_the_builtin_that_one_expects(
    error: TamsError, builtin: type[Exception], sentence: str
) -> None:
    assert isinstance(error, builtin)
    assert sentence in str(error)


@pytest.mark.parametrize("error", [error for error, _builtin, _sentence in EACH])
def test_an_error_survives_pickling(error: TamsError) -> None:
    assert str(error) == str(pickle.loads(pickle.dumps(error)))  # noqa: S301


def test_a_long_value_is_cut() -> None:
    assert len(str(BadParameter("label", "x" * 10_000, "is too long"))) < 200
