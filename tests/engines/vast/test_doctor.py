"""`tams doctor` on VAST: each thing that can be wrong is told, with what to do, and no key."""

from __future__ import annotations

import contextlib
import email.utils
import http.server
import threading
import time
from collections.abc import Iterator

import pytest

from tams_analytics.engines.administration import administration
from tams_analytics.engines.health import Finding
from tams_analytics.engines.vast.looks import judged, of_clock
from tams_analytics.tables import TABLES
from tests.support.vast_peer import VastPeer
from tests.support.vast_stores import BUCKET, VastStores

ALL = ["reachable", "clock", "version", "credentials", "schema"]
ALL += ["tables", "layout", "row conflicts", "push-down"]
SECRET = "wJalrXUtnFEMI-bPxRfiCY"  # noqa: S105 - of nobody


def found(url: str) -> dict[str, Finding]:
    return {each.what: each for each in administration(url).diagnose()}


def bad(url: str) -> dict[str, Finding]:
    return {what: each for what, each in found(url).items() if not each.is_well}


def test_a_store_that_is_well(url: str) -> None:
    told = found(url)

    assert ALL == [*told]
    assert {} == bad(url)
    assert "a condition brings 1 of 258 rows" == told["push-down"].said


def test_nobody_there_ends_the_list(vast_stores: VastStores) -> None:
    told = found(f"vast://127.0.0.1:1/{BUCKET}/x")

    assert ["reachable"] == [*told]
    assert told["reachable"].said.endswith("does not answer: Connection refused")
    assert "check host, port" in told["reachable"].way_out


