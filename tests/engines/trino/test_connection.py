"""How Trino is asked: whom, in whose name, within which limits, and what happens when it fails.

On a peer that speaks the protocol, as a real server cannot be made to fail at will; what a real one
does is in tests/trino.
"""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import ipaddress
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from typing import Any

import pyarrow as pa
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from requests.adapters import HTTPAdapter

import tams_analytics as ta
from tams_analytics import watching
from tams_analytics.engines.trino import connection as connections
from tams_analytics.engines.trino import sessions
from tams_analytics.engines.trino.address import Address
from tams_analytics.engines.trino.connection import Connection
from tams_analytics.engines.trino.sessions import connected
from tams_analytics.errors import BadParameter, EngineFailed, NotFound
from tams_analytics.queries import segments
from tams_analytics.settings import Settings
from tests.support import trino_peer
from tests.support.trino_peer import Answer, TrinoPeer

JWT = {"trino_token": "a.jwt.token"}
BEGUN = Answer(columns=(), pages=(), transaction="t_1")
ONE_TO_FIVE = Answer(pages=[[[1], [2]], [[3], [4]], [[5]]])


@pytest.fixture
def peer() -> Iterator[TrinoPeer]:
    with trino_peer.serving() as found:
        yield found


def url(*peers: TrinoPeer, options: str = "") -> str:
    places = ",".join(peer.place for peer in peers)
    return f"trino://analyst@{places}/vast/tams/meta{options}"


def connection(*peers: TrinoPeer, options: str = "") -> Connection:
    return Connection(Address.parse(url(*peers, options=options), Settings()))


def rows(asked: Connection, sql: str = "SELECT a FROM t") -> list[Any]:
    parts = asked.drain(sql, lambda _columns, rows: rows, doing="asking")
    return [row[0] for part in parts for row in part]


def test_rows_of_all_pages_come_once_in_order(peer: TrinoPeer) -> None:
    peer.answers = [ONE_TO_FIVE]

    assert [1, 2, 3, 4, 5] == rows(connection(peer))


def test_a_connection_sends_nothing_before_it_is_asked(peer: TrinoPeer) -> None:
    with ta.connect(url(peer)) as store:
        assert "trino" == store.engine
        assert [] == peer.sent


def test_a_query_says_who_asks_and_for_what(peer: TrinoPeer) -> None:
    """T9, T12."""
    options = (
        "?max_run_time=30s&max_memory=2GB&max_memory_per_node=1GB&max_scan=5GB"
        "&session.vast.num_of_splits=4&client_tags=night,report&source=cron&role=reader"
    )

    rows(connection(peer, options=options))

    headers = peer.sent[0].headers
    assert ("analyst", "vast", "tams/meta") == tuple(
        headers[f"X-Trino-{name}"] for name in ("User", "Catalog", "Schema")
    )
    assert ("cron", "night,report") == (headers["X-Trino-Source"], headers["X-Trino-Client-Tags"])
    assert "UTC" == headers["X-Trino-Time-Zone"]
    assert "system=ROLE%7Breader%7D" == headers["X-Trino-Role"]
    session = set(headers["X-Trino-Session"].split(","))
    assert {
        "query_max_run_time=30s",
        "query_max_memory=2GB",
        "query_max_memory_per_node=1GB",
        "query_max_scan_physical_bytes=5GB",
        "vast.num_of_splits=4",
    } == session


