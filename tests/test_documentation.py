"""The README names what there is; that it runs is shown by tests/documents."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

import tams_analytics as ta
from tams_analytics import _, cli, intervals, span, tr
from tests.support.vast_stores import VastStores


@pytest.fixture(scope="module")
def readme(root: Path) -> str:
    return (root / "README.md").read_text("utf-8")


def test_the_explanation_of_vast_in_the_readme_is_what_vast_is_asked(
    readme: str, vast_stores: VastStores
) -> None:
    with ta.examples.newsroom(segments=20_000, defects=False) as local:
        url = vast_stores.filled(local)
    hour = tr.utc("2026-08-31T20:00", "21:00")
    with ta.connect(url, read_only=True) as store:
        flow = store.flow("S1 video").id
        hits = store.segments.filter(_.flow_id == flow, span.overlaps(hour))
        told = ta.explain(hits.select("object_id", "start_ns"), run=True)

    (shown,) = re.findall(r"```text\n(scan of .*?)```", readme, re.DOTALL)
    assert str(dataclasses.replace(told, sql=None)).split() == shown.split()


@pytest.mark.parametrize("verb", intervals.__all__)
def test_the_readme_names_every_verb(verb: str, readme: str) -> None:
    assert f"ta.{verb}(" in readme


@pytest.mark.parametrize("command", sorted(cli.main.commands))
def test_the_readme_names_every_command(command: str, readme: str) -> None:
    table = readme.partition("## On the command line")[2].partition("## ")[0]

    assert f"`tams {command}" in table or f"`{command}`" in table


def test_the_readme_names_every_target_of_make(root: Path, readme: str) -> None:
    targets = re.findall(r"^([a-z-]+):.*## ", (root / "Makefile").read_text("utf-8"), re.M)

    assert [] == [target for target in targets if f"make {target}" not in readme]


def test_every_public_name_has_a_docstring() -> None:
    public = [getattr(ta, name) for name in ta.__all__ if name not in {"_", "span", "tr"}]

    assert [] == [each for each in public if not each.__doc__]
