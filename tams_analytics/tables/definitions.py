"""Every table and column of a store, once (design §3)."""

from __future__ import annotations

from tams_analytics.tables.columns import NOW, Column, TableDef, required
from tams_analytics.tables.runs import OF_RUNS

SOURCES = TableDef(
    "sources",
    "What was recorded: an abstract piece of content with one or more flows.",
    (
        required("id", "string", "the source", "id"),
        required("format", "string", "URN of the kind of content", "format"),
        Column("label", "string", "short name", spec="label"),
        Column("description", "string", "longer text", spec="description"),
        required(
            "explicit",
            "boolean",
            "made by POST /sources, lives until it is deleted; else it goes with its last flow",
            default=False,
        ),
        Column("created_by", "string", "who made it", spec="created_by"),
        Column("updated_by", "string", "who changed it last", spec="updated_by"),
        required("created", "timestamp", "when it was made", "created", default=NOW),
        required("updated", "timestamp", "when it changed last", "updated", default=NOW),
        required("body", "string", "all else of the client's document, JSON", default="{}"),
    ),
    sort_key=("id",),
)

FLOWS = TableDef(
    "flows",
    "One representation of a source: its essence or container, with technical metadata.",
    (
        required("id", "string", "the flow", "id"),
        required("source_id", "string", "its source", "source_id"),
        required("format", "string", "URN of the kind of content", "format"),
        Column("codec", "string", "MIME type of the coding", spec="codec"),
        Column("container", "string", "MIME type of the media objects", spec="container"),
        Column("label", "string", "short name", spec="label"),
        Column("description", "string", "longer text", spec="description"),
        Column("status", "string", "what goes on with it", spec="status"),
        required("read_only", "boolean", "refuses writes", "read_only", default=False),
        Column(
            "profile_id",
            "string",
            "the profile it takes its technical metadata from",
            spec="profile_id",
        ),
        Column("frame_width", "int64", "pixels", spec="essence_parameters.frame_width"),
        Column("frame_height", "int64", "pixels", spec="essence_parameters.frame_height"),
        Column(
            "frame_rate_num",
            "int64",
            "frames per second, numerator",
            spec="essence_parameters.frame_rate.numerator",
        ),
        Column(
            "frame_rate_den",
            "int64",
            "frames per second, denominator",
            spec="essence_parameters.frame_rate.denominator",
        ),
        Column("vfr", "boolean", "variable frame rate", spec="essence_parameters.vfr"),
        Column("sample_rate", "int64", "samples per second", spec="essence_parameters.sample_rate"),
        Column("channels", "int64", "audio channels", spec="essence_parameters.channels"),
        Column("avg_bit_rate", "int64", "1000 bits per second", spec="avg_bit_rate"),
        Column("max_bit_rate", "int64", "1000 bits per second", spec="max_bit_rate"),
        Column(
            "segment_duration_num",
            "int64",
            "target length in seconds, numerator",
            spec="segment_duration.numerator",
        ),
        Column(
            "segment_duration_den",
            "int64",
            "target length in seconds, denominator",
            spec="segment_duration.denominator",
        ),
        Column(
            "init_segments",
            "boolean",
            "its objects need an initialisation object",
            spec="essence_parameters.init_segments",
        ),
        Column("generation", "int64", "lossy encodings so far", spec="generation"),
        Column(
            "metadata_version",
            "string",
            "changes with each change of metadata",
            spec="metadata_version",
        ),
        required("created", "timestamp", "when it was made", "created", default=NOW),
        Column("created_by", "string", "who made it", spec="created_by"),
        Column("updated_by", "string", "who changed it last", spec="updated_by"),
        required(
            "metadata_updated",
            "timestamp",
            "when its metadata changed last",
            "metadata_updated",
            default=NOW,
        ),
        Column(
            "segments_updated",
            "timestamp",
            "when its segments changed last",
            spec="segments_updated",
        ),
        required("body", "string", "all else of the client's document, JSON", default="{}"),
    ),
    sort_key=("id",),
    projections=(("source_id",),),
)

SEGMENTS = TableDef(
    "segments",
    "Where on a flow's timeline which media object lies.",
    (
        required("flow_id", "string", "the flow"),
        required("object_id", "string", "the media object", "object_id"),
        required("start_ns", "int64", "first nanosecond"),
        required("end_ns", "int64", "the nanosecond after the last"),
        required("timerange", "string", "the text as registered (R10)", "timerange"),
        Column(
            "ts_offset", "string", "segment time minus object time, as written", spec="ts_offset"
        ),
        required(
            "ts_offset_ns", "int64", "the same in nanoseconds, 0 where it was not given", default=0
        ),
        Column(
            "last_duration", "string", "length of the last sample, as written", spec="last_duration"
        ),
        Column("sample_offset", "int64", "first sample within the object", spec="sample_offset"),
        Column("sample_count", "int64", "samples used", spec="sample_count"),
        required("created", "timestamp", "when it was registered", default=NOW),
        required("body", "string", "all else of the client's document, JSON", default="{}"),
    ),
    sort_key=("flow_id", "start_ns"),
    projections=(("object_id",),),
    distinct=("object_id", "timerange"),
)