def test_the_source_is_this_library_where_nobody_says_otherwise(peer: TrinoPeer) -> None:
    rows(connection(peer))

    assert "tams_analytics" == peer.sent[0].headers["X-Trino-Source"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One of this machine's own, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


def secured(
    peer: TrinoPeer, certificate: Path, who: str = "analyst", **settings: str
) -> Connection:
    place = f"trino+https://{who}@{peer.place}/vast/meta?ca={certificate}"
    return Connection(Address.parse(place, Settings(**settings)))


def test_a_password_goes_over_tls(certificate: Path) -> None:
    with trino_peer.serving(certificate=certificate) as peer:
        asked = secured(peer, certificate, who="analyst:geh%2Feim")

        assert [1] == rows(asked)
        expected = base64.b64encode(b"analyst:geh/eim").decode()
        assert f"Basic {expected}" == peer.sent[0].headers["Authorization"]


def test_a_token_goes_over_tls(certificate: Path) -> None:
    with trino_peer.serving(certificate=certificate) as peer:
        assert [1] == rows(secured(peer, certificate, **JWT))
        assert "Bearer a.jwt.token" == peer.sent[0].headers["Authorization"]


def test_a_certificate_of_nobody_is_refused(certificate: Path) -> None:
    with trino_peer.serving(certificate=certificate) as peer:
        place = f"trino+https://analyst@{peer.place}/vast/meta"

        with pytest.raises(EngineFailed, match="does not answer"):
            rows(Connection(Address.parse(place, Settings())))


@pytest.mark.parametrize(
    ("place", "settings"),
    [
        ("trino://analyst:geheim@h/vast/meta", {}),
        ("trino://analyst@h/vast/meta", {"trino_password": "geheim"}),
        ("trino://analyst@h/vast/meta", {"trino_token": "geheim"}),
    ],
)
def test_no_secret_goes_without_tls(place: str, settings: dict[str, str]) -> None:
    with pytest.raises(BadParameter, match="without TLS") as caught:
        Address.parse(place, Settings(**settings))

    assert "geheim" not in str(caught.value)


def test_an_address_shows_no_secret() -> None:
    settings = Settings(**JWT)
    address = Address.parse("trino+https://me@h/vast/meta?session.x=1", settings)

    assert JWT["trino_token"] not in repr(address)
    assert "trino+https://me@h:443/vast/meta" == address.url


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("trino://me@h/vast", "names no schema"),
        ("trino://me@h/", "names no schema"),
        ("trino://h/vast/meta", "does not say who asks"),
        ("trino://me@/vast/meta", "coordinator without a name"),
        ("trino://me@a,,b/vast/meta", "coordinator without a name"),
        ("trino://me@h:http/vast/meta", "with the port 'http'"),
        ("trino://me@h:70000/vast/meta", "with the port '70000'"),
        ("trino://me@h/vast/Tams/meta", "in lower case only"),
        ("trino://me@h/vast/meta?timeout=3", "unknown option 'timeout'; expected one of max_run"),
        ("trino://me@h/vast/meta?max_run_time=", "is not given a value"),
        ("trino://me@h/vast/meta?request_timeout=soon", "is no number of seconds"),
        ("trino://me@h/vast/meta?verify=no", "true or false"),
    ],
)
def test_a_wrong_url_is_refused_in_a_sentence(place: str, says: str) -> None:
    with pytest.raises(BadParameter, match=says):
        ta.connect(place)


@pytest.mark.parametrize(
    ("place", "coordinators", "schema"),
    [
        ("trino://me@h/vast/tams/meta", (("h", 8080),), "tams/meta"),
        ("trino+https://me@h/vast/tams/a/b", (("h", 443),), "tams/a/b"),
        ("trino://me@a:1,b,[::1]:3/c/d", (("a", 1), ("b", 8080), ("::1", 3)), "d"),
        ("trino://me@h/c/tams%2Fmeta/", (("h", 8080),), "tams/meta"),
    ],
)
def test_a_url_names_coordinators_and_a_schema(place: str, coordinators: Any, schema: str) -> None:
    address = Address.parse(place, Settings())

    assert (coordinators, schema) == (address.coordinators, address.schema)
    assert address == Address.parse(address.url, Settings())


def test_a_coordinator_that_dies_between_two_reads_is_replaced_by_the_next() -> None:
    """T10."""
    with ExitStack() as stack, trino_peer.serving() as second:
        first = stack.enter_context(trino_peer.serving())
        asked = connection(first, second)
        assert [1] == rows(asked)
        assert (1, 0) == (len(first.queries), len(second.queries))
        stack.close()

        assert [1] == rows(asked)
        assert [1] == rows(asked)
        assert 2 == len(second.queries), "the one that answered is asked first"


def test_where_none_answers_the_error_names_all() -> None:
    with trino_peer.serving() as first, trino_peer.serving() as second:
        asked = connection(first, second)
    with pytest.raises(EngineFailed) as caught:
        rows(asked)

    assert f"{first.place} and {second.place} does not answer" in str(caught.value)


