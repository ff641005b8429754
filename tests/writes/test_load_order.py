"""A load does the same whole and in chunks; in another order of its rows it takes the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from tams_analytics.engines import Engine, Transaction
from tams_analytics.errors import TamsError
from tams_analytics.ingest.inside import Inside
from tams_analytics.writes.bulk import load as loading
from tams_analytics.writes.bulk.load import load
from tests.writes.conftest import Prepare

VIDEO = "urn:x-nmos:format:video"
MOMENT = datetime(2026, 1, 1)
SECOND = 1_000_000_000
OBJECTS = {
    # id: bound to, registered, released, initialised by, has a timerange
    "bound": ("f1", False, False, None, False),
    "free": (None, False, False, None, False),
    "waits-for-i": ("g", False, False, "i", False),
    "needs-j": ("g", True, False, "j", True),
    "needed-k": ("g", True, True, "k", True),
    "released": ("f2", True, True, None, True),
    "unspanned": ("f1", True, False, None, False),
    "fixed": ("f2", True, False, None, True),
    "i": (None, False, False, None, False),
    "j": ("g", True, False, None, False),
    "k": ("g", True, True, None, False),
}
WHOSE_IS_FIRST = ("first_flow_id", "storage_path", "content_type", "timerange")
"""What an object owes to the first of the rows that use it (of a text: how it was written)."""


class Undone(Exception):
    """Nothing of the load stays."""


@pytest.fixture
def engine(engine: Engine, prepare: Prepare) -> Engine:
    """Flows f1 and f2, g with initialisation objects, and objects in every state."""
    return prepare(engine, filled)


def filled(engine: Engine) -> None:
    flows = {
        "id": ["f1", "f2", "g"],
        "source_id": ["s", "s", "s"],
        "format": [VIDEO] * 3,
        "container": ["video/mp4", "video/mp2t", "video/mp4"],
        "init_segments": [False, False, True],
    }
    load(engine, "flows", pa.table(flows))
    bound, registered, released, init, spanned = zip(*OBJECTS.values(), strict=True)
    moments = pa.timestamp("us")
    objects = {
        "id": list(OBJECTS),
        "first_flow_id": bound,
        "registered_at": pa.array([MOMENT if each else None for each in registered], moments),
        "released_at": pa.array([MOMENT if each else None for each in released], moments),
        "init_object_id": init,
        "start_ns": pa.array([0 if each else None for each in spanned], pa.int64()),
        "end_ns": pa.array([9 * SECOND if each else None for each in spanned], pa.int64()),
    }
    load(engine, "objects", pa.table(objects))


Row = dict[str, Any]
Answer = dict[str, list[Row]] | None
"""The tables after a load, None where it was refused."""

SEGMENTS = st.fixed_dictionaries(
    {
        "flow_id": st.sampled_from(["f1", "f1", "f2", "f2", "g"]),
        "object_id": st.sampled_from([*OBJECTS, "new", "newer"]),
        "start": st.integers(0, 8),
        "length": st.integers(1, 3),
        "closed": st.booleans(),
        "moved": st.sampled_from([0, 0, 0, 1, -1]),
    }
)


def table(rows: list[Row]) -> pa.Table:
    return pa.table(
        {
            "flow_id": [row["flow_id"] for row in rows],
            "object_id": [row["object_id"] for row in rows],
            "timerange": [
                f"[{row['start']}:0_{row['start'] + row['length']}:0{')]'[row['closed']]}"
                for row in rows
            ],
            "ts_offset_ns": [row["moved"] * SECOND for row in rows],
        }
    )


def loaded(engine: Engine, name: str, rows: pa.Table, chunk_rows: int) -> Answer:
    """What the store holds after a load, which is undone."""
    answer: list[Answer] = []

    def work(tx: Transaction) -> None:
        try:
            load(Inside(engine, tx), name, rows)
            answer.append(contents(tx))
        except TamsError:  # which of several reasons is told first may differ
            answer.append(None)
        raise Undone

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "CHUNK_ROWS", chunk_rows)
        with pytest.raises(Undone):
            engine.transact(work)
    return answer[0]


def contents(tx: Transaction) -> dict[str, list[Row]]:
    """The tables that a load writes to, without moments, and what counts the chunks."""
    written = ("sources", "flows", "segments", "objects", "object_instances", "flow_fences")
    return {name: _rows(tx.rows(getattr(tx.tables, name))) for name in written}


def _rows(table: pa.Table) -> list[Row]:
    table = table.drop_columns(list({"epoch"} & set(table.column_names)))
    rows = [
        {name: "a moment" if isinstance(value, datetime) else value for name, value in row.items()}
        for row in table.to_pylist()
    ]
    return sorted(rows, key=repr)


def without_firsts(answer: Answer) -> Answer:
    return answer and {
        name: sorted(
            ({key: row[key] for key in row if key not in WHOSE_IS_FIRST} for row in rows), key=repr
        )
        for name, rows in answer.items()
    }


def use(flow_id: str, object_id: str, start: int) -> Row:
    row = {"flow_id": flow_id, "object_id": object_id, "start": start}
    return row | {"length": 1, "closed": False, "moved": 0}


def orders(rows: list[Row]) -> st.SearchStrategy[tuple[list[Row], list[Row]]]:
    return st.tuples(st.just(rows), st.permutations(rows))


def reversed_too(*rows: Row) -> tuple[list[Row], list[Row]]:
    return list(rows), list(reversed(rows))


@given(both=st.lists(SEGMENTS, min_size=1, max_size=5).flatmap(orders))
@example(both=reversed_too(use("f1", "i", 0), use("g", "waits-for-i", 0)))
@example(both=reversed_too(use("g", "waits-for-i", 0), use("f1", "i", 0)))
@example(both=reversed_too(use("f2", "bound", 0), use("f1", "bound", 3), use("f1", "bound", 1)))
@example(both=reversed_too(use("f2", "unspanned", 0), use("f1", "unspanned", 3)))
@example(both=reversed_too(use("f2", "k", 0), use("f1", "needed-k", 3)))
@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # one example takes long, so none is made smaller
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_segments_are_taken_or_refused_as_a_whole_load(
    engine: Engine, both: tuple[list[Row], list[Row]]
) -> None:
    rows, shuffled = both
    whole = loaded(engine, "segments", table(rows), 1000)

    assert whole == loaded(engine, "segments", table(rows), 1)
    other = loaded(engine, "segments", table(shuffled), 2)
    assert without_firsts(whole) == without_firsts(other)
