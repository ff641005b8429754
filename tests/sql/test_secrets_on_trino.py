"""T9: a password of Trino is in no SQL, plan, picture or error; T12: memory has a limit there."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tams_analytics as ta
from tams_analytics.errors import EngineFailed, TamsError
from tests.engines.trino import test_connection
from tests.support import trino_peer
from tests.support.trino_peer import Answer
from tests.support.trino_server import Trino

PASSWORD = "geheim-1234567"  # noqa: S105 - of a peer
certificate = test_connection.certificate
ERROR = Answer(error=("SYNTAX_ERROR", "USER_ERROR", "line 1:1: nobody understands that"))
REFUSED = Answer(status=401)


@pytest.mark.parametrize("answer", [ERROR, REFUSED], ids=["error", "refused"])
def test_what_a_notebook_shows_has_no_password(answer: Answer, certificate: Path) -> None:
    with trino_peer.serving(certificate=certificate) as peer:
        peer.answers = [answer]
        url = f"trino+https://ana:{PASSWORD}@{peer.place}/vast/meta?ca={certificate}"
        with ta.connect(url) as store:
            asks: list[Callable[[], object]] = [
                lambda: engine_of(store).url,
                lambda: store,
                lambda: engine_of(store).query("SELECT 1 AS a"),
                lambda: store.segments,
                lambda: ta.explain(store.segments),
            ]
            shown = [tried(ask) for ask in asks]

    assert f"ana@{peer.place}" in shown[0]
    assert {"ana"} == {each.headers["X-Trino-User"] for each in peer.sent}
    for text in (*shown, *(each.body for each in peer.sent)):
        assert PASSWORD not in text


def tried(ask: Callable[[], object]) -> str:
    """What is shown of it, or of its failure, with all that led to that."""
    try:
        return repr(ask())
    except TamsError:
        return traceback.format_exc()


@pytest.mark.trino
def test_memory_is_a_limit(trino_server: Trino) -> None:
    """T12: of a store, by its URL."""
    sql = "SELECT cardinality(array_agg(comment)) AS n FROM tpch.sf1.lineitem"
    url = f"{trino_server.url('tpch', 'tiny')}?max_memory_per_node=1MB"
    with ta.connect(url) as store, pytest.raises(EngineFailed, match="memory limit of 1MB"):
        engine_of(store).query(sql)


def engine_of(store: ta.Store) -> Any:
    """What `tams query` asks."""
    return store._engine