@pytest.mark.parametrize(
    "fault",
    [
        Answer(lost_after=1, pages=[[[1], [2]], [[3]]]),
        Answer(pages=[[[1]]], error=("PAGE_TRANSPORT_TIMEOUT", "INTERNAL_ERROR", "gone")),
        Answer(pages=[], error=("NO_NODES_AVAILABLE", "INSUFFICIENT_RESOURCES", "no nodes")),
    ],
)
def test_a_read_that_the_cluster_fails_is_asked_once_more(peer: TrinoPeer, fault: Answer) -> None:
    """T10: nothing of the first try is given twice."""
    peer.answers = [fault, ONE_TO_FIVE]

    assert [1, 2, 3, 4, 5] == rows(connection(peer))
    assert 2 == len(peer.queries)


def test_a_read_that_always_fails_is_given_up(peer: TrinoPeer) -> None:
    peer.answers = [Answer(error=("REMOTE_TASK_ERROR", "INTERNAL_ERROR", "a worker died"))]

    with pytest.raises(EngineFailed, match=r"a worker died \(REMOTE_TASK_ERROR, query query_1\)"):
        rows(connection(peer))
    assert 2 == len(peer.queries)


@pytest.mark.parametrize(
    ("error", "kind", "says"),
    [
        (
            (
                "TABLE_NOT_FOUND",
                "USER_ERROR",
                "line 1:15: Table 'vast.\"tams/meta\".x' does not exist",
            ),
            NotFound,
            'there is no table vast."tams/meta".x',
        ),
        (
            ("EXCEEDED_TIME_LIMIT", "INSUFFICIENT_RESOURCES", "Query exceeded 30s"),
            EngineFailed,
            "Query exceeded 30s; narrow the question, or raise the limit",
        ),
        (
            ("PERMISSION_DENIED", "USER_ERROR", "Access Denied: Cannot select from x"),
            EngineFailed,
            "Access Denied: Cannot select from x (PERMISSION_DENIED",
        ),
        (("USER_CANCELED", "USER_ERROR", "Query was canceled"), EngineFailed, "was canceled"),
    ],
)
def test_an_error_of_the_query_is_told_and_not_asked_again(
    peer: TrinoPeer, error: tuple[str, str, str], kind: type[Exception], says: str
) -> None:
    peer.answers = [Answer(pages=[], error=error)]

    with pytest.raises(kind) as caught:
        rows(connection(peer))

    assert says in str(caught.value)
    assert 1 == len(peer.queries)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_user_is_told_the_way_in(status: int) -> None:
    with trino_peer.serving(Answer(status=status)) as first, trino_peer.serving() as second:
        with pytest.raises(EngineFailed, match="TAMS_TRINO_TOKEN"):
            rows(connection(first, second))
        assert [] == second.queries


@pytest.mark.parametrize("raw", ["<html>sign in</html>", '{"status": "ok"}', "[]"])
def test_an_answer_of_something_else_is_told_and_the_next_one_is_asked(raw: str) -> None:
    """As a proxy's page, or another service at the address."""
    with trino_peer.serving(Answer(raw=raw)) as first, trino_peer.serving() as second:
        assert [1] == rows(connection(first, second))
        with pytest.raises(EngineFailed, match="its answer is not that of a Trino"):
            rows(connection(first))


def test_an_ipv6_coordinator_is_asked_by_its_brackets() -> None:
    address = Address.parse("trino://me@[::1]:9/vast/meta", Settings())

    assert "[::1]" == connected(address, *address.coordinators[0]).host


def test_a_semicolon_and_a_comment_behind_it_are_not_sent(peer: TrinoPeer) -> None:
    with ta.connect(url(peer)) as store:
        engine: Any = store._engine
        engine.query("SELECT a FROM t; -- done")
        backend: Any = store.segments.get_backend()
        backend.sql("SELECT a FROM t -- note").to_pyarrow()
        store.con.sql("SELECT b FROM t;\n")

    _begin, asked, columns, read, ended = (each for each in peer.queries if each != "ROLLBACK")
    assert "SELECT a FROM t" == asked
    assert "SELECT * FROM (SELECT a FROM t -- note\n) LIMIT 0" == columns
    assert "-- note\n)" in read
    assert "SELECT * FROM (SELECT b FROM t\n) LIMIT 0" == ended


