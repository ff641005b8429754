"""What somebody would write first: the same tables behind FastAPI, DuckDB and boto3, no library.

``python -m bench.naive_server FILE PORT``. Three operations, as kindly as their common way allows:
one statement a question, an index on the objects, one transaction a write. A window is bounded on
one side only, URLs are presigned by boto3 and answers validated by pydantic, one by one; a delete
looks at one segment after the other.
"""

from __future__ import annotations

import re
import sys
import threading
from typing import Any

import boto3
import duckdb
from botocore.config import Config
from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel

from bench.serving import run

BUCKET = "media"
SECOND = 10**9
TIMERANGE = re.compile(r"\[(\d+):(\d+)_(\d+):(\d+)\)")
WINDOW = """
SELECT object_id, timerange FROM segments
WHERE flow_id = ? AND start_ns < ? AND end_ns > ? ORDER BY start_ns LIMIT 100
"""
OVERLAPPING = "SELECT count(*) FROM segments WHERE flow_id = ? AND start_ns < ? AND end_ns > ?"
COVERED = (
    "SELECT object_id, start_ns FROM segments WHERE flow_id = ? AND start_ns >= ? AND end_ns <= ?"
)
USES = "SELECT count(*) FROM segments WHERE object_id = ?"
GONE = "DELETE FROM segments WHERE flow_id = ? AND start_ns = ?"
RELEASED = "UPDATE objects SET released_at = now()::timestamp WHERE id = ?"
REGISTERED = """
INSERT INTO objects (id, storage_path, first_flow_id, created, registered_at)
VALUES (?, ?, ?, now()::timestamp, now()::timestamp)
"""
PLACED = """
INSERT INTO segments (flow_id, object_id, start_ns, end_ns, timerange, ts_offset_ns, created, body)
VALUES (?, ?, ?, ?, ?, 0, now()::timestamp, '{}')
"""


class GetUrl(BaseModel):
    """Where the bytes are."""

    url: str
    presigned: bool = True
    controlled: bool = True


class Segment(BaseModel):
    """What is posted, and answered."""

    object_id: str
    timerange: str
    get_urls: list[GetUrl] = []


class Naive:
    """The operations, on one connection to the file, with a cursor for each."""

    def __init__(self, file: str) -> None:
        self._connection = duckdb.connect(file)
        self._writing = threading.Lock()
        self._s3 = boto3.client(
            "s3",
            endpoint_url="http://127.0.0.1:9000",
            region_name="us-east-1",
            aws_access_key_id="key",
            aws_secret_access_key="secret",  # noqa: S106 - nothing is asked of it
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
        )

    def window(self, flow_id: str, timerange: str) -> list[Segment]:
        start, end = bounds(timerange)
        rows = self._connection.cursor().execute(WINDOW, [flow_id, end, start]).fetchall()
        return [
            Segment(object_id=id, timerange=text, get_urls=[GetUrl(url=self._url(id))])
            for id, text in rows
        ]

    def register(self, flow_id: str, posted: Segment) -> Segment:
        start, end = bounds(posted.timerange)
        with self._writing, self._connection.cursor() as cursor:
            if not cursor.execute("SELECT id FROM flows WHERE id = ?", [flow_id]).fetchall():
                raise HTTPException(404)
            if counted(cursor, OVERLAPPING, [flow_id, end, start]):
                raise HTTPException(400)
            id = posted.object_id
            cursor.begin()
            if not cursor.execute("SELECT id FROM objects WHERE id = ?", [id]).fetchall():
                cursor.execute(REGISTERED, [id, id, flow_id])
            cursor.execute(PLACED, [flow_id, id, start, end, posted.timerange])
            cursor.commit()
        return posted

    def delete(self, flow_id: str, timerange: str) -> Response:
        start, end = bounds(timerange)
        with self._writing, self._connection.cursor() as cursor:
            cursor.begin()
            for object_id, first in cursor.execute(COVERED, [flow_id, start, end]).fetchall():
                cursor.execute(GONE, [flow_id, first])
                if not counted(cursor, USES, [object_id]):
                    cursor.execute(RELEASED, [object_id])
            cursor.commit()
        return Response(status_code=204)

    def _url(self, object_id: str) -> str:
        where = {"Bucket": BUCKET, "Key": object_id}
        return str(self._s3.generate_presigned_url("get_object", Params=where, ExpiresIn=3600))


def bounds(timerange: str) -> tuple[int, int]:
    found = TIMERANGE.fullmatch(timerange)
    if found is None:
        raise HTTPException(400)
    seconds, nanos, later, more = map(int, found.groups())
    return seconds * SECOND + nanos, later * SECOND + more


def counted(cursor: duckdb.DuckDBPyConnection, sql: str, values: list[Any]) -> int:
    return int(cursor.execute(sql, values).fetchall()[0][0])


def app(file: str) -> FastAPI:
    made, naive = FastAPI(), Naive(file)
    path = "/flows/{flow_id}/segments"
    made.get(path, response_model=list[Segment])(naive.window)
    made.post(path, response_model=Segment, status_code=201)(naive.register)
    made.delete(path, status_code=204)(naive.delete)
    return made


if __name__ == "__main__":
    run(app(sys.argv[1]), int(sys.argv[2]))
