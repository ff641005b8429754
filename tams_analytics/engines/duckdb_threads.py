"""How many threads DuckDB works with, and into how many parts it divides its groups.

DuckDB 1.3.2 with two to four threads can give one group as two, by chance: with such a number it
makes two or four partitions, and after rows that are all alike it puts the next ones together into
the partition of the first (``test_upstream``). With one thread there is one partition, and with
five or more it goes another way, which is right. So where the machine has fewer it counts five:
those that are not there are said to be the caller's own, and none is started for them.
"""

from __future__ import annotations

import duckdb

RIGHT = 5
"""The fewest threads, but one, with which no group is given twice."""


def use(connection: duckdb.DuckDBPyConnection, number: int) -> None:
    """Let the database work with so many threads, the caller's among them."""
    counted = number if number == 1 else max(number, RIGHT)
    connection.execute(
        "SET GLOBAL external_threads = 1;"  # never above the other, whatever that was
        f"SET GLOBAL threads = {counted:d};"
        f"SET GLOBAL external_threads = {counted - number + 1:d}"
    )


def use_all(connection: duckdb.DuckDBPyConnection) -> None:
    """Let it work with as many as DuckDB takes by itself, which is one for each core."""
    connection.execute("RESET GLOBAL external_threads; RESET GLOBAL threads")
    use_right(connection)


def use_right(connection: duckdb.DuckDBPyConnection) -> None:
    """Let it work with as many as before, but count right ones."""
    (number,) = connection.execute("SELECT current_setting('threads')").fetchone() or (1,)
    if 1 < number < RIGHT:
        use(connection, number)
