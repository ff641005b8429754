"""`tams check`: what it came to as an exit status, and told in each form."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import duckdb
import jsonschema
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from prometheus_client.parser import text_string_to_metric_families

import tams_analytics as ta
from tams_analytics.cli import main, options
from tams_analytics.cli.junit import printable
from tams_analytics.errors import BadParameter
from tests.cli.conftest import Run

ERROR, WARNING, IDLE = "segment_without_object", "source_without_flow", "bytes_unknown"
CHECKS = [ERROR, WARNING, "duplicate_id", IDLE]
ONLY = [word for id in CHECKS for word in ("--only", id)]
FORMS = ["table", "json", "junit", "html", "prometheus"]
ALL_FORMS = [word for form in FORMS for word in ("--format", form)]
FILES = {f"check.{suffix}" for suffix in ("txt", "json", "xml", "html", "prom")}
BEFORE = ["--during", "_0:0"]
"""No segment lies there, so that nothing is wrong with any."""


@dataclass(frozen=True)
class Told:
    """A run that was told in every form, with at most two rows of each check."""

    store: str
    folder: Path
    result: Result

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "check.json").read_bytes())
        return found

    def read(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8")


@pytest.fixture(scope="module")
def told(file: str, tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("check") / "new" / "out"
    words = ["check", file, *ONLY, "--keep-rows", "2", *ALL_FORMS, "-o", str(folder)]
    return Told(file, folder, CliRunner().invoke(main, words))


def parsed(xml: str) -> ET.Element:
    return ET.fromstring(xml)  # noqa: S314 - made by the command just now


def files_in(folder: Path) -> set[str]:
    return {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}


def test_a_folder_is_made_and_has_every_form_and_the_failing_rows(told: Told) -> None:
    rows = {f"failures/{id}.parquet" for id in CHECKS if id != IDLE}

    assert FILES | rows == files_in(told.folder) == set(told.document["files"])
    assert (1, "") == (told.result.exit_code, told.result.stdout)
    assert f"tams: 2 checks failed, see {told.folder}/check.json\n" == told.result.stderr


@pytest.fixture(scope="module")
def schema(root: Path) -> dict[str, Any]:
    """The form as it is documented."""
    file = root / "tams_analytics" / "cli" / "check.schema.json"
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def closed(schema: Any) -> Any:
    """The same schema, but that nothing it does not describe may be there."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: closed(each) for name, each in schema.items()}
    return found | {"additionalProperties": False} if "properties" in schema else found


def test_the_json_is_as_documented_and_nothing_in_it_is_not(
    told: Told, schema: dict[str, Any]
) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)

    jsonschema.validate(told.document, closed(schema))


def test_the_json_has_what_others_rely_on(told: Told) -> None:
    document = told.document
    checks = {each["id"]: each for each in document["checks"]}

    assert (1, False, True) == tuple(document[name] for name in ("version", "passed", "complete"))
    assert CHECKS == list(checks)
    assert [3, 3, 3, None] == [each["failures"] for each in checks.values()]
    assert "--objects" in checks[IDLE]["reason"]
    assert {"entity", "id", "detail"} == set(checks[ERROR]["sample"][0])


def test_the_failing_rows_are_the_first_by_id_and_it_is_told_that_there_are_more(
    told: Told,
) -> None:
    kept = {each["id"]: (each["rows_kept"], each["rows_cut"]) for each in told.document["checks"]}
    with ta.connect(told.store, read_only=True) as store:
        rows = store.check(only=[ERROR]).failures[ERROR].to_pyarrow().sort_by("id")

    found = pq.read_table(told.folder / "failures" / f"{ERROR}.parquet")
    assert [(2, True), (2, True), (2, True), (None, None)] == [kept[id] for id in CHECKS]
    assert rows.slice(0, 2).select(["id", "start_ns", "end_ns"]).to_pylist() == (
        found.select(["id", "start_ns", "end_ns"]).to_pylist()
    )


def test_junit_has_a_case_for_each_check_and_warnings_do_not_fail_it(told: Told) -> None:
    suites = parsed(told.read("check.xml"))
    (suite,) = suites
    cases = {case.get("name"): [each.tag for each in case] for case in suite.iter("testcase")}

    assert ("4", "2", "0", "1") == tuple(
        suite.get(name) for name in ("tests", "failures", "errors", "skipped")
    )
    assert {
        ERROR: ["failure"],
        "duplicate_id": ["failure"],
        WARNING: ["system-out"],
        IDLE: ["skipped"],
    } == cases
    failure = suites.find(f".//testcase[@name='{ERROR}']/failure")
    assert failure is not None
    assert 3 == (failure.text or "").count("there is no object")