@pytest.mark.parametrize(
    "answers",
    [
        [Answer(error=("PERMISSION_DENIED", "USER_ERROR", "Access Denied: catalogs"))],
        [
            Answer(columns=[("connector_name", "varchar")], pages=[[["iceberg"]]]),
            Answer(error=("GENERIC_INTERNAL_ERROR", "INTERNAL_ERROR", "Error processing metadata")),
            Answer(columns=[("views", "bigint")], pages=[[[14]]]),
        ],
    ],
)
def test_nothing_is_kept_where_snapshots_cannot_be_read(
    peer: TrinoPeer, answers: list[Answer]
) -> None:
    """T7: of views, and for users who may not look; the question itself is answered."""
    peer.answers = [*answers, Answer(columns=[("segments", "bigint")], pages=[[[7]]])]
    with ta.connect(url(peer)) as store:
        for _round in range(2):
            assert [7] == store.results.ask(segments.amount, flow_id="f")["segments"].to_pylist()

        assert (0, 0) == (store.results.hits, store.results.misses)
    assert len(answers) + 2 == len(peer.queries)


def test_ctrl_c_ends_the_query_on_the_server(peer: TrinoPeer) -> None:
    """T10: it would run on for minutes."""
    peer.answers = [Answer(pages=[], hangs=True)]
    peer.on_poll = lambda count: signal.raise_signal(signal.SIGINT) if count == 3 else None

    with pytest.raises(KeyboardInterrupt):
        rows(connection(peer))

    assert 1 == peer.cancelled


def test_an_error_while_rows_are_taken_ends_the_query(peer: TrinoPeer) -> None:
    peer.answers = [Answer(pages=[[[1]] * 100_000], hangs=True)]

    def fail(_columns: Any, _rows: Any) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        connection(peer).drain("SELECT a FROM t", fail, doing="asking")

    assert 1 == peer.cancelled


def test_batches_come_page_by_page_and_one_that_is_left_is_cancelled(peer: TrinoPeer) -> None:
    peer.answers = [Answer(pages=[[[page]] for page in range(1000)])]
    with ta.connect(url(peer)) as store:
        backend: Any = store.segments.get_backend()
        asked = backend.sql("SELECT a FROM t", schema={"a": "int64"})

        batches = asked.to_pyarrow_batches(chunk_size=2)
        assert [[0, 1], [2, 3]] == [next(batches)["a"].to_pylist() for _ in range(2)]
        assert peer.polls < 10
        del batches

    assert 1 == peer.cancelled


@pytest.mark.parametrize(
    "leaves", [lambda reader: reader.close(), lambda reader: reader.__exit__()]
)
def test_batches_that_are_closed_are_cancelled(peer: TrinoPeer, leaves: Any) -> None:
    """pyarrow's own reader would let it run for as long as somebody has the reader."""
    peer.answers = [Answer(pages=[[[page]] for page in range(1000)])]
    with ta.connect(url(peer)) as store:
        backend: Any = store.segments.get_backend()
        batches = backend.sql("x", schema={"a": "int64"}).to_pyarrow_batches(chunk_size=2)
        assert [0, 1] == next(batches)["a"].to_pylist()

        leaves(batches)

        assert 1 == peer.cancelled
        with pytest.raises(EngineFailed, match="its reader was closed while it was read"):
            next(batches)


def test_batches_are_whole(peer: TrinoPeer) -> None:
    peer.answers = [Answer(columns=[("a", "array(varchar)")], pages=[[[["ü", None]]], [[None]]])]
    with ta.connect(url(peer)) as store:
        backend: Any = store.segments.get_backend()
        schema = {"a": "array<string>"}
        batches = backend.sql("x", schema=schema).to_pyarrow_batches(chunk_size=1)

        assert [] == peer.queries
        assert isinstance(batches, pa.RecordBatchReader)
        assert [["ü", None], None] == batches.read_all()["a"].to_pylist()


def test_an_error_amid_batches_is_ours(peer: TrinoPeer) -> None:
    late = ("EXCEEDED_TIME_LIMIT", "INSUFFICIENT_RESOURCES", "Query exceeded 30s")
    peer.answers = [Answer(pages=[[[1]], [[2]]], error=late)]
    with ta.connect(url(peer)) as store:
        backend: Any = store.segments.get_backend()
        batches = backend.sql("x", schema={"a": "int64"}).to_pyarrow_batches(chunk_size=1)

        assert [1] == next(batches)["a"].to_pylist()
        with pytest.raises(EngineFailed, match="Query exceeded 30s; narrow the question"):
            list(batches)


