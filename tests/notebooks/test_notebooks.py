"""The notebooks as they are committed; that they run is seen by nbmake, which executes each."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
FILES = sorted(FOLDER.glob("*.ipynb"))


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def notebook(request: pytest.FixtureRequest) -> Any:
    return json.loads(request.param.read_text("utf-8"))


def code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def test_there_are_notebooks_and_they_are_numbered() -> None:
    assert FILES
    assert [f"{n:02}" for n in range(1, len(FILES) + 1)] == [file.name[:2] for file in FILES]


def test_no_output_is_committed(notebook: Any) -> None:
    assert all(cell["outputs"] == [] for cell in code(notebook))
    assert all(cell["execution_count"] is None for cell in code(notebook))
    assert "widgets" not in notebook["metadata"]


def test_a_kernel_is_named_so_that_nobody_is_asked_for_one(notebook: Any) -> None:
    assert "python3" == notebook["metadata"]["kernelspec"]["name"]


def test_cells_have_names_of_their_own(notebook: Any) -> None:
    ids = [cell["id"] for cell in notebook["cells"]]

    assert len({*ids}) == len(ids)


def test_it_begins_with_a_heading_and_names_no_place_of_one_machine(notebook: Any) -> None:
    first, *_others = notebook["cells"]
    text = "\n".join("".join(cell["source"]) for cell in notebook["cells"])

    assert "".join(first["source"]).startswith("# ")
    assert [] == re.findall(r"/(?:home|work|Users|root)/\S+", text)
