"""Which test shows which of the 260 statements of TAMS 8.2: those that it names.

In its docstring (``§5``, ``§21 to §23``), or in front of its name (``test_164_165_an_overlap…``).

``python -m tests.server.contract.statements`` prints the table.
"""

from __future__ import annotations

import ast
import functools
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

STATEMENTS = range(1, 261)
"""The numbers of the project's list of statements."""
NAMED = re.compile(r"§(\d+)(?: to §(\d+))?")
IN_FRONT = re.compile(r"test((?:_[a-z]?\d+)+)_")
"""Numbers in front of a test's name; those with a letter are the mission's."""
OF_MISSION = re.compile(r"\b([WRFL])(\d+)(?: to [WRFL](\d+))?\b")
MISSION = {
    *(f"W{number}" for number in range(1, 16)),
    *(f"R{number}" for number in range(1, 15)),
    *(f"L{number}" for number in range(1, 5)),
    *(f"F{number}" for number in (*range(1, 26), 27, 28, *range(30, 54), *range(60, 71))),
    *(f"F{number}" for number in (80, 81, 82, *range(84, 91), 94, 96, 97)),
}
"""What the mission asks of a server; it has no F29, and F26 is an old path that is not offered."""
TESTS = Path(__file__).parents[2]


@functools.cache
def claims(folder: Path = TESTS) -> Mapping[int, list[str]]:
    """The tests below ``folder`` that name each statement."""
    found: dict[int, list[str]] = defaultdict(list)
    for file in sorted(folder.rglob("test_*.py")):
        for test, number in _claims_of(file):
            found[number].append(f"{file.relative_to(folder)}::{test}")
    return found


def _claims_of(file: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            named = numbers(ast.get_docstring(node) or "") | in_front(node.name)
            yield from ((node.name, number) for number in sorted(named))


def numbers(text: str) -> set[int]:
    """The statements that a text names."""
    return {
        number
        for first, last in NAMED.findall(text)
        for number in range(int(first), int(last or first) + 1)
    }


def in_front(name: str) -> set[int]:
    """The statements in front of a test's name."""
    return {int(each) for each in _tokens(name) if each.isdigit()} & {*STATEMENTS}


def mission_claims(folder: Path = TESTS) -> set[str]:
    """The numbers of the mission that a test file names: in a docstring, or in front of a test."""
    found = set[str]()
    for file in folder.rglob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, (ast.Module, ast.FunctionDef)):
                found |= of_mission(ast.get_docstring(node) or "")
                found |= of_mission(" ".join(_tokens(getattr(node, "name", ""))).upper())
    return found


def of_mission(text: str) -> set[str]:
    """The numbers of the mission that a text names: ``F15``, ``R1 to R4``."""
    return {
        f"{part}{number}"
        for part, first, last in OF_MISSION.findall(text)
        for number in range(int(first), int(last or first) + 1)
    }


def _tokens(name: str) -> list[str]:
    found = IN_FRONT.match(name)
    return found[1].split("_") if found else []


def table() -> Iterator[str]:
    """A line for each statement, and for each test that names it."""
    shown = claims()
    for number in STATEMENTS:
        for test in shown.get(number, ["-"]):
            yield f"§{number}\t{test}"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in table())
