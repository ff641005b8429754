"""SQL of others on Trino: no more of its rows than are wanted, and nothing that gives none."""

from __future__ import annotations

from typing import Any

import pytest

import tams_analytics as ta
from tams_analytics.errors import BadParameter
from tests.support import trino_peer
from tests.support.trino_peer import Answer

BEGUN = Answer(columns=(), pages=(), transaction="t_1")
ENDED = Answer(columns=(), pages=())


def query(peer: trino_peer.TrinoPeer, sql: str, **options: Any) -> Any:
    with ta.connect(f"trino://analyst@{peer.place}/vast/tams/meta") as store:
        engine: Any = store._engine
        return engine.query(sql, **options)


@pytest.mark.parametrize(("most", "polls"), [(0, 3), (3, 5), (4, 5)])
def test_it_is_ended_when_the_wanted_rows_are_there(most: int, polls: int) -> None:
    pages = [[[2 * page], [2 * page + 1]] for page in range(1000)]
    with trino_peer.serving(BEGUN, Answer(pages=pages), ENDED) as peer:
        found = query(peer, "SELECT a FROM t", most=most)

    assert [*range(most)] == found["a"].to_pylist()
    assert peer.polls <= polls
    assert 1 == peer.cancelled
    assert "ROLLBACK" == peer.queries[-1]


def test_without_a_number_it_has_them_all() -> None:
    pages = [[[page]] for page in range(100)]
    with trino_peer.serving(BEGUN, Answer(pages=pages), ENDED) as peer:
        assert 100 == len(query(peer, "SELECT a FROM t"))
        assert 0 == peer.cancelled


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("USE iceberg.new6", "USE gives no rows; expected catalog.schema in the URL"),
        ("-- a comment\nuse iceberg.new6;", "USE gives no rows"),
        ("SET SESSION query_max_run_time = '1s'", "expected session.NAME=VALUE in the URL"),
        ("SET ROLE admin", "expected role=NAME in the URL"),
        ("COMMIT", "COMMIT gives no rows"),
    ],
)
def test_what_would_be_forgotten_with_its_connection_is_refused(sql: str, says: str) -> None:
    with trino_peer.serving() as peer:
        with pytest.raises(BadParameter, match="is no question") as caught:
            query(peer, sql)
        assert [] == peer.queries

    assert says in str(caught.value)


def test_a_statement_whose_answer_has_no_columns_is_no_question() -> None:
    with (
        trino_peer.serving(BEGUN, Answer(columns=(), pages=())) as peer,
        pytest.raises(BadParameter, match="is no question: it gives no rows"),
    ):
        query(peer, "COMMENT ON TABLE t IS 'x'")
