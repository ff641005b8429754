"""A process that does background work in small steps: python -m tests.work.worker URL."""

from __future__ import annotations

import dataclasses
import datetime as dt
import sys

import tams_analytics as ta
from tams_analytics.work import collector
from tams_analytics.work.jobs import COLLECTOR, DELETIONS
from tams_analytics.work.loop import Background
from tams_analytics.writes import collecting
from tams_analytics.writes.deletion_work import work_deletion_requests

FEW = 5
LEASE = dt.timedelta(seconds=3)
AT_ONCE = -dt.timedelta(hours=2)
"""A grace by which all that is unused may be collected."""


def main() -> None:
    collecting.GRACE = AT_ONCE
    collector.TAKEN_OVER_AFTER = LEASE
    with ta.connect(sys.argv[1]) as store:
        jobs = (
            dataclasses.replace(
                DELETIONS,
                every_s=0.1,
                run=lambda engine, _storages, goes_on: work_deletion_requests(
                    engine, batch=FEW, goes_on=goes_on
                ),
            ),
            dataclasses.replace(
                COLLECTOR,
                every_s=0.1,
                run=lambda engine, storages, goes_on: collector.collect(
                    engine, storages, batch=FEW, goes_on=goes_on, taken_over_after=LEASE
                ),
            ),
        )
        background = Background(store._engine, store.storages, jobs, lease_s=LEASE.total_seconds())
        sys.stdout.write("working\n")
        sys.stdout.flush()
        background.start()
        background.wait()


if __name__ == "__main__":
    main()
