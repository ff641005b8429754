"""Every question of the library as Trino is sent it: nothing that is slow, wrong or unknown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

import tams_analytics as ta
from tams_analytics.engines.trino.asking import asked
from tests.support import sql_lint
from tests.support.questions import arguments, name_of, questions, values_of

RIGHT = re.compile(
    r"a struct of braces: ROW\("  # the lint means {'a': 1}; sqlglot's tree is the same
    r"|a join without an equality: CROSS JOIN \(SELECT ARRAY_AGG\("  # with one row
    r"|a division: .* % \(5\)\)\) / \(5\)"  # of whole numbers, less what is left over
    r"|a division: .* / CAST\(NULLIF\(.*, 0\) AS DOUBLE\)"  # a rate or ratio is a double
    r"|a bound on a wrapped column: SUM\("  # of groups: whether it can be held
    r"|a bound on a wrapped column: COALESCE\(GREATEST\("  # of rows cut to a window, bounded before
    r"|a function that loses nanoseconds or is not pushed: STRPOS\(\"t\d+\"\.\"value\""  # of tags
)
QUESTIONS = {name_of(each): each for each in questions()}


@pytest.fixture(scope="module")
def values() -> Iterator[dict[str, Any]]:
    with ta.examples.newsroom(segments=1000) as store:
        yield values_of(store)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_has_nothing_to_complain_of(name: str, values: dict[str, Any]) -> None:
    for given in arguments(QUESTIONS[name], values):
        sql, schema = asked(QUESTIONS[name], given)

        complaints = [each for each in sql_lint.complaints(sql) if not RIGHT.match(each)]
        assert [] == complaints, given
        assert len(schema) >= 1
