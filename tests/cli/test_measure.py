"""`tams measure`: which measures there are, and what they come to, told in each form."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from prometheus_client.parser import text_string_to_metric_families

import tams_analytics as ta
from tams_analytics.cli.exposition import text
from tams_analytics.cli.measure_metrics import families
from tams_analytics.cli.measure_views import of_groups
from tams_analytics.errors import BadParameter
from tams_analytics.measures import MEASURES, described
from tests.cli.conftest import Rows, Run

DURING = "2026-08-31T06:00/2026-09-01T06:00"
BROADCAST = ("--by", "day", "--tz", "Europe/London", "--day-starts", "06:00", "--during", DURING)


def test_without_a_name_it_says_which_there_are(run: Run, rows: Rows) -> None:
    done = run("measure")

    assert 0 == done.exit_code
    assert all(each.name in done.stdout and each.meaning in done.stdout for each in MEASURES)
    assert described().to_pyarrow().to_pylist() == rows("measure")
    assert "<table>" in run("measure", "--format", "html").stdout


def test_measures_are_those_of_the_library_in_order_of_their_groups(
    path: str, opened: ta.Store, rows: Rows
) -> None:
    found = rows("measure", path, "hours_covered", "segments", "--by", "source")

    asked = opened.measure(["hours_covered", "segments"], by="source").order_by("source_id")
    assert asked.to_pyarrow().to_pylist() == found


def test_days_are_those_of_a_zone(file: str, rows: Rows) -> None:
    found = rows("measure", file, "availability", "hours_covered", *BROADCAST)

    assert ["2026-08-31", "2026-09-01"] == [row["day"] for row in found]
    assert found[0]["hours_covered"] / 23 == pytest.approx(found[0]["availability"])


def test_the_store_is_the_first_word_or_an_option_or_the_default(
    file: str, rows: Rows, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = rows("measure", file, "flows")

    assert [{"flows": 36}] == first == rows("measure", "-s", file, "flows")
    monkeypatch.setenv("TAMS_URL", file)
    assert first == rows("measure", "flows")
    assert 2 == run("measure", file, "flows", "-s", file).exit_code


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["flowz"], "no measure is named beside flowz; tams measure lists them"),
        (["flows"], "no store: name one, or set $TAMS_URL"),
        (["FILE", "flowz"], "names: 'flowz' is no measure; expected one of flows, hours_covered"),
        (["FILE", "flows", "--by", "storage_backend"], "by: 'storage_backend' does not divide"),
        (["FILE", "flows", "--by", "day", "--tz", "GMT+1"], "tz: 'GMT+1' is no time zone"),
        (["FILE", "flows", "--during", "_", "--last", "1h"], "exclude each other"),
        (["--format", "prometheus"], "no measure is named; tams measure lists them"),
    ],
)
def test_what_cannot_be_measured_is_one_sentence(
    file: str, run: Run, words: list[str], sentence: str
) -> None:
    done = run("measure", *(file if word == "FILE" else word for word in words))

    assert 2 == done.exit_code
    assert "" == done.stdout
    assert sentence in done.stderr


def test_people_read_units_labels_and_a_dash_for_what_has_no_group() -> None:
    rows = pa.table(
        {
            "source_id": ["s" * 36, None],
            "channel": ["one", None],
            "hours_covered": [1.23456, 0.0],
            "availability": [0.99999, None],
            "stored_bytes": [1_230_000_000, 0],
            "first_ns": [1788194100_000000000, None],
            "longest_gap_s": [3.00049, None],
            "bit_rate": [1234567.8, None],
        }
    )

    assert {
        "source": ["ssssssss", "–"],  # noqa: RUF001
        "source label": ["S", None],
        "channel": ["one", "–"],  # noqa: RUF001
        "hours_covered h": [1.235, 0.0],
        "availability": ["99.99 %", None],
        "stored_bytes": ["1.23 GB", "0 B"],
        "first_ns": ["2026-08-31 16:34:23 UTC", None],
        "longest_gap_s": [3.0, None],
        "bit_rate bit/s": [1234568, None],
    } == of_groups(rows, {"s" * 36: "S"})


def test_files_are_written_in_their_form(file: str, run: Run, tmp_path: Path) -> None:
    names = ["measure", file, "segments", "--by", "format"]
    for name in ("m.parquet", "m.csv", "m.html"):
        assert 0 == run(*names, "-o", tmp_path / name).exit_code

    assert ["format", "segments"] == pq.read_table(tmp_path / "m.parquet").column_names
    assert '"format","segments"' == (tmp_path / "m.csv").read_text().splitlines()[0]
    assert "<h1>measures of " in (tmp_path / "m.html").read_text()


def test_prometheus_has_a_gauge_of_each_measure_by_store_and_group(
    file: str, run: Run, rows: Rows
) -> None:
    words = ["measure", file, "segments", "bit_rate", "--by", "codec"]
    expected = {
        (f"tams_measure_{name}", file, row["codec"] or ""): row[name]
        for row in rows(*words)
        for name in ("segments", "bit_rate")
        if row[name] is not None
    }

    found = [*text_string_to_metric_families(run(*words, "--format", "prometheus").stdout)]

    assert expected == {
        (sample.name, sample.labels["store"], sample.labels["codec"]): sample.value
        for family in found
        for sample in family.samples
    }
    assert {"gauge"} == {family.type for family in found}


def test_labels_of_prometheus_are_names_whatever_a_tag_is_called() -> None:
    rows = pa.table({"store": ["x"], "4:3": ['y\n"z"'], "a b": ["1"], "a-b": ["2"], "flows": [7]})

    (family,) = text_string_to_metric_families(text(families("here", rows)))

    labels = {"store": "here", "tag_store": "x", "tag_4_3": 'y\n"z"', "a_b": "1", "a_b_": "2"}
    assert [("tams_measure_flows", labels, 7.0)] == [
        (sample.name, sample.labels, sample.value) for sample in family.samples
    ]


def test_prometheus_is_refused_what_it_cannot_tell_apart() -> None:
    rows = pa.table({"channel": ["", None], "flows": [1, 2]})

    with pytest.raises(BadParameter, match="takes an empty text and none for the same"):
        families("here", rows)
