"""DuckDB's errors as ours, in one place."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator

import duckdb

from tams_analytics.errors import EngineFailed, NotFound, TamsError
from tams_analytics.tables import OF_RUNS

CALLERS_MISTAKE = (
    duckdb.ParserException,
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.PermissionException,
    duckdb.InvalidInputException,
    duckdb.ConversionException,
    duckdb.NotImplementedException,
)


HINTS = ("Candidate bindings: ", "Did you mean ")
"""How DuckDB begins a line about names that are like one that is not there."""
INTERRUPTED = "Query interrupted"
NO_TABLE = re.compile(r"Table with name (\w+) does not exist")
NOT_YET = {table.name for table in OF_RUNS}
"""Tables of ours that a store does not have which was made before them and is open read-only."""
MAKES_THEM = "opening the store for writing makes it"


@contextlib.contextmanager
def translated(doing: str, cursor: duckdb.DuckDBPyConnection | None = None) -> Iterator[None]:
    """DuckDB's errors as ours, the original chained; a Ctrl-C that it heard as KeyboardInterrupt.

    What ``cursor`` was doing then is ended. DuckDB would go on with it: closing would wait for it,
    and a table that it was making would keep the file open for good. That a table of ours is
    `NOT_YET` there is `NotFound`, all else `EngineFailed`.
    """
    try:
        yield
    except duckdb.Error as error:
        raise _ours(error, doing) from error
    except RuntimeError as error:
        signalled = raised_by_signal(error)
        if signalled is None:
            raise
        if cursor is not None:
            cursor.interrupt()
            to_its_end(lambda: cursor.execute("SELECT 1"))  # before which the last one is ended
        raise signalled from None


def _ours(error: duckdb.Error, doing: str) -> TamsError:
    missing = NO_TABLE.search(str(error)) if isinstance(error, duckdb.CatalogException) else None
    if missing and missing[1] in NOT_YET:
        return NotFound("table", missing[1], MAKES_THEM)
    return EngineFailed("duckdb", doing, told(error))


def raised_by_signal(error: RuntimeError) -> BaseException | None:
    """What a signal's handler raised while DuckDB worked; it tells that as a bare RuntimeError.

    ``cursor.interrupt()`` is told as `duckdb.InterruptException`, which is no Ctrl-C.
    """
    heard = type(error) is RuntimeError and str(error) == INTERRUPTED
    return error.__cause__ if heard else None


def to_its_end(statement: Callable[[], object]) -> None:
    """Run what ends a question, however often Ctrl-C is pressed; the first one is told already.

    Where DuckDB refuses it there is nothing to end.
    """
    while True:
        try:
            statement()
        except duckdb.Error:
            return
        except RuntimeError as error:
            if raised_by_signal(error) is None:
                raise
        else:
            return


def told(error: duckdb.Error) -> str:
    """What happened, on one line, with the names that are like a misspelt one.

    Where it stands in the SQL, and the long lists of functions' signatures, are left out.
    """
    first, *rest = str(error).strip().splitlines()
    return " ".join([first, *(line.strip() for line in rest if line.startswith(HINTS))])
