"""The log: an entry a request, there before its answer ends."""

from __future__ import annotations

import io
import json

from vastdb.config import QueryConfig


def test_a_select_tells_what_it_asked_scanned_and_got(peer, opened):
    with opened() as table:
        mark = peer.log.mark()
        config = QueryConfig(num_splits=1, num_sub_splits=2)
        table.select(columns=["name"], predicate=table["number"] > 1, config=config).read_all()
    entry = next(entry for entry in peer.log.since(mark) if entry.pair == "GET data")
    assert (entry.table, entry.path) == ("numbers", "/tams/newsroom/numbers")
    assert (entry.columns, entry.filter) == (("name",), "number > 1")
    assert (entry.rows_scanned, entry.rows_returned) == (3, 2)
    assert (entry.limit, entry.split) == (128 * 1024, (0, 1, 8))
    assert entry.request_bytes > 100
    assert entry.response_bytes > 100
    assert (entry.status, entry.fault, entry.projection) == (200, None, None)


def test_a_pure_count_asks_no_column(peer, opened):
    with opened() as table:
        assert table.select(columns=[]).read_all().num_rows == 3
    entry = peer.log.selects()[-1]
    assert entry.columns == ()
    assert entry.response_bytes < 1000


def test_a_limit_holds_for_each_sub_split(peer, opened):
    with opened() as table:
        assert table.select(limit_rows=2).read_all().num_rows == 2
    assert peer.log.selects()[0].limit == 2
    assert peer.log.selects()[0].rows_returned == 2


def test_marks_clearing_and_pairs(peer, session):
    peer.log.clear()
    with session.transaction() as tx:
        txid, mark = tx.txid, peer.log.mark()
        tx.bucket("tams")
    assert peer.log.pairs() == ["POST transaction", "HEAD", "PUT transaction"]
    assert [entry.pair for entry in peer.log.since(mark)] == ["HEAD", "PUT transaction"]
    assert [peer.log[0].txid, peer.log[-1].txid] == [0, txid]
    assert len(peer.log) == 3


def test_entries_are_written_as_lines_of_json(peer, opened):
    sink = io.StringIO()
    peer.log.write_to(sink)
    with opened() as table:
        table.select(predicate=table["number"] > 1).read_all()
    lines = [json.loads(line) for line in sink.getvalue().splitlines()]
    assert [line["filter"] for line in lines if line["command"] == "data"] == ["number > 1"]
