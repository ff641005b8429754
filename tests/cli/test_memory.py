"""What runs of the commands leave in the store, and what later ones make of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import tams_analytics as ta
from tests.cli.conftest import Run

CHECK = "segment_without_object"
ANSWERED = "flow_without_source"
ASKED = ("--only", CHECK, "--format", "json")


@pytest.fixture
def store(tmp_path: Path) -> str:
    """A small newsroom with defects, of this test alone."""
    file = str(tmp_path / "newsroom.duckdb")
    ta.examples.newsroom(ta.connect(file), segments=1000).close()
    return file


def outcome(run: Run, exit_code: int, *words: str) -> dict[str, Any]:
    done = run(*words)
    assert exit_code == done.exit_code, done.output
    (told,) = json.loads(done.stdout)["checks"]
    return dict(told)


def test_what_a_run_has_told_of_is_new_to_no_later_one(run: Run, store: str) -> None:
    first = outcome(run, 1, "check", store, *ASKED, "--fail-on", "new")
    second = outcome(run, 0, "check", store, *ASKED, "--fail-on", "new")

    assert (3, None) == (first["failures"], first["new"])
    assert (3, 0) == (second["failures"], second["new"])


def test_a_plain_run_leaves_nothing_behind(run: Run, store: str) -> None:
    outcome(run, 1, "check", store, *ASKED)
    outcome(run, 1, "check", store, *ASKED, "--fail-on", "new", "--no-remember")

    with ta.connect(store, read_only=True) as opened:
        assert 0 == opened.runs.count().to_pyarrow().as_py()


def test_a_run_since_the_last_looks_at_what_changed_since(run: Run, store: str) -> None:
    outcome(run, 1, "check", store, *ASKED, "--remember")

    since = run("check", store, *ASKED, "--since-last")
    document = json.loads(since.stdout)

    assert document["since"] < document["watermark"]
    assert (0, 0) == (since.exit_code, document["checks"][0]["failures"])


def test_what_is_acknowledged_is_counted_apart_until_it_is_withdrawn(run: Run, store: str) -> None:
    found = outcome(run, 1, "check", store, *ASKED)
    ids = [each["id"] for each in found["sample"]]
    answer = ("--owner", "ann", "--reason", "being restored", "--expires", "30d", "-s", store)

    assert (
        "segment_without_object: ann answers for 2 findings, until 30d (2 acknowledgements of it)\n"
        == run("acknowledge", CHECK, *ids[:2], *answer).stdout
    )
    told = outcome(run, 1, "check", store, *ASKED)
    assert (1, 2, ids[2:]) == (
        told["failures"],
        told["acknowledged"],
        [each["id"] for each in told["sample"]],
    )
    run("acknowledge", CHECK, "--all", *answer)
    assert (0, 3) == tuple(
        outcome(run, 0, "check", store, *ASKED)[key] for key in ("failures", "acknowledged")
    )
    run("acknowledge", CHECK, "--all", "--withdraw", "-s", store)
    assert 3 == outcome(run, 1, "check", store, *ASKED)["failures"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((CHECK,), "name the findings by their ids, or all of the check by --all"),
        ((CHECK, "--all"), "--owner is missing"),
        (("lost", "--all", "--owner", "a", "--reason", "b"), "'lost' is no check"),
        ((CHECK, "--all", "--owner", "a", "--reason", "b", "--expires", "soon"), "is no moment"),
        ((CHECK, "--all", "--withdraw", "--owner", "a"), "--withdraw takes no --owner"),
    ],
)
def test_who_acknowledges_says_what_and_why(
    run: Run, store: str, words: tuple[str, ...], said: str
) -> None:
    done = run("acknowledge", *words, "-s", store)

    assert 2 == done.exit_code
    assert said in done.stderr


def test_a_mistyped_store_is_not_begun(run: Run, tmp_path: Path) -> None:
    missing = tmp_path / "missing.duckdb"

    done = run("check", str(missing), "--remember")

    assert 2 == done.exit_code
    assert "there is no store" in done.stderr
    assert not missing.exists()


def test_numbers_are_kept_and_asked_by_month(run: Run, store: str) -> None:
    words = ("availability", "--by", "tag:channel", "--by", "month", "--remember")
    during = ("--during", "2026-08-31T22:00/2026-09-01T00:00", "--format", "json")

    rows = json.loads(run("measure", store, *words, *during).stdout)
    with ta.connect(store, read_only=True) as opened:
        kept = opened.ask(ta.queries.runs.availability, dimension="tag:channel").to_pylist()

    expected = {(row["channel"], row["month"]): row["availability"] for row in rows}
    assert expected
    assert expected == {(row["member"], row["period"]): row["value"] for row in kept}


def test_every_form_tells_what_is_acknowledged_new_and_looked_at(
    run: Run, store: str, tmp_path: Path
) -> None:
    forms = [word for form in ("table", "junit", "html") for word in ("--format", form)]
    asked = [word for id in (CHECK, ANSWERED, "duplicate_id") for word in ("--only", id)]
    run("check", store, *asked, "--remember")
    said = ["--owner", "ann", "--reason", "being cut", "--expires", "30d", "-s", store]
    assert 0 == run("acknowledge", ANSWERED, "--all", *said).exit_code

    run("check", store, *asked, "--since-last", *forms, "-o", str(tmp_path))

    told = {
        each: (tmp_path / f"check.{each}").read_text("utf-8") for each in ("txt", "xml", "html")
    }
    heading = told["txt"].splitlines()[0]
    assert "0 of the failures are new" in heading
    assert "only segments of flows that changed since" in heading
    assert "of segments of flows that changed since" in told["html"]
    assert "all segments" not in told["html"]
    assert "acknowledged" in told["xml"]
    assert "<h2>Acknowledged</h2>" in told["html"]
    assert "being cut" in told["html"]