OBJECTS = TableDef(
    "objects",
    "Media objects and initialisation objects; their bytes are instances.",
    (
        required("id", "string", "the object", "id"),
        required("storage_path", "string", "its key on every storage backend, set once (R8)"),
        Column("size", "int64", "bytes; unknown: NULL"),
        Column("content_type", "string", "MIME type"),
        Column("start_ns", "int64", "first nanosecond on the object's own timeline"),
        Column("end_ns", "int64", "the nanosecond after the last"),
        Column("timerange", "string", "the same as text", spec="timerange"),
        Column("key_frame_count", "int64", "key frames", spec="key_frame_count"),
        Column(
            "init_object_id", "string", "the initialisation object it needs", spec="init_object.id"
        ),
        Column(
            "first_flow_id",
            "string",
            "the flow it was allocated for or first used by",
            spec="first_referenced_by_flow",
        ),
        required("created", "timestamp", "when it was allocated or first named", default=NOW),
        Column(
            "registered_at",
            "timestamp",
            "first registration; NULL while only allocated",
            default=NOW,
        ),
        Column(
            "released_at", "timestamp", "when its last reference went; NULL while it is referenced"
        ),
        Column(
            "collecting_since",
            "timestamp",
            "since when its bytes are being deleted; NULL while it may be used",
        ),
    ),
    sort_key=("id",),
    indexes=("id",),
    distinct=("id", "storage_path", "timerange"),
)

OBJECT_INSTANCES = TableDef(
    "object_instances",
    "Copies of objects. A controlled one has a place (bucket, key) and never a stored URL.",
    (
        required("object_id", "string", "the object"),
        Column(
            "storage_id",
            "string",
            "the storage backend of a controlled instance",
            spec="storage_id",
        ),
        Column("label", "string", "label of an uncontrolled URL", spec="label"),
        required("controlled", "boolean", "this store keeps the bytes", "controlled", default=True),
        Column("bucket", "string", "where the bytes are"),
        Column("key", "string", "where the bytes are: the object's storage_path"),
        Column("url", "string", "the client's URL of an uncontrolled instance", spec="url"),
        required("created", "timestamp", "when it was made known", default=NOW),
    ),
    sort_key=("object_id",),
    projections=(("bucket", "key"),),
    indexes=("object_id",),
    distinct=("object_id", "key"),
)

DISCARDED_INSTANCES = TableDef(
    "discarded_instances",
    "Instances that a client deleted and whose bytes are still there.",
    (
        required("object_id", "string", "the object"),
        required("storage_id", "string", "the storage backend"),
        required("key", "string", "where the bytes are: the object's storage_path"),
        required("discarded_at", "timestamp", "when it was deleted", default=NOW),
        Column(
            "collecting_since",
            "timestamp",
            "since when its bytes are being deleted; NULL while they may be used again",
        ),
    ),
    sort_key=("object_id",),
    distinct=("object_id", "key"),
)

COLLECTIONS = TableDef(
    "collections",
    "Which flows a flow collects, in order.",
    (
        required("flow_id", "string", "the collecting flow"),
        required("member_id", "string", "the collected flow", "flow_collection[].id"),
        required("position", "int64", "place in the list, from 0", default=0),
        Column("role", "string", "what the member is for", spec="flow_collection[].role"),
        Column(
            "container_mapping",
            "string",
            "where in the container, JSON",
            spec="flow_collection[].container_mapping",
        ),
        required("body", "string", "all else of the client's item, JSON", default="{}"),
    ),
    sort_key=("flow_id",),
    projections=(("member_id",),),
)

TAGS = TableDef(
    "tags",
    "Tags, one row for each value. A string has position NULL, values of an array are numbered "
    "from 0, an empty array is one row with position 0 and value NULL (F36).",
    (
        required("entity_type", "string", "sources, flows, profiles, webhooks or storage_backends"),
        required("entity_id", "string", "the tagged entity"),
        required("name", "string", "the tag"),
        Column("position", "int64", "place in an array; NULL for a plain string"),
        Column("value", "string", "the value; NULL for an empty array"),
    ),
    sort_key=("name",),
    projections=(("entity_type", "entity_id"),),
)

PROFILES = TableDef(
    "profiles",
    "Sets of technical metadata that flows can share; immutable.",
    (
        required("id", "string", "the profile", "id"),
        required("format", "string", "URN of the kind of content", "flow_metadata.format"),
        Column("codec", "string", "MIME type of the coding", spec="flow_metadata.codec"),
        Column("label", "string", "short name", spec="label"),
        Column("description", "string", "longer text", spec="description"),
        Column("created_by", "string", "who made it", spec="created_by"),
        required("created", "timestamp", "when it was made", "created", default=NOW),
        required(
            "body", "string", "flow_metadata and all else of the document, JSON", default="{}"
        ),
    ),
    sort_key=("id",),
)

