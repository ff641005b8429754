"""Each check finds exactly what was planted, on each engine, and nothing in a clean store."""

from __future__ import annotations

from typing import Any

import pytest

from tams_analytics import examples
from tams_analytics.checks import CHECKS, FINDING, SAMPLE
from tams_analytics.errors import BadParameter, ChecksFailed, NotFound
from tams_analytics.store import Store

WITHOUT_BYTES = [check.id for check in CHECKS if not check.needs_objects]
OF_BYTES = [check.id for check in CHECKS if check.needs_objects]


def test_a_clean_store_passes(clean: Store) -> None:
    checked = clean.check()

    assert checked.passed
    assert {each["id"]: each["failures"] for each in checked.checks} == {
        check.id: None if check.needs_objects else 0 for check in CHECKS
    }
    assert checked.findings.to_pyarrow().num_rows == 0
    checked.raise_for_errors()


def test_exactly_what_was_planted_is_found(flawed: Store) -> None:
    planted = examples.defects(flawed).to_pyarrow().to_pylist()

    checked = flawed.check()
    found = checked.findings.to_pyarrow()

    assert found.column_names == list(FINDING)
    assert whom(found.to_pylist()) == whom(planted)
    assert {row["check"] for row in planted} == set(WITHOUT_BYTES)
    assert not checked.passed


@pytest.mark.parametrize("id", WITHOUT_BYTES)
def test_one_check_alone_finds_the_same_and_tells_who(flawed: Store, id: str) -> None:
    all_planted = whom(examples.defects(flawed).to_pyarrow().to_pylist())
    planted = [(entity, of) for check, entity, of in all_planted if check == id]

    checked = flawed.check(only=[id])
    (told,) = checked.checks
    rows = checked.failures[id].to_pyarrow().to_pylist()

    assert told["failures"] == len(planted) == len(rows)
    assert [(each["entity"], each["id"]) for each in told["sample"]] == planted
    assert sorted(row["id"] for row in rows) == sorted(of for _entity, of in planted)
    assert all(row["detail"] for row in rows)


def test_during_looks_at_the_segments_there_and_at_everything_without_a_time(
    flawed: Store,
) -> None:
    before = flawed.check(during="_0:0", only=["segments_overlap", "duplicate_id"])

    assert [each["failures"] for each in before.checks] == [0, 3]


def test_what_did_not_run_is_neither_passed_over_nor_failed(clean: Store) -> None:
    (told,) = clean.check(only=["bytes_unknown"]).checks

    assert told["failures"] is None
    assert "--objects" in str(told["reason"])


def test_errors_are_raised_by_name_and_warnings_are_not(flawed: Store) -> None:
    with pytest.raises(ChecksFailed, match=r"segments_overlap \(3\)"):
        flawed.check(only=["segments_overlap", "source_without_flow"]).raise_for_errors()
    flawed.check(only=["source_without_flow"]).raise_for_errors()


@pytest.mark.parametrize(("only", "problem"), [([], "names no check"), (5, "is no list")])
def test_to_ask_for_no_check_is_a_mistake(clean: Store, only: Any, problem: str) -> None:
    with pytest.raises(BadParameter, match=f"only: .*{problem}"):
        clean.check(only=only)


def test_the_check_that_was_probably_meant_is_named_first(clean: Store) -> None:
    with pytest.raises(BadParameter, match="expected one of flow_without_source, segments_overlap"):
        clean.check(only=["flows_without_source"])


def test_names_are_those_of_checks(clean: Store) -> None:
    with pytest.raises(BadParameter, match="'overlapping' is no check; expected one of segments_"):
        clean.check(only=["overlapping"])
    with pytest.raises(NotFound, match="duplicate_id"):
        clean.check(only=["duplicate_id"]).failures["segments_overlap"]


def test_a_sample_is_bounded_and_failures_are_counted(empty_of_flows: Store) -> None:
    (told,) = empty_of_flows.check(only=["segment_without_flow"]).checks

    assert told["failures"] == SAMPLE + 5
    assert len(told["sample"]) == SAMPLE


def whom(rows: list[dict[str, str]]) -> list[tuple[str, str, str]]:
    return sorted((row["check"], row["entity"], row["id"]) for row in rows)


def test_the_bytes_of_a_clean_store_are_all_there(clean: Store) -> None:
    checked = clean.check(only=OF_BYTES, objects=examples.s3_objects(clean))

    assert [0, 0, 0] == [each["failures"] for each in checked.checks]
    assert 0 == examples.defects(clean, objects=True).count().to_pyarrow().as_py()


def test_exactly_the_planted_bytes_are_found_to_be_wrong(flawed: Store) -> None:
    planted = examples.defects(flawed, objects=True).to_pyarrow().to_pylist()

    checked = flawed.check(only=OF_BYTES, objects=examples.s3_objects(flawed))

    assert whom(planted) == whom(checked.findings.to_pyarrow().to_pylist())
    assert [3, 3, 3] == [each["failures"] for each in checked.checks]
    assert set(OF_BYTES) == {row["check"] for row in planted}


def test_sizes_are_not_told_right_by_a_listing_that_has_none(flawed: Store) -> None:
    listed = examples.s3_objects(flawed)
    sizeless = listed.drop("size")

    checked = flawed.check(only=OF_BYTES, objects=sizeless)

    told = {each["id"]: (each["failures"], each["reason"]) for each in checked.checks}
    assert (None, "needs size in the listing") == told["object_size_differs"]
    assert (3, None) == told["object_bytes_missing"]


def test_an_empty_listing_lacks_nothing(clean: Store) -> None:
    listed = examples.s3_objects(clean)

    (told,) = clean.check(only=["object_size_differs"], objects=listed.limit(0)).checks

    assert 0 == told["failures"]
