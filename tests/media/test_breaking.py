"""A storage that is down is told at once, and asked again after a while (F66)."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

pytest.importorskip("boto3", reason="boto3 is in the extra [media]")
from tams_analytics.errors import EngineFailed, NotFound
from tams_analytics.media.s3 import S3Config, S3Storage
from tams_analytics.media.s3_config import S3Tuning

QUICK = S3Tuning(attempts=1, connect_timeout_s=1, read_timeout_s=1, breaker_pause_s=1)


class Store:
    """Answers each request with one status, or lets it wait; counts them."""

    def __init__(self) -> None:
        self.answer = b"404 Not Found"
        self.asked = 0
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                opened, _where = self._door.accept()
            except OSError:
                return
            with opened:
                opened.recv(1 << 16)
                self.asked += 1
                head = b"HTTP/1.1 " + self.answer + b"\r\ncontent-length: 0\r\n"
                opened.sendall(head + b"connection: close\r\n\r\n")

    def close(self) -> None:
        self._door.close()


@contextmanager
def served() -> Iterator[Store]:
    store = Store()
    yield store
    store.close()


def storage(url: str) -> S3Storage:
    return S3Storage(S3Config("media", url, "k", "s", tuning=QUICK))


def test_a_storage_that_is_down_is_asked_three_times_and_then_left_alone() -> None:
    with served() as store:
        store.answer = b"503 Service Unavailable"
        down = storage(store.url)
        for _each in range(3):
            with pytest.raises(EngineFailed, match="looking up a"):
                down.size("a")
        for _each in range(5):
            with pytest.raises(EngineFailed, match=r"3 times in a row .* after 1 seconds"):
                down.size("a")
        assert store.asked == 3
        assert down.presign_get("a").startswith(store.url)

        store.answer = b"404 Not Found"
        time.sleep(1.1)
        assert not down.exists("a")
        assert not down.exists("b")
        assert store.asked == 5


def test_a_storage_that_says_no_is_not_down() -> None:
    with served() as store:
        up = storage(store.url)
        for _each in range(5):
            with pytest.raises(NotFound):
                up.size("a")
        store.answer = b"403 Forbidden"
        for _each in range(5):
            with pytest.raises(EngineFailed, match="403"):
                up.size("a")
        assert store.asked == 10


def test_a_database_that_fails_while_bytes_are_stored_is_no_storage_that_is_down() -> None:
    """Whoever stores bytes writes down now and then that they still come (`writes.holding`)."""

    class Held(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise EngineFailed("duckdb", "writing") from OSError("no space")

    with served() as store:
        up = storage(store.url)
        for _each in range(5):
            with pytest.raises(EngineFailed, match="duckdb failed at writing"):
                up.put("a", Held())
        with pytest.raises(NotFound):
            up.size("a")


def test_operations_do_not_wait_for_each_other() -> None:
    """The breaker's lock is not held while the storage is asked."""
    door = socket.create_server(("127.0.0.1", 0), backlog=8)
    slow = storage(f"http://127.0.0.1:{door.getsockname()[1]}")
    asking = [threading.Thread(target=ignored, args=(slow,)) for _each in range(3)]
    for each in asking:
        each.start()
    arrived = [door.accept()[0] for _each in range(3)]  # before any was answered
    for each in arrived:
        each.close()
    door.close()
    for thread in asking:
        thread.join()


def ignored(storage: S3Storage) -> None:
    with pytest.raises(EngineFailed):
        storage.size("a")
