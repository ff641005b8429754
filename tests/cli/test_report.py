"""`tams report` asks saved questions, in the form that was asked for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import tams_analytics as ta
from tams_analytics.reports import REPORTS
from tests.cli.conftest import Run

HEAD = ["report", "store", "engine", "during", "parameters", "tables"]


def test_json_has_all_rows_of_all_tables_and_whole_numbers(
    run: Run, path: str, opened: ta.Store
) -> None:
    words = ["-p", "late=5:0", "-p", "per=day", "--during", "2026-08-31T22:00/23:00"]
    window = ta.tr.utc("2026-08-31T22:00", "23:00")

    done = run("report", path, "ingest_lag", *words, "--format", "json")
    told = json.loads(done.stdout)
    tables = opened.report("ingest_lag", late="5:0", per="day", during=window).tables

    assert (0, HEAD) == (done.exit_code, [*told])
    assert ("ingest_lag", opened.engine) == (told["report"], told["engine"])
    assert str(window) == told["during"]
    assert {"flows": "ingesting", "late": 5 * 10**9, "k": 5.0, "per": "day"} == told["parameters"]
    assert [*tables] == [*told["tables"]]
    late = tables["late"].to_pyarrow().select(["object_id", "start_ns", "lag_ns"]).to_pylist()
    assert late == [{name: row[name] for name in late[0]} for row in told["tables"]["late"]]
    assert len(late) > 20


def test_a_store_and_a_name_or_a_name_alone_are_given(
    run: Run, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = run("report", file, "hygiene")
    option = run("report", "hygiene", "-s", file)
    monkeypatch.setenv("TAMS_URL", file)
    alone = run("report", "hygiene")

    assert 0 == both.exit_code
    assert both.stdout == option.stdout == alone.stdout
    assert "writers: who made and changed flows" in both.stdout


def test_without_a_name_the_reports_are_listed_with_what_they_take(run: Run) -> None:
    told, listed = run("report"), json.loads(run("report", "--format", "json").stdout)

    assert [report.name for report in REPORTS] == [each["name"] for each in listed][: len(REPORTS)]
    assert "daily_gaps: Gaps day by day. --during --now --tz" in told.stdout
    assert "  -p by=…  flow, source, label or tag:NAME (default: flow)" in told.stdout
    assert (
        "  --during=…  the time that is looked at (default: the last 7d up to now)" in told.stdout
    )
    growth = told.stdout[told.stdout.index("growth: ") :]
    assert "(default: the last 90d up to now)" in growth.splitlines()[1]
    assert ["7d", None] == [each["usual"] for each in listed[:2]]
    assert {"name": "by", "meaning": "flow, source, label or tag:NAME", "default": "flow"} == (
        listed[0]["parameters"][0]
    )


def test_one_table_is_shown_limited_or_written_as_csv(run: Run, file: str) -> None:
    few = run("report", file, "hygiene", "--table", "tag_names", "--limit", "2")
    csv = run("report", file, "hygiene", "--table", "tag_names", "--format", "csv", "--limit", "2")

    assert "writers" not in few.stdout
    assert "the first 2 of 5 rows" in few.stdout
    assert ['"name","spelt","entities","values"', 3] == [
        csv.stdout.splitlines()[0],
        len(csv.stdout.splitlines()),
    ]


def test_a_page_is_whole_and_has_its_picture(run: Run, file: str, tmp_path: Path) -> None:
    page = tmp_path / "gaps.html"

    done = run("report", file, "daily_gaps", "--now", "2026-09-01T00:00", "-o", page)

    assert (0, "") == (done.exit_code, done.stdout)
    text = page.read_text("utf-8")
    assert "<!doctype html>" in text
    assert "<svg" in text
    assert "<script" not in text
    assert "2026-08-25 00:00:00 to 2026-09-01 00:00:00 UTC" in text


@pytest.mark.parametrize("format", ["table", "csv"])
def test_who_looks_where_no_media_is_is_told_what_to_type(run: Run, file: str, format: str) -> None:
    words = ("report", file, "daily_gaps", "--table", "gaps", "--format", format)

    done = run(*words, "--now", "2029-01-02")

    told = done.stdout if format == "table" else done.stderr
    (during,) = re.findall(r'No media lies .*, give during="(.+)"', told)
    again = run(*words, "--during", during)
    assert "No media" not in again.stdout + again.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing"], "there is no report nothing; one of daily_gaps, "),
        (["hygiene", "more", "still"], "4 words are given; expected [STORE] NAME"),
        (["hygiene", "--tz", "UTC"], "tz: 'UTC' is nothing that the report hygiene takes"),
        (["reuse", "--last", "1d"], "that the report reuse takes; expected top"),
        (["expected", "--now", "2026-09-01"], "takes; expected during, tz, day_starts, schedule,"),
        (["hygiene", "-p", "x=1"], "parameter: 'x' is no parameter of the report hygiene"),
        (["hygiene", "-p", "x"], "-p x: expected NAME=VALUE"),
        (["daily_gaps", "-p", "by=flow", "-p", "by=source"], "each name once"),
        (["daily_gaps", "-p", "by=tag"], "by: 'tag' is unknown; expected one of flow"),
        (["daily_gaps", "--last", "1d", "--during", "_"], "exclude each other"),
        (["daily_gaps", "--last", "1d", "--tz", "Mars"], "tz: 'Mars' is no time zone"),
        (["hygiene", "--format", "csv"], "csv holds one table; --table names one of tag_n"),
        (["hygiene", "--table", "x"], "there is no table of the report x; one of tag_names"),
        (["delete_preview"], "flow or source is not given; expected what is to be deleted, by id"),
        (["delete_preview", "-p", "flow=Studio"], "there is no flow "),
        (["delete_preview", "-p", "flow=S1 video", "-p", "timerange=20:00"], "expected "),
        (["expected", "-p", "schedule=no.csv"], "schedule: 'no.csv' is not there"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(
    run: Run, file: str, words: list[str], said: str
) -> None:
    done = run("report", file, *words)

    assert (2, "") == (done.exit_code, done.stdout)
    assert said in done.stderr
    assert 1 == len(done.stderr.splitlines())


@pytest.mark.parametrize("words", [["report", "hygiene"], ["measure", "flows"], ["check"]])
def test_an_absent_store_is_no_finding(run: Run, tmp_path: Path, words: list[str]) -> None:
    done = run(words[0], tmp_path / "no.duckdb", *words[1:])

    assert (2, "") == (done.exit_code, done.stdout)
    assert "there is no store" in done.stderr
    assert [] == [*tmp_path.iterdir()]


def test_an_earlier_copy_is_compared(run: Run, file: str, tmp_path: Path) -> None:
    now = tmp_path / "now.duckdb"
    now.write_bytes(Path(file).read_bytes())
    with ta.connect(str(now)) as store:
        flow = store.segments.flow_id.min().to_pyarrow().as_py()
        lost = store.segments.filter(ta._.flow_id == flow).count().to_pyarrow().as_py()
        store._engine.transact(lambda tx: tx.delete("segments", {"flow_id": flow}))

    done = run("report", now, "changes", "--other", file, "--format", "json")
    told = json.loads(done.stdout)["tables"]
    few = run("report", now, "changes", "--other", file, "-p", "limit=10")

    assert 0 == done.exit_code
    assert [(flow, lost)] == [(row["flow_id"], row["removed"]) for row in told["segments"]]
    assert told["segments"][0]["lost_ns"] > 0
    assert (2, "") == (few.exit_code, few.stdout)
    assert "limit: 10 is less than the rows of " in few.stderr


def test_a_delete_is_previewed_by_label_and_by_the_clock(run: Run, file: str) -> None:
    during = "timerange=2026-08-31T20:00/21:00"
    flow = ["-p", "flow=S1 video", "-p", during]

    done = run("report", file, "delete_preview", *flow, "--format", "json")
    told = json.loads(done.stdout)

    assert (0, str(ta.tr.utc("2026-08-31T20:00", "21:00"))) == (
        done.exit_code,
        told["parameters"]["timerange"],
    )
    assert {204, 409} >= {row["status"] for row in told["tables"]["verdict"]}
