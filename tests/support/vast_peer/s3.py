"""The little S3 that clients ask for: buckets, snapshots as prefixes, objects.

A cluster's snapshots are taken in its management, which is no part of S3. Here they are made and
dropped by ``PUT`` and ``DELETE /bucket/.snapshot/name``, which no client of VAST sends.
"""

from __future__ import annotations

import hashlib
from xml.sax.saxutils import escape

from tests.support.vast_peer.database import SNAPSHOTS, Database, Place, as_folder
from tests.support.vast_peer.messages import Refused, Request, Response, not_found

XML = {"Content-Type": "application/xml"}
NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


def list_buckets(database: Database, _request: Request) -> Response:
    lines = "".join(
        f"<Bucket><Name>{escape(name)}</Name>"
        "<CreationDate>2026-01-01T00:00:00.000Z</CreationDate></Bucket>"
        for name in database.buckets
    )
    owner = "<Owner><ID>peer</ID><DisplayName>peer</DisplayName></Owner>"
    return xml("ListAllMyBucketsResult", f"{owner}<Buckets>{lines}</Buckets>")


def head(database: Database, request: Request) -> Response:
    place = Place.of(request)
    database.require_bucket(place.bucket)
    if place.snapshot and (place.bucket, place.snapshot) not in database.snapshots:
        raise not_found("Snapshot", place.snapshot)
    if place.names:
        return Response(headers={"ETag": etag(found_object(database, request))})
    return Response()


def get(database: Database, request: Request) -> Response:
    """A bucket's list, or an object."""
    place = Place.of(request)
    if not place.bucket:
        return list_buckets(database, request)
    database.require_bucket(place.bucket)
    if not place.names:
        return list_objects(database, request)
    body = found_object(database, request)
    return Response(body, headers={"ETag": etag(body), "Content-Type": "application/octet-stream"})


def put(database: Database, request: Request) -> Response:
    place = Place.of(request)
    database.require_bucket(place.bucket)
    if place.snapshot and not place.names:
        database.take_snapshot(place.bucket, place.snapshot)
        return Response()
    if not place.names:
        raise Refused(405, "MethodNotAllowed", "buckets cannot be created")
    database.objects[request.path] = request.body
    return Response(headers={"ETag": etag(request.body)})


def delete(database: Database, request: Request) -> Response:
    place = Place.of(request)
    database.require_bucket(place.bucket)
    if place.snapshot and not place.names:
        database.drop_snapshot(place.bucket, place.snapshot)
    database.objects.pop(request.path, None)
    return Response(status=204)


def list_objects(database: Database, request: Request) -> Response:
    """Snapshots, as prefixes below ``.snapshot/``. The SDK writes the names with underscores."""
    bucket = Place.of(request).bucket
    given = {name.replace("_", "-"): value for name, value in request.parameters.items()}
    prefix = given.get("prefix", "")
    folder, _, name = prefix.partition("/")
    names = database.snapshot_names(bucket, name) if folder == SNAPSHOTS else []
    after = given.get("continuation-token", "")
    names = [each for each in names if not after or as_folder(each) > as_folder(after)]
    shown = names[: int(given.get("max-keys", 1000))]
    is_truncated = len(shown) < len(names)
    marker = shown[-1] if is_truncated else ""
    prefixes = "".join(
        f"<CommonPrefixes><Prefix>{SNAPSHOTS}/{escape(each)}/</Prefix></CommonPrefixes>"
        for each in shown
    )
    return xml(
        "ListBucketResult",
        f"<Name>{escape(bucket)}</Name><Prefix>{escape(prefix)}</Prefix>"
        f"<Marker>{escape(marker)}</Marker><KeyCount>{len(shown)}</KeyCount>"
        f"<IsTruncated>{str(is_truncated).lower()}</IsTruncated>"
        f"<NextContinuationToken>{escape(marker)}</NextContinuationToken>{prefixes}",
    )


def found_object(database: Database, request: Request) -> bytes:
    try:
        return database.objects[request.path]
    except KeyError:
        raise Refused(404, "NoSuchKey", "The specified key does not exist.") from None


def etag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


def xml(name: str, inner: str) -> Response:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{name} {NAMESPACE}>{inner}</{name}>'
    return Response(text.encode(), headers=XML)
