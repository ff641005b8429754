"""join_overlaps of two tables of a million rows, beside IEJoin, bioframe, NCLS and polars-bio."""

from __future__ import annotations

import functools
import importlib.util
import warnings
from collections.abc import Callable
from typing import Any

import duckdb
import ibis
import numpy as np
import pyarrow as pa

from bench.data import YEAR, axis, folder, object_ids
from bench.peak import peak_mb
from bench.timing import Work, in_turns
from tams_analytics import intervals

QUESTION = (
    "overlapping pairs of two tables, with their columns; again with a year among the seconds"
)
ROWS = 1_000_000
ROUNDS = 5
KEYS = 10
SHIFT_NS = 3_000_000_000

IEJOIN = """select a.*, b.object_id, b.start_ns, b.end_ns,
    greatest(a.start_ns, b.start_ns), least(a.end_ns, b.end_ns)
    from {ours} a join b on {on} a.start_ns < b.end_ns and a.end_ns > b.start_ns"""


def run(rows: int = ROWS, rounds: int = ROUNDS) -> list[dict[str, Any]]:
    """One row for each contender; ``verb/this`` at most 1 for IEJoin and bioframe."""
    measured = works(rows)
    taken = {name: min(seconds) for name, seconds in in_turns(measured, rounds).items()}
    return [
        {
            "join": name,
            "rows": rows,
            "pairs": len(measured[name]()),
            "s": seconds,
            "verb/this": taken["verb"] / seconds,
            "MB": peak_mb("joins", name, str(rows)),
        }
        for name, seconds in taken.items()
    ]


def works(rows: int = ROWS) -> dict[str, Work]:
    connection = duckdb.connect(str(tables_file(rows)), read_only=True)
    connection.execute("set enable_progress_bar = false")
    backend = ibis.duckdb.from_connection(connection)
    a, long, b = (backend.table(name) for name in ("a", "long", "b"))
    found: dict[str, Work] = {
        "verb": intervals.join_overlaps(a, b).to_pyarrow,
        "verb with a year": intervals.join_overlaps(long, b).to_pyarrow,
        "verb by key": intervals.join_overlaps(a, b, on="flow_id").to_pyarrow,
        "DuckDB IEJoin": lambda: connection.sql(IEJOIN.format(ours="a", on="")).arrow(),
    }
    return found | peers(connection)


def peers(connection: duckdb.DuckDBPyConnection) -> dict[str, Work]:
    """The libraries that are installed, each with the tables in memory in its own form."""
    there = {name: make for name, make in PEERS.items() if importlib.util.find_spec(name)}
    return {name: prepared(functools.partial(make, connection)) for name, make in there.items()}


def prepared(make: Callable[[], Work]) -> Work:
    """Works with what ``make`` makes at the first call, so that a work alone needs its own only."""
    made: list[Work] = []

    def work() -> Any:
        if not made:
            made.append(make())
        return made[0]()

    return work


def bioframe(connection: duckdb.DuckDBPyConnection) -> Work:
    import bioframe as library  # noqa: PLC0415 - a peer that need not be installed

    a, b = (connection.table(name).df().assign(chrom="x") for name in ("a", "b"))
    columns = ("chrom", "start_ns", "end_ns")
    return lambda: library.overlap(a, b, how="inner", cols1=columns, cols2=columns)


def ncls(connection: duckdb.DuckDBPyConnection) -> Work:
    """Row numbers of the pairs, and then their columns."""
    from ncls import NCLS  # noqa: PLC0415

    a, b = (connection.table(name).arrow() for name in ("a", "b"))

    def work() -> pa.Table:
        mine, theirs = (
            (table["start_ns"].to_numpy(), table["end_ns"].to_numpy(), np.arange(len(table)))
            for table in (a, b)
        )
        left, right = NCLS(*theirs).all_overlaps_both(*mine)
        ours, others = a.take(left), b.take(right)
        return pa.table([*ours.columns, *others.columns], names=[*map(str, range(8))])

    return work


def polars_bio(connection: duckdb.DuckDBPyConnection) -> Work:
    """Hundredths of a second, since its positions are of 32 bits: other pairs at the edges."""
    import polars_bio as library  # noqa: PLC0415

    hundredths = """select 'x' chrom, object_id,
        (start_ns - m) // 10000000 start_ns, (end_ns - m) // 10000000 end_ns
        from {0}, (select min(start_ns) m from a)"""
    a, b = (connection.sql(hundredths.format(name)).pl() for name in ("a", "b"))
    columns = ["chrom", "start_ns", "end_ns"]
    library.set_option(library.POLARS_BIO_COORDINATE_SYSTEM_ZERO_BASED, True)  # half-open
    warnings.filterwarnings("ignore", "Coordinate system metadata is missing")  # set above
    return lambda: library.overlap(
        a, b, cols1=columns, cols2=columns, output_type="polars.DataFrame"
    )


PEERS = {"bioframe": bioframe, "ncls": ncls, "polars_bio": polars_bio}


def tables_file(rows: int) -> Any:
    """Tables ``a`` and ``b`` on one axis, and ``long``: ``a`` with a range of one year."""
    path = folder() / f"joins-{rows}.duckdb"
    if path.exists():
        return path
    unfinished = path.with_suffix(".partial")
    unfinished.unlink(missing_ok=True)
    with duckdb.connect(str(unfinished)) as connection:
        for name, seed in (("a", 1), ("b", 2)):
            connection.register("made", table(rows, seed))
            connection.table("made").create(name)
        connection.execute("create table long as select * from a")
        connection.execute(
            "insert into long select 'year', '0', min(start_ns), min(start_ns) + ? from a", [YEAR]
        )
    unfinished.rename(path)
    return path


def table(rows: int, seed: int) -> pa.Table:
    rng = np.random.default_rng(seed)
    start_ns, end_ns = axis(rows, rng)
    shift = SHIFT_NS * (seed - 1)
    return pa.table(
        {
            "object_id": object_ids(rows, rng),
            "flow_id": pa.array([f"{n % KEYS:036d}" for n in range(rows)]),
            "start_ns": start_ns + shift,
            "end_ns": end_ns + shift,
        }
    )