def test_who_answers_too_late_is_not_there(
    url: str, peer: VastPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAST_TIMEOUT", "1")
    peer.switches.delay_next(2)

    assert bad(url)["reachable"].said.endswith("it took too long")


def test_a_key_that_is_not_known(url: str, peer: VastPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAST_ACCESS_KEY", "AKIASOMEBODY")
    monkeypatch.setenv("VAST_SECRET_KEY", SECRET)
    peer.switches.access_key = "another"
    told = found(url)

    assert ["reachable", "clock", "credentials"] == [*told]
    assert "403 InvalidAccessKeyId" in told["credentials"].said
    assert "VAST_ACCESS_KEY" in told["credentials"].way_out
    assert not any(key in str(each) for each in told.values() for key in ("AKIASOME", SECRET))


def test_a_key_that_is_not_set(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VAST_SECRET_KEY")

    assert "VAST_SECRET_KEY is not set" in bad(url)["credentials"].said


@pytest.mark.usefixtures("peer")
def test_a_key_that_a_server_repeats_is_not_shown(
    url: str, peer: VastPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAST_ACCESS_KEY", "AKIASOMEBODY")
    peer.switches.error_next(403, "Key-AKIASOMEBODY-is-unknown", command="transaction")

    assert "Key-***-is-unknown" in bad(url)["credentials"].said


def test_a_server_of_an_unknown_kind(url: str, peer: VastPeer) -> None:
    peer.switches.version = "something else"
    told = found(url)

    assert ["reachable", "clock", "version"] == [*told]
    assert "upgrade your cluster" in told["version"].said
    assert not told["version"].is_well


def test_an_older_server_is_told_with_its_limits(url: str, peer: VastPeer) -> None:
    peer.switches.version = "5.4.0.1"
    told = found(url)

    assert ALL == [*told]
    assert told["version"].said.startswith("VAST 5.4.0.1, vastdb ")
    assert told["version"].said.endswith("a cell holds at most 126 KB")
    assert told["layout"].is_well


def test_a_bucket_and_a_schema_that_are_not_there(url: str) -> None:
    bucket = bad(url.replace(f"/{BUCKET}/", "/nobodys/"))["bucket"].said
    assert "there is no bucket nobodys; an administrator of VAST makes it" == bucket
    assert "tams schema apply makes a store there" in bad(f"{url}_else")["schema"].said


def test_tables_that_differ_do_not_end_the_list(url: str, peer: VastPeer) -> None:
    name = url.rpartition("/")[2]
    flows = peer.rows(BUCKET, name, "flows").schema.empty_table().drop_columns(["label"])
    peer.load(BUCKET, name, "flows", flows)
    told = found(url)

    assert ALL == [*told]
    assert ("flows lacks label", "run tams schema apply") == (
        told["tables"].said,
        told["tables"].way_out,
    )
    assert "flows is not sorted by id" in told["layout"].said
    assert "no projection flows_by_source_id" in told["layout"].said
    assert told["row conflicts"].is_well
    assert told["push-down"].is_well


def test_a_schema_without_our_tables(url: str, peer: VastPeer) -> None:
    peer.create_schema(BUCKET, "bare")
    told = found(f"{url.rpartition('/')[0]}/bare")

    assert (f"none of the {len(TABLES)} tables is there", "run tams schema apply") == (
        told["tables"].said,
        told["tables"].way_out,
    )
    assert ALL[:6] == [*told]


def test_a_schema_without_the_table_of_the_probe(url: str, peer: VastPeer) -> None:
    tables = peer.database.transactions
    tables.head = tables.head.without_table((BUCKET, url.rpartition("/")[2], "store_metadata"))
    told = bad(url)

    assert told["tables"].said.startswith("store_metadata is missing")
    assert "no table store_metadata" in told["row conflicts"].said
    assert {"tables", "row conflicts", "push-down"} == {*told}


def test_rows_that_do_not_conflict(url: str, peer: VastPeer) -> None:
    peer.switches.rows_conflict = False

    assert ["row conflicts"] == [*bad(url)]
    assert "no segments can be written" in bad(url)["row conflicts"].way_out
    peer.switches.rows_conflict = True
    assert {} == bad(url)


def test_a_step_that_fails_does_not_end_the_list(url: str, peer: VastPeer) -> None:
    peer.switches.error_next(500, times=1, command="projection")
    told = found(url)

    assert ALL == [*told]
    assert "GET was answered 500" in told["layout"].said
    assert "the cluster's own log" in told["layout"].way_out


def test_who_may_not_write_is_told_so(url: str, peer: VastPeer) -> None:
    peer.switches.error_next(403, "AccessDenied", times=9, method="POST", command="rows")
    peer.switches.error_next(403, "AccessDenied", times=9, method="DELETE", command="rows")

    assert "AccessDenied" in bad(url)["row conflicts"].said


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (["schema_version"], ""),
        (["schema_version", "a", "b"], "that 1 of 3 rows fulfil brings 3"),
        ([], "that 1 of 3 rows fulfil brings 0"),
        (["a"], "that 1 of 3 rows fulfil brings 1"),
    ],
)
def test_push_down_is_judged_by_the_rows_that_match(chosen: list[str], said: str) -> None:
    found = judged(["a", "schema_version", "b"], chosen)

    assert found.is_well == (not said)
    assert said in found.said


def test_the_condition_of_the_probe_leaves(url: str, peer: VastPeer) -> None:
    mark = peer.log.mark()
    found(url)

    last = [entry for entry in peer.log.since(mark) if entry.pair == "GET data"][-1]
    assert ("store_metadata", 1) == (last.table, last.rows_returned)
    assert "schema_version" in last.filter


def test_a_snapshot_is_looked_at_and_not_written(url: str, peer: VastPeer) -> None:
    peer.snapshot(BUCKET, "looked-at")
    mark = peer.log.mark()
    told = found(url.replace(f"/{BUCKET}/", f"/{BUCKET}/.snapshot/looked-at/"))
    peer.drop_snapshot(BUCKET, "looked-at")

    assert ALL == [*told]
    assert all(each.is_well for each in told.values())
    assert "nobody writes to a snapshot" in told["row conflicts"].said
    assert not [e for e in peer.log.since(mark) if e.command == "rows"]


@pytest.mark.parametrize(
    ("ahead_s", "said"), [(6, "6 s ahead of"), (-900, "900 s behind"), (4.9, ""), (-4.9, "")]
)
def test_clocks_are_compared_in_seconds(ahead_s: float, said: str) -> None:
    now = 1_790_000_000.0
    found = of_clock(email.utils.formatdate(now, usegmt=True), now + ahead_s)

    assert found.is_well == (not said)
    assert said in found.said


@pytest.mark.parametrize("date", [None, "", "yesterday"])
def test_a_server_without_a_date_is_no_fault(date: str | None) -> None:
    assert of_clock(date, 0.0).is_well


class OfTomorrow(http.server.BaseHTTPRequestHandler):
    """Refuses all, with a clock that is a day ahead."""

    def do_GET(self) -> None:
        self.send_error(403)

    def date_time_string(self, timestamp: float | None = None) -> str:
        return email.utils.formatdate(time.time() + 86_400, usegmt=True)

    def log_message(self, *_words: object) -> None:
        pass


@contextlib.contextmanager
def serving(handler: type[http.server.BaseHTTPRequestHandler]) -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures("vast_stores")
def test_a_clock_that_is_wrong_is_told_before_what_it_breaks() -> None:
    with serving(OfTomorrow) as address:
        told = found(f"vast://{address}/{BUCKET}/x")

    assert ["reachable", "clock", "credentials"] == [*told]
    assert "s behind the cluster's" in told["clock"].said
    assert "NTP" in told["clock"].way_out
