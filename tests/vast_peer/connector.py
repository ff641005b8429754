"""One query of VAST's Trino connector (5.4), request by request, as its sources say.

The order in which Trino calls a connector: what is there, a table's handle, its columns, its
statistics, its splits, their pages; all in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from vastdb.vast_flatbuf.tabular.ListSchemasResponse import ListSchemasResponse
from vastdb.vast_flatbuf.tabular.ListTablesResponse import ListTablesResponse
from vastdb.vast_flatbuf.tabular.ListViewsResponse import ListViewsResponse

from tests.vast_peer import java_reader
from tests.vast_peer.leaves import Leaf, leaves_of, size_of
from tests.vast_peer.trino_client import Answer, Client, Term, relation

ROWS_PER_PAGE = 131_072
SUB_SPLITS = 20
ESTIMATE = 2**32 - 4


@dataclass
class Query:
    """A table of ``/bucket/schema`` in a transaction of its own."""

    client: Client
    schema: str
    table: str
    sorted_by: list[str] = field(default_factory=list)
    columns: pa.Schema = field(default_factory=lambda: pa.schema([]))
    more: str = ""
    """Further parameters of requests about the table."""
    requests: int = 0
    """How many pages were asked for."""

    def __enter__(self) -> Query:
        begun = self.client.ask("POST", "/?transaction")
        assert begun.status == 200
        self.client.txid = begun.headers["tabular-txid"]
        assert int(self.client.txid) > 0
        self.plan()
        return self

    def __exit__(self, *error: object) -> None:
        assert self.client.ask("PUT", "/?transaction").status == 200
        self.client.txid = "0"

    def plan(self) -> None:
        """What Trino asks before it asks for rows."""
        bucket, _, schema = self.schema.strip("/").partition("/")
        answer = self.listed(f"/{bucket}?schema", schema)
        schemas = ListSchemasResponse.GetRootAs(answer.body)
        assert [schemas.Schemas(n).Name() for n in range(schemas.SchemasLength())] == [
            schema.encode()
        ]
        views = ListViewsResponse.GetRootAs(self.listed(f"{self.schema}?view", self.table).body)
        assert views.ViewsLength() == 0
        tables = ListTablesResponse.GetRootAs(self.listed(f"{self.schema}?table", self.table).body)
        assert [tables.Tables(n).Name() for n in range(tables.TablesLength())] == [
            self.table.encode()
        ]
        handle = tables.Tables(0).Handle().decode()
        self.sorted_by = self.sort_key()
        self.columns = pa.schema(list(self.paged("columns")))
        statistics = self.client.ask("GET", f"/{bucket}/{handle}.VastTrinoPlugin.v1.stats", txid="")
        assert statistics.status == 404
        assert self.client.ask("GET", f"{self.path}?schedule").headers["tabular-schedule-id"]

    @property
    def path(self) -> str:
        return f"{self.schema}/{self.table}"

    def listed(self, target: str, name: str) -> Answer:
        """One object, by its exact name."""
        answer = self.client.ask(
            "GET",
            target,
            tabular_name_exact_match=name,
            tabular_max_keys="1",
            tabular_next_key="0",
            tabular_client_name="VastTrinoPlugin-trino-476",
        )
        assert answer.status == 200, answer.body
        return answer

    def sort_key(self) -> list[str]:
        """An error, of any kind but a missing answer, means that there is none."""
        answer = self.client.ask("GET", f"{self.path}?sorted-columns", tabular_max_keys="1000")
        if answer.status != 200:
            return []
        return pa.ipc.open_stream(answer.body).schema.names

    def paged(self, command: str, size: int = 1000) -> Iterator[pa.Field]:
        key, truncated = "0", "true"
        while truncated == "true":
            answer = self.client.ask(
                "GET",
                f"{self.path}?{command}{self.more}",
                tabular_max_keys=str(size),
                tabular_next_key=key,
            )
            assert answer.status == 200, answer.body
            yield from pa.ipc.open_stream(answer.body).schema
            truncated, key = (
                answer.headers["tabular-is-truncated"],
                answer.headers["tabular-next-key"],
            )

    def rows(
        self,
        columns: Sequence[str] | None = None,
        terms: dict[str, list[Term]] | None = None,
        limit: int | None = None,
    ) -> list[tuple[Any, ...]]:
        """Of each row what its leaves show, as `leaves.seen` has it. ``struct.field`` is one."""
        wanted = self.columns.names if columns is None else columns
        schema, leaves = self.asked(wanted, terms or {})
        body = relation(schema, [leaf.position for leaf in leaves], terms or {})
        fields = [pa.field("leaf", leaf.type) for leaf in leaves]
        size = min(limit or ROWS_PER_PAGE, ROWS_PER_PAGE) if leaves else None
        starts = dict.fromkeys(range(SUB_SPLITS), 0)
        found: list[tuple[Any, ...]] = []
        self.requests = 0
        while any(start != java_reader.FINISHED for start in starts.values()):
            streams = java_reader.read(self.page(body, starts, size), fields)
            self.requests += 1
            for number, stream in streams.items():
                assert starts[number] != java_reader.FINISHED, "rows of a sub-split that was read"
                found += [row for page in stream.pages for row in zip(*page, strict=True)]
                starts[number] = stream.next_row
            if limit is not None and len(found) >= limit:
                break
        return found

    def page(self, body: bytes, starts: dict[int, int], size: int | None) -> bytes:
        """Sub-splits that are read to their ends are left out."""
        headers = {
            f"tabular_start_row_id_{number}": f"{number},{start}"
            for number, start in starts.items()
            if start != java_reader.FINISHED
        }
        if size is not None:
            headers["tabular_limit_rows"] = str(size)
        return self.data(body, "0,1,8", SUB_SPLITS, **headers)

    def data(self, body: bytes, split: str, sub_splits: int, **headers: str) -> bytes:
        answer = self.client.ask(
            "GET",
            f"{self.path}?data{self.more}",
            body,
            tabular_split=split,
            tabular_num_of_subsplits=str(sub_splits),
            tabular_request_format="string",
            tabular_response_format="string",
            tabular_enable_sorted_projections="true",
            tabular_schedule_id="1",
            tabular_retry_count="0",
            **headers,
        )
        assert answer.status == 200, answer.body
        return answer.body

    def estimate(self, terms: dict[str, list[Term]]) -> int:
        """The row groups that a condition on the sort key leaves, which sorted tables are asked."""
        schema, _ = self.asked([], terms)
        body = relation(schema, [], terms)
        answer = self.data(body, f"{ESTIMATE},1,1", 1, tabular_start_row_id_0="0,0")
        (stream,) = java_reader.read(answer, []).values()
        return len(stream.pages[0][0])

    def asked(
        self, columns: Sequence[str], terms: dict[str, list[Term]]
    ) -> tuple[pa.Schema, list[Leaf]]:
        """The request's schema, of what is shown and then of what is filtered, and the leaves."""
        names = dict.fromkeys(name.partition(".")[0] for name in [*columns, *terms])
        schema = pa.schema([self.columns.field(name).remove_metadata() for name in names])
        starts, position = {}, 0
        for each in schema:
            starts[each.name] = position
            position += size_of(each.type)
        leaves = []
        for name in columns:
            column, _, below = name.partition(".")
            found = leaves_of(schema.field(column).type, starts[column])
            leaves += [leaf for path, leaf in found if not below or path == tuple(below.split("."))]
        return schema, leaves
