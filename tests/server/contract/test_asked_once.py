"""The store is asked once for a GET: a listing that loops, or looks twice, fails here."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pytest

import tams_analytics as ta
from tests.server.contract.asking import Asking, path_of
from tests.server.contract.cases import CASES, Case

GETS = [operation for operation in CASES if operation.startswith("GET_")]


@contextlib.contextmanager
def counted(store: ta.Store) -> Iterator[list[str]]:
    """What the store's own engine is asked meanwhile: the names of the questions."""
    engine = store._engine
    questions: list[str] = []

    def noting(what: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def noted(work: Callable[..., Any], /, **arguments: Any) -> pa.Table:
            questions.append(f"{what} {work.__module__}.{work.__name__}")
            return real(work, **arguments)

        return noted

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "ask", noting("ask", engine.ask))
        patch.setattr(engine, "transact", noting("transact", engine.transact))
        yield questions


@pytest.mark.parametrize("operation", GETS)
def test_a_get_asks_the_store_once(asking: Asking, operation: str) -> None:
    """Whatever it answers; F16, F20."""
    for cases in CASES[operation].values():
        for case in cases:
            assert_once(asking, operation, case)


def test_what_is_asked_is_counted() -> None:
    with ta.connect(":memory:") as store, counted(store) as questions:
        store.ask(ta.queries.overview.counts)
        store.card()

    assert ["ask tams_analytics.queries.overview.counts"] * 2 == questions[:2]


def assert_once(asking: Asking, operation_id: str, case: Case) -> None:
    operation = asking.specification.operations[operation_id]
    path_of(operation, case, asking.world)  # makes what the case names
    with counted(asking.store) as questions:
        answer = asking.answer(operation, case, asking.world)

    assert len(questions) <= 1, (answer.request.url, answer.status_code, questions)
