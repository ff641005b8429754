"""All checks of a large newsroom on VAST: what is asked for, and the memory of who asks.

The cluster is the peer of the tests, in this process; the checks run in one of their own, so that
its memory is the client's. Requests, rows and bytes are what a cluster would send; the peer's times
are those of a server in Python.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from typing import Any

import tams_analytics as ta
from bench.peak import own_peak_kb
from bench.stores import asked_sizes, kept_newsroom
from tests.support.vast_peer import Entry
from tests.support.vast_stores import KEYS, VastStores

QUESTION = "a full check run on VAST: each column of segments moved once, at most 2,048 MB"
SIZES = (1_000_000,)
WANTED_MB = 2_048
LONG = ("segments", "objects", "object_instances")


def run() -> list[dict[str, Any]]:
    """One row for each size; TAMS_BENCH_SEGMENTS=10000000 takes some minutes and 12 GB."""
    os.environ |= KEYS
    return [checked(size) for size in asked_sizes() or SIZES]


def checked(size: int) -> dict[str, Any]:
    with VastStores() as stores:
        with kept_newsroom(size) as store:
            url = stores.filled(store)
        mark = stores.peer.log.mark()
        command = [sys.executable, "-m", "bench.checks_vast", url]
        done = subprocess.run(command, capture_output=True, check=True, text=True)
        entries = stores.peer.log.since(mark)
    return {
        "segments": size,
        **json.loads(done.stdout),
        "requests": len(entries),
        "rows": sum(entry.rows_returned or 0 for entry in entries),
        "bytes": sum(entry.response_bytes for entry in entries),
        "columns of segments": len(moved(entries, "segments")),
        "moved at most": max(count for table in LONG for count in moved(entries, table).values()),
    }


def moved(entries: list[Entry], table: str) -> Counter[str]:
    """How many scans asked for each column; one scan may be sent in parts."""
    scans = {
        (entry.txid, entry.columns, entry.conjuncts)
        for entry in entries
        if entry.command == "data" and entry.table == table
    }
    return Counter(name for _txid, columns, _conjuncts in scans for name in columns or ())


def ours(url: str) -> dict[str, Any]:
    with ta.connect(url) as store:
        began = time.perf_counter()
        found = store.check()
        took = time.perf_counter() - began
    peak = own_peak_kb() / 1024
    return {"passed": found.passed, "s": took, "MB": peak, "of wanted MB": peak / WANTED_MB}


if __name__ == "__main__":
    print(json.dumps(ours(sys.argv[1])))