STORAGE_BACKENDS = TableDef(
    "storage_backends",
    "Where bytes are kept. Addresses and keys are settings, never here.",
    (
        required("id", "string", "the storage backend", "id"),
        Column("label", "string", "its name in get_urls", spec="label"),
        required(
            "store_type",
            "string",
            "always http_object_store",
            "store_type",
            default="http_object_store",
        ),
        required("provider", "string", "who runs it", "provider"),
        required("store_product", "string", "what it is", "store_product"),
        Column("region", "string", "descriptive only (R11)", spec="region"),
        Column("availability_zone", "string", "descriptive only", spec="availability_zone"),
        required(
            "default_storage",
            "boolean",
            "taken where a client names none",
            "default_storage",
            default=False,
        ),
        Column("bucket", "string", "bucket of its objects"),
        required("created", "timestamp", "when it was made known", default=NOW),
    ),
    sort_key=("id",),
)

WEBHOOKS = TableDef(
    "webhooks",
    "Who wants to hear of which changes.",
    (
        required("id", "string", "the webhook", "id"),
        required("url", "string", "where to deliver", "url"),
        required("status", "string", "created, started, disabled or error", "status"),
        Column("api_key_name", "string", "header to send", spec="api_key_name"),
        Column("api_key_value", "string", "its value; never given out", spec="api_key_value"),
        Column("error", "string", "why nothing is delivered any more, JSON", spec="error"),
        required("created", "timestamp", "when it was made", default=NOW),
        required("body", "string", "events, filters and URL options, JSON", default="{}"),
    ),
    sort_key=("id",),
)

EVENTS = TableDef(
    "events",
    "What webhooks are still to be told: one row for each event, webhook and part of its payload.",
    (
        required("id", "string", "the event; stays the same however often it is delivered"),
        required("webhook_id", "string", "whom it is for"),
        required("event_type", "string", "what happened: flows/created and its like"),
        required("position", "int64", "place among the events of its transaction", default=0),
        required("part", "int64", "place in the payload, as a cell may not hold all", default=0),
        required("payload", "string", "what is told, JSON without URLs that were made (F69)"),
        required("attempts", "int64", "deliveries that failed so far", default=0),
        required("created", "timestamp", "when it happened", default=NOW),
        required("due", "timestamp", "not delivered before", default=NOW),
    ),
    sort_key=("webhook_id",),
    distinct=("id", "payload"),
)

DELETION_REQUESTS = TableDef(
    "deletion_requests",
    "Deletes that were too large for one transaction (R2, R4, R7).",
    (
        required("id", "string", "the request", "id"),
        required("flow_id", "string", "the flow", "flow_id"),
        required("timerange_to_delete", "string", "as asked", "timerange_to_delete"),
        Column("start_ns", "int64", "first nanosecond to delete; NULL: unbounded"),
        Column("end_ns", "int64", "the nanosecond after the last; NULL: unbounded"),
        Column("object_id", "string", "only segments of this object"),
        Column("source_id", "string", "the source that goes with the last of its requests (R1)"),
        required("timerange_remaining", "string", "what is still there", "timerange_remaining"),
        required("delete_flow", "boolean", "the flow goes too", "delete_flow"),
        required("status", "string", "created, started, done or error", "status"),
        Column("error", "string", "why it failed, JSON", spec="error"),
        required(
            "created",
            "timestamp",
            "when it was asked; later segments are not touched",
            "created",
            default=NOW,
        ),
        Column("created_by", "string", "who asked", spec="created_by"),
        required("updated", "timestamp", "when it last moved", "updated", default=NOW),
        Column("expiry", "timestamp", "when the finished request goes", spec="expiry"),
    ),
    sort_key=("id",),
)

FLOW_FENCES = TableDef(
    "flow_fences",
    "One row for each flow: writers of segments update it, so that two of them conflict. On VAST "
    "one more, *, moves with what all flows may show.",
    (
        required("flow_id", "string", "the flow"),
        required("epoch", "int64", "writes so far", default=0),
        required(
            "max_segment_ns", "int64", "length of the longest segment ever; only grows", default=0
        ),
    ),
)

STORE_METADATA = TableDef(
    "store_metadata",
    "Facts about this store: its schema version, the service's name and description.",
    (
        required("name", "string", "which fact"),
        Column("value", "string", "the fact"),
        required("updated", "timestamp", "since when", default=NOW),
    ),
)

TABLES: tuple[TableDef, ...] = (
    SOURCES,
    FLOWS,
    SEGMENTS,
    OBJECTS,
    OBJECT_INSTANCES,
    DISCARDED_INSTANCES,
    COLLECTIONS,
    TAGS,
    PROFILES,
    STORAGE_BACKENDS,
    WEBHOOKS,
    EVENTS,
    DELETION_REQUESTS,
    *OF_RUNS,
    FLOW_FENCES,
    STORE_METADATA,
)
BY_NAME = {table.name: table for table in TABLES}
