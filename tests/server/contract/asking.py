"""Cases as requests, and what is wrong with their answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote

import httpx2
from fastapi.testclient import TestClient

import tams_analytics as ta
from tests.server.contract.cases import CASES, DEFAULTS, NOTHING, Case, Cases
from tests.server.contract.specification import Operation, Specification
from tests.server.contract.world import World

Clients = Mapping[str | None, TestClient]
"""The application, as each principal asks it."""
OF_THE_MOMENT = {"date", "x-request-duration", "x-correlation-id"}
"""Headers that no two answers share."""


class Asking:
    """The cases of the contract, asked of one store."""

    def __init__(self, specification: Specification, store: ta.Store, clients: Clients) -> None:
        self.specification = specification
        self.store = store
        self.clients = clients
        self.world = World(clients[None])

    def complaints(self, operation_id: str) -> Iterator[str]:
        """What is wrong with the answers to all cases of an operation, and of its HEAD."""
        operation = self.specification.operations[operation_id]
        for status, cases in CASES[operation_id].items():
            yield from self._of_cases(operation, status, cases)

    def complaints_of_successes(self, operation_id: str) -> Iterator[str]:
        """The same of the first case of each success: what an engine has a part in."""
        operation = self.specification.operations[operation_id]
        for status, cases in CASES[operation_id].items():
            if status < 300:
                yield from self._of_cases(operation, status, cases[:1])

    def _of_cases(self, operation: Operation, status: int, cases: Cases) -> Iterator[str]:
        for case in cases:
            for said in self._of_case(operation, status, case):
                yield f"{operation.id} {status} {case}: {said}"

    def _of_case(self, operation: Operation, status: int, case: Case) -> Iterator[str]:
        is_safe = operation.method == "GET"
        world = self.world if is_safe else World(self.clients[None])
        answer = self.answer(operation, case, world)
        if answer.status_code != status:
            yield f"status {answer.status_code}: {answer.text[:300]}"
        yield from self.specification.complaints(operation, answer)
        if is_safe:
            yield from self._of_head(operation, case, world, answer)

    def _of_head(
        self, get: Operation, case: Case, world: World, got: httpx2.Response
    ) -> Iterator[str]:
        """HEAD answers as GET does (§1, §35)."""
        head = self.specification.operations[get.id.replace("GET_", "HEAD_", 1)]
        answer = self.answer(head, case, world)
        if answer.status_code != got.status_code:
            yield f"HEAD {answer.status_code}"
        for said in self.specification.complaints(head, answer):
            yield f"HEAD {said}"
        for name in (set(got.headers) | set(answer.headers)) - OF_THE_MOMENT:
            if answer.headers.get(name) != got.headers.get(name):
                yield f"HEAD {name} {answer.headers.get(name)!r}, not {got.headers.get(name)!r}"

    def answer(self, operation: Operation, case: Case, world: World) -> httpx2.Response:
        """The answer to a case, in a world."""
        path = path_of(operation, case, world)
        content, kind = body_of(case, world)
        return self.clients[case.principal].request(
            operation.method,
            path,
            params=world.given(dict(case.query)),
            content=content,
            headers=kind,
        )


def path_of(operation: Operation, case: Case, world: World) -> str:
    """The path, with what it names percent-encoded."""
    path = operation.path
    for name, default in DEFAULTS.items():
        if f"{{{name}}}" in path:
            value = world.given(case.at.get(name, default))
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
    return path


def body_of(case: Case, world: World) -> tuple[bytes | None, dict[str, str]]:
    """The bytes of a case's body, and their media type."""
    kind = {"content-type": "application/json"}
    if case.raw is not None:
        return case.raw, kind
    if case.body is NOTHING:
        return None, {}
    document = httpx2.Request("POST", "http://x", json=world.given(case.body))
    return document.read(), kind
