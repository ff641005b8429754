"""The SDK's session, with time limits, kept connections, and every answer counted."""

from __future__ import annotations

import contextlib
import io
import socket
import threading
from collections.abc import Iterator
from typing import Any

import backoff
import requests
import urllib3
import vastdb
from requests.adapters import HTTPAdapter
from vastdb._internal import VastdbApi
from vastdb._session_context import SessionContext
from vastdb.config import BackoffConfig, SessionConfig

from tams_analytics.engines.vast.address import Address
from tams_analytics.engines.vast.errors import connecting_to

CONNECT_S = 10
"""How long a cluster may take to accept a connection."""
MOST_CONNECTIONS = 32
"""How many are kept; more are opened where more are needed at once."""
FIRST_TRIES = 2
"""For the first request: who cannot be reached now should be told so now."""
BUFFER = 64 * 1024
"""So many bytes of an answer are taken at once, if they are there."""
MOST_TRIES, MOST_RETRIED_S = 5, 30.0
"""For what the SDK tries again: reads after a lost connection, anything after SlowDown."""


class Tally:
    """The answers that a scan, or anything else, got: how many, and their bytes."""

    def __init__(self) -> None:
        self._answers: list[urllib3.BaseHTTPResponse] = []
        self._is_stopped = False
        self._lock = threading.Lock()

    def take(self, answer: urllib3.BaseHTTPResponse) -> None:
        """Count an answer; of one that nobody waits for any more the connection is cut."""
        with self._lock:
            self._answers.append(answer)
            is_stopped = self._is_stopped
        if is_stopped:
            cut(answer)

    @property
    def requests(self) -> int:
        """How many were answered."""
        return len(self._answers)

    @property
    def bytes(self) -> int:
        """What came in their bodies and was read."""
        return sum(answer.tell() for answer in self._answers)

    @property
    def is_stopped(self) -> bool:
        """Whether nobody waits for them any more."""
        return self._is_stopped

    def release(self) -> None:
        """Give the connections back: to be used again where their answers were read to the end."""
        for answer in self._answers:
            answer.drain_conn()

    def close(self) -> None:
        """Close the connections of answers that nobody will read on."""
        for answer in self._answers:
            answer.close()
            answer.release_conn()

    def stop(self) -> None:
        """Cut the connections of answers that are under way, so that who reads them wakes up."""
        with self._lock:
            self._is_stopped = True
            answers = list(self._answers)
        for answer in answers:
            cut(answer)


def cut(answer: urllib3.BaseHTTPResponse) -> None:
    """Shut the socket of an answer down: closing alone does not wake a thread that reads it."""
    connection = getattr(answer, "connection", None)
    sock: socket.socket | None = getattr(connection, "sock", None)
    if sock is not None:
        with contextlib.suppress(OSError):  # it is down already
            sock.shutdown(socket.SHUT_RDWR)


_reading = threading.local()


@contextlib.contextmanager
def counted(tally: Tally) -> Iterator[None]:
    """Give ``tally`` the answers that this thread gets meanwhile."""
    _reading.tally = tally
    try:
        yield
    finally:
        _reading.tally = None


def _count(answer: requests.Response, *_args: Any, **_options: Any) -> None:
    tally: Tally | None = getattr(_reading, "tally", None)
    if tally is not None:
        tally.take(answer.raw)


class _Body(io.RawIOBase):
    """An answer's body: for a buffer what has come, and all where more is asked for."""

    def __init__(self, raw: urllib3.BaseHTTPResponse) -> None:
        self._raw = raw

    def readable(self) -> bool:
        return True

    def readinto(self, place: Any) -> int:
        read = self._raw.read if len(place) > BUFFER else self._raw.read1
        found = read(len(place))
        place[: len(found)] = found
        return len(found)


class Api(VastdbApi):
    """The SDK's, with one pool of connections for all selects: its own opens one for each."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._others: dict[str, Api] = {}
        super().__init__(*args, **options)

    def with_endpoints(self, endpoints: list[str]) -> Api:
        """Of these, made once: making one takes as long as a request."""
        key = " ".join(endpoints)
        if key not in self._others:
            self._others[key] = self._with_endpoints(endpoints)
        return self._others[key]

    def _with_endpoints(self, endpoints: list[str]) -> Api:
        other = Api(
            self.access_key,
            self.secret_key,
            endpoints=endpoints,
            max_entities_per_page=self._max_entities_per_page,
            ssl_verify=self._ssl_verify,
            timeout=self.timeout,
            backoff_config=self.backoff_config,
            version_check=False,
        )
        other.vast_version = self.vast_version
        other._sessions = self._sessions
        return other

    def __exit__(self, *_args: object) -> None:
        """Keep the connections: the next select takes them."""

    def query_data(self, *args: Any, **options: Any) -> requests.Response:
        """The answer to a select, buffered.

        The SDK reads a few bytes at a time, which cost urllib3 as much as many.
        """
        answer: requests.Response = super().query_data(*args, **options)
        answer.raw = io.BufferedReader(_Body(answer.raw), BUFFER)
        return answer

    def _session_create(self, url: Any) -> requests.Session:
        session: requests.Session = super()._session_create(url)
        # what the environment says of proxies and certificates, read once: it costs a third of a
        # small request
        said = session.merge_environment_settings(str(url), {}, None, session.verify, None)
        session.trust_env, session.proxies, session.verify = False, said["proxies"], said["verify"]
        _mount(session)
        session.hooks["response"].append(_count)
        return session

    def renew(self) -> None:
        """Use new connections from now on, and leave the old ones as they are."""
        for session in self._sessions.values():
            _mount(session)

    def close(self) -> None:
        """Close all connections."""
        for session in self._sessions.values():
            session.close()


def _mount(session: requests.Session) -> None:
    session.mount("http://", HTTPAdapter(pool_maxsize=MOST_CONNECTIONS))
    session.mount("https://", HTTPAdapter(pool_maxsize=MOST_CONNECTIONS))


def open_session(address: Address, timeout_s: int) -> vastdb.session.Session:
    """A session with the cluster; one request, which asks for its version.

    Raises `BadParameter` for missing keys, `EngineFailed`, `Refused`.
    """
    access, secret = address.keys()
    with connecting_to(address.url):
        session = vastdb.session.Session(
            access,
            secret,
            address.endpoint,
            timeout=(CONNECT_S, timeout_s),
            backoff_config=_retries(FIRST_TRIES),
        )
        api = Api(
            access,
            secret,
            endpoints=[address.endpoint],
            max_entities_per_page=session.api._max_entities_per_page,
            timeout=session.api.timeout,
            backoff_config=_retries(MOST_TRIES),
            version_check=False,
        )
        api.vast_version = session.api.vast_version
        session.api = api
        session._context = SessionContext(api, address.endpoint, SessionConfig())
    return session


def _retries(most: int) -> BackoffConfig:
    return BackoffConfig(
        wait_gen=backoff.expo, max_value=5.0, max_tries=most, max_time=MOST_RETRIED_S
    )