def test_junit_takes_warnings_for_failures_where_the_exit_status_does(run: Run, file: str) -> None:
    done = run("check", file, "--only", WARNING, "--fail-on", "warn", "--format", "junit")

    suites = parsed(done.stdout)
    assert (1, "1") == (done.exit_code, suites.get("failures"))
    assert suites.find(".//failure") is not None


def samples(text: str) -> dict[str, dict[str, float]]:
    """By metric and check (a run's own: by nothing)."""
    return {
        family.name: {each.labels.get("check", ""): each.value for each in family.samples}
        for family in text_string_to_metric_families(text)
    }


def test_prometheus_has_the_numbers_of_the_json(told: Told) -> None:
    found, document = samples(told.read("check.prom")), told.document
    ran = [each for each in document["checks"] if each["failures"] is not None]

    assert {each["id"]: each["failures"] for each in ran} == found["tams_check_failures"]
    assert {each["id"]: each["took_s"] for each in ran} == found["tams_check_seconds"]
    assert {**dict.fromkeys(CHECKS, 1), IDLE: 0} == found["tams_check_ran"]
    assert ({"": 0}, {"": 1}) == (found["tams_check_passed"], found["tams_check_complete"])
    assert found["tams_check_started_timestamp_seconds"][""] > 1.7e9


def test_the_page_is_whole_and_shows_where_a_segment_is_wrong(told: Told) -> None:
    html = told.read("check.html")

    plain = html.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert [] == re.findall(r"https?:|@import|url\((?!#)|\ssrc=|\shref=\"(?!#)|<script", plain)
    assert "default-src 'none'; style-src 'unsafe-inline'" in html
    assert 1 == html.count("<svg")
    assert html.count('stroke-width="2"') in (1, 2, 3)
    assert '<td style="text-align:left">S1 thumbnails</td>' in html
    assert f'<a href="#{ERROR}">' in html
    assert "the first 2 in failures/segment_without_object.parquet" in html


def test_what_a_folder_has_of_a_form_is_what_stdout_has_of_it(run: Run, told: Told) -> None:
    done = run("check", told.store, *ONLY)

    assert (1, told.read("check.txt")) == (done.exit_code, done.stdout)


def test_every_engine_tells_the_same(run: Run, told: Told, vast_url: str, tmp_path: Path) -> None:
    run("check", vast_url, *ONLY, "--keep-rows", 2, "--format", "html", "-o", tmp_path)

    document = json.loads((tmp_path / "check.json").read_bytes())
    names = ("id", "failures", "sample", "rows_kept", "rows_cut", "reason")
    assert [[each[name] for name in names] for each in told.document["checks"]] == (
        [[each[name] for name in names] for each in document["checks"]]
    )
    rows = f"failures/{ERROR}.parquet"
    assert (
        pq.read_table(told.folder / rows).to_pylist() == pq.read_table(tmp_path / rows).to_pylist()
    )
    assert svg(told.read("check.html")) == svg((tmp_path / "check.html").read_text("utf-8"))


def svg(html: str) -> list[str]:
    return re.findall("<svg.*?</svg>", html)


TIMES = [
    (r'"(run_id|started|finished|watermark|took_s)": [^\n]*', ""),
    (r'(time|timestamp)="[^"]*"', ""),
    (r"(?m)^tams_check_(seconds|started|watermark)[^\n]*", ""),
    (r"\d+\.\d+ s<|at [-\d]+ [:\d]+ UTC, of|<b>[^<]* m?s</b>", ""),
]


def without_times(folder: Path) -> dict[str, bytes]:
    found = {}
    for name in files_in(folder):
        made = (folder / name).read_bytes()
        if not name.endswith(".parquet"):
            for pattern, other in TIMES:
                made = re.sub(pattern.encode(), other.encode(), made)
        found[name] = made
    return found


def test_a_second_run_gives_the_same_but_for_its_times(run: Run, told: Told) -> None:
    before = without_times(told.folder)

    run("check", told.store, *ONLY, "--keep-rows", 2, *ALL_FORMS, "-o", told.folder)

    assert before == without_times(told.folder)


@pytest.fixture
def own(file: str, tmp_path: Path) -> str:
    """A copy that may be mended."""
    return shutil.copy(file, tmp_path / "own.duckdb")