class Silent:
    """A coordinator that hangs: it takes connections, and never answers."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.place = f"127.0.0.1:{self.socket.getsockname()[1]}"

    @property
    def asked(self) -> int:
        """How often."""
        self.socket.setblocking(False)
        count = 0
        with contextlib.suppress(BlockingIOError):
            while True:
                self.socket.accept()[0].close()
                count += 1
        return count


@pytest.fixture
def silent() -> Iterator[Silent]:
    made = Silent()
    with made.socket:
        yield made


@contextlib.contextmanager
def patience(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """How long each query that is sent may take to be answered first."""
    found: list[float] = []
    send = HTTPAdapter.send

    def noted(self: HTTPAdapter, request: Any, **options: Any) -> Any:
        if request.method == "POST":
            found.append(options["timeout"])
        return send(self, request, **options)

    with monkeypatch.context() as patched:
        patched.setattr(HTTPAdapter, "send", noted)
        yield found


def test_a_hung_coordinator_is_left_for_the_next_one(
    peer: TrinoPeer, silent: Silent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, and soon: by the client's own patience the next one would be asked after 90 s."""
    monkeypatch.setattr(sessions, "FIRST_ANSWER_S", 0.2)
    hung: Any = silent

    with patience(monkeypatch) as found:
        assert [1] == rows(connection(hung, peer, options="?request_timeout=2"))
    assert 1 == silent.asked
    assert [0.2, 2] == found, "nobody is left to ask after the second one"


