"""``sql/*/functions.sql``: what they say of a text or a time is what the library says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from trino.exceptions import TrinoUserError

import tams_analytics as ta
from tams_analytics.cli import shipped
from tams_analytics.errors import BadTimeRange
from tams_analytics.timerange import HIGHEST_NS, LOWEST_NS, timerange_texts, to_utc, tr, utc_text
from tams_analytics.timerange.clocks import from_posix, leap_seconds
from tests.support import shipped_sql, trino_load
from tests.support.trino_server import Trino

SECOND = 10**9
EDGES = [
    LOWEST_NS,
    LOWEST_NS + 1,
    -SECOND,
    -1,
    0,
    1,
    SECOND - 1,
    SECOND,
    HIGHEST_NS - 1,
    HIGHEST_NS,
]
LEAPS = [posix + 10 + n for n, posix in enumerate(leap_seconds())]
AT_LEAPS = [
    leap * SECOND + near
    for leap in LEAPS
    for near in (-1, 0, 1, SECOND - 1, SECOND, SECOND + 1, 999_999_999, 500_000_000)
]

nanoseconds = st.one_of(
    st.sampled_from(EDGES), st.integers(-20, 20), st.integers(LOWEST_NS, HIGHEST_NS)
)
written = nanoseconds.map(
    lambda ns: f"{'-' if ns < 0 else ''}{abs(ns) // SECOND}:{abs(ns) % SECOND}"
)
odd = st.one_of(
    st.sampled_from(["-0:0", "1:", ":1", "1", "1:01", "+1:0", "01:0", "1:1234567890", "1.5:0"]),
    st.sampled_from(["9223372036:854775808", "-9223372036:854775809", "99999999999:0", "1:5 "]),
)
marks = st.one_of(written, written, st.just(""), odd)
texts = st.one_of(
    st.builds(
        "".join,
        st.tuples(
            st.sampled_from(["[", "(", "", "[", "[["]),
            marks,
            st.sampled_from(["_", "_", "_", "", "__"]),
            marks,
            st.sampled_from(["]", ")", "", "]", ")", "x", "\n"]),
        ),
    ),
    st.text(st.sampled_from("[]()_:-0123459 "), max_size=12),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8),
)


def made(strategy: st.SearchStrategy[Any], number: int) -> list[Any]:
    """So many examples at once, as each question has its price; and none to shrink."""
    found: list[Any] = []

    @settings(max_examples=number, database=None, phases=[Phase.generate])
    @given(strategy)
    def keep(example: Any) -> None:
        found.append(example)

    keep()
    return found


Ask = Callable[[str, str, list[tuple[Any, ...]]], list[tuple[Any, ...]]]
"""Expressions over columns ``a, b, c`` of these types, for each of these rows in their order."""


KINDS = {"varchar": pa.string(), "bigint": pa.int64()}


def numbered(types: str, rows: list[tuple[Any, ...]]) -> pa.Table:
    """Columns ``n, a, b, c``."""
    columns = zip("abc", types.split(", "), zip(*rows, strict=True), strict=False)
    given = {name: pa.array(values, KINDS[type]) for name, type, values in columns}
    return pa.table({"n": range(len(rows)), **given})


def on_duckdb(connection: duckdb.DuckDBPyConnection) -> Ask:
    def ask(expressions: str, types: str, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        given = connection.from_arrow(numbered(types, rows))
        return given.order("n").project(expressions).fetchall()

    return ask


@pytest.fixture(scope="module")
def macros() -> Iterator[Ask]:
    with duckdb.connect() as connection:
        connection.execute(shipped_sql.text("duckdb/functions.sql"))
        yield on_duckdb(connection)


@pytest.fixture(scope="module")
def transpiled() -> Iterator[Ask]:
    """The routines of Trino, as DuckDB reads them."""
    with shipped_sql.duckdb_like_trino() as connection:
        for statement in shipped_sql.on_duckdb(shipped_sql.text("trino/functions.sql")):
            connection.execute(statement)
        yield on_duckdb(connection)


@pytest.fixture(scope="module")
def real(trino_server: Trino) -> Ask:
    """The routines of Trino on Trino, which each question brings with it."""
    routines = [each.removeprefix("CREATE OR REPLACE ") for each in shipped.functions()]

    def ask(expressions: str, types: str, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        table = numbered(types, rows)
        kinds = {"n": "bigint", **dict(zip("abc", types.split(", "), strict=False))}
        typed = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in kinds.items())
        values = ",\n".join(trino_load.texts(table))
        given = f"(SELECT {typed} FROM (VALUES {values}) AS r ({', '.join(kinds)}))"
        query = f"SELECT {expressions} FROM {given} ORDER BY n"
        said = trino_server.execute("WITH " + ",\n".join(routines) + "\n" + query)
        return [tuple(row) for row in said]

    return ask


@pytest.fixture(params=["macros", "transpiled", pytest.param("real", marks=pytest.mark.trino)])
def ask(request: pytest.FixtureRequest) -> Ask:
    return request.getfixturevalue(request.param)


def bounds(text: str) -> tuple[int | None, int | None]:
    window = tr(text)
    return window.start_ns, window.end_ns


def test_a_text_has_the_bounds_of_the_library(ask: Ask) -> None:
    given = [text for text in OF_EACH_KIND + made(texts, 1000) if kind(text) != "refused"]

    said = ask("tams_start_ns(a), tams_end_ns(a)", "varchar", [(text,) for text in given])

    assert [(text, *bounds(text)) for text in given] == [
        (text, *answer) for text, answer in zip(given, said, strict=True)
    ]


def test_a_text_is_refused_as_in_the_library(ask: Ask, request: pytest.FixtureRequest) -> None:
    """By what the functions ask; DuckDB 1.3 crashes where TRY keeps errors of a thousand rows."""
    refuses = "tams_read_(a) IS NULL" if "macros" in request.node.name else "tams_is_refused_(a)"
    given = OF_EACH_KIND + made(texts, 1000)

    said = ask(refuses, "varchar", [(text,) for text in given])

    assert [(text, kind(text) == "refused") for text in given] == [
        (text, answer) for text, (answer,) in zip(given, said, strict=True)
    ]


def test_there_is_a_text_of_each_kind() -> None:
    kinds = {"refused", "never", "bounded", "from", "until", "eternity"}
    assert kinds == {kind(text) for text in OF_EACH_KIND}


OF_EACH_KIND = [
    "_",
    "(_)",
    "[5:0_",
    "(5:0_",
    "_5:0",
    "_5:0)",
    "[5:0]",
    "5:0",
    "()",
    "",
    "[5:0_4:0)",
]
OF_EACH_KIND += [
    "[1:0_2:500000000)",
    "(1:0_2:0]",
    "1:0_2:0",
    "[-1:500000000_-0:5)",
    "5:0)",
    "[01:0_2:0)",
]
OF_EACH_KIND += [
    "[9223372036:854775807]",
    "(9223372036:854775807_9223372036:854775807]",
    "[0:0_1:0)x",
]


EXPRESSIONS = ["tams_start_ns(a)", "tams_end_ns(a)", "tams_overlaps(0, 1, a)"]
REFUSED = ["[0:0_10:0)x", "(5:0)", "5:0)", "[01:0_2:0)", "[9223372036:854775807]", "a"]
REFUSED += ["[1:1234567890_2:0)", "[0:0_1:0)\n"]


def kind(text: str) -> str:
    try:
        start, end = bounds(text)
    except BadTimeRange:
        return "refused"
    if start is None:
        return "eternity" if end is None else "until"
    return "from" if end is None else "never" if start == end else "bounded"


def test_a_row_overlaps_as_in_the_library(ask: Ask) -> None:
    windows = [text for text in made(texts, 1000) if kind(text) != "refused"]
    rows = made(st.tuples(nanoseconds, nanoseconds), 1000)[: len(windows)]
    asked = [(*row, text) for row, text in zip(rows, windows[: len(rows)], strict=True)]

    said = ask("tams_overlaps(a, b, c)", "bigint, bigint, varchar", asked)

    assert [(*row, overlaps(*row)) for row in asked] == [
        (*row, answer) for row, (answer,) in zip(asked, said, strict=True)
    ]


def overlaps(start: int, end: int, text: str) -> bool:
    """Two comparisons, as `span.overlaps` has them."""
    window = tr(text)
    before = window.end_ns is None or start < window.end_ns
    after = window.start_ns is None or end > window.start_ns
    return before and after and not window.is_empty


def test_bounds_are_written_as_in_the_library(ask: Ask) -> None:
    rows = made(st.tuples(nanoseconds, nanoseconds), 1000) + list(product(EDGES, EDGES))

    said = ask("tams_text(a, b)", "bigint, bigint", rows)

    starts, ends = (pa.array(side, pa.int64()) for side in zip(*rows, strict=True))
    assert timerange_texts(starts, ends).to_pylist() == [text for (text,) in said]


def test_a_time_shows_the_utc_of_the_library(ask: Ask) -> None:
    times = made(nanoseconds, 1000) + EDGES + AT_LEAPS

    said = ask("tams_utc(a), tams_utc_text(a)", "bigint", [(ns,) for ns in times])

    assert [(to_utc(ns).replace(tzinfo=None), utc_text(ns)) for ns in times] == said


def test_utc_becomes_stored_time_again_where_it_is_no_leap_second(ask: Ask) -> None:
    times = [posix * SECOND + near for posix in leap_seconds() for near in (-1000, 0, 123456000)]
    times += [from_posix(ns) for ns in (0, -1000, -1_500_001_000, 1694429210_040001000)]
    times = [ns for ns in times if ns // SECOND not in LEAPS]

    said = ask("tams_from_utc(tams_utc(a))", "bigint", [(ns,) for ns in times])

    assert times == [ns for (ns,) in said]


def test_null_is_never_read_as_unbounded(ask: Ask) -> None:
    expressions = "tams_start_ns(a), tams_end_ns(a), tams_overlaps(0, 1, a)"
    assert [(None, None, None)] == ask(expressions, "varchar", [(None,)])
    expressions = "tams_text(a, 1), tams_utc(a), tams_utc_text(a), tams_overlaps(a, a, '[0:0_0:9)')"
    assert [(None, None, None, None)] == ask(expressions, "bigint", [(None,)])


@pytest.mark.parametrize("text", REFUSED)
@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_a_refusal_is_an_error_that_names_the_text(ask: Ask, expression: str, text: str) -> None:
    with pytest.raises((duckdb.Error, TrinoUserError), match="TAMS timerange") as said:
        ask(expression, "varchar", [(text,)])

    assert text in str(said.value)


def test_duckdb_pushes_a_window_into_the_scan() -> None:
    with duckdb.connect() as connection:
        connection.execute(shipped_sql.text("duckdb/functions.sql"))
        connection.execute(
            "CREATE TABLE segments (flow_id VARCHAR, start_ns BIGINT, end_ns BIGINT)"
        )
        where = "tams_overlaps(start_ns, end_ns, '[0:50_0:70)')"
        ((_, plan),) = connection.execute(f"EXPLAIN FROM segments WHERE {where}").fetchall()

    assert "start_ns<70" in plan
    assert "end_ns>50" in plan
    assert "FILTER" not in plan.replace("Filters", "")


def test_a_store_that_is_open_for_reading_takes_them_as_the_readme_says(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ta.connect(tmp_path / "x.duckdb").close()
    (said,) = re.findall(r"`(store\.con\.raw_sql\(.*?\))`", (root / "README.md").read_text("utf-8"))
    monkeypatch.chdir(root)
    with ta.connect(tmp_path / "x.duckdb", read_only=True) as store:
        eval(said, {"store": store, "Path": Path})  # noqa: S307 - the README's own line

        found = store.con.sql("SELECT tams_start_ns('[0:5_') AS start_ns").to_pyarrow()
    assert [{"start_ns": 5}] == found.to_pylist()


@pytest.mark.trino
def test_a_trino_without_a_place_for_functions_wants_one_in_each_name(trino_server: Trino) -> None:
    """As the file says at its top, though the session has a catalog and a schema."""
    statement = shipped.functions()[0]
    assert "wants each made as CATALOG.SCHEMA." in shipped_sql.text("trino/functions.sql")
    with pytest.raises(TrinoUserError, match="Catalog and schema must be specified"):
        trino_server.execute(statement)
    made = shipped.made_in(statement, "scratch", "default")
    trino_server.execute(made)
    name = made.split("(")[0].split()[-1]
    assert [[1_000_000_005]] == [
        [int(value) for value in row] for row in trino_server.execute(f"SELECT {name}('1:5')")
    ]
    trino_server.execute(f"DROP FUNCTION {name}(varchar)")
