"""The unmodified SDK against the peer: what everything else builds on."""

from __future__ import annotations

import pyarrow as pa

from tests.support.vast_peer import VastPeer

SCHEMA = pa.schema(
    {
        "flow_id": pa.string(),
        "start_ns": pa.int64(),
        "tags": pa.map_(pa.string(), pa.string()),
        "box": pa.struct({"x": pa.int64(), "label": pa.string()}),
    }
)
ROWS = pa.table(
    [
        ["a", "b", None],
        [1, 2, 3],
        [[("k", "v")], None, []],
        [{"x": 1, "label": "p"}, None, {"x": None, "label": "q"}],
    ],
    schema=SCHEMA,
)


def test_what_is_written_is_read_changed_and_deleted():
    with VastPeer(buckets=("tams",)) as peer:
        session = peer.connect()
        with session.transaction() as tx:
            table = tx.bucket("tams").create_schema("newsroom").create_table("rows", SCHEMA)
            assert table.insert(ROWS).to_pylist() == [0, 1, 2]
            assert table.select().read_all() == ROWS
        with session.transaction() as tx:
            table = tx.bucket("tams").schema("newsroom").table("rows")
            found = table.select(
                columns=["start_ns"], predicate=table["start_ns"] > 1, internal_row_id=True
            ).read_all()
            assert found.to_pydict() == {"start_ns": [2, 3], "$row_id": [1, 2]}
            table.update(found.set_column(0, "start_ns", pa.array([20, 30])))
            table.delete(found.slice(1))
            assert table.select(columns=["start_ns"]).read_all()["start_ns"].to_pylist() == [1, 20]
        assert peer.rows("tams", "newsroom", "rows")["start_ns"].to_pylist() == [1, 20]