def test_what_an_earlier_run_left_goes_and_nothing_else(run: Run, own: str, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    run("check", own, *ONLY, *ALL_FORMS, "-o", folder)
    for name in ("check.csv", "notes.txt", "failures/mine.csv"):
        (folder / name).write_text("mine")
    with duckdb.connect(own) as store:
        store.execute("DELETE FROM sources WHERE id NOT IN (SELECT source_id FROM flows)")

    done = run("check", own, "--only", WARNING, "-o", folder)

    assert (0, "", "") == (done.exit_code, done.stdout, done.stderr)
    assert {"check.csv", "check.json", "failures/mine.csv", "notes.txt"} == files_in(folder)


def test_rows_that_a_killed_run_left_unlisted_go_too(run: Run, file: str, tmp_path: Path) -> None:
    left = tmp_path / "out" / "failures" / f"{ERROR}.parquet"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"PAR1")

    run("check", file, "--only", ERROR, *BEFORE, "-o", tmp_path / "out")

    assert {"check.json"} == files_in(tmp_path / "out")
    assert not left.parent.exists()


def test_no_rows_are_kept_where_none_are_wanted(run: Run, file: str, tmp_path: Path) -> None:
    run("check", file, "--only", ERROR, "--keep-rows", 0, "-o", tmp_path)

    (check,) = json.loads((tmp_path / "check.json").read_bytes())["checks"]
    assert (3, None, None) == (check["failures"], check["rows_kept"], check["rows_file"])
    assert {"check.json"} == files_in(tmp_path)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, ["--only", ERROR, *BEFORE]),
        (0, ["--only", WARNING]),
        (0, ["--only", IDLE, "--only", WARNING]),
        (1, ["--only", WARNING, "--fail-on", "warn"]),
        (1, ["--only", ERROR]),
        (1, ["--only", ERROR, "--fail-on", "warn"]),
        (2, ["--only", IDLE]),
        (2, ["--only", "no_such_check"]),
        (2, ["--only", ERROR, "--objects", "no-such-file.parquet"]),
        (2, ["--at", "yesterday"]),
        (2, ["--only", ERROR, "--max-runtime", "0"]),
    ],
)
def test_the_exit_status_says_passed_failed_or_could_not_be_told(
    run: Run, file: str, code: int, words: list[str]
) -> None:
    assert code == run("check", file, *words).exit_code


def test_a_store_that_is_not_there_could_not_be_checked(run: Run, tmp_path: Path) -> None:
    done = run("check", tmp_path / "mistyped.duckdb", "-o", tmp_path / "out")

    assert (2, 1) == (done.exit_code, len(done.stderr.splitlines()))
    assert "mistyped.duckdb" in done.stderr
    assert set() == files_in(tmp_path)


def test_a_check_that_could_not_run_says_why(run: Run, file: str) -> None:
    done = run("check", file, "--only", IDLE)

    assert "tams: no check could run: bytes_unknown needs a listing of the buckets" in done.stderr


