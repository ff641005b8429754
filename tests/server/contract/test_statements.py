"""The statements that no test names are known, each with a reason."""

from __future__ import annotations

from tests.server.contract.not_shown import not_shown
from tests.server.contract.statements import (
    MISSION,
    STATEMENTS,
    claims,
    in_front,
    mission_claims,
    numbers,
)


def test_each_statement_is_named_by_a_test_or_has_a_reason() -> None:
    """A reason goes when there is a test."""
    unnamed = set(STATEMENTS) - set(claims())

    assert sorted(int(each) for each in not_shown("statements")) == sorted(unnamed)


def test_each_number_of_the_mission_is_named_by_a_test_or_has_a_reason() -> None:
    """Those that are about the server."""
    assert sorted(not_shown("mission")) == sorted(MISSION - mission_claims())


def test_tests_name_only_statements_that_there_are() -> None:
    assert sorted(set(claims()) - set(STATEMENTS)) == []


def test_numbers_are_read_alone_as_a_stretch_and_in_front_of_a_name() -> None:
    assert numbers("§5, R6 and §21 to §23; §260") == {5, 21, 22, 23, 260}
    assert in_front("test_164_r10_165_1000_segments_of_7") == {164, 165}
    assert in_front("test_a_thing_of_7") == set()
