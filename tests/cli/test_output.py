"""Rows arrive whole: every format, every nanosecond, in a file or in a pipe."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from click.testing import CliRunner

import tams_analytics as ta
from tams_analytics.cli import main
from tams_analytics.cli.output import Output, plain, write_rows
from tests.cli.conftest import Run

LARGEST = 2**63 - 1


@pytest.mark.parametrize("name", ["json", "csv", "parquet"])
def test_a_file_in_each_format_has_all_rows_exactly(
    run: Run, path: str, opened: ta.Store, tmp_path: Path, name: str
) -> None:
    file = tmp_path / f"out.{name}"

    done = run("segments", path, "-o", file)
    read = {"json": read_json, "csv": pyarrow.csv.read_csv, "parquet": pyarrow.parquet.read_table}
    found = read[name](str(file))

    assert (0, "", "") == (done.exit_code, done.stdout, done.stderr)
    expected = opened.segments.order_by("flow_id", "start_ns", "end_ns", "object_id").to_pyarrow()
    for column in ("flow_id", "start_ns", "end_ns"):
        assert expected[column].to_pylist() == found[column].to_pylist()
    assert expected.column_names == found.column_names
    assert [file] == list(tmp_path.glob("*out*"))


@pytest.mark.parametrize("form", ["table", "html"])
def test_a_file_for_people_has_all_rows_too(run: Run, path: str, tmp_path: Path, form: str) -> None:
    assert_has_all_rows(run, "segments", path, "-o", tmp_path / f"out.{form}")


@pytest.mark.parametrize("form", ["table", "html"])
def test_a_file_of_a_query_has_all_rows_too(run: Run, file: str, tmp_path: Path, form: str) -> None:
    sql = "SELECT object_id FROM segments"

    assert_has_all_rows(run, "query", file, sql, "-o", tmp_path / f"out.{form}")


def assert_has_all_rows(run: Run, *words: Any) -> None:
    done = run(*words)
    written = words[-1].read_text()

    assert (0, "") == (done.exit_code, done.stderr)
    assert len(written.splitlines()) + written.count("<tr") >= 5_000
    assert "the first" not in written


@pytest.mark.parametrize("words", [["segments"], ["query", "SELECT 1"], ["explain", "gaps"]])
def test_a_file_name_that_tells_no_format_is_refused(
    run: Run, file: str, tmp_path: Path, words: list[str]
) -> None:
    odd = tmp_path / "x.foo"
    asked = [words[0], file, *words[1:], "-o", odd]

    done = run(*asked)

    assert (2, 1) == (done.exit_code, len(done.stderr.splitlines()))
    assert ".parquet" in done.stderr
    assert not odd.exists()
    assert 0 == run(*asked, "--format", "table").exit_code


def read_json(file: str) -> pa.Table:
    return pa.Table.from_pylist(json.loads(Path(file).read_text()))


def test_parquet_goes_into_a_pipe(path: str) -> None:
    done = CliRunner().invoke(main, ["coverage", path, "--format", "parquet"])

    assert 0 == done.exit_code
    table = pyarrow.parquet.read_table(io.BytesIO(done.stdout_bytes))
    assert pa.int64() == table.schema.field("covered_ns").type


def test_html_is_a_page_without_a_script(run: Run, path: str) -> None:
    done = run("coverage", path, "--format", "html")

    assert done.stdout.startswith("<!doctype html>")
    assert "S1 video" in done.stdout
    assert "<script" not in done.stdout


def test_no_rows_are_an_empty_list(run: Run, path: str) -> None:
    done = run("gaps", path, "--timerange", "[0:0_1:0)", "--format", "json")

    assert [] == json.loads(done.stdout)


def test_json_keeps_what_it_has_no_type_for(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    rows = pa.table(
        {
            "largest": [LARGEST],
            "wide": pa.array([Decimal(2**80)], pa.decimal128(38, 0)),
            "moment": [dt.datetime(2026, 9, 1, 12, 0, 0, 40_000)],
            "none": [float("nan")],
            "list": [[1, 2]],
            "bytes": [b"\x00\xff"],
        }
    )

    write_rows(rows.to_reader(), Output(None, str(file)))

    assert json.loads(file.read_text()) == [
        {
            "largest": LARGEST,
            "wide": 2**80,
            "moment": "2026-09-01T12:00:00.040000Z",
            "none": None,
            "list": [1, 2],
            "bytes": "00ff",
        }
    ]


def test_csv_has_lists_as_json() -> None:
    flat = plain(pa.table({"list": [[1, 2], None]}), nested=False)

    assert ["[1, 2]", None] == flat["list"].to_pylist()


@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary()])
def test_csv_has_bytes_as_json_has_them(kind: pa.DataType) -> None:
    """They are no text, and need not be UTF-8."""
    rows = pa.table({"b": pa.array([b"\x00\xff", None], kind)})

    assert ["00ff", None] == plain(rows, nested=False)["b"].to_pylist()


def test_a_file_that_cannot_be_finished_is_not_there(tmp_path: Path) -> None:
    file = tmp_path / "x.json"

    def broken() -> pa.RecordBatchReader:
        def batches() -> Iterator[pa.RecordBatch]:
            yield pa.record_batch({"n": [1]})
            raise OSError("the disk is gone")

        return pa.RecordBatchReader.from_batches(pa.schema({"n": pa.int64()}), batches())

    with pytest.raises(OSError, match="disk is gone"):
        write_rows(broken(), Output(None, str(file)))

    assert [] == list(tmp_path.iterdir())