def test_when_the_time_is_over_what_was_found_is_told(
    run: Run, file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first check takes all of the time, the others find it over."""
    done = run("check", file, *ONLY, "--max-runtime", "0.000001", *ALL_FORMS, "-o", tmp_path)

    document = json.loads((tmp_path / "check.json").read_bytes())
    assert 2 == done.exit_code
    assert "the time was over after 1e-06 s, " in done.stderr
    assert f"{ERROR} and 3 more have no outcome; 0 checks failed, see" in done.stderr
    assert (False, [None] * 4) == (
        document["complete"],
        [each["failures"] for each in document["checks"]],
    )
    assert FILES == files_in(tmp_path)
    metrics = samples((tmp_path / "check.prom").read_text())
    assert ({"": 0}, {"": 0}) == (metrics["tams_check_complete"], metrics["tams_check_passed"])
    assert not document["passed"]
    assert "incomplete</h1>" in (tmp_path / "check.html").read_text()
    assert "incomplete" in (tmp_path / "check.txt").read_text().splitlines()[0]
    assert 4 == (tmp_path / "check.xml").read_text().count("<error ")


def test_checks_of_bytes_run_with_a_listing(run: Run, file: str, tmp_path: Path) -> None:
    listing = tmp_path / "listing.parquet"
    with ta.connect(file, read_only=True) as store:
        pq.write_table(ta.examples.s3_objects(store).to_pyarrow(), listing)

    done = run("check", file, "--only", IDLE, "--objects", listing, "--format", "json")

    assert (0, [3]) == (
        done.exit_code,
        [each["failures"] for each in json.loads(done.stdout)["checks"]],
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--format", "json", "--format", "junit"], "json and junit need -o DIR"),
        (["--keep-rows", "5"], "--keep-rows needs -o DIR"),
        (["-o", "FILE"], "is a file; expected a folder"),
        (["-o", "FILE/in-it"], "is a file; expected a folder"),
        (["-o", "-"], "is no folder"),
        (["-o", ""], "is no folder"),
        (["--max-runtime", "soon"], "max_runtime: 'soon'"),
        (["--last", "1h", "--during", "_"], "exclude each other"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(
    run: Run, file: str, tmp_path: Path, words: list[str], said: str
) -> None:
    (tmp_path / "FILE").write_text("")
    typed = [str(tmp_path / word) if word.startswith("FILE") else word for word in words]

    done = run("check", file, "--only", ERROR, *typed)

    assert (2, "", 1) == (done.exit_code, done.stdout, len(done.stderr.splitlines()))
    assert said in done.stderr


def test_the_store_itself_is_never_replaced(run: Run, file: str, tmp_path: Path) -> None:
    own = shutil.copy(file, tmp_path / "check.json")

    done = run("check", own, "--only", WARNING, "-o", tmp_path)

    assert 2 == done.exit_code
    assert "is the store that is read" in done.stderr


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [("90", 90), ("0.5", 0.5), ("90s", 90), ("10m", 600), ("2h", 7200), ("0:500000000", 0.5)],
)
def test_a_runtime_is_seconds_or_a_length(typed: str, seconds: float) -> None:
    assert seconds == options.seconds(typed, "max_runtime")


@pytest.mark.parametrize("typed", ["", "-5", "1e3", "ten", "10 m", "0s", "inf"])
def test_what_is_no_runtime_is_refused(typed: str) -> None:
    with pytest.raises(BadParameter, match="max_runtime"):
        options.seconds(typed, "max_runtime")


HOSTILE = 'a\x01\x1b[31m\ufffe]]></failure><script>alert(1)</script>&"\u202e\n'


@pytest.fixture
def hostile(tmp_path: Path) -> str:
    """A store whose one source, with an id that breaks things, no flow has."""
    file = tmp_path / "hostile.duckdb"
    with ta.connect(str(file)) as store:
        row = {"id": HOSTILE, "format": "urn:x-nmos:format:video", "label": HOSTILE}
        store._engine.transact(lambda tx: tx.insert("sources", [row]))
    return str(file)


def read_json(text: str) -> str:
    (check,) = json.loads(text)["checks"]
    return str(check["sample"][0]["id"])


def read_junit(text: str) -> str:
    (case,) = parsed(text).iter("system-out")
    return str(case.text)


SHOWN: dict[str, Callable[[str], bool]] = {
    "table": lambda text: "\x01" not in text and "\x1b" not in text,
    "json": lambda text: read_json(text) == HOSTILE,
    "junit": lambda text: printable(HOSTILE) in read_junit(text),
    "html": lambda text: "<script" not in text and "\\u001b" in text,
    "prometheus": lambda text: samples(text)["tams_check_failures"] == {WARNING: 1},
}


@pytest.mark.parametrize("form", FORMS)
def test_no_id_breaks_a_form(run: Run, hostile: str, form: str) -> None:
    done = run("check", hostile, "--only", WARNING, "--format", form)

    assert (0, "") == (done.exit_code, done.stderr)
    assert SHOWN[form](done.stdout)


def test_a_run_in_which_nothing_ran_passes_nowhere(run: Run, file: str, tmp_path: Path) -> None:
    """Its files would say otherwise than the exit status."""
    folder = tmp_path / "out"

    done = run("check", file, "--only", IDLE, *ALL_FORMS, "-o", str(folder))

    document = json.loads((folder / "check.json").read_bytes())
    assert 2 == done.exit_code
    assert (False, False) == (document["passed"], document["complete"])
    assert "incomplete</h1>" in (folder / "check.html").read_text("utf-8")
    assert "incomplete" in (folder / "check.txt").read_text("utf-8").splitlines()[0]
    exported = (folder / "check.prom").read_text("utf-8")
    for name in ("tams_check_passed", "tams_check_complete"):
        assert re.search(rf"^{name}\{{.*\}} 0\.0$", exported, re.MULTILINE)
