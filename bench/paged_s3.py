"""An S3 that makes up the keys of a bucket: ``python -m bench.paged_s3 1000000``.

It answers ListObjectsV2 in pages of 1,000 from any key on, by folders too, and nothing else; it
prints its port, and tells how often it was asked under ``/asked``. It knows no signatures.
"""

from __future__ import annotations

import sys
from bisect import bisect_right
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

PAGE = 1000
KEYS_OF_A_FLOW = 5_000
ROW = (
    "<Contents><Key>{}</Key><LastModified>2026-11-22T10:11:12.123Z</LastModified>"
    "<ETag>&quot;{:032x}&quot;</ETag><Size>{}</Size><StorageClass>STANDARD</StorageClass></Contents>"
)
FOLDER = "<CommonPrefixes><Prefix>{}</Prefix></CommonPrefixes>"
NEXT = "<NextContinuationToken>{}</NextContinuationToken>"


def keys(number: int) -> list[str]:
    """As a store of TAMS has them: by flow, day, object."""
    made = (
        f"{at // KEYS_OF_A_FLOW * 40503 % 2**32:08x}-0000-4000-8000-000000000000/2026/11/"
        f"{1 + at % 28:02}/{at * 2654435761 % 2**32:08x}-0000-4000-8000-{at:012x}"
        for at in range(number)
    )
    return sorted(made)


class Bucket(BaseHTTPRequestHandler):
    """One answer after another over a connection that stays."""

    protocol_version = "HTTP/1.1"
    keys: tuple[str, ...] = ()
    asked = 0

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/asked":
            return self._answer(str(self.asked).encode())
        type(self).asked += 1
        said = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return self._answer(self._page(said).encode())

    def _page(self, said: dict[str, str]) -> str:
        prefix, most = said.get("prefix", ""), int(said.get("max-keys", PAGE))
        after = said.get("continuation-token") or said.get("start-after", "")
        at = bisect_right(self.keys, max(after, prefix))
        if "delimiter" in said:
            return self._folders(prefix, at, most)
        rows = [key for key in self.keys[at : at + most + 1] if key.startswith(prefix)]
        more = NEXT.format(rows[most - 1]) if len(rows) > most else ""
        return _document("".join(map(_row, rows[:most])), more)

    def _folders(self, prefix: str, at: int, most: int) -> str:
        found: list[str] = []
        while at < len(self.keys) and self.keys[at].startswith(prefix) and len(found) <= most:
            name, slash, _ = self.keys[at][len(prefix) :].partition("/")
            found.append(f"{prefix}{name}{slash}")
            at = bisect_right(self.keys, f"{found[-1]}\U0010ffff" if slash else found[-1])
        more = NEXT.format(found[most - 1]) if len(found) > most else ""
        return _document("".join(FOLDER.format(escape(name)) for name in found[:most]), more)

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def _row(key: str) -> str:
    number = int(key[-12:], 16)
    return ROW.format(escape(key), number, number % 10**7)


def _document(content: str, more: str) -> str:
    truncated = "true" if more else "false"
    head = f"<ListBucketResult><IsTruncated>{truncated}</IsTruncated>{more}"
    return f"{head}<EncodingType></EncodingType>{content}</ListBucketResult>"


def main(number: str) -> None:
    Bucket.keys = tuple(keys(int(number)))
    with ThreadingHTTPServer(("127.0.0.1", 0), Bucket) as server:
        server.daemon_threads = True
        print(server.server_port, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
