"""The judge of the contract sees what is wrong: each defect is one that a server once had."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from tests.server.contract.specification import Specification

OBJECT = {"id": "a", "referenced_by_flows": [], "timerange": "[0:0_1:0)"}
PAGE = {"X-Paging-Limit": "100"}


def complaints(
    specification: Specification, document: Any, status: int = 200, **headers: str
) -> list[str]:
    """Of ``GET /objects/{objectId}``."""
    answer = httpx2.Response(status, json=document, headers={**PAGE, **headers})
    return specification.complaints(specification.operations["GET_objects"], answer)


def test_a_good_answer_has_no_complaint(specification: Specification) -> None:
    assert complaints(specification, OBJECT) == []


@pytest.mark.parametrize(
    ("change", "status", "headers"),
    [
        ({"size": 3}, 200, {}),
        ({"key_frame_count": None}, 200, {}),
        ({"timerange": "0-1"}, 200, {}),
        ({}, 422, {}),
        ({}, 404, {}),
        ({}, 200, {"content-type": "application/json; charset=utf-8"}),
        ({}, 200, {"X-Paging-Count": "0"}),
        ({}, 200, {"X-Paging-NextKey": "x"}),
    ],
    ids=str,
)
def test_a_defect_is_seen(
    specification: Specification, change: dict[str, Any], status: int, headers: dict[str, str]
) -> None:
    """§2, §7, §9, §22, §30, §208."""
    assert complaints(specification, {**OBJECT, **change}, status, **headers)
