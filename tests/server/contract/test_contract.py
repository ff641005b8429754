"""The contract: each operation of the specification gives each of its documented answers.

Cases are rows of `cases.CASES`; what no case shows yet stands in ``not_shown.toml``.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server.contract.asking import Asking
from tests.server.contract.cases import CASES
from tests.server.contract.not_shown import not_shown
from tests.server.contract.specification import Specification


def answers(specification: Specification) -> Iterator[tuple[str, int]]:
    """Each documented answer: the operation whose cases show it (of a HEAD its GET), the code."""
    for operation in specification.operations.values():
        for status in operation.answers:
            yield operation.id.replace("HEAD_", "GET_", 1), status


def test_each_documented_answer_has_a_case_or_a_reason(specification: Specification) -> None:
    """§7. A reason goes when there is a case."""
    documented = {f"{operation} {status}" for operation, status in answers(specification)}
    shown = {f"{operation} {status}" for operation in CASES for status in CASES[operation]}

    assert sorted(not_shown("answers")) == sorted(documented - shown)


@pytest.mark.parametrize("operation", CASES)
def test_an_operation_answers_as_specified(asking: Asking, operation: str) -> None:
    """§1 to §9 of each operation; its HEAD too."""
    complaints = list(asking.complaints(operation))
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("operation", CASES)
def test_an_operation_succeeds_on_vast_as_specified(asking_on_vast: Asking, operation: str) -> None:
    """The rest is the same code for every engine."""
    complaints = list(asking_on_vast.complaints_of_successes(operation))
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("operation", CASES)
def test_strict_refuses_nothing_that_is_specified(asking_strictly: Asking, operation: str) -> None:
    """R14: a claim of conformance is made with ``TAMS_STRICT=1``."""
    assert asking_strictly.store.settings.strict
    complaints = list(asking_strictly.complaints_of_successes(operation))
    assert not complaints, "\n".join(complaints)