def test_a_statement_that_is_sent_once_is_given_all_its_time(
    peer: TrinoPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also after a read that was in a hurry."""
    with trino_peer.serving() as other, patience(monkeypatch) as found:
        asked = connection(peer, other, options="?request_timeout=20")
        rows(asked)
        asked.run("CREATE SCHEMA s", doing="making a schema", path="vast.s")

    assert [sessions.FIRST_ANSWER_S, 20] == found


def test_the_only_coordinator_is_given_all_its_time(
    silent: Silent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "FIRST_ANSWER_S", 0.05)
    hung: Any = silent

    with pytest.raises(EngineFailed, match=r"does not answer: no answer within 0\.2 s"):
        rows(connection(hung, options="?request_timeout=0.2"))
    assert connections.MOST_ROUNDS == silent.asked


@contextlib.contextmanager
def hanging(peer: TrinoPeer, poll: int) -> Iterator[None]:
    """From a poll on it answers nothing any more, and ends no query."""
    over = Event()
    peer.on_poll = lambda count: over.wait(20) if count >= poll else None
    peer.on_cancel = lambda: over.wait(20)
    try:
        yield
    finally:
        over.set()


SILENT = r"does not answer: no answer within 0\.2 s; request_timeout= in the URL says how many"


def test_a_coordinator_that_hangs_amid_a_query_is_waited_for_once(peer: TrinoPeer) -> None:
    """Trino's client waits three times for the answer, and three times for the query's end."""
    with hanging(peer, poll=2), pytest.raises(EngineFailed, match=SILENT) as caught:
        rows(connection(peer, options="?request_timeout=0.2"))

    assert peer.place in str(caught.value)
    assert (1, 2, 1) == (len(peer.queries), peer.polls, peer.cancelled)


def test_what_hangs_amid_a_query_is_asked_of_the_next_coordinator(peer: TrinoPeer) -> None:
    """Each of those that hang is waited for once, also where all of them do."""
    with trino_peer.serving(ONE_TO_FIVE) as second:
        asked = connection(peer, second, options="?request_timeout=0.2")
        with hanging(peer, poll=2):
            assert [1, 2, 3, 4, 5] == rows(asked)
        asked = connection(peer, second, options="?request_timeout=0.2")
        with hanging(peer, poll=3), hanging(second, poll=1), pytest.raises(EngineFailed) as caught:
            rows(asked)

    assert f"{peer.place} and {second.place} does not answer" in str(caught.value)
    assert (2, 3, 2) == (len(peer.queries), peer.polls, len(second.queries))


def test_what_hangs_amid_batches_is_told_by_its_name(peer: TrinoPeer) -> None:
    peer.answers = [Answer(pages=[[[page]] for page in range(9)])]
    with (
        trino_peer.serving() as second,
        ta.connect(url(peer, second, options="?request_timeout=0.2")) as store,
    ):
        backend: Any = store.segments.get_backend()
        batches = backend.sql("x", schema={"a": "int64"}).to_pyarrow_batches(chunk_size=1)
        assert [0] == next(batches)["a"].to_pylist()
        taken = peer.polls
        with hanging(peer, taken + 1), pytest.raises(EngineFailed, match=SILENT) as caught:
            list(batches)

    assert f": {peer.place} does not answer" in str(caught.value)
    assert (taken + 1, 1) == (peer.polls, peer.cancelled)
    assert [] == second.queries


def test_a_transaction_is_not_waited_for_where_its_query_hung(
    peer: TrinoPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "FIRST_ANSWER_S", 0.1)
    peer.answers = [BEGUN, Answer(), Answer(columns=(), pages=())]
    with (
        ta.connect(url(peer, options="?request_timeout=0.3")) as store,
        patience(monkeypatch) as found,
        hanging(peer, poll=3),
        pytest.raises(EngineFailed, match="does not answer: no answer within"),
    ):
        store.con.query("SELECT a FROM t")

    assert ["START TRANSACTION READ ONLY", "SELECT a FROM t", "ROLLBACK"] == peer.queries
    assert [0.3, 0.3, 0.1] == found


def test_an_answer_that_stops_amid_its_text_is_waited_for_once(peer: TrinoPeer) -> None:
    """Trino's client takes that for a connection that broke, and would begin the query thrice."""
    peer.answers = [Answer(stalls=True)]

    with pytest.raises(EngineFailed, match=SILENT):
        rows(connection(peer, options="?request_timeout=0.2"))
    assert connections.MOST_ROUNDS == len(peer.queries)


def test_what_a_query_cost_is_told_to_who_looks_on(peer: TrinoPeer) -> None:
    """T8."""
    seen: list[watching.Event] = []
    with watching.watched_by(seen.append):
        rows(connection(peer))

    (event,) = [each for each in seen if isinstance(each, watching.Queried)]
    assert ("trino", 7, 3, "query_0") == (event.engine, event.rows, event.splits, event.query_id)
    assert event.seconds > 0


def test_what_a_stream_cost_is_told_at_its_end(peer: TrinoPeer) -> None:
    peer.answers = [ONE_TO_FIVE]
    seen: list[watching.Event] = []
    with watching.watched_by(seen.append), connection(peer).streamed("x", doing="x") as (_, cursor):
        assert [[1]] == cursor.fetchmany(1)
        assert [] == seen

    assert [watching.Queried] == [type(each) for each in seen]


def test_sql_of_others_whose_answer_is_lost_is_asked_in_a_transaction_of_its_own(
    peer: TrinoPeer,
) -> None:
    lost = Answer(lost_after=0)
    peer.answers = [BEGUN, lost, lost, BEGUN, ONE_TO_FIVE, Answer(pages=[])]

    with ta.connect(url(peer)) as store:
        engine: Any = store._engine
        assert [1, 2, 3, 4, 5] == engine.query("SELECT a FROM t")["a"].to_pylist()

    assert ["START TRANSACTION READ ONLY", "SELECT a FROM t", "ROLLBACK"] * 2 == peer.queries
    assert ["t_1", "t_1"] == [
        each.headers["X-Trino-Transaction-Id"]
        for each in peer.sent
        if each.body == "SELECT a FROM t"
    ]


def test_sql_of_others_that_nobody_answers_any_more_is_told_as_such(peer: TrinoPeer) -> None:
    """Its transaction cannot be ended either; that is not what went wrong."""
    lost = Answer(lost_after=0)
    peer.answers = [BEGUN, lost, lost, BEGUN, lost]
    with ta.connect(url(peer)) as store:
        engine: Any = store._engine
        with pytest.raises(EngineFailed, match="does not answer"):
            engine.query("SELECT a FROM t")


def test_a_server_that_shows_no_queries_counts_nothing(peer: TrinoPeer) -> None:
    assert [] == connection(peer).operators("SELECT a FROM t", doing="running")


def test_a_closed_store_says_so(peer: TrinoPeer) -> None:
    store = ta.connect(url(peer))
    store.close()
    store.close()

    with pytest.raises(EngineFailed, match="the store is closed"):
        store.segments.count().to_pyarrow()
