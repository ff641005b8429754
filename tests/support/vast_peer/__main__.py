"""Serves a peer on loopback until Ctrl-C: ``make vast-peer``, for trying things in a notebook.

``PUT /bucket/.snapshot/name`` takes a snapshot of the bucket, ``DELETE`` drops it.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from pathlib import Path
from threading import Event

from tests.support.vast_peer.peer import VastPeer

PORT = 9091
TOLD = """\
VAST DB for tests (nothing is kept), until Ctrl-C:
  ta.connect("vast://{peer.address}/{bucket}/{schema}")
  vastdb.connect(endpoint="{peer.url}", access="any", secret="any")
Any keys do: VAST_ACCESS_KEY=any VAST_SECRET_KEY=any
A snapshot, as a cluster takes it in its management (-X DELETE drops it):
  curl -X PUT {peer.url}/{bucket}/.snapshot/monday
Requests, a line of JSON each: {log}
"""


def main(arguments: list[str] | None = None) -> int:
    asked = parsed(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with log_file(asked).open("w", encoding="utf-8") as sink:
        peer = opened(asked)
        peer.log.write_to(sink)
        peer.create_schema(asked.bucket, asked.schema)
        with peer:
            told = TOLD.format(peer=peer, log=sink.name, bucket=asked.bucket, schema=asked.schema)
            sys.stdout.write(told)
            sys.stdout.flush()
            wait_for_interrupt()
    return 0


def opened(asked: argparse.Namespace) -> VastPeer:
    try:
        return VastPeer(buckets=[asked.bucket], version=asked.version, port=asked.port)
    except OSError as error:
        raise SystemExit(
            f"vast_peer: port {asked.port} cannot be used ({error.strerror}); "
            'another one: make vast-peer ARGS="--port 9191"'
        ) from error


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="vast_peer", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT, help="0 for any that is free")
    parser.add_argument("--bucket", default="tams")
    parser.add_argument("--schema", default="newsroom", help="made empty")
    parser.add_argument("--version", default="5.5.0.1", help="of VAST, that it claims to be")
    parser.add_argument("--log", type=Path, help="else a file in the folder for temporary files")
    return parser.parse_args(arguments)


def log_file(asked: argparse.Namespace) -> Path:
    return asked.log or Path(tempfile.gettempdir()) / f"vast-peer-{asked.port}.jsonl"


def wait_for_interrupt() -> None:
    """Looked for in a loop: polars, which vastdb brings, lets the system resume an endless wait."""
    never = Event()
    try:
        while not never.wait(timeout=0.2):
            pass
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second one must not break the end
        sys.stdout.write("\n")


if __name__ == "__main__":
    raise SystemExit(main())
