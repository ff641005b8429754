"""The server as a process: from `tams serve` to the last answer.

One worker serves in this process; several are processes of their own, which uvicorn starts again
where one dies, and each opens the store for itself. SIGTERM and Ctrl-C end it: nothing new is
taken, what is being answered is answered, what runs beside stops, the store is closed. Each of the
two, requests and what runs beside, has ``TAMS_SHUTDOWN_TIMEOUT`` for it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import functools
import ipaddress
import logging
import os
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import click
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from tams_analytics.display.text import plural
from tams_analytics.errors import BadParameter, Unsupported
from tams_analytics.media.opening import is_on_vast
from tams_analytics.queries import overview
from tams_analytics.settings import load as library_settings
from tams_analytics.store import Store, connect
from tams_analytics.work.jobs import JOBS
from tams_analytics.writes.prepared_backends import refuse_unready_backends
from tams_command.group import Failure
from tams_server import logs
from tams_server.app import asked_instead, create_app
from tams_server.authentication import authentication_of
from tams_server.connections import Config
from tams_server.ending import Server, end_within
from tams_server.metrics import FOLDER
from tams_server.settings import ServerSettings, load

LOG = logging.getLogger(__name__)
BACKLOG = 2048
SILENCE_S = 120
"""So long may a worker say nothing: on a busy machine it begins for longer than uvicorn's 5 s."""
SPARE_S = 10
"""For a worker to begin and end, beside what it waits for."""
APPLICATION = "tams_server.worker:application"


def serve(
    place: str | None,
    store: str | None,
    host: str | None,
    port: int | None,
    workers: int | None,
    ui: bool | None,
) -> None:
    """Serve the store until a signal ends it. Raises `Failure`, and what opening a store raises."""
    url = _one_store(place, store)
    given = {"host": host, "port": port, "workers": workers, "ui": ui}
    chosen = {name: value for name, value in given.items() if value is not None}
    settings = dataclasses.replace(load(), **chosen)  # type: ignore[arg-type]
    refuse_open_door(settings)
    refuse_workers(url, settings)
    logs.configure(settings)
    with contextlib.ExitStack() as held:
        door = held.enter_context(bound(settings.host, settings.port))
        settings = dataclasses.replace(settings, port=door.getsockname()[1])
        refuse_unready_backends(url, library_settings())
        with asked_instead(settings):  # the application opens it again: here, who starts it is told
            opened = held.enter_context(connect(url))
        opened.writes.prepare_storage_backends()
        click.echo(told(opened, settings, door), err=True)
        held.enter_context(quiet_signals())
        if settings.workers == 1:
            beside = opened.background(settings.seen_at)
            at_end = functools.partial(end_within, settings.shutdown_timeout)
            app = create_app(opened, settings, beside=beside, at_end=at_end)
            Server(configured(app, settings)).run(sockets=[door])
        else:
            opened.close()
            held.enter_context(environment_of_workers(url, settings))
            end_s = 2 * settings.shutdown_timeout + SPARE_S  # requests, then what runs beside
            run_workers(Workers(configured(APPLICATION, settings), door, end_s))


def _one_store(place: str | None, store: str | None) -> str:
    if place and store:
        raise click.UsageError(f"two stores are named: {place} and {store}")
    url = place or store or library_settings().store_url
    if not url:
        raise BadParameter("STORE", None, "is not given", "for example newsroom.duckdb")
    return url


def refuse_open_door(settings: ServerSettings) -> None:
    """Without a credential only this machine may ask (F84). Raises `Failure`."""
    if settings.has_credentials or is_loopback(settings.host):
        return
    way_out = "set TAMS_AUTH_TOKENS, TAMS_AUTH_BASIC or TAMS_AUTH_JWT_ISSUER, or serve 127.0.0.1"
    raise Failure(
        f"nobody would have to say who they are, so that {settings.host} is refused: {way_out}"
    )


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_workers(url: str, settings: ServerSettings) -> None:
    """A DuckDB file belongs to one process. Raises `Unsupported`."""
    if settings.workers > 1 and not is_on_vast(url):
        raise Unsupported(
            "duckdb",
            f"be served by {settings.workers} workers: one process holds the file",
            "leave --workers out, or serve a store on VAST DB",
        )


