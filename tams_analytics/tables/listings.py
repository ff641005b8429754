"""What lies in buckets and folders: a listing, whoever made it. It is no table of a store."""

from __future__ import annotations

from tams_analytics.tables.columns import Column, TableDef

S3_OBJECTS = TableDef(
    "s3_objects",
    "What buckets hold at the moment of a listing, by the places of objects' instances (T3).",
    (
        Column("bucket", "string", "the bucket, or the name of a folder for media"),
        Column("key", "string", "the key in it"),
        Column("size", "int64", "bytes"),
        Column("etag", "string", "what S3 calls this version of the bytes, without quotes"),
        Column("storage_class", "string", "how S3 keeps it; of a folder NULL"),
        Column("last_modified", "timestamp", "when the bytes were stored"),
        Column("listed_at", "timestamp", "when the listing began"),
    ),
    sort_key=("bucket", "key"),
    distinct=("key", "etag"),
)
