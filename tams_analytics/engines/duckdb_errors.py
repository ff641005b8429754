"""DuckDB's errors as ours, in one place."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import duckdb

from tams_analytics.errors import EngineFailed

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


@contextlib.contextmanager
def translated(doing: str, cursor: duckdb.DuckDBPyConnection | None = None) -> Iterator[None]:
    """DuckDB's errors as ours, the original chained; a Ctrl-C that it heard as KeyboardInterrupt.

    What ``cursor`` was doing then is ended. DuckDB would go on with it: closing would wait for it,
    and a table that it was making would keep the file open for good.
    """
    try:
        yield
    except duckdb.Error as error:
        raise EngineFailed("duckdb", doing, told(error)) from error
    except RuntimeError as error:
        signalled = raised_by_signal(error)
        if signalled is None:
            raise
        if cursor is not None:
            cursor.interrupt()
            to_its_end(lambda: cursor.execute("SELECT 1"))  # before which the last one is ended
        raise signalled from None


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