@contextlib.contextmanager
def bound(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens there. Raises `Failure` where it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        door = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        reason = str(error.strerror or error).partition(" (while ")[0]
        way_out = "--host" if is_of_host(error) else "--port"
        raise Failure(f"{host} port {port} cannot be served: {reason}; try {way_out}") from error
    door.set_inheritable(True)
    with door:
        yield door


def is_of_host(error: OSError) -> bool:
    """Whether no port of that host could be served; a name's resolution has numbers below 0."""
    return error.errno is not None and (error.errno < 0 or error.errno == errno.EADDRNOTAVAIL)


def told(store: Store, settings: ServerSettings, door: socket.socket) -> str:
    """Lines: what is served, where and to whom; what changes it; what no client could do."""
    host, port = door.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    authentication = authentication_of(settings)
    whom = f"auth: {', '.join(authentication.schemes)}" if authentication else NO_AUTH
    is_empty = not store.ask(overview.alive).num_rows
    what = f"{store.url}{EMPTY if is_empty else ''}"
    line = f"tams: serving {what} at http://{shown}:{port}, {whom}; Ctrl-C ends it"
    lines = [line, changed_by(store)]
    if settings.is_seen_nowhere:
        lines.append(SEEN_NOWHERE.format(settings.seen_at))
    return "\n".join(lines)


def changed_by(store: Store) -> str:
    """The line about what runs beside the requests, which nobody has asked for."""
    names = ", ".join(job.name for job in JOBS)
    is_file = store.engine == "duckdb" and not store.url.endswith(":memory:")
    advice = "; to look at one that stays as it is, serve a copy of the file" if is_file else ""
    return (
        f"tams: it changes {store.url}: by what clients send, and by jobs that run beside that"
        f" ({names}){advice}"
    )


EMPTY = " (new or empty: no flow yet)"
"""Said of a store whose name may be mistyped, too."""
SEEN_NOWHERE = (
    "tams: webhooks are told URLs of bytes at {}, where nobody finds them:"
    " set TAMS_PUBLIC_URL to where clients ask"
)
NO_AUTH = "no auth: every program and page on this machine may ask"


def configured(app: Any, settings: ServerSettings) -> Config:
    """How uvicorn serves: no log and no header of its own, an end to all waiting."""
    return Config(
        app,
        factory=isinstance(app, str),
        client_timeout=settings.client_timeout,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        workers=settings.workers,
        timeout_worker_healthcheck=SILENCE_S,
        backlog=BACKLOG,
        timeout_graceful_shutdown=settings.shutdown_timeout,
    )


class Workers(Multiprocess):
    """uvicorn's, which see at once that a worker was killed, and wait for none for ever."""

    def __init__(self, config: Config, door: socket.socket, end_s: float) -> None:
        super().__init__(config, sockets=[door])
        self._end_s = end_s

    def keep_subprocess_alive(self) -> None:
        """With the workers' ends of the pipes open here, a question to a dead one would wait."""
        for worker in self.processes:
            worker.child_conn.close()
        super().keep_subprocess_alive()

    def join_all(self) -> None:
        LOG.info("stopping: %s, within %s s", plural(len(self.processes), "worker"), self._end_s)
        deadline = time.monotonic() + self._end_s
        for worker in self.processes:
            worker.process.join(max(0, deadline - time.monotonic()))
            if worker.process.is_alive():
                worker.kill()
        super().join_all()


def run_workers(workers: Workers) -> None:
    """Until a signal. Raises `Failure` where they cannot start."""
    workers.run()
    if any(process.exitcode == STARTUP_FAILURE for process in workers.processes):
        raise Failure("the workers could not start; the lines above say why")


@contextlib.contextmanager
def quiet_signals() -> Iterator[None]:
    """As uvicorn raises a signal again when it has ended by it: nothing is left to do then."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, lambda *_: None)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def environment_of_workers(url: str, settings: ServerSettings) -> Iterator[None]:
    """What `worker` reads: the store, the settings of the command line, a folder for numbers."""
    with tempfile.TemporaryDirectory(prefix="tams-metrics-") as folder:
        set_here = {"TAMS_URL": url, "TAMS_WORKERS": str(settings.workers), FOLDER: folder}
        set_here |= {"TAMS_HOST": settings.host, "TAMS_PORT": str(settings.port)}
        set_here |= {"TAMS_UI": str(int(settings.ui))}
        before = {name: os.environ.get(name) for name in set_here}
        os.environ.update(set_here)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value
