"""A bucket of many keys into a Parquet file: `tams objects` beside what one writes first.

The bucket is made up, a page of 1,000 keys at a time, by `bench.paged_s3` in a process of its own;
so what is measured is who asks. Each way works once, alone, in a process of its own.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.peak import own_peak_kb

QUESTION = "every key of a bucket into Parquet: keys by a second of CPU, memory, requests"
SIZES = (100_000, 1_000_000)
NAIVE = "boto3's paginator, pandas"
NAIVE_AT_MOST = 100_000
"""More would take minutes: its figures by key are the same."""


def exporter(endpoint: str, target: Path) -> None:
    from tams_analytics.media.configured import ConfiguredBackend  # noqa: PLC0415 - what it takes
    from tams_analytics.media.listing import list_into  # noqa: PLC0415
    from tams_analytics.media.s3 import S3Storage  # noqa: PLC0415
    from tams_analytics.media.s3_config import S3Config  # noqa: PLC0415

    storage = S3Storage(S3Config("bench", endpoint, "k", "s"))
    list_into(target, [ConfiguredBackend("bench", "bench", "s3", storage.product, storage)])


def naive(endpoint: str, target: Path) -> None:
    import boto3  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    keys = {"aws_access_key_id": "k", "aws_secret_access_key": "s"}
    client = boto3.client("s3", endpoint_url=endpoint, **keys)
    rows: list[dict[str, Any]] = []
    for page in client.get_paginator("list_objects_v2").paginate(Bucket="bench"):
        rows.extend(page.get("Contents", []))
    pd.DataFrame(rows).to_parquet(target)


WAYS = {"tams objects": exporter, NAIVE: naive}


def run(sizes: tuple[int, ...] = SIZES) -> list[dict[str, Any]]:
    """A row for each way and number of keys."""
    return [row for size in sizes for row in _rows(size)]


def _rows(size: int) -> Iterator[dict[str, Any]]:
    for way in WAYS:
        if way == NAIVE and size > NAIVE_AT_MOST:
            continue
        with _bucket(size) as endpoint, TemporaryDirectory() as folder:
            target = Path(folder) / "listing.parquet"
            command = [sys.executable, "-m", "bench.listing", way, endpoint, str(target)]
            done = subprocess.run(command, capture_output=True, check=True, text=True)
            cpu_s, peak_mb = map(float, done.stdout.split())
            with urllib.request.urlopen(f"{endpoint}/asked") as asked:  # noqa: S310 - our own
                requests = int(asked.read())
            yield {
                "way": way,
                "keys": size,
                "CPU s": cpu_s,
                "keys/CPU s": size / cpu_s,
                "peak MB": peak_mb,
                "requests": requests,
                "file MB": target.stat().st_size / 1e6,
            }


@contextmanager
def _bucket(size: int) -> Iterator[str]:
    command = [sys.executable, "-m", "bench.paged_s3", str(size)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
        finally:
            server.kill()


def main(way: str, endpoint: str, target: str) -> None:
    """CPU seconds of this process for the work, and its largest size."""
    WAYS[way](endpoint, Path(target))
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(used.ru_utime + used.ru_stime, own_peak_kb() / 1024)


if __name__ == "__main__":
    main(*sys.argv[1:])
