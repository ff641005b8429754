"""How each documented status code of each operation comes about: the contract's cases.

An operation that the specification has and that this table has not fails the test, as does a code.
The HEAD of a path has the cases of its GET. ``$name`` is what `world.World` has of that name.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

DEFAULTS = {
    "sourceId": "$source",
    "flowId": "$flow",
    "name": "$tag",
    "profileId": "$profile",
    "webhookId": "$webhook",
    "objectId": "$object",
    "request-id": "$request",
}
"""What a path names, where a case says nothing else."""
READER = "reader"
"""A principal that may only read."""


class Nothing:
    """No body."""

    def __repr__(self) -> str:
        return "nothing"


NOTHING = Nothing()


@dataclasses.dataclass(frozen=True)
class Case:
    """One request: what its path names, its query, its body (JSON, or ``raw``), and who asks."""

    at: Mapping[str, str] = dataclasses.field(default_factory=dict)
    query: Mapping[str, str] = dataclasses.field(default_factory=dict)
    body: Any = NOTHING
    raw: bytes | None = None
    principal: str | None = None


Cases = tuple[Case, ...]
Table = Mapping[str, Mapping[int, Cases]]


def of(body: Any = NOTHING, **at: str) -> Case:
    return Case(at, body=body)


def asked(_at: Mapping[str, str] | None = None, /, **query: Any) -> Case:
    return Case(_at or {}, {name: str(value) for name, value in query.items()})


def reader(body: Any = NOTHING, **at: str) -> Case:
    return Case(at, body=body, principal=READER)


NO_JSON = b'{"id": '


def missing(first: str, body: Any = NOTHING, **at: str) -> Cases:
    """An unknown id, and one that is ill-formed (§4)."""
    return (
        Case({first: "$unknown", **at}, body=body),
        Case({first: "$ill", **at}, body=body),
    )


def paged(**bad: str) -> dict[int, Cases]:
    """A listing: one page, a page of one, the mirror; and what it refuses."""
    refused = {"limit": "0", "page": "no-key", **bad}
    return {
        200: (asked(), asked(limit=1), asked(limit=100000)),
        400: (asked(limit="many"), *(asked(**{name: value}) for name, value in refused.items())),
    }


def property_of(kind: str, name: str, good: Any, bad: Any, bare: str) -> dict[str, Any]:
    """The four methods of a property that can be unset, of a source or a flow."""
    key = f"{kind}Id"
    unset: dict[int, Cases] = {204: (of(), of(**{key: bare})), 404: missing(key)}
    put: dict[int, Cases] = {
        204: (of(good),),
        400: (of(bad), Case(raw=NO_JSON), of()),
        404: missing(key, good),
    }
    if kind == "flow":
        put[403] = (of(good, flowId="$read_only_flow"), reader(good))
        unset[403] = (of(flowId="$read_only_flow"), reader())
    else:
        put[403] = (reader(good),)
        unset[403] = (reader(),)
    path = f"{kind}s-{kind}Id-{name}"
    return {
        f"GET_{path}": {200: (of(),), 404: (*missing(key), of(**{key: bare}))},
        f"PUT_{path}": put,
        f"DELETE_{path}": unset,
    }


def tags_of(kind: str) -> dict[str, Any]:
    key = f"{kind}Id"
    path = f"{kind}s-{kind}Id-tags"
    cases = property_of(kind, "tags-name", "x", 1, f"$bare_{kind}")
    cases[f"PUT_{path}-name"][204] = (of("x"), of(["x", "y"]), of("x", name="$name"), of([]))
    cases[f"PUT_{path}-name"][400] += (of({"a": "b"}), of([1]), of(["x", None]))
    cases[f"DELETE_{path}-name"][204] = (of(),)
    cases[f"GET_{path}-name"][404] += (of(name="nothing"),)
    listed: Cases = (of(), of(**{key: f"$bare_{kind}"}))
    return {**cases, f"GET_{path}": {200: listed, 404: missing(key)}}


ROOT: Table = {
    "GET_root": {200: (of(),)},
    "GET_service": {200: (of(),)},
    "POST_service": {
        200: (of({"name": "ours", "description": "of a test"}), of({})),
        400: (of({"name": 1}), of([]), Case(raw=NO_JSON)),
        403: (reader({"name": "mine"}),),
    },
    "GET_storage-backends": paged(reverse_order="perhaps"),
}

PROFILES: Table = {
    "GET_profiles": paged(format="film"),
    "GET_profiles-profileId": {200: (of(),), 404: missing("profileId")},
    "POST_profiles-profileId": {
        201: (of("$new_profile_document", profileId="$new_profile"),),
        400: (
            of("$profile_document"),
            of({"id": "$new_profile"}, profileId="$new_profile"),
            Case({"profileId": "$new_profile"}, raw=NO_JSON),
        ),
        404: missing("profileId", "$new_profile_document"),
    },
}

WEBHOOKS: Table = {
    "GET_webhooks": paged(reverse_order="1"),
    "POST_webhooks": {
        201: (of("$webhook_document"),),
        400: (
            of({"url": "https://hook.example/"}),
            of({"url": "https://hook.example/", "events": ["flows/vanished"]}),
            of({"url": "ftp://hook.example/", "events": ["flows/created"]}),
            Case(raw=NO_JSON),
        ),
    },
    "GET_webhooks-webhookId": {200: (of(),), 404: missing("webhookId")},
    "PUT_webhooks": {
        201: (of("$changed_webhook"),),
        400: (of("$webhook_document"), Case(raw=NO_JSON)),
        403: (reader("$changed_webhook"),),
        404: missing("webhookId", "$changed_webhook"),
    },
    "DELETE_webhooks-webhookId": {
        204: (of(),),
        403: (reader(),),
        404: missing("webhookId"),
    },
}

SOURCES: Table = {
    "GET_sources": {
        200: (*paged()[200], asked(sort_by="label", reverse_order="true"), asked(label="a source")),
        400: paged(sort_by="format", format="film", collected_by_ids="x")[400],
    },
    "GET_sources-sourceId": {200: (of(), of(sourceId="$bare_source")), 404: missing("sourceId")},
    **tags_of("source"),
    **property_of("source", "label", "a label", 1, "$bare_source"),
    **property_of("source", "description", "a text", ["a"], "$bare_source"),
}

FLOWS: Table = {
    "GET_flows": {
        200: (*paged()[200], asked(timerange="_", sort_by="metadata_updated"), asked(timerange="")),
        400: paged(
            sort_by="updated",
            timerange="[0:0_10:0)x",
            source_id="x",
            profile_id="x",
            format="film",
            status="gone",
            frame_width="wide",
            init_segments="1",
            **{"tag_exists.a": "yes"},
        )[400],
    },
    "GET_flows-flowId": {
        200: (
            of(),
            of(flowId="$bare_flow"),
            of(flowId="$collector"),
            asked({"flowId": "$filled_flow"}, include_timerange="true"),
            asked(include_timerange="true"),
        ),
        400: (asked(timerange="x"), asked(include_timerange="maybe")),
        404: missing("flowId"),
    },
    "PUT_flows-flowId": {
        201: (of("$new_flow_document", flowId="$new_flow"),),
        204: (of("$flow_document"),),
        400: (of({"id": "$flow"}), of([]), Case(raw=NO_JSON), of("text")),
        403: (of("$read_only_document", flowId="$read_only_flow"), reader("$flow_document")),
        404: missing("flowId", "$flow_document"),
    },
    "DELETE_flows-flowId": {
        202: (of(flowId="$large_flow"),),
        204: (of(), of(flowId="$filled_flow")),
        403: (of(flowId="$read_only_flow"), reader()),
        404: missing("flowId"),
    },
    **tags_of("flow"),
    **property_of("flow", "label", "a label", 1, "$bare_flow"),
    **property_of("flow", "description", "a text", {"a": "b"}, "$bare_flow"),
    **property_of("flow", "max-bit-rate", 9000, "fast", "$bare_flow"),
    **property_of("flow", "avg-bit-rate", 8000, -1, "$bare_flow"),
    "GET_flows-flowId-read-only": {
        200: (of(), of(flowId="$read_only_flow")),
        404: missing("flowId"),
    },
    "PUT_flows-flowId-read-only": {
        204: (of(True), of(False, flowId="$read_only_flow")),
        400: (of("true"), of(1), Case(raw=NO_JSON)),
        403: (reader(True),),
        404: missing("flowId", True),
    },
    **property_of("flow", "flow-collection", [{"id": "$bare_flow"}], [{"id": 1}], "$bare_flow"),
}
FLOWS["GET_flows-flowId-flow-collection"].update(  # type: ignore[attr-defined]
    {200: (of(flowId="$collector"), of(flowId="$bare_flow")), 404: missing("flowId")}
)

SEGMENTS: Table = {
    "GET_flows-flowId-segments": {
        200: (
            of(flowId="$filled_flow"),
            of(flowId="$unknown"),
            asked({"flowId": "$filled_flow"}, limit=1),
            asked({"flowId": "$filled_flow"}, timerange="[0:0_1:0)", reverse_order="true"),
            asked({"flowId": "$filled_flow"}, verbose_storage="true"),
            asked({"flowId": "$filled_flow"}, include_object_timerange="true"),
            asked({"flowId": "$filled_flow"}, accept_get_urls="", accept_storage_ids=""),
            asked({"flowId": "$filled_flow"}, presigned="false", timerange="()"),
        ),
        400: (
            *paged(timerange="(1:0)", presigned="x", accept_storage_ids="x")[400],
            asked(verbose_storage="x"),
            asked(include_object_timerange="x"),
            asked(reverse_order="x"),
        ),
        404: (of(flowId="$ill"),),
    },
    "POST_flows-flowId-segments": {
        200: (of(["$overlapping", {"object_id": "new"}], flowId="$filled_flow"),),
        201: (of("$new_segment"), of(["$new_segment"]), of([])),
        400: (
            of("$overlapping", flowId="$filled_flow"),
            of("$new_segment", flowId="$flow_without_container"),
            of({"object_id": "x", "timerange": "_"}),
            of({"object_id": "x"}),
            of("text"),
            Case(raw=NO_JSON),
        ),
        403: (of("$new_segment", flowId="$read_only_flow"), reader("$new_segment")),
        404: missing("flowId", "$new_segment"),
    },
    "DELETE_flows-flowId-segments": {
        202: (of(flowId="$large_flow"),),
        204: (
            of(flowId="$filled_flow"),
            asked({"flowId": "$filled_flow"}, timerange="[0:0_1:0)"),
            asked({"flowId": "$filled_flow"}, timerange="()"),
            asked(object_id="nothing"),
        ),
        400: (asked(timerange="[0:0_10:0)x"),),
        403: (of(flowId="$read_only_flow"), reader()),
        404: missing("flowId"),
    },
    "POST_flows-flowId-storage": {
        201: (
            of({"limit": 3}),
            of({"object_ids": ["$unknown", "a/b ü"]}),
            of({"content_type": "video/mp2t"}),
            of(),
        ),
        400: (
            of({"object_ids": ["$object"]}),
            of({"storage_id": "$unknown"}),
            of({"limit": "many"}),
            of({"limit": 1}, flowId="$flow_without_container"),
            Case(raw=NO_JSON),
        ),
        403: (of({"limit": 1}, flowId="$read_only_flow"), reader({"limit": 1})),
        404: missing("flowId", {"limit": 1}),
    },
}

OBJECTS: Table = {
    "GET_objects": {
        200: (
            of(),
            asked(limit=1),
            asked(verbose_storage="true", presigned="false"),
            asked(**{"flow_tag.genre": "sports", "storage_backend_tag_exists.x": "false"}),
        ),
        400: (
            *paged(presigned="x", verbose_storage="x", accept_storage_ids="x")[400],
            asked(**{"flow_tag_exists.x": "1"}),
        ),
        404: (of(objectId="$unknown"), of(objectId="$allocated"), of(objectId="ü / %")),
    },
    "POST_objects-instances": {
        201: (of("$fourth_instance"),),
        400: (of({}), of({"storage_id": "$unknown"}), of("$instance"), Case(raw=NO_JSON)),
        403: (reader("$fourth_instance"),),
        404: (
            of("$fourth_instance", objectId="$unknown"),
            of("$fourth_instance", objectId="$allocated"),
        ),
    },
    "DELETE_objects-instances": {
        204: (asked(label="third"),),
        400: (asked(), asked(storage_id="x")),
        403: (Case(query={"label": "third"}, principal=READER),),
        404: (
            asked({"objectId": "$unknown"}, label="x"),
            asked({"objectId": "$allocated"}, label="x"),
        ),
    },
}

REQUESTS: Table = {
    "GET_flow-delete-requests": {
        200: (*paged()[200], asked(sort_by="expiry", reverse_order="true")),
        400: paged(sort_by="status")[400],
    },
    "GET_flow-delete-requests-request-id": {200: (of(),), 404: missing("request-id")},
}

CASES: Table = {
    **ROOT,
    **PROFILES,
    **WEBHOOKS,
    **SOURCES,
    **FLOWS,
    **SEGMENTS,
    **OBJECTS,
    **REQUESTS,
}
