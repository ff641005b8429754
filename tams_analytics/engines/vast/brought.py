"""A local DuckDB that holds rows of scans for a while: on the disk, in bounded memory."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa

from tams_analytics.engines.duckdb_backend import Backend as DuckDB
from tams_analytics.engines.duckdb_errors import translated
from tams_analytics.engines.temporary import temporary_folder
from tams_analytics.engines.vast.planning import PLACEHOLDER, Scan
from tams_analytics.engines.vast.pushing import predicate

MEMORY_LIMIT = "1GB"
"""Of DuckDB, which has the rest on the disk; the process around it takes less."""
PREFIX = "tams-swept-"
"""How the name of its folder begins."""


@contextlib.contextmanager
def local_duckdb() -> Iterator[DuckDB]:
    """An empty database; its folder goes with it, whatever happens."""
    with temporary_folder(PREFIX) as folder:
        local = DuckDB()
        with translated("making a database for what is brought"):
            local.do_connect(
                folder / "brought.duckdb",
                memory_limit=MEMORY_LIMIT,
                temp_directory=str(folder / "spilled"),
                preserve_insertion_order=False,
            )
        try:
            # what goes with its folder needs none; without room on the disk it would fail again
            local.con.execute("PRAGMA disable_checkpoint_on_shutdown")
            yield local
        finally:
            local.disconnect()


class Brought:
    """The rows of one scan, in a table of the local DuckDB that has its name."""

    def __init__(self, local: DuckDB, scan: Scan) -> None:
        self.scan = scan
        self._local = local
        self._is_made = False

    def take(self, rows: pa.Table) -> None:
        """Add rows; the first ones tell the types of the columns, as those of lent rows do."""
        cursor = self._local.con
        with translated(f"keeping rows of {self.scan.table.name}", cursor):
            cursor.register("arrived", rows)
            if not self._is_made:
                cursor.execute(f"CREATE TABLE {self.scan.name} AS FROM arrived LIMIT 0")
                self._is_made = True
            cursor.execute(f"INSERT INTO {self.scan.name} FROM arrived")
            cursor.unregister("arrived")

    def sql_of(self, scan: Scan) -> str:
        """The SQL for the rows of a scan that this one has all rows of."""
        table = ops.DatabaseTable(self.scan.name, self.scan.schema, self._local, ops.Namespace())
        rows: ir.Table = table.to_expr()
        test = predicate([each for each in scan.pushed if each not in self.scan.pushed], rows)
        rows = rows if test is None else rows.filter(test)
        rows = rows.select(*scan.columns or [ibis.literal(0, "int8").name(PLACEHOLDER)])
        return str(self._local.compile(rows if scan.limit is None else rows.limit(scan.limit)))
