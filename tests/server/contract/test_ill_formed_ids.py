"""What is wrong with a query or a body is told before what is wrong with a path (mission R6)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.server.contract.asking import Asking
from tests.server.contract.cases import CASES, DEFAULTS

NAMED_BY_UUID = sorted({*DEFAULTS} - {"name", "objectId"})


@pytest.mark.parametrize("place", NAMED_BY_UUID)
def test_4_r6_an_ill_formed_id_is_refused_as_an_unknown_one_is(asking: Asking, place: str) -> None:
    """Every bad request of the contract, asked of an id that is ill-formed; 400 before 404."""
    of_place = [each for each in asking.specification.operations.values() if place in each.path]
    for operation in of_place:
        for case in CASES.get(operation.id, {}).get(400, ()):
            unknown, ill = (
                asking.answer(operation, replace(case, at={**case.at, place: id}), asking.world)
                for id in ("$unknown", "$ill")
            )
            assert unknown.status_code == ill.status_code, (operation.id, case, ill.text)
